// Recorded markets as Kraken: each symbol's book as far as it was played, in the digits of the recording.

import type { Frame } from '../../simulation/frame.ts'
import type { Recorded } from '../../simulation/venue.ts'
import { INSTRUMENT, TRADE, type Variant } from './channels.ts'
import { PLAYED_BOOK, PLAYED_TICKER } from './recognise.ts'
import type { RestPair, Source } from './source.ts'
import { bookText, checksumOf, type Level, timeText } from './texts.ts'

type Sides = { readonly bids: Map<string, string>; readonly asks: Map<string, string> }

/** The levels of one side in a frame; digits are kept unchanged. */
const LEVEL = /\{"price":"?([\d.eE+-]+)"?,"qty":"?([\d.eE+-]+)"?\}/g

export class PlayedMarkets implements Source {
  readonly #symbols: ReadonlySet<string>
  readonly #books = new Map<string, Sides & { depth: number }>()

  constructor({ markets }: Recorded) {
    this.#symbols = new Set([...markets.keys()].filter((symbol) => symbol !== ''))
  }

  play(frame: Frame): void {
    if (frame.channel !== PLAYED_BOOK) return
    const text = frame.bytes.toString('latin1', frame.start, frame.end)
    const isSnapshot = text.includes('"type":"snapshot"')
    let book = this.#books.get(frame.market)
    if (isSnapshot) {
      book = { bids: new Map(), asks: new Map(), depth: 0 }
      this.#books.set(frame.market, book)
    }
    // Before its snapshot nothing is known of it.
    if (book === undefined) return
    for (const side of ['bids', 'asks'] as const) {
      const from = text.indexOf(`"${side}":[`)
      const levels = from < 0 ? '' : text.slice(from, text.indexOf(']', from))
      for (const [, price = '', quantity = ''] of levels.matchAll(LEVEL)) {
        if (/^[0.]*$/.test(quantity)) book[side].delete(price)
        else book[side].set(price, quantity)
      }
      if (isSnapshot) book.depth = Math.max(book.depth, book[side].size)
      for (const [price] of sorted(book[side], side).slice(book.depth)) book[side].delete(price)
    }
  }

  has(symbol: string): boolean {
    return this.#symbols.has(symbol)
  }

  variant(channel: Variant): Variant {
    if (channel.depth > 0) return PLAYED_BOOK
    return channel === TRADE || channel === INSTRUMENT ? channel : PLAYED_TICKER
  }

  /** Before the first frame of a book the recording itself brings it; of other channels nothing is made up. */
  snapshot(channel: Variant, symbol: string, nowMs: number): string | null {
    const book = channel.depth === 0 ? undefined : this.#books.get(symbol)
    if (book === undefined) return null
    const [bids, asks] = [sorted(book.bids, 'bids'), sorted(book.asks, 'asks')]
    const time = timeText(Math.floor(nowMs * 1000))
    return bookText('snapshot', symbol, bids, asks, checksumOf(bids, asks), time)
  }

  *pairs(): Iterable<RestPair> {
    for (const symbol of this.#symbols) {
      const [base = symbol, quote = ''] = symbol.split('/')
      yield { base, quote, status: 'online' }
    }
  }
}

const sorted = (levels: ReadonlyMap<string, string>, side: 'bids' | 'asks'): Level[] =>
  [...levels].sort(([a], [b]) => (side === 'bids' ? Number(b) - Number(a) : Number(a) - Number(b)))
