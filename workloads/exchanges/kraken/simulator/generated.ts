// A generated Kraken: spot pairs that trade on one floor. Books are sent as Kraken sends them: what leaves the depth is not told,
// what comes into it is, and each change carries the checksum of the book behind it. Pure: no clock, no socket.

import type { Frame } from '../../simulation/frame.ts'
import { FrameMaker } from '../../simulation/frame.ts'
import { SpotFloor, type SpotListing } from '../../simulation/spot-floor.ts'
import { ASK, BID, type Side, type SpotEvents } from '../../simulation/spot-market.ts'
import type { Deliver } from '../../simulation/venue.ts'
import { BOOKS, INSTRUMENT, TICKERS, TRADE, type Variant } from './channels.ts'
import type { RestPair, Source } from './source.ts'
import {
  assetText,
  bookText,
  checksumOf,
  type Day,
  instrumentText,
  type Level,
  levelsOf,
  type PairStatus,
  pairText,
  quantityText,
  type Trade,
  tickerText,
  timeText,
  tradesText,
  tradeText,
} from './texts.ts'

/** Trades of a snapshot. */
const HISTORY = 50
/** Trades of a pair before the first client came. */
const FIRST_TRADES = 3
/** One act in this many changes the status of a pair. */
const STATUS_EVERY = 5_000
/** Levels that are as far from the tenth as no single act moves them. */
const SURE_RANKS = 6

type State = {
  readonly listing: SpotListing
  /** The last trades as they were sent. */
  readonly history: string[]
  day: Day
  status: PairStatus
}

type Book = { readonly bids: readonly Level[]; readonly asks: readonly Level[] }

export class GeneratedMarkets implements Source {
  readonly #floor: SpotFloor
  readonly #states: ReadonlyMap<string, State>
  readonly #maker = new FrameMaker(TRADE)
  #acts = 0

  constructor(options: { seed: number; markets: number; startMs: number; levels?: number }) {
    this.#floor = new SpotFloor({
      ...options,
      nameOf: ({ base, quote }) => `${base}/${quote}`,
      ...(options.levels === undefined ? {} : { depth: options.levels }),
    })
    this.#states = new Map(
      this.#floor.listings.map((listing) => [
        listing.symbol,
        {
          listing,
          history: [],
          day: { low: 0, high: 0, open: 0, turnover: 0 },
          status: 'online' as const,
        },
      ])
    )
    // A pair that was never traded is rare.
    for (const { listing, history } of this.#states.values()) {
      while (history.length < FIRST_TRADES) this.#act(listing, options.startMs * 1000, null)
    }
  }

  get nowMs(): number {
    return this.#floor.nowMs
  }

  advance(toMs: number, count: number, deliver: Deliver): void {
    this.#floor.advance(toMs, count, (listing, nowUs) => this.#act(listing, nowUs, deliver))
  }

  has(symbol: string): boolean {
    return this.#states.has(symbol)
  }

  variant(channel: Variant): Variant {
    return channel
  }

  snapshot(channel: Variant, symbol: string): string | null {
    if (channel === INSTRUMENT) return this.#instruments()
    const state = this.#states.get(symbol)
    if (state === undefined) return null
    const { instrument, market } = state.listing
    if (channel === TRADE) return tradesText('snapshot', state.history)
    if (channel.depth === 0) return tickerText('snapshot', symbol, instrument, market, state.day)
    const { bids, asks } = this.book(symbol, channel.depth)
    const time = timeText(this.#floor.nowUs)
    return bookText('snapshot', symbol, bids, asks, checksumOf(bids, asks), time)
  }

  /** What a client should have. */
  book(symbol: string, depth: number): Book {
    const { market, instrument } = this.#states.get(symbol)!.listing
    return {
      bids: levelsOf(market, instrument, BID, depth),
      asks: levelsOf(market, instrument, ASK, depth),
    }
  }

  *pairs(): Iterable<RestPair> {
    for (const { listing, status } of this.#states.values()) {
      const { base, quote } = listing.instrument
      yield { base, quote, status }
    }
  }

  /** Lets a market act; sends what came of it, and returns how many frames that is for one who wants them all. */
  #act(listing: SpotListing, nowUs: number, deliver: Deliver | null): number {
    const { symbol, instrument, market } = listing
    const state = this.#states.get(symbol)!
    const wanted = BOOKS.filter((channel) => deliver?.wants(channel, symbol))
    const before = wanted.map(({ depth }) => this.book(symbol, depth))
    const bestBefore = bestOf(listing)
    const trades: Trade[] = []
    const events: SpotEvents = {
      level() {},
      trade: (id, price, size, taker) => void trades.push({ id, price, size, taker }),
    }
    market.act(events)
    const time = timeText(nowUs)
    for (const [i, channel] of wanted.entries()) {
      this.#book(channel, listing, before[i]!, time, deliver!)
    }
    if (trades.length > 0) this.#trades(state, trades, time, deliver)
    const isMoved = bestOf(listing) !== bestBefore
    const [onBest] = TICKERS
    for (const channel of TICKERS) {
      const isDue = trades.length > 0 || (channel === onBest && isMoved)
      if (!isDue || !deliver?.wants(channel, symbol)) continue
      const text = tickerText('update', symbol, instrument, market, state.day)
      deliver.frame(this.#maker.fill(channel, symbol, text))
    }
    const hasStatus = ++this.#acts % STATUS_EVERY === 0
    if (hasStatus) this.#status(state, deliver)
    const hasTicker = isMoved || trades.length > 0
    return 1 + (trades.length > 0 ? 1 : 0) + (hasTicker ? 1 : 0) + (hasStatus ? 1 : 0)
  }

  #book(
    channel: Variant,
    { symbol, instrument }: SpotListing,
    before: Book,
    time: string,
    deliver: Deliver
  ): void {
    const after = this.book(symbol, channel.depth)
    const none = quantityText(instrument, 0)
    const bids = changesOf(before.bids, after.bids, channel.depth, BID, none)
    const asks = changesOf(before.asks, after.asks, channel.depth, ASK, none)
    if (bids.levels.length + asks.levels.length === 0) return
    const checksum = checksumOf(after.bids, after.asks)
    const text = bookText('update', symbol, bids.levels, asks.levels, checksum, time)
    const frame = this.#maker.fill(channel, symbol, text)
    // Two changes among the best levels cannot both be covered by what happens next: the loss is seen with the next frame.
    frame.provable = bids.sure + asks.sure >= 2
    noteDigits(frame, text, after, channel.depth)
    deliver.frame(frame)
  }

  #trades(state: State, trades: readonly Trade[], time: string, deliver: Deliver | null): void {
    const { symbol, instrument } = state.listing
    const texts = trades.map((trade) => tradeText(symbol, instrument, trade, time))
    state.history.push(...texts)
    if (state.history.length > HISTORY) state.history.splice(0, state.history.length - HISTORY)
    for (const { price, size } of trades) {
      const { low, high, open, turnover } = state.day
      state.day = {
        low: low === 0 ? price : Math.min(low, price),
        high: Math.max(high, price),
        open: open || price,
        turnover: turnover + price * size,
      }
    }
    if (!deliver?.wants(TRADE, symbol)) return
    const frame = this.#maker.fill(TRADE, symbol, tradesText('update', texts))
    frame.provable = true
    deliver.frame(frame)
  }

  #status(state: State, deliver: Deliver | null): void {
    state.status = state.status === 'online' ? 'post_only' : 'online'
    if (!deliver?.wants(INSTRUMENT, '')) return
    const { symbol, instrument } = state.listing
    const text = instrumentText('update', [], [pairText(symbol, instrument, state.status)])
    deliver.frame(this.#maker.fill(INSTRUMENT, '', text))
  }

  #instruments(): string {
    const states = [...this.#states.values()]
    const names = new Set(states.flatMap(({ listing: { instrument: i } }) => [i.base, i.quote]))
    const pairs = states.map(({ listing: { symbol, instrument }, status }) =>
      pairText(symbol, instrument, status)
    )
    return instrumentText('snapshot', [...names].map(assetText), pairs)
  }
}

const bestOf = ({ market }: SpotListing): string =>
  [BID, ASK]
    .map((side) => `${market.priceAt(side as Side, 0)} ${market.sizeAt(side as Side, 0)}`)
    .join()

/** What of one side is told: ends first, then what is new or has another quantity. What is pushed out is not told. */
function changesOf(
  before: readonly Level[],
  after: readonly Level[],
  depth: number,
  side: Side,
  none: string
): { readonly levels: readonly Level[]; readonly sure: number } {
  const now = new Map(after)
  const then = new Map(before)
  const worst = after.length === depth ? Number(after[depth - 1]?.[0]) : null
  const isPushedOut = (price: string) =>
    worst !== null && (side === BID ? Number(price) < worst : Number(price) > worst)
  const levels: Level[] = []
  let sure = 0
  for (const [rank, [price]] of before.entries()) {
    if (now.has(price) || isPushedOut(price)) continue
    levels.push([price, none])
    if (rank < SURE_RANKS) sure++
  }
  for (const [rank, level] of after.entries()) {
    if (then.get(level[0]) === level[1]) continue
    levels.push(level)
    if (rank < SURE_RANKS) sure++
  }
  return { levels, sure }
}

/** From here on a level does not come under the checksum soon. */
const DEEP_RANK = 20

/** A frame of a book, with the place of a digit that is under the checksum and of one that is not; -1: it has none. */
export type BookFrame = Frame & { checkedDigitAt?: number; uncheckedDigitAt?: number }

function noteDigits(frame: BookFrame, text: string, after: Book, depth: number): void {
  frame.checkedDigitAt = -1
  frame.uncheckedDigitAt = -1
  for (const levels of [after.bids, after.asks])
    for (const [rank, [price, quantity]] of levels.entries()) {
      const at = text.indexOf(`{"price":${price},"qty":${quantity}}`)
      if (at < 0) continue
      const digitAt = frame.start + text.indexOf('}', at) - 1
      if (rank < 10) frame.checkedDigitAt = digitAt
      else if (rank >= DEEP_RANK && rank < depth) frame.uncheckedDigitAt = digitAt
    }
}
