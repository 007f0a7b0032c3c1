// What holds for Kalshi's books and trades, on the market events of every recording; and frames that no exchange would send.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Book } from '#market/book.ts'
import { decimalText, rescale } from '#market/decimal.ts'
import { EVENT, type MarketEvent, SIDE } from '#market/event.ts'
import { KALSHI, kalshiEventFiles, kalshiFrames } from '#testing/recordings.ts'
import { createNormalizer } from './normalize.ts'

const seed = Date.now() & 0x7fffffff
console.log(`market-laws.test: seed ${seed}`)

const normalizer = createNormalizer()
const header = { recvMs: 1_786_410_915_566, recvNs: 0, feed: 'kalshi', type: 't', symbol: 's' }

function each(frames: Iterable<string>, emit: (event: MarketEvent) => void): void {
  for (const frame of frames) normalizer.normalize(Buffer.from(frame), header, emit)
}

/** Size with the two decimals that Kalshi sends. */
const hundredths = (event: MarketEvent): number => rescale(event.size, event.sizeScale, 2)

for (const recordings of KALSHI) {
  test(`books from ${recordings.name} are never crossed, locked or below zero`, () => {
    for (const file of kalshiEventFiles(recordings)) {
      const books = new Map<string, Book>()
      let changes = 0
      each(kalshiFrames(file), (event) => {
        const book = books.get(event.symbol) ?? new Book()
        books.set(event.symbol, book)
        // The second part of a market that was split at midnight begins without a snapshot.
        if (book.state === 'rebuilding' && event.kind === EVENT.bookChange) return
        book.apply(event)
        changes++
      })
      for (const [symbol, book] of books) {
        assert.equal(
          book.troubles,
          { gap: 0, crossed: 0, locked: 0, negative: 0, unfit: 0 },
          `${file} ${symbol}`
        )
        assert.is(book.unknownRemovals, 0)
        if (changes > 1) assert.is(book.state, 'live')
      }
    }
  })

  test(`every trade from ${recordings.name} took from the book what it traded`, () => {
    for (const file of kalshiEventFiles(recordings)) {
      const taken = new Map<string, number>()
      const traded = new Map<string, number>()
      each(kalshiFrames(file), (event) => {
        const isTrade = event.kind === EVENT.trade
        const isTaken = event.kind === EVENT.bookChange && event.size < 0
        if (!isTrade && !isTaken) return
        // Who buys takes from the asks, at their price.
        const side = isTrade ? (event.side === SIDE.buy ? SIDE.ask : SIDE.bid) : event.side
        const price = decimalText(event.price, event.priceScale)
        const key = `${event.symbol} ${event.timeMs} ${side} ${price}`
        const sums = isTrade ? traded : taken
        sums.set(key, (sums.get(key) ?? 0) + Math.abs(hundredths(event)))
      })
      for (const [key, size] of traded) {
        assert.ok((taken.get(key) ?? 0) >= size, `${file}: ${key}: ${taken.get(key)} of ${size}`)
      }
    }
  })
}

test('a frame with any bytes changed throws nothing, and is unknown unless it is still whole', () => {
  const [file = ''] = kalshiEventFiles(KALSHI[0])
  const frames = kalshiFrames(file)
  const samples = ['orderbook_snapshot', 'orderbook_delta', '"trade"'].map((type) =>
    Buffer.from(frames.find((frame) => frame.includes(type)) ?? '')
  )
  const odd = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('"\\{}[],:.-+eE0019ntf ')))
  const change = fc.tuple(fc.nat(), fc.nat(2), odd)
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (frame, changes) => {
        const bytes = [...frame]
        for (const [at, what, byte] of changes) {
          const p = at % (bytes.length + 1)
          if (what === 0) bytes.splice(p, 1)
          else if (what === 1) bytes.splice(p, 1, byte)
          else bytes.splice(p, 0, byte)
        }
        const changed = Buffer.from(bytes)
        let isJson = true
        try {
          JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(changed))
        } catch {
          isJson = false
        }
        const events: { kind: number; price: number; size: number }[] = []
        normalizer.normalize(changed, header, ({ kind, price, size }) =>
          events.push({ kind, price, size })
        )
        const unknown = events.filter(({ kind }) => kind === EVENT.unknown).length
        assert.ok(unknown === 0 || events.length === 1, 'nothing beside an unknown event')
        if (!isJson) assert.is(unknown, 1)
        for (const { kind, price, size } of events) {
          if (kind !== EVENT.trade && kind !== EVENT.bookChange) continue
          assert.ok(Number.isSafeInteger(price) && Number.isSafeInteger(size))
        }
      }
    ),
    { seed, numRuns: 3000 }
  )
})

test.run()
