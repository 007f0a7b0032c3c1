// Which Kalshi markets there are, over REST: those that trade, those that are paused, and those that open soon,
// so that a market's first frame is not missed. It trusts the server's filter, not the words inside a market.

import { ExchangeError, type Failure } from '../../adapter.ts'
import { failureOf, shownUrl } from '../../websocket.ts'

export type DiscoveryOptions = {
  readonly restEndpoint: string
  /** Patterns of market tickers; what matches none of them may be returned too. */
  readonly globs: readonly string[]
  /** Between two requests. */
  readonly spacingMs: number
  readonly nowMs: () => number
  /** Headers that sign a request for this path; without them it is asked unsigned, as market data may be. */
  readonly sign?: ((path: string) => Readonly<Record<string, string>>) | undefined
  readonly fetch?: typeof fetch
}

const PAGE = 1000
const MAX_PAGES = 1000
const ANSWER_MS = 15_000
/** Statuses by which a server says that it does not know what was asked. */
const NOT_UNDERSTOOD = [400, 404, 422]
/** A market that opens within this is subscribed to before it opens. */
const OPENS_SOON_MS = 15 * 60_000

type Status = 'open' | 'paused' | 'unopened'
type Market = { readonly ticker?: unknown; readonly open_time?: unknown }

/** All tickers that may match. Throws ExchangeError; the answer is then not to be had, not empty. */
export async function discoverMarkets(
  options: DiscoveryOptions,
  signal: AbortSignal
): Promise<readonly string[]> {
  const tickers = new Set<string>()
  for (const series of seriesOf(options.globs)) {
    for (const status of ['open', 'unopened', 'paused'] as const) {
      for await (const market of marketsOf(options, series, status, signal)) {
        if (typeof market.ticker !== 'string') continue
        if (status === 'unopened' && !opensSoon(market, options.nowMs())) continue
        tickers.add(market.ticker)
      }
    }
  }
  return [...tickers]
}

/** The series to ask for; [null] where a pattern does not fix its series. Tickers are SERIES-EVENT-STRIKE. */
export function seriesOf(globs: readonly string[]): readonly (string | null)[] {
  const series = new Set<string>()
  for (const glob of globs) {
    const first = glob.slice(0, Math.max(0, glob.indexOf('-')))
    if (first === '' || /[*?]/.test(first)) return [null]
    series.add(first)
  }
  return [...series]
}

function opensSoon(market: Market, nowMs: number): boolean {
  const opens = typeof market.open_time === 'string' ? Date.parse(market.open_time) : Number.NaN
  return Number.isNaN(opens) || opens <= nowMs + OPENS_SOON_MS
}

async function* marketsOf(
  options: DiscoveryOptions,
  series: string | null,
  status: Status,
  signal: AbortSignal
): AsyncGenerator<Market> {
  let cursor = ''
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({ limit: String(PAGE), status })
    if (series !== null) query.set('series_ticker', series)
    if (cursor !== '') query.set('cursor', cursor)
    const url = `${options.restEndpoint.replace(/\/$/, '')}/markets?${query}`
    const answer = await ask(url, options, signal)
    // Not every server knows every status word; one that it does not know has no markets.
    if (typeof answer === 'number' && status !== 'open') return
    if (typeof answer === 'number') throw badAnswer(url, `HTTP ${answer}`)
    const { markets, cursor: next } = answer as {
      markets?: unknown
      cursor?: unknown
    }
    if (!Array.isArray(markets)) throw badAnswer(url, 'an answer without `markets`')
    yield* markets.filter((one): one is Market => typeof one === 'object' && one !== null)
    if (typeof next !== 'string' || next === '' || next === cursor) return
    cursor = next
    await new Promise((resolve) => setTimeout(resolve, options.spacingMs))
  }
}

async function ask(
  url: string,
  options: DiscoveryOptions,
  signal: AbortSignal
): Promise<object | number> {
  const timeout = AbortSignal.timeout(ANSWER_MS)
  let response: Response
  let text: string
  try {
    response = await (options.fetch ?? fetch)(url, {
      headers: { accept: 'application/json', ...options.sign?.(new URL(url).pathname) },
      redirect: 'error',
      signal: AbortSignal.any([signal, timeout]),
    })
    text = await response.text()
  } catch (thrown) {
    const error = thrown as Error & { cause?: Error }
    const message = `cannot ask ${shownUrl(url)}: ${error.cause?.message ?? error.message}`
    throw new ExchangeError({ kind: 'network', message, status: 0, retryAfterMs: null }, thrown)
  }
  if (NOT_UNDERSTOOD.includes(response.status)) return response.status
  if (!response.ok) {
    const { status, headers } = response
    const failure: Failure = failureOf(
      status,
      headers.get('retry-after'),
      text.slice(0, 2000),
      options.nowMs()
    )
    throw new ExchangeError({
      ...failure,
      message: `${shownUrl(url)}: ${failure.message}`,
    })
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw badAnswer(url, 'something that is not JSON', cause)
  }
  throw badAnswer(url, 'something that is not an object')
}

function badAnswer(url: string, what: string, cause?: unknown): ExchangeError {
  const message = `${shownUrl(url)} answered ${what}`
  return new ExchangeError({ kind: 'protocol', message, status: 0, retryAfterMs: null }, cause)
}
