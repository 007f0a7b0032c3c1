// What the simulated Kalshi has to know of its markets, be they made or recorded.
import type { MarketView } from './session.ts'

export type RestMarket = {
  readonly ticker: string
  readonly eventTicker: string
  readonly seriesTicker: string
  /** As the exchange words it: initialized, active, closed, determined, finalized. */
  readonly status: string
  /** Unix milliseconds, or null where nothing says it. */
  readonly closeMs: number | null
  record(): Readonly<Record<string, unknown>>
}

export type Levels = readonly (readonly [string, string])[]

/** What the REST calls need. */
export type RestExchange = {
  readonly active: boolean
  /** Whether min_close_ts and max_close_ts mean anything: a recording's times are long past. */
  readonly timed: boolean
  markets(): readonly RestMarket[]
  event(ticker: string): Readonly<Record<string, unknown>> | undefined
  series(ticker: string): Readonly<Record<string, unknown>> | undefined
  book(ticker: string): { readonly yes: Levels; readonly no: Levels } | null
}

export type Source = MarketView & { readonly rest: RestExchange }
