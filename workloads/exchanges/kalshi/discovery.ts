// Which Kalshi markets there are, over REST: those that trade, those that are paused, and those that open soon,
// so that a market's first frame is not missed. It trusts the server's filter, not the words inside a market. Markets
// are handed over page by page; what could not be had is named, and makes the answer one that proves no absence.

import { pause } from '#role/backoff.ts'
import {
  type Discovered,
  ExchangeError,
  type Failure,
  type SymbolPage,
} from '../protocol/adapter.ts'
import { quote } from '../protocol/json-list.ts'
import { type AskOptions, ask, badAnswer } from '../protocol/rest.ts'

export type DiscoveryOptions = AskOptions & {
  readonly restEndpoint: string
  /** Patterns of market tickers; what matches none of them may be handed over too. */
  readonly globs: readonly string[]
  /** Between two requests. */
  readonly spacingMs: number
  /** Headers that sign a request for this path; without them it is asked unsigned, as market data may be. */
  readonly sign?: ((path: string) => Readonly<Record<string, string>>) | undefined
  /** Status words that the server has shown it knows: kept from one discovery to the next. */
  readonly understood: Set<Status>
  /** For all questions together. Default 10 min. */
  readonly totalMs?: number
  onPage(page: SymbolPage): void
}

export type Status = 'open' | 'paused' | 'unopened'

const PAGE = 1000
/** Pages of one question: a million markets. */
const MAX_PAGES = 1000
const TOTAL_MS = 10 * 60_000
/** Markets of one question: their names take some 50 MB while it is asked. */
const MAX_TICKERS = 500_000
/** Empty pages in a row that still name a next one. */
const MAX_EMPTY_PAGES = 3
/** Real tickers are some 30 characters, and this is the most that a frame's symbol may have. */
const MAX_TICKER = 200
const MAX_CURSOR = 4096
/** Statuses by which a server says that it does not know what was asked. */
const NOT_UNDERSTOOD = [400, 404, 422]
/** A market that opens within this is subscribed to before it opens. */
const OPENS_SOON_MS = 15 * 60_000
/** The control characters of ASCII and Unicode, and blanks: no ticker has them. */
const NOT_IN_TICKER = /[\s\p{C}]/u

/** Asks everything. What one question lacks keeps none of the others from being asked. */
export async function discoverMarkets(
  options: DiscoveryOptions,
  signal: AbortSignal
): Promise<Discovered> {
  const failures: Failure[] = []
  let known = true
  const { totalMs = TOTAL_MS } = options
  const late = AbortSignal.timeout(totalMs)
  const both = AbortSignal.any([signal, late])
  // What trades comes first, of every series: the rest is a side question.
  for (const status of ['open', 'unopened', 'paused'] as const) {
    for (const series of seriesOf(options.globs)) {
      try {
        const odd = await askMarkets(options, series, status, both)
        if (odd !== null) failures.push(odd.failure)
      } catch (thrown) {
        signal.throwIfAborted()
        if (!(thrown instanceof ExchangeError)) throw thrown
        const failure = late.aborted ? tooLong(thrown.failure, totalMs) : thrown.failure
        failures.push(failure)
        if (status === 'open') known = false
        // These concern every question: more of them would make it worse.
        const { kind } = failure
        if (kind === 'rateLimited' || kind === 'unauthorized' || kind === 'network') {
          return { known: known && status !== 'open', failures }
        }
      }
      await pause(options.spacingMs, signal)
    }
  }
  return { known, failures }
}

const tooLong = (failure: Failure, totalMs: number): Failure => ({
  ...failure,
  message: `${failure.message}; all questions together took more than ${totalMs / 1000} s, which is the limit`,
})

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

/** What one question has brought so far. */
type Listing = { readonly tickers: Set<string>; markets: number; odd: number; example: unknown }

/**
 * All pages of one question. Throws ExchangeError; markets before it were handed over. Returns what is wrong with some
 * of the markets: all others are known, and those that are not listed may exist.
 */
async function askMarkets(
  options: DiscoveryOptions,
  series: string | null,
  status: Status,
  signal: AbortSignal
): Promise<ExchangeError | null> {
  const listing: Listing = { tickers: new Set(), markets: 0, odd: 0, example: undefined }
  const cursors = new Set<string>()
  let cursor = ''
  let empty = 0
  for (let page = 1; ; page++) {
    const query = new URLSearchParams({ limit: String(PAGE), status })
    if (series !== null) query.set('series_ticker', series)
    if (cursor !== '') query.set('cursor', cursor)
    const url = `${options.restEndpoint.replace(/\/$/, '')}/markets?${query}`
    const { markets, tickers } = listing
    const before = tickers.size
    const next = await askPage(options, url, status, listing, signal)
    if (next === '') return unusable(url, listing)
    empty = listing.markets === markets ? empty + 1 : 0
    const fail = (what: string) => badAnswer(url, `${what}: the list does not advance`)
    if (cursors.has(next)) throw fail(`the cursor ${quote(next)} a second time`)
    if (empty === 0 && tickers.size === before) {
      throw fail(`page ${page} without a market that the pages before lack`)
    }
    if (empty > MAX_EMPTY_PAGES) throw fail(`${empty} empty pages in a row that name a next one`)
    if (page === MAX_PAGES) throw badAnswer(url, `more than ${MAX_PAGES} pages, which is the limit`)
    cursors.add(next)
    cursor = next
    await pause(options.spacingMs, signal)
  }
}

/** Markets that cannot be subscribed to. Throws if all are such: then nothing is known. */
function unusable(url: string, { markets, odd, example }: Listing): ExchangeError | null {
  if (odd === 0) return null
  const what = `${odd} of ${markets} markets without a usable ticker: ${quote(example)}`
  if (odd === markets) throw badAnswer(url, what)
  return badAnswer(url, what)
}

/** One page: hands over its markets and returns the next cursor, empty after the last. */
async function askPage(
  options: DiscoveryOptions,
  url: string,
  status: Status,
  listing: Listing,
  signal: AbortSignal
): Promise<string> {
  const nowMs = options.nowMs()
  let now: string[] = []
  let later: string[] = []
  const handOver = () => {
    if (now.length + later.length > 0) options.onPage({ now, later })
    now = []
    later = []
  }
  const onItem = (market: unknown) => {
    listing.markets++
    const ticker = fieldOf(market, 'ticker')
    if (!isTicker(ticker)) {
      if (listing.odd++ === 0) listing.example = market
      return
    }
    if (listing.tickers.size >= MAX_TICKERS) {
      throw badAnswer(url, `more than ${MAX_TICKERS} markets, which is the limit`)
    }
    listing.tickers.add(ticker)
    const opens = status === 'unopened' ? fieldOf(market, 'open_time') : undefined
    if (opensSoon(opens, nowMs)) now.push(ticker)
    else later.push(ticker)
    // A server may send more than was asked for.
    if (now.length + later.length >= PAGE) handOver()
  }
  const headers = options.sign?.(new URL(url).pathname) ?? {}
  try {
    const question = { url, headers, list: 'markets', keep: ['cursor'], onItem }
    const kept = await ask(question, options, signal)
    options.understood.add(status)
    return cursorOf(url, kept.get('cursor'))
  } catch (thrown) {
    // Not every server knows every status word; one that it does not know has no markets.
    const code = thrown instanceof ExchangeError ? thrown.failure.status : 0
    const unknown = status !== 'open' && !options.understood.has(status)
    if (unknown && NOT_UNDERSTOOD.includes(code)) return ''
    throw thrown
  } finally {
    // Whatever became of the rest: these markets exist.
    handOver()
  }
}

function cursorOf(url: string, cursor: unknown): string {
  if (cursor === undefined || cursor === null) return ''
  if (typeof cursor === 'string' && cursor.length <= MAX_CURSOR) return cursor
  throw badAnswer(url, `a cursor that is none: ${quote(cursor)}`)
}

const isTicker = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  Buffer.byteLength(value) <= MAX_TICKER &&
  !NOT_IN_TICKER.test(value)

/** Own fields only: a name such as `__proto__` finds nothing. */
function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

function opensSoon(openTime: unknown, nowMs: number): boolean {
  const opens = typeof openTime === 'string' ? Date.parse(openTime) : Number.NaN
  return Number.isNaN(opens) || opens <= nowMs + OPENS_SOON_MS
}
