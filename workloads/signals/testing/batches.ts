// Batches of quotes, made here, for tests of what handles them.

import { EventBatch } from '#market/columns.ts'
import { EVENT, FLAG, MarketEvent } from '#market/event.ts'

const START = Date.parse('2026-11-24T12:00:00Z')

export type TestQuote = { readonly symbol?: string; readonly bid: number; readonly ask: number }

/** Quotes in whole cents, one a second. */
export function quotes(list: readonly TestQuote[]): EventBatch {
  const batch = new EventBatch()
  const event = new MarketEvent()
  event.feed = 'made'
  event.type = 'ticker'
  list.forEach(({ symbol = 'A', bid, ask }, i) => {
    event.symbol = symbol
    event.recvMs = START + 1000 * i
    event.begin(EVENT.quote)
    event.timeMs = START + 1000 * i - 5
    event.bid = bid
    event.bidScale = 2
    event.ask = ask
    event.askScale = 2
    batch.append(event)
  })
  return batch
}

/** Appends a gap; without a symbol of the whole feed. */
export function addGap(batch: EventBatch, symbol: string): void {
  const event = new MarketEvent()
  event.feed = 'made'
  event.type = 'gap'
  event.symbol = symbol
  event.recvMs = START + 1000 * batch.length
  event.begin(EVENT.gap)
  event.flags = FLAG.first | FLAG.last
  event.reason = 'exchange-sequence'
  batch.append(event)
}
