// Recorded markets as Coinbase: a subscription to a book begins with the levels that were played so far, which are none before
// the first; what else is known of a market is what its frames say.

import type { Channel, Frame } from '../../simulation/frame.ts'
import type { Recorded } from '../../simulation/venue.ts'
import { LEVEL2, MARKET_TRADES } from './channels.ts'
import { bookEvent } from './generated.ts'
import type { Listed, Source } from './source.ts'

type Update = {
  readonly side?: unknown
  readonly price_level?: unknown
  readonly new_quantity?: unknown
}
type Played = {
  readonly events?: readonly {
    readonly type?: unknown
    readonly product_id?: unknown
    readonly updates?: readonly Update[]
  }[]
}

export class PlayedMarkets implements Source {
  /** By product, the last row of each level, by side and price. */
  readonly #books = new Map<string, Map<string, string>>()
  readonly #nowMs: () => number

  constructor({ markets }: Pick<Recorded, 'markets'>, nowMs: () => number) {
    this.#nowMs = nowMs
    for (const symbol of markets.keys()) if (symbol !== '') this.#books.set(symbol, new Map())
  }

  get nowUs(): number {
    return Math.floor(this.#nowMs() * 1000)
  }

  play(frame: Frame): void {
    if (frame.channel !== LEVEL2) return
    let played: Played
    try {
      played = JSON.parse(frame.bytes.toString('utf8', frame.start, frame.end)) as Played
    } catch {
      return
    }
    for (const { type, product_id, updates } of played.events ?? []) {
      const book = this.#books.get(String(product_id))
      if (book === undefined || !Array.isArray(updates)) continue
      if (type === 'snapshot') book.clear()
      for (const update of updates as readonly Update[]) {
        const key = `${String(update.side)} ${String(update.price_level)}`
        if (Number(update.new_quantity) === 0) book.delete(key)
        else book.set(key, JSON.stringify(update))
      }
    }
  }

  products(): readonly Listed[] {
    return [...this.#books.keys()].map((symbol) => {
      const [base = symbol, quote = ''] = symbol.split('-')
      return { symbol, base, quote, tick: '0.00000001', step: '0.00000001' }
    })
  }

  has(symbol: string): boolean {
    return this.#books.has(symbol)
  }

  snapshot(channel: Channel, symbol: string): string | null {
    if (channel === MARKET_TRADES) return '{"type":"snapshot","trades":[]}'
    const book = this.#books.get(symbol)
    return channel === LEVEL2 && book !== undefined
      ? bookEvent('snapshot', symbol, [...book.values()])
      : null
  }
}
