import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Feed } from './feed.gen.ts'
import { proofOf, proofText } from './proof.ts'

const test = suite('proof')

for (const [proof, text] of [
  [{}, ''],
  [{ ticker: 'nothing', trade: 'frames', book: 'frames' }, 'frames: book, trade; nothing: ticker'],
  [{ a: 'later', b: 'nothing', c: 'book' }, 'book: c; nothing: b; later: a'],
] as const) {
  test(`${JSON.stringify(proof)} reads ${JSON.stringify(text)}`, () => {
    assert.is(proofText(proof), text)
  })
}

test('each channel of a Feed proves what the facts of its exchange say; an unknown one nothing', () => {
  const of = (exchange: string, channels: string[]) =>
    proofOf({ spec: { exchange, channels } } as unknown as Feed)
  assert.equal(of('kalshi', ['orderbook_delta', 'ticker']), {
    orderbook_delta: 'frames',
    ticker: 'nothing',
  })
  assert.equal(of('kalshi', ['gossip', 'toString']), { gossip: 'nothing', toString: 'nothing' })
  assert.equal(of('nowhere', ['trade']), { trade: 'nothing' })
})

test('an exchange that the Feed describes proves frames of types with a sequence, and of no others', () => {
  const messageTypes = [
    { name: 'trades', sequence: 'seq' },
    { name: 'tickers' },
    { name: 'pong', kind: 'heartbeat', sequence: 'seq' },
  ]
  const feed = { spec: { exchange: 'generic', channels: ['a'], messageTypes } } as unknown as Feed
  assert.equal(proofOf(feed), { trades: 'frames', tickers: 'nothing' })
})

test.run()
