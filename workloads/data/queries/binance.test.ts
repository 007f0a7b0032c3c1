// The recorded minutes of Binance: a book whose changes form a chain, and sums that 53 bits do not hold.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eventRecord, makeBlock, type TestRecord } from '#archive/testing/blocks.ts'
import { openWriter, STREAM, temporaryFolder } from '#archive/testing/folders.ts'
import { BINANCE, linesOf } from '#testing/recordings.ts'
import { ask, type Told } from '../testing/ask.ts'
import { independent, onlyOf } from '../testing/independent.ts'

const test = suite('queries of Binance')
const folder = temporaryFolder()
const { path } = folder
test.after(() => folder[Symbol.dispose]())

type Frame = { readonly stream?: string; readonly data?: { readonly e?: string } }

/** As the connector names them. */
function recordOf(line: string): TestRecord {
  const space = line.indexOf(' ')
  const payload = line.slice(space + 1)
  const { stream, data } = JSON.parse(payload) as Frame
  const type = data?.e ?? (stream === undefined ? 'depthSnapshot' : 'bookTicker')
  const group = type === 'trade' ? 'trades' : type === 'bookTicker' ? 'tickers' : 'orderbook'
  return { recv: BigInt(line.slice(0, space)), payload, type, group, symbol: 'BTCUSDT' }
}

const lines = linesOf(BINANCE[0] ?? '')
const frames = lines.map(recordOf).sort((a, b) => (a.recv < b.recv ? -1 : a.recv > b.recv ? 1 : 0))
const opened = (frames[0]?.recv ?? 0n) - 1n
const records = [
  eventRecord(opened, { kind: 'open', exchange: 'binance' } as { kind: string }),
  eventRecord(opened, { kind: 'ready' }),
  ...frames,
]
const writer = await openWriter(path, { feed: 'binance', chunkBytes: 20_000 })
writer.bind({ ...STREAM, name: 'ssmd_test_binance' })
for (let i = 0, block = 1; i < records.length; i += 50, block++) {
  const part = records.slice(i, i + 50)
  writer.add(makeBlock({ connection: '01b', first: i + 1, records: part, feed: 'binance' }), block)
}
await writer.close()

const sameRows = (rows: readonly Told[], expected: readonly Told[]): void => {
  assert.ok(expected.length > 0, 'Python finds nothing')
  const mine = onlyOf(rows, expected)
  for (const [i, row] of expected.entries()) assert.equal(mine[i], row, `row ${i}`)
  assert.is(rows.length, expected.length)
}

const { rows: all } = await ask([path], 'records', {}, { limit: 1_000_000 })
const times = [0.3, 0.5, 0.8].map((part) => String(all[Math.floor(part * all.length)]?.recv))

test('the book at a time is that of the recipe in the documentation of the exchange', async () => {
  for (const at of times) {
    const asked = { symbol: 'BTCUSDT', at, depth: 20 }
    const expected = independent('chained_book', path, asked)
    const given = { feed: 'binance', symbol: 'BTCUSDT', at, depth: '20' }
    const { rows, about } = await ask([path], 'book', given)
    sameRows(rows, expected)
    assert.equal([about?.state, about?.suspect], ['live', null])
    const [best] = rows
    const [top] = (await ask([path], 'asof', { symbol: 'BTCUSDT', at })).rows
    assert.equal([top?.bookBid, top?.bookBidSize], [best?.price, best?.size])
  }
})

test('bars add prices of eight decimals times sizes of eight decimals exactly', async () => {
  for (const [kind, interval, size] of [
    ['time', '10s', '10'],
    ['tick', '10', '10'],
    ['value', '5000.25', '5000.25'],
  ] as const) {
    const expected = independent('bars', path, { kind, size })
    const { rows } = await ask([path], 'bars', {
      ...{ feed: 'binance', symbol: 'BTCUSDT', kind, interval },
    })
    sameRows(rows, expected)
  }
})

test.run()
