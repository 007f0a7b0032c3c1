// The generated markets of the simulated Coinbase: a floor of spot markets, whose changes and trades are gathered for a moment and
// sent together, as the exchange does. Changes without a level, and the end of levels that never were, are part of it.

import { type Channel, FrameMaker } from '../../simulation/frame.ts'
import { decimalText } from '../../simulation/instruments.ts'
import { Random, seedOf } from '../../simulation/random.ts'
import { SpotFloor, type SpotListing } from '../../simulation/spot-floor.ts'
import { ASK, BID, type Side, type SpotEvents } from '../../simulation/spot-market.ts'
import type { Deliver } from '../../simulation/venue.ts'
import { LEVEL2, MARKET_TRADES, STATUS, TICKER } from './channels.ts'
import { envelopeOf, timeText } from './envelope.ts'
import type { Listed, Source } from './source.ts'

/** Changes of a book, and trades, are gathered for so long. */
const BOOK_MS = 50
const TRADES_MS = 250
/** The last trades, with which a subscription begins. */
const TRADES_KEPT = 50
/** The status of all products is told this often. */
const STATUS_MS = 5_000

type Market = {
  readonly listing: SpotListing
  readonly random: Random
  /** Levels that changed since the last update, by side. */
  readonly levels: readonly [Map<number, number>, Map<number, number>]
  /** When the last of them changed. */
  changedUs: number
  bookSentMs: number
  /** Trades since the last update, and the last ones of all. */
  trades: string[]
  readonly kept: string[]
  tradesSentMs: number
}

export class GeneratedMarkets implements Source {
  readonly #floor: SpotFloor
  readonly #markets = new Map<string, Market>()
  readonly #maker = new FrameMaker(LEVEL2)
  /** Markets with something that waits. */
  readonly #dirty = new Set<Market>()
  #statusMs: number

  constructor(options: {
    readonly seed: number
    readonly markets: number
    readonly startMs: number
    readonly depth?: number
  }) {
    this.#floor = new SpotFloor({ ...options, nameOf: ({ base, quote }) => `${base}-${quote}` })
    this.#statusMs = options.startMs
    for (const listing of this.#floor.listings) {
      this.#markets.set(listing.symbol, {
        listing,
        random: new Random(seedOf(options.seed, `wire ${listing.symbol}`)),
        levels: [new Map(), new Map()],
        changedUs: options.startMs * 1000,
        bookSentMs: options.startMs,
        trades: [],
        kept: [],
        tradesSentMs: options.startMs,
      })
    }
  }

  get nowUs(): number {
    return this.#floor.nowUs
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
    if (this.nowMs - this.#statusMs >= STATUS_MS) {
      this.#statusMs = this.nowMs
      for (const { symbol } of this.#floor.listings) {
        if (deliver.wants(STATUS, symbol))
          this.#deliver(deliver, STATUS, symbol, this.#status(symbol))
      }
    }
  }

  products(): readonly Listed[] {
    return this.#floor.listings.map(({ symbol, instrument }) => ({
      symbol,
      base: instrument.base,
      quote: instrument.quote,
      tick: decimalText(1, instrument.priceDigits),
      step: decimalText(1, instrument.sizeDigits),
    }))
  }

  has(symbol: string): boolean {
    return this.#markets.has(symbol)
  }

  snapshot(channel: Channel, symbol: string): string | null {
    const market = this.#markets.get(symbol)
    if (market === undefined) return null
    switch (channel) {
      case LEVEL2:
        return this.#book(market)
      case MARKET_TRADES:
        return tradesEvent('snapshot', market.kept.toReversed())
      case TICKER:
        return this.#ticker(market, 'snapshot')
      default:
        return this.#status(symbol)
    }
  }

  /** One market does one thing; returns how many frames come of it. */
  #act(market: Market, deliver: Deliver): number {
    const { listing, kept } = market
    const { symbol, instrument } = listing
    let frames = 0
    const events: SpotEvents = {
      level: (side, price, size) => {
        market.levels[side].set(price, size)
        market.changedUs = this.nowUs
      },
      trade: (id, price, size, taker) => {
        const priced = trimmed(price, instrument.priceDigits)
        const sized = trimmed(size, instrument.sizeDigits)
        // The side is the maker's: what stood in the book.
        const side = taker === BID ? 'SELL' : 'BUY'
        const text = `{"product_id":"${symbol}","trade_id":"${id}","price":"${priced}","size":"${sized}","time":"${timeText(this.nowUs)}","side":"${side}"}`
        market.trades.push(text)
        kept.push(text)
        if (kept.length > TRADES_KEPT) kept.shift()
        frames++
        if (deliver.wants(TICKER, symbol)) {
          this.#deliver(deliver, TICKER, symbol, this.#ticker(market, 'update'))
        }
      },
    }
    listing.market.act(events)
    this.#dirty.add(market)
    return frames + this.#sendDue(market, deliver)
  }

  /** Sends what has waited long enough; of a channel that nobody wants it is forgotten. */
  #sendDue(market: Market, deliver: Deliver): number {
    const { listing, levels, trades, random } = market
    const { symbol } = listing
    let frames = 0
    const hasLevels = levels[BID].size + levels[ASK].size > 0
    if (hasLevels && this.nowMs - market.bookSentMs >= BOOK_MS) {
      market.bookSentMs = this.nowMs
      frames++
      if (deliver.wants(LEVEL2, symbol)) {
        // Updates without a level are part of what it sends.
        if (random.chance(1, 6)) {
          frames++
          this.#deliver(deliver, LEVEL2, symbol, bookEvent('update', symbol, []))
        }
        this.#deliver(deliver, LEVEL2, symbol, bookEvent('update', symbol, this.#changes(market)))
      }
      for (const side of levels) side.clear()
    }
    if (trades.length > 0 && this.nowMs - market.tradesSentMs >= TRADES_MS) {
      market.tradesSentMs = this.nowMs
      market.trades = []
      frames++
      if (deliver.wants(MARKET_TRADES, symbol)) {
        this.#deliver(deliver, MARKET_TRADES, symbol, tradesEvent('update', trades.toReversed()))
      }
    }
    if (levels[BID].size + levels[ASK].size + market.trades.length === 0) this.#dirty.delete(market)
    return frames
  }

  #changes({ listing, levels, changedUs, random }: Market): readonly string[] {
    const { priceDigits, sizeDigits } = listing.instrument
    const time = timeText(changedUs)
    const rows = ([BID, ASK] as const).flatMap((side) =>
      [...levels[side]].map(([price, size]) =>
        row(side, time, trimmed(price, priceDigits), trimmed(size, sizeDigits))
      )
    )
    // The end of a level that was never sent.
    const worst = listing.market.priceAt(BID, listing.market.count(BID) - 1)
    if (worst !== undefined && worst > 1 && random.chance(1, 10)) {
      rows.push(row(BID, time, trimmed(worst - 1, priceDigits), '0'))
    }
    return rows
  }

  #book({ listing }: Market): string {
    const { market, instrument, symbol } = listing
    const time = timeText(this.nowUs)
    const rows = ([BID, ASK] as const).flatMap((side) =>
      Array.from({ length: market.count(side) }, (_, rank) =>
        row(
          side,
          time,
          trimmed(market.priceAt(side, rank) as number, instrument.priceDigits),
          trimmed(market.sizeAt(side, rank), instrument.sizeDigits)
        )
      )
    )
    return bookEvent('snapshot', symbol, rows)
  }

  #ticker({ listing }: Market, type: string): string {
    const { market, instrument, symbol } = listing
    const { priceDigits, sizeDigits } = instrument
    const best = (side: Side, name: string) =>
      `"best_${name}":"${trimmed(market.priceAt(side, 0) ?? 0, priceDigits)}","best_${name}_quantity":"${trimmed(market.sizeAt(side, 0), sizeDigits)}"`
    const price = trimmed(market.lastPrice, priceDigits)
    const volume = trimmed(market.volume, sizeDigits)
    return `{"type":"${type}","tickers":[{"type":"ticker","product_id":"${symbol}","price":"${price}","volume_24_h":"${volume}","low_24_h":"${price}","high_24_h":"${price}","low_52_w":"${price}","high_52_w":"${price}","price_percent_chg_24_h":"0.5",${best(BID, 'bid')},${best(ASK, 'ask')}}]}`
  }

  #status(symbol: string): string {
    const listing = this.#floor.find(symbol)
    if (listing === undefined) return '{"type":"snapshot","products":[]}'
    const { base, quote, priceDigits, sizeDigits } = listing.instrument
    return `{"type":"snapshot","products":[{"product_type":"SPOT","id":"${symbol}","base_currency":"${base}","quote_currency":"${quote}","base_increment":"${decimalText(1, sizeDigits)}","quote_increment":"${decimalText(1, priceDigits)}","display_name":"${base}/${quote}","status":"online","status_message":"","min_market_funds":"1"}]}`
  }

  #deliver(deliver: Deliver, channel: Channel, symbol: string, event: string): void {
    const { head, tail } = envelopeOf(channel, this.nowUs, event)
    const frame = this.#maker.fill(channel, symbol, head + tail)
    frame.seqAt = frame.seqEnd = head.length
    frame.provable = true
    deliver.frame(frame)
  }
}

/** Decimal text without zeros at its end, as the exchange writes it: 7887150, 2 → `78871.5`. */
function trimmed(value: number, digits: number): string {
  const text = decimalText(value, digits)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

const row = (side: Side, time: string, price: string, size: string): string =>
  `{"side":"${side === BID ? 'bid' : 'offer'}","event_time":"${time}","price_level":"${price}","new_quantity":"${size}"}`

export const bookEvent = (type: string, symbol: string, rows: readonly string[]): string =>
  `{"type":"${type}","product_id":"${symbol}","updates":[${rows.join(',')}]}`

/** The newest first. */
const tradesEvent = (type: string, trades: readonly string[]): string =>
  `{"type":"${type}","trades":[${trades.join(',')}]}`
