// A small archive of quotes of one's choice, one a second, for tests of cards and runs.

import { at, eventRecord, makeBlock } from '#archive/testing/blocks.ts'
import { openWriter, STREAM } from '#archive/testing/folders.ts'

export const MADE_FROM = '2026-11-24T12:00:00.000000000Z'

export type MadeQuote = { readonly symbol: string; readonly bid: number; readonly ask: number }

/** In cents. A second without a quote is undefined; `lost`: the connection ends there, and comes back five seconds later. */
export async function archiveQuotes(
  root: string,
  seconds: readonly (MadeQuote | undefined | 'lost')[]
): Promise<void> {
  const writer = await openWriter(root, { feed: 'kalshi' })
  writer.bind(STREAM)
  const start = at('2026-11-24T12:00:00Z')
  const time = (i: number): bigint => start + BigInt(i) * 1_000_000_000n
  let sequence = 0
  let connection = 1
  let records = [eventRecord(start, { kind: 'open', exchange: 'kalshi' } as never)]
  records.push(eventRecord(start, { kind: 'ready' }))
  const put = (): void => {
    const block = { connection: `01${connection++}`, first: 1, records, feed: 'kalshi' }
    writer.add(makeBlock(block), ++sequence)
  }
  seconds.forEach((one, i) => {
    if (one === undefined) return
    if (one !== 'lost') {
      records.push({ recv: time(i), group: 'all', ...frameOf(one) })
      return
    }
    const end = { kind: 'close', cause: 'disconnected', fault: 'network', code: 1006, reason: 'x' }
    records.push(eventRecord(time(i), end))
    put()
    records = [eventRecord(time(i + 5), { kind: 'open', exchange: 'kalshi' } as never)]
    records.push(eventRecord(time(i + 5), { kind: 'ready' }))
  })
  put()
  await writer.close()
}

const dollars = (cents: number): string => (cents / 100).toFixed(4)

function frameOf({ symbol, bid, ask }: MadeQuote) {
  const msg = {
    market_ticker: symbol,
    yes_bid_dollars: dollars(bid),
    yes_bid_size_fp: '10.00',
    yes_ask_dollars: dollars(ask),
    yes_ask_size_fp: '4.00',
    ts: 1_795_521_600,
  }
  return { type: 'ticker', symbol, payload: JSON.stringify({ type: 'ticker', sid: 1, msg }) }
}
