// The generated exchange: series of 15-minute markets that are created, open, trade, close, are determined and
// settled, one window after the other. What happens is a function of seed and step; only the times written on
// it come from its caller. Pure: no clock, no socket.

import type { Frame } from '../../simulation/frame.ts'
import { Random, seedOf } from '../../simulation/random.ts'
import type { Deliver } from '../../simulation/venue.ts'
import { type Channel, LIFECYCLE, ORDERBOOK, TICKER, TRADE } from './channels.ts'
import { Composer, sizeText, snapshotMessage, tickerMessage } from './compose.ts'
import { Listing, type Series, seriesAt } from './listing.ts'
import type { MarketEvents } from './market.ts'
import type { Levels, RestExchange, RestMarket, Source } from './source.ts'

export const WINDOW_MS = 15 * 60_000
// How long a market stays listed after it is settled, in windows.
const KEPT_WINDOWS = 4

type Slot = { readonly series: Series; current: Listing; next: Listing }
type Due = { readonly atUs: number; readonly run: () => void }

const SILENT: Deliver = { frame() {}, wants: () => false }

export class GeneratedMarkets implements Source {
  readonly #seed: number
  readonly #windowMs: number
  readonly #random: Random
  readonly #composer = new Composer()
  readonly #slots: Slot[] = []
  readonly #listings = new Map<string, Listing>()
  readonly #byId = new Map<string, string>()
  #due: Due[] = []
  #nowUs: number
  #emitted = 0
  #trades = 0
  #deliver: Deliver = SILENT
  #acting: Listing | null = null
  readonly #events: MarketEvents

  constructor(options: {
    seed: number
    /** How many markets are open at any time. */
    markets: number
    startMs: number
    /** Default 15 minutes; a multiple of one minute. */
    windowMs?: number
  }) {
    this.#seed = options.seed
    this.#windowMs = options.windowMs ?? WINDOW_MS
    this.#random = new Random(seedOf(options.seed, 'exchange'))
    this.#nowUs = options.startMs * 1000
    this.#events = {
      level: (side, price, change) => {
        const market = this.#acting as Listing
        this.#emit(ORDERBOOK, market.ticker, () =>
          this.#composer.delta(market, side, price, change)
        )
      },
      trade: (yesPrice, size, taker) => {
        const market = this.#acting as Listing
        const number = ++this.#trades
        this.#emit(TRADE, market.ticker, () => {
          const id = new Random(seedOf(this.#seed, `trade ${number}`)).uuid()
          return this.#composer.trade(market, id, yesPrice, size, taker)
        })
      },
      ticker: () => {
        const market = this.#acting as Listing
        this.#emit(TICKER, market.ticker, () => this.#composer.ticker(market))
      },
    }
    this.#begin(options.markets, options.startMs)
  }

  /** Exchange time in unix milliseconds. */
  get nowMs(): number {
    return Math.floor(this.#nowUs / 1000)
  }

  /** Moves on to `toMs` and makes at least `count` frames on the way, spread evenly. */
  advance(toMs: number, count: number, deliver: Deliver): void {
    this.#deliver = deliver
    const fromUs = this.#nowUs
    const toUs = Math.max(fromUs, Math.floor(toMs * 1000))
    this.#emitted = 0
    while (this.#emitted < count) {
      const part = (this.#emitted + 1) / count
      this.#moveTo(Math.floor(fromUs + (toUs - fromUs) * part))
      // Two draws, the smaller one: some markets are busier than others, as on the real exchange.
      const slots = this.#slots.length
      const slot = this.#slots[Math.min(this.#random.below(slots), this.#random.below(slots))]
      const market = (slot as Slot).current
      this.#acting = market
      const late = market.closeMs - this.nowMs < this.#windowMs / 5
      const before = this.#emitted
      market.book.act(this.#random, late, this.#events)
      if (this.#emitted === before) throw new Error('an action of a market told nothing')
    }
    this.#moveTo(toUs)
    this.#deliver = SILENT
  }

  snapshot(market: string): string | null {
    const listing = this.#listings.get(market)
    return listing ? snapshotMessage(listing) : null
  }

  ticker(market: string): string | null {
    const listing = this.#listings.get(market)
    if (!listing) return null
    this.#composer.at(this.nowMs, this.#nowUs % 1000)
    return tickerMessage(listing, this.nowMs, this.#composer.timeText)
  }

  marketOfId(id: string): string | undefined {
    return this.#byId.get(id)
  }

  get rest(): RestExchange {
    return {
      active: true,
      timed: true,
      markets: () => [...this.#listings.values()].map(restMarket),
      event: (ticker) =>
        [...this.#listings.values()].find((l) => l.eventTicker === ticker)?.eventRecord(),
      series: (ticker) => {
        const series = this.#slots.find((slot) => slot.series.ticker === ticker)?.series
        return series && seriesRecord(series)
      },
      book: (ticker) => {
        const listing = this.#listings.get(ticker)
        return listing ? { yes: levelsOf(listing, 0), no: levelsOf(listing, 1) } : null
      },
    }
  }

  #begin(markets: number, startMs: number): void {
    const openMs = Math.floor(startMs / this.#windowMs) * this.#windowMs
    for (let i = 0; i < markets; i++) {
      const series = seriesAt(i)
      const current = this.#list(series, openMs, openMs - this.#windowMs)
      current.status = 'active'
      this.#acting = current
      // The window began before we did: its book stands as if it had been traded.
      current.book.open(this.#random, this.#events)
      for (let n = 0; n < 200; n++) current.book.act(this.#random, false, this.#events)
      this.#slots.push({ series, current, next: this.#list(series, current.closeMs, openMs) })
    }
    this.#schedule((openMs + this.#windowMs) * 1000, () => this.#roll())
  }

  #list(series: Series, openMs: number, createdMs: number): Listing {
    const closeMs = openMs + this.#windowMs
    const listing = new Listing({ series, seed: this.#seed, openMs, closeMs, createdMs })
    this.#listings.set(listing.ticker, listing)
    this.#byId.set(listing.marketId, listing.ticker)
    return listing
  }

  /** The end of a window: every market closes, the next one opens, one more is announced. */
  #roll(): void {
    const rollUs = this.#nowUs
    this.#forget(rollUs / 1000)
    for (const slot of this.#slots) {
      const closing = slot.current
      closing.status = 'closed'
      this.#acting = closing
      this.#composer.at(Math.floor(rollUs / 1000), 11 + this.#random.below(90))
      closing.book.close(this.#events)
      this.#settle(closing, rollUs)

      const opening = slot.next
      opening.status = 'active'
      this.#lifecycle('market_lifecycle_v2', opening.strikeMessage())
      this.#lifecycle('market_lifecycle_v2', opening.activatedMessage())
      this.#acting = opening
      opening.book.open(this.#random, this.#events)
      slot.current = opening

      slot.next = this.#list(slot.series, opening.closeMs, Math.floor(rollUs / 1000))
      this.#lifecycle('event_lifecycle', slot.next.eventMessage())
      this.#lifecycle('market_lifecycle_v2', slot.next.createdMessage())
    }
    this.#schedule(rollUs + this.#windowMs * 1000, () => this.#roll())
  }

  /** What follows a close: one or two empty snapshots, the result, the settlement. */
  #settle(market: Listing, closeUs: number): void {
    const chance = this.#random
    const emptyUs = closeUs + (160 + chance.below(1500)) * 1000
    const again = chance.chance(3, 5)
    const empty = (): void =>
      this.#emit(ORDERBOOK, market.ticker, () => this.#composer.snapshot(market))
    this.#schedule(emptyUs, empty)
    if (again) this.#schedule(emptyUs + 190_000, empty)
    const determinedUs = closeUs + (2000 + chance.below(3000)) * 1000
    this.#schedule(determinedUs, () => {
      market.status = 'determined'
      market.result = market.book.mid >= 50 ? 'yes' : 'no'
      this.#lifecycle('market_lifecycle_v2', market.determinedMessage(this.nowMs))
    })
    this.#schedule(determinedUs + (1000 + chance.below(2000)) * 1000, () => {
      market.status = 'finalized'
      market.settledMs = this.nowMs
      this.#lifecycle('market_lifecycle_v2', market.settledMessage(this.nowMs))
    })
  }

  #forget(nowMs: number): void {
    for (const [ticker, listing] of this.#listings)
      if (
        listing.status === 'finalized' &&
        nowMs - listing.closeMs > KEPT_WINDOWS * this.#windowMs
      ) {
        this.#listings.delete(ticker)
        this.#byId.delete(listing.marketId)
      }
  }

  #lifecycle(type: 'market_lifecycle_v2' | 'event_lifecycle', msg: string): void {
    this.#emit(LIFECYCLE, '', () => this.#composer.lifecycle(type, msg))
  }

  #emit(channel: Channel, market: string, make: () => Frame): void {
    this.#emitted++
    if (this.#deliver.wants(channel, market)) this.#deliver.frame(make())
  }

  #schedule(atUs: number, run: () => void): void {
    let place = this.#due.length
    while (place > 0 && (this.#due[place - 1] as Due).atUs > atUs) place--
    this.#due.splice(place, 0, { atUs, run })
  }

  #moveTo(us: number): void {
    const count = this.#emitted
    while (this.#due.length > 0 && (this.#due[0] as Due).atUs <= us) {
      const due = this.#due.shift() as Due
      this.#nowUs = Math.max(this.#nowUs, due.atUs)
      this.#composer.at(this.nowMs, this.#nowUs % 1000)
      due.run()
    }
    // What the calendar tells comes on top of what was asked for.
    this.#emitted = count
    this.#nowUs = Math.max(this.#nowUs, us)
    this.#composer.at(this.nowMs, this.#nowUs % 1000)
  }
}

const levelsOf = (listing: Listing, side: 0 | 1): Levels => {
  const levels: [string, string][] = []
  for (let price = 1; price < 100; price++) {
    const size = listing.book.sides[side][price] as number
    if (size > 0) levels.push([(price / 100).toFixed(4), sizeText(size)])
  }
  return levels
}

const restMarket = (listing: Listing): RestMarket => ({
  ticker: listing.ticker,
  eventTicker: listing.eventTicker,
  seriesTicker: listing.series.ticker,
  status: listing.status,
  closeMs: listing.closeMs,
  record: () => listing.marketRecord(),
})

const seriesRecord = (series: Series): Readonly<Record<string, unknown>> => ({
  category: series.category,
  frequency: 'fifteen_min',
  tags: ['simulated'],
  ticker: series.ticker,
  title: `${series.title} 15 min`,
})
