// The second reading of the archive: coverage of the window, and the prices that a card asks for. A signal never sees what is read here;
// it ended before.

import { exchangeOf } from '#archive/read/exchange.ts'
import { manifestIfThere, namesOfDays, summaryOf } from '#archive/read/reader.ts'
import { EXCHANGES, type ExchangeFacts } from '#crds/exchanges.gen.ts'
import { bookOptions } from '#events/book-options.ts'
import { type HistoryOptions, history } from '#events/history.ts'
import { Clock } from '#market/builders/instruments.ts'
import {
  type InstrumentBook,
  type OrderBookOptions,
  OrderBooks,
} from '#market/builders/order-books.ts'
import { EVENT, FLAG, type MarketEvent } from '#market/event.ts'
import { timeText } from '#market/time.ts'
import { CoverageCount } from './coverage.ts'
import { type Asked, LONGEST_MS } from './moments.ts'
import { Quote } from './quote.ts'

export type PassScope = Pick<
  HistoryOptions,
  'roots' | 'symbols' | 'from' | 'to' | 'cache' | 'pool' | 'signal'
> & { readonly feeds: readonly string[] }

/** How an instrument ended: what one contract is worth. */
export type Settlement = { readonly ms: number; readonly value: number }

export type MarketPass = {
  readonly quotes: readonly Quote[]
  readonly coverage: CoverageCount
  /** By feed and symbol, as JSON. */
  readonly settlements: ReadonlyMap<string, Settlement>
  /** The last event of the window. */
  readonly lastMs: number
}

/** Latency, the time a position is held, and a horizon. */
const MOST_BEHIND_MS = 8 * LONGEST_MS
/** An instrument settles some time after it closes: so long behind the window it is looked for. */
const SETTLEMENT_MS = 7 * 86_400_000
const ROWS = 16_384

export const keyOf = (feed: string, symbol: string): string => JSON.stringify([feed, symbol])

export async function readMarket(
  scope: PassScope,
  asked: readonly Asked[],
  window: { readonly fromMs: number; readonly toMs: number },
  onProgress?: (events: number, recvMs: number) => void
): Promise<MarketPass> {
  const options = await feedOptions(scope)
  const pass = new Pass(asked, window, (feed) => options.get(feed)?.books ?? {})
  const last = asked.reduce(
    (most, { ms, order }) => Math.max(most, lastFinite(ms, order)),
    window.toMs
  )
  const toMs = Math.min(last + 1, window.toMs + MOST_BEHIND_MS)
  const to = timeText(toMs, 0)
  const { roots, feeds, symbols, from, cache, pool, signal } = scope
  let events = 0
  const reading = { roots, feeds, symbols, from, to, cache, pool, signal, rows: ROWS }
  for await (const batch of history(reading)) {
    batch.each((event) => pass.take(event))
    events += batch.length
    onProgress?.(events, pass.nowMs)
  }
  pass.end((feed) => Math.min(toMs, options.get(feed)?.endMs ?? 0))
  const settlements = await readSettlements(scope, asked, window.toMs)
  return { quotes: pass.quotes, coverage: pass.coverage, settlements, lastMs: pass.lastMs }
}

/** Infinity stands for the settlement. */
function lastFinite(ms: Float64Array, order: Uint32Array): number {
  for (let i = order.length - 1; i >= 0; i--) {
    const time = ms[order[i]!]!
    if (Number.isFinite(time)) return time
  }
  return Number.NEGATIVE_INFINITY
}

class Pass {
  readonly quotes: readonly Quote[]
  readonly coverage: CoverageCount
  readonly #clock = new Clock()
  readonly #books: OrderBooks
  readonly #byFeed = new Map<string, Map<string, Quote>>()
  readonly #known = new Map<string, Set<InstrumentBook>>()
  readonly #toMs: number
  lastMs: number
  /** Receive time of the last event. */
  nowMs = 0

  constructor(
    asked: readonly Asked[],
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
    optionsOf: (feed: string) => OrderBookOptions
  ) {
    this.coverage = new CoverageCount(fromMs, toMs)
    this.lastMs = fromMs
    this.#toMs = toMs
    this.#books = new OrderBooks(optionsOf, (book) => this.#changed(book))
    this.quotes = asked.map((one) => new Quote(one, this.#clock))
    for (const quote of this.quotes) {
      const { feed, symbol } = quote.asked
      const known = this.#byFeed.get(feed) ?? new Map<string, Quote>()
      this.#byFeed.set(feed, known.set(symbol, quote))
    }
  }

  take(event: MarketEvent): void {
    const { kind, feed, symbol, recvMs, recvNs } = event
    this.nowMs = recvMs
    if (recvMs < this.#toMs) this.lastMs = recvMs
    this.coverage.take(event)
    if (kind === EVENT.gap) {
      this.#gap(event)
      return
    }
    const quote = this.#byFeed.get(feed)?.get(symbol)
    quote?.advance(recvMs, recvNs)
    this.#clock.see(event)
    this.#books.apply(event)
    if (quote === undefined) return
    quote.apply(event)
    if (kind === EVENT.instrument) quote.judge(this.#books.get(feed, symbol))
  }

  /** Moments behind the end of what there is are not known. */
  end(endMs: (feed: string) => number): void {
    for (const quote of this.quotes) quote.advance(endMs(quote.asked.feed), 0)
  }

  #gap(event: MarketEvent): void {
    const { feed, symbol, recvMs, recvNs, flags } = event
    const quotes = this.#byFeed.get(feed)
    const own = symbol === '' ? [...(quotes?.values() ?? [])] : [quotes?.get(symbol) ?? []].flat()
    for (const quote of own) quote.advance(recvMs, recvNs)
    this.#clock.see(event)
    this.#books.apply(event)
    for (const quote of own) quote.judge(this.#books.get(feed, quote.asked.symbol))
    if (flags === FLAG.last) return
    for (const book of this.#known.get(feed) ?? []) {
      if (symbol === '' || book.symbol === symbol) this.coverage.see(book, recvMs)
    }
  }

  #changed(book: InstrumentBook): void {
    const known = this.#known.get(book.feed)
    if (known === undefined) this.#known.set(book.feed, new Set([book]))
    else known.add(book)
    if (this.nowMs < this.#toMs) this.coverage.see(book, this.nowMs)
    this.#byFeed.get(book.feed)?.get(book.symbol)?.book(book)
  }
}

type FeedOptions = {
  readonly books: OrderBookOptions
  readonly exchange: string | null
  /** The last record that there is. */
  readonly endMs: number
}

/** As the manifest of the last day says it. */
export async function feedOptions({
  roots,
  feeds,
  from,
}: Pick<PassScope, 'roots' | 'feeds' | 'from'>): Promise<ReadonlyMap<string, FeedOptions>> {
  const options = new Map<string, FeedOptions>()
  for (const { path, name } of roots) {
    for (const { feed, day } of await namesOfDays(path)) {
      const label = name === undefined || name === '' ? feed : `${name}.${feed}`
      if (!feeds.includes(label) || day < (from ?? '').slice(0, 10)) continue
      const manifest = await manifestIfThere(path, feed, day)
      if (manifest === undefined) continue
      const { proof, to } = summaryOf(manifest)
      const exchange = await exchangeOf(path, manifest)
      const endMs = Math.max(options.get(label)?.endMs ?? 0, to === null ? 0 : Date.parse(to))
      options.set(label, { books: bookOptions(exchange, proof), exchange, endMs })
    }
  }
  return options
}

/** What an exchange's trades cost; null: it depends on the account, or the exchange is not known. */
export const feesOf = (exchange: string | null): ExchangeFacts['fees'] =>
  exchange !== null && Object.hasOwn(EXCHANGES, exchange) ? EXCHANGES[exchange]!.fees : null

const SETTLED: Readonly<Record<string, number>> = { yes: 1, no: 0 }

async function readSettlements(
  { roots, feeds, from, cache, pool, signal }: PassScope,
  asked: readonly Asked[],
  toMs: number
): Promise<ReadonlyMap<string, Settlement>> {
  const found = new Map<string, Settlement>()
  if (asked.length === 0) return found
  const symbols = [...new Set(asked.map(({ symbol }) => symbol))]
  const to = timeText(toMs + SETTLEMENT_MS, 0)
  const reading = { roots, feeds, symbols, from, to, cache, pool, signal }
  for await (const batch of history({ ...reading, events: ['instrument'] })) {
    batch.each(({ kind, feed, symbol, instrument, timeMs, recvMs }) => {
      if (kind !== EVENT.instrument || instrument === undefined) return
      const { settlement, result } = instrument
      const value = settlement === undefined ? SETTLED[result ?? ''] : Number(settlement)
      if (value === undefined || !Number.isFinite(value)) return
      const ms = timeMs < 0 ? recvMs : timeMs
      // The first word of it stands: what follows repeats it.
      const key = keyOf(feed, symbol)
      if (!found.has(key)) found.set(key, { ms, value })
    })
  }
  return found
}
