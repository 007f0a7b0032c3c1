// Recorded markets as Binance. Books are not made up: a snapshot is one that was recorded, the last that was played or, before
// the first, the first to come; of which market it is, its id tells.

import type { Frame } from '../../simulation/frame.ts'
import type { Recorded } from '../../simulation/venue.ts'
import { SPEED_MS } from './channels.ts'
import type { Listed, Snapshot, Source } from './source.ts'

type Market = {
  readonly symbol: string
  /** Last id that is known of it. */
  lastId: number
  snapshot: Snapshot | null
}

const LAST_ID = /"u":(\d+)/

export class PlayedMarkets implements Source {
  readonly #markets = new Map<string, Market>()

  constructor({ markets, asides }: Pick<Recorded, 'markets' | 'asides'>) {
    for (const [symbol, { first }] of markets) {
      if (symbol === '') continue
      const lastId = Number(LAST_ID.exec(first)?.[1] ?? 0)
      this.#markets.set(symbol, { symbol, lastId, snapshot: null })
    }
    // The first one of each market stands for the time before it is played.
    for (const text of asides) this.#take(text, (market) => market.snapshot === null)
  }

  play(frame: Frame): void {
    if (!SPEED_MS.has(frame.channel)) return
    const market = this.#markets.get(frame.market)
    if (market === undefined) return
    const id = LAST_ID.exec(frame.bytes.toString('latin1', frame.start, frame.end))?.[1]
    if (id !== undefined) market.lastId = Number(id)
  }

  aside(bytes: Buffer, start: number, end: number): void {
    this.#take(bytes.toString('latin1', start, end), () => true)
  }

  symbols(): readonly Listed[] {
    return [...this.#markets.keys()].map((symbol) => ({
      symbol,
      base: symbol,
      quote: '',
      tick: '0.00000001',
      step: '0.00000001',
    }))
  }

  has(symbol: string): boolean {
    return this.#markets.has(symbol)
  }

  snapshot(symbol: string): Snapshot | null {
    return this.#markets.get(symbol)?.snapshot ?? null
  }

  price(): string | null {
    return null
  }

  #take(text: string, isWanted: (market: Market) => boolean): void {
    let snapshot: Snapshot
    try {
      snapshot = JSON.parse(text) as Snapshot
    } catch {
      return
    }
    let nearest: Market | undefined
    const distance = ({ lastId }: Market) => Math.abs(lastId - snapshot.lastUpdateId)
    for (const market of this.#markets.values()) {
      if (nearest === undefined || distance(market) < distance(nearest)) nearest = market
    }
    if (nearest !== undefined && isWanted(nearest)) nearest.snapshot = snapshot
  }
}
