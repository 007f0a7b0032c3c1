// An archive of quotes of one instrument, one second apart, whose spreads are these cents.

import { at, eventRecord, makeBlock } from '#archive/testing/blocks.ts'
import { openWriter, STREAM } from '#archive/testing/folders.ts'
import { ticker } from '#signals/testing/tickers.ts'

export async function makeTickerArchive(root: string, spreads: readonly number[]): Promise<void> {
  const writer = await openWriter(root, { feed: 'kalshi' })
  writer.bind(STREAM)
  const start = at('2026-11-24T12:00:00Z')
  const quotes = spreads.map((spread, i) => ({
    recv: start + BigInt(i) * 1_000_000_000n,
    group: 'tickers',
    ...ticker('KXTEST-A', spread),
  }))
  const records = [eventRecord(start, { kind: 'open', exchange: 'kalshi' } as never), ...quotes]
  writer.add(makeBlock({ connection: '01a', first: 1, records, feed: 'kalshi' }), 1)
  await writer.close()
}
