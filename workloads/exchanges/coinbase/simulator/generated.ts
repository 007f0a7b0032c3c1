// The generated markets of the simulated Coinbase: a floor of spot markets. What one of them does is one update of its book; trades
// are gathered for a moment and sent together, as the exchange does. Updates without a level, and the end of levels that
// never were, are part of it.

import { type Channel, FrameMaker } from '../../simulation/frame.ts'
import { decimalText } from '../../simulation/instruments.ts'
import { Random, seedOf } from '../../simulation/random.ts'
import { SpotFloor, type SpotListing } from '../../simulation/spot-floor.ts'
import { ASK, BID, type Side, type SpotEvents } from '../../simulation/spot-market.ts'
import type { Deliver } from '../../simulation/venue.ts'
import { LEVEL2, MARKET_TRADES, STATUS, TICKER } from './channels.ts'
import { envelopeOf, timeText } from './envelope.ts'
import type { Listed, Source } from './source.ts'

/** Trades are gathered for so long. */
const TRADES_MS = 250
/** The last trades, with which a subscription begins. */
const TRADES_KEPT = 50
/** The status of all products is told this often. */
const STATUS_MS = 5_000

type Market = {
  readonly listing: SpotListing
  readonly random: Random
  /** Levels that one act changes. */
  readonly rows: string[]
  /** Trades since the last update, and the last ones of all. */
  trades: string[]
  readonly kept: string[]
  tradesSentMs: number
}

export class GeneratedMarkets implements Source {
  readonly #floor: SpotFloor
  readonly #markets = new Map<string, Market>()
  readonly #maker = new FrameMaker(LEVEL2)
  /** Markets with trades that wait. */
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
        rows: [],
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
    for (const market of this.#dirty) this.#sendTrades(market, deliver)
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
    const { listing, kept, rows } = market
    const { symbol, instrument } = listing
    let trades = 0
    rows.length = 0
    const events: SpotEvents = {
      level: (side, price, size) => {
        const priced = trimmed(price, instrument.priceDigits)
        const sized = trimmed(size, instrument.sizeDigits)
        rows.push(row(side, timeText(this.nowUs), priced, sized))
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
        trades++
      },
    }
    listing.market.act(events)
    const updates = this.#sendBook(market, deliver)
    for (let i = 0; i < trades; i++) {
      if (deliver.wants(TICKER, symbol)) {
        this.#deliver(deliver, TICKER, symbol, this.#ticker(market, 'update'))
      }
    }
    if (market.trades.length > 0) this.#dirty.add(market)
    return updates + trades + this.#sendTrades(market, deliver)
  }

  #sendBook(market: Market, deliver: Deliver): number {
    const { listing, rows, random } = market
    const { symbol, instrument } = listing
    const isFollowed = random.chance(1, 3)
    const endsUnknown = random.chance(1, 10)
    if (deliver.wants(LEVEL2, symbol)) {
      const worst = listing.market.priceAt(BID, listing.market.count(BID) - 1)
      // The end of a level that was never sent.
      if (endsUnknown && worst !== undefined && worst > 1) {
        rows.push(row(BID, timeText(this.nowUs), trimmed(worst - 1, instrument.priceDigits), '0'))
      }
      this.#deliver(deliver, LEVEL2, symbol, bookEvent('update', symbol, rows))
      // Updates without a level are part of what it sends.
      if (isFollowed) this.#deliver(deliver, LEVEL2, symbol, bookEvent('update', symbol, []))
    }
    return isFollowed ? 2 : 1
  }

  /** Sends trades that have waited long enough. */
  #sendTrades(market: Market, deliver: Deliver): number {
    const { trades, listing } = market
    if (trades.length === 0 || this.nowMs - market.tradesSentMs < TRADES_MS) return 0
    market.tradesSentMs = this.nowMs
    market.trades = []
    this.#dirty.delete(market)
    if (deliver.wants(MARKET_TRADES, listing.symbol)) {
      const event = tradesEvent('update', trades.toReversed())
      this.#deliver(deliver, MARKET_TRADES, listing.symbol, event)
    }
    return 1
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
