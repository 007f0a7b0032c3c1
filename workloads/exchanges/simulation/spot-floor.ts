// The markets of a generated spot exchange, and the clock that moves them. Which market acts next, and what it does, is a
// function of seed and step; each exchange writes its own frames about it.

import { type Instrument, instrumentAt } from './instruments.ts'
import { Random, seedOf } from './random.ts'
import { SpotMarket } from './spot-market.ts'

export type SpotListing = {
  /** As the exchange names it. */
  readonly symbol: string
  readonly instrument: Instrument
  readonly market: SpotMarket
}

export class SpotFloor {
  readonly listings: readonly SpotListing[]
  readonly #bySymbol: ReadonlyMap<string, SpotListing>
  readonly #random: Random
  #nowUs: number

  constructor(options: {
    readonly seed: number
    readonly markets: number
    readonly startMs: number
    readonly nameOf: (instrument: Instrument) => string
    /** Levels of a side. */
    readonly depth?: number
    readonly lots?: number
  }) {
    const { seed, depth, lots } = options
    this.#random = new Random(seedOf(seed, 'exchange'))
    this.#nowUs = options.startMs * 1000
    this.listings = Array.from({ length: options.markets }, (_, index) => {
      const instrument = instrumentAt(index)
      const symbol = options.nameOf(instrument)
      const own = seedOf(seed, symbol)
      const market = new SpotMarket({
        seed: own,
        mid: instrument.mid,
        firstTradeId: 1_000_000 + (own % 1_000_000),
        ...(depth === undefined ? {} : { depth }),
        ...(lots === undefined ? {} : { lots }),
      })
      return { symbol, instrument, market }
    })
    this.#bySymbol = new Map(this.listings.map((listing) => [listing.symbol, listing]))
  }

  find(symbol: string): SpotListing | undefined {
    return this.#bySymbol.get(symbol)
  }

  get nowUs(): number {
    return this.#nowUs
  }

  get nowMs(): number {
    return Math.floor(this.#nowUs / 1000)
  }

  /**
   * Moves on to `toMs`. On the way `act` is called until it has made `count` frames, spread evenly; it lets the market act,
   * writes what came of it, and returns how many frames that would be if all of them were wanted.
   */
  advance(toMs: number, count: number, act: (listing: SpotListing, nowUs: number) => number): void {
    const fromUs = this.#nowUs
    const toUs = Math.max(fromUs, Math.floor(toMs * 1000))
    const { length } = this.listings
    let idle = 0
    for (let made = 0; made < count; ) {
      this.#nowUs = fromUs + Math.floor(((toUs - fromUs) * (made + 1)) / count)
      // Two draws, the smaller one: some markets are busier than others, as on a real exchange.
      const index = Math.min(this.#random.below(length), this.#random.below(length))
      const frames = act(this.listings[index] as SpotListing, this.#nowUs)
      made += frames
      idle = frames === 0 ? idle + 1 : 0
      if (idle > 10_000) throw new Error('the markets act, and no frame comes of it')
    }
    this.#nowUs = toUs
  }
}
