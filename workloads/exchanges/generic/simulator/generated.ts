// The generated markets of an exchange that a Feed describes: a floor of spot markets, whose trades and best prices are
// written as the Feed reads them.

import { type Frame, FrameMaker } from '../../simulation/frame.ts'
import { decimalText } from '../../simulation/instruments.ts'
import { SpotFloor, type SpotListing } from '../../simulation/spot-floor.ts'
import { ASK, BID, type Side, type SpotEvents } from '../../simulation/spot-market.ts'
import type { Deliver } from '../../simulation/venue.ts'
import type { DataType, Described } from './described.ts'
import { literal, quoted, type Values } from './form.ts'

const SIZE_DIGITS = 5
const LOTS = 100_000

export class GeneratedMarkets {
  readonly symbols: readonly string[]
  readonly #floor: SpotFloor
  readonly #maker: FrameMaker
  readonly #trades: readonly DataType[]
  readonly #quotes: readonly DataType[]
  /** Types of which only type, symbol and sequence are known. */
  readonly #others: readonly DataType[]
  /** The best prices and sizes that were told last. */
  readonly #best = new Map<string, string>()
  readonly #sides = new Map<DataType, readonly [buy: string, sell: string]>()

  constructor(
    { data }: Described,
    options: {
      readonly seed: number
      readonly startMs: number
      readonly symbols: readonly string[]
    }
  ) {
    const { seed, startMs, symbols } = options
    let next = 0
    this.symbols = symbols
    this.#floor = new SpotFloor({
      seed,
      startMs,
      markets: symbols.length,
      lots: LOTS,
      nameOf: () => symbols[next++] as string,
    })
    this.#trades = data.filter(({ type }) => type.trade !== undefined)
    this.#quotes = data.filter(({ type }) => type.quote !== undefined)
    this.#others = data.filter(({ type }) => (type.trade ?? type.quote) === undefined)
    for (const one of this.#trades) {
      const { buy = ['buy'], sell = ['sell'] } = one.type.trade ?? {}
      this.#sides.set(one, [literal(buy[0] as string), literal(sell[0] as string)])
    }
    this.#maker = new FrameMaker(data[0]?.channel ?? { name: '', index: 0 })
  }

  get nowMs(): number {
    return this.#floor.nowMs
  }

  has(symbol: string): boolean {
    return this.#floor.find(symbol) !== undefined
  }

  advance(toMs: number, count: number, deliver: Deliver): void {
    // A Feed may describe answers alone.
    if (this.#trades.length + this.#quotes.length + this.#others.length === 0) return
    this.#floor.advance(toMs, count, (listing, nowUs) => this.#act(listing, nowUs, deliver))
  }

  /** One market does one thing; returns how many frames come of it. */
  #act(listing: SpotListing, nowUs: number, deliver: Deliver): number {
    const { symbol, market, instrument } = listing
    const price = (value: number): string => decimalText(value, instrument.priceDigits)
    let frames = 0
    const tell = (one: DataType, values: Values): void => {
      frames++
      if (deliver.wants(one.channel, symbol)) deliver.frame(this.#fill(one, symbol, nowUs, values))
    }
    const events: SpotEvents = {
      level() {},
      trade: (id, at, size, taker) => {
        for (const one of this.#trades)
          tell(one, {
            price: price(at),
            size: decimalText(size, SIZE_DIGITS),
            side: this.#sides.get(one)![taker === BID ? 0 : 1],
            tradeId: String(id),
          })
      },
    }
    market.act(events)
    for (const one of this.#others) tell(one, {})
    const side = (of: Side): [string, string] => [
      price(market.priceAt(of, 0) ?? 0),
      decimalText(market.sizeAt(of, 0), SIZE_DIGITS),
    ]
    const [bid, bidSize] = side(BID)
    const [ask, askSize] = side(ASK)
    const best = `${bid} ${bidSize} ${ask} ${askSize} ${market.lastTradeId}`
    if (best === this.#best.get(symbol)) return frames
    this.#best.set(symbol, best)
    const last = market.lastPrice === 0 ? '' : price(market.lastPrice)
    const lastSize = last === '' ? '' : decimalText(market.lastSize, SIZE_DIGITS)
    const volume = decimalText(market.volume, SIZE_DIGITS)
    for (const one of this.#quotes)
      tell(one, { bid, bidSize, ask, askSize, last, lastSize, volume })
    return frames
  }

  #fill({ type, channel, form }: DataType, symbol: string, nowUs: number, values: Values): Frame {
    const text = form.text({
      ...values,
      symbol: quoted(symbol),
      time: timeText(type.timeUnit, nowUs),
    })
    const frame = this.#maker.fill(channel, symbol, text)
    frame.seqAt = frame.seqEnd = form.sequenceAt
    frame.provable = form.sequenceAt >= 0
    return frame
  }
}

function timeText(unit: string | undefined, nowUs: number): string {
  switch (unit) {
    case 's':
      return decimalText(nowUs, 6)
    case 'us':
      return String(nowUs)
    case 'ns':
      return `${nowUs}000`
    default:
      return String(Math.floor(nowUs / 1000))
  }
}
