// The generated markets of the simulated Binance: a floor of spot markets, whose changes are gathered for as long as the channel
// says and sent as one update of a book, with the first and the last of the ids that it stands for.

import { type Channel, type Frame, FrameMaker } from '../../simulation/frame.ts'
import { decimalText } from '../../simulation/instruments.ts'
import { SpotFloor, type SpotListing } from '../../simulation/spot-floor.ts'
import { ASK, BID, type Side, type SpotEvents } from '../../simulation/spot-market.ts'
import type { Deliver } from '../../simulation/venue.ts'
import { BOOK_TICKER, nameOf, SPEED_MS, TRADE } from './channels.ts'
import type { Levels, Listed, Snapshot, Source } from './source.ts'

/** All prices and sizes are written with this many decimals, whatever the step. */
const DECIMALS = 8
/** Digits of a size that are used. */
const SIZE_DIGITS = 5
const LOTS = 100_000

/** Changes of one book that one channel has not sent yet. */
type Pending = {
  readonly everyMs: number
  readonly channel: Channel
  /** Id of the first change that waits. */
  first: number
  sentMs: number
  readonly levels: readonly [Map<number, number>, Map<number, number>]
}

type Market = {
  readonly listing: SpotListing
  /** Id of the last change of the book. */
  updateId: number
  readonly pending: readonly Pending[]
  /** The best prices and sizes that were told last. */
  best: string
}

export class GeneratedMarkets implements Source {
  readonly #floor: SpotFloor
  readonly #markets = new Map<string, Market>()
  readonly #maker = new FrameMaker(TRADE)
  /** Markets with changes that wait. */
  readonly #dirty = new Set<Market>()

  constructor(options: {
    readonly seed: number
    readonly markets: number
    readonly startMs: number
  }) {
    this.#floor = new SpotFloor({
      ...options,
      lots: LOTS,
      nameOf: ({ base }) => `${base}USDT`,
    })
    for (const listing of this.#floor.listings) {
      const updateId = 50_000_000_000 + listing.market.lastTradeId * 7
      const pending = [...SPEED_MS].map(([channel, everyMs]) => ({
        channel,
        everyMs,
        first: updateId + 1,
        sentMs: options.startMs,
        levels: [new Map<number, number>(), new Map<number, number>()] as const,
      }))
      this.#markets.set(listing.symbol, { listing, updateId, pending, best: '' })
    }
  }

  get nowMs(): number {
    return this.#floor.nowMs
  }

  advance(toMs: number, count: number, deliver: Deliver): void {
    this.#floor.advance(toMs, count, (listing) => {
      const market = this.#markets.get(listing.symbol) as Market
      return this.#act(market, deliver)
    })
    for (const market of this.#dirty) this.#sendDue(market, deliver)
  }

  symbols(): readonly Listed[] {
    return this.#floor.listings.map(({ symbol, instrument }) => ({
      symbol,
      base: instrument.base,
      quote: 'USDT',
      tick: priceText(1, instrument.priceDigits),
      step: sizeText(1),
    }))
  }

  has(symbol: string): boolean {
    return this.#markets.has(symbol)
  }

  snapshot(symbol: string, levels: number): Snapshot | null {
    const market = this.#markets.get(symbol)
    if (market === undefined) return null
    const side = (one: Side): Levels => {
      const { market: book, instrument } = market.listing
      return Array.from({ length: Math.min(levels, book.count(one)) }, (_, rank) => [
        priceText(book.priceAt(one, rank) as number, instrument.priceDigits),
        sizeText(book.sizeAt(one, rank)),
      ])
    }
    return { lastUpdateId: market.updateId, bids: side(BID), asks: side(ASK) }
  }

  price(symbol: string): string | null {
    const listing = this.#floor.find(symbol)
    if (listing === undefined || listing.market.lastPrice === 0) return null
    return priceText(listing.market.lastPrice, listing.instrument.priceDigits)
  }

  /** One market does one thing; returns how many frames come of it. */
  #act(market: Market, deliver: Deliver): number {
    const { listing } = market
    let frames = 0
    const events: SpotEvents = {
      level: (side, price, size) => {
        market.updateId++
        for (const { levels } of market.pending) levels[side].set(price, size)
      },
      trade: (id, price, size, taker) => {
        frames++
        if (!deliver.wants(TRADE, listing.symbol)) return
        const { priceDigits } = listing.instrument
        const text = `{"e":"trade","E":${this.nowMs},"s":"${listing.symbol}","t":${id},"p":"${priceText(price, priceDigits)}","q":"${sizeText(size)}","T":${this.nowMs},"m":${taker === ASK},"M":true}`
        deliver.frame(this.#fill(TRADE, listing.symbol, text, true))
      },
    }
    listing.market.act(events)
    this.#dirty.add(market)
    frames += this.#tellBest(market, deliver)
    return frames + this.#sendDue(market, deliver)
  }

  #tellBest(market: Market, deliver: Deliver): number {
    const { listing, updateId } = market
    const { market: book, instrument, symbol } = listing
    const side = (one: Side, letter: string) =>
      `"${letter}":"${priceText(book.priceAt(one, 0) ?? 0, instrument.priceDigits)}","${letter.toUpperCase()}":"${sizeText(book.sizeAt(one, 0))}"`
    const best = `${side(BID, 'b')},${side(ASK, 'a')}`
    if (best === market.best) return 0
    market.best = best
    if (deliver.wants(BOOK_TICKER, symbol)) {
      const text = `{"u":${updateId},"s":"${symbol}",${best}}`
      deliver.frame(this.#fill(BOOK_TICKER, symbol, text, false))
    }
    return 1
  }

  /** Sends what has waited long enough; of a channel without subscribers it is dropped. */
  #sendDue(market: Market, deliver: Deliver): number {
    const { symbol, instrument } = market.listing
    let frames = 0
    let waiting = false
    for (const pending of market.pending) {
      if (pending.first > market.updateId) continue
      if (this.nowMs - pending.sentMs < pending.everyMs) {
        waiting = true
        continue
      }
      frames++
      if (deliver.wants(pending.channel, symbol)) {
        const [b, a] = pending.levels.map((levels, side) => {
          const sign = side === BID ? -1 : 1
          const rows = [...levels].sort(([one], [other]) => (one - other) * sign)
          return rows
            .map(
              ([price, size]) =>
                `["${priceText(price, instrument.priceDigits)}","${sizeText(size)}"]`
            )
            .join(',')
        })
        const text = `{"e":"depthUpdate","E":${this.nowMs},"s":"${symbol}","U":${pending.first},"u":${market.updateId},"b":[${b}],"a":[${a}]}`
        deliver.frame(this.#fill(pending.channel, symbol, text, true))
      }
      pending.first = market.updateId + 1
      pending.sentMs = this.nowMs
      for (const levels of pending.levels) levels.clear()
    }
    if (!waiting) this.#dirty.delete(market)
    return frames
  }

  #fill(channel: Channel, market: string, text: string, provable: boolean): Frame {
    const head = `{"stream":"${nameOf(channel, market)}","data":`
    const frame = this.#maker.fill(channel, market, `${head}${text}}`)
    frame.bodyAt = head.length
    frame.bodyEnd = frame.end - 1
    frame.provable = provable
    return frame
  }
}

const priceText = (price: number, digits: number): string =>
  `${decimalText(price, digits)}${'0'.repeat(DECIMALS - digits)}`

const sizeText = (size: number): string =>
  `${decimalText(size, SIZE_DIGITS)}${'0'.repeat(DECIMALS - SIZE_DIGITS)}`
