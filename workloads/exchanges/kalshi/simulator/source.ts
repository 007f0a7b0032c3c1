// What the simulator plays, seen from the rest of it: a generated exchange or a recording. A source answers
// for its markets; its player moves it and hands each frame to `Deliver`.
import type { Channel } from './channels.ts'
import type { Frame } from './frame.ts'
import type { MarketView } from './session.ts'

/** Takes a frame; the frame is only good until it returns. */
export type Deliver = {
  frame(frame: Frame): void
  /** Whether anybody would get a frame of this channel and market: if not, it need not be made. */
  wants(channel: Channel, market: string): boolean
}

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

export type Progress = {
  /** Frames that were played, whoever listened. */
  readonly sent: number
  readonly total: number
  readonly done: boolean
}

export type Source = MarketView & {
  readonly kind: 'generated' | 'replay'
  readonly rest: RestExchange
}
