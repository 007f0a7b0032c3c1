// The checksum of a book: the example of Kraken's documentation, a recording of the real exchange, and what a number would lose.

import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Random } from '../simulation/random.ts'
import { ASK, BID, CheckedBook, Checksums, type Side } from './book.ts'
import { KrakenFrames } from './frames.ts'

const test = suite('kraken book')

const RECORDING = new URL('../../testing/recordings/kraken/book.jsonl', import.meta.url)
const frames = readFileSync(RECORDING, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('{"channel":"book"'))

const newBook = (depth = 10) => new CheckedBook(depth, new Checksums())

/** Sets a level from texts. */
function set(book: CheckedBook, side: Side, price: string, quantity: string): boolean {
  const bytes = Buffer.from(`${price} ${quantity}`)
  return book.set(side, bytes, 0, price.length, price.length + 1, bytes.length)
}

// docs.kraken.com/api/docs/guides/spot-ws-book-v2: the levels of its example, as they were sent.
const EXAMPLE: readonly (readonly [Side, string, string])[] = [
  [ASK, '45285.2', '0.00100000'],
  [ASK, '45286.4', '1.54571953'],
  [ASK, '45286.6', '1.54571109'],
  [ASK, '45289.6', '1.54560911'],
  [ASK, '45290.2', '0.15890660'],
  [ASK, '45291.8', '1.54553491'],
  [ASK, '45294.7', '0.04454749'],
  [ASK, '45296.1', '0.35380000'],
  [ASK, '45297.5', '0.09945542'],
  [ASK, '45299.5', '0.18772827'],
  [BID, '45283.5', '0.10000000'],
  [BID, '45283.4', '1.54582015'],
  [BID, '45282.1', '0.10000000'],
  [BID, '45281.0', '0.10000000'],
  [BID, '45280.3', '1.54592586'],
  [BID, '45279.0', '0.07990000'],
  [BID, '45277.6', '0.03310103'],
  [BID, '45277.5', '0.30000000'],
  [BID, '45277.3', '1.54602737'],
  [BID, '45276.6', '0.15445238'],
]

test('the example of the documentation has the checksum 3310070434', () => {
  const book = newBook()
  // In any order: the book sorts.
  for (const [side, price, quantity] of [...EXAMPLE].reverse()) set(book, side, price, quantity)
  assert.is(book.checksum(), 3310070434)
})

test('the checksum is of what the documentation says it is of', () => {
  const digits = (text: string) => text.replace('.', '').replace(/^0+/, '')
  const text = EXAMPLE.map(([, price, quantity]) => digits(price) + digits(quantity)).join('')
  assert.is(crc32(text), 3310070434)
})

test('a recording of the real exchange has its checksums, 4 of 4', () => {
  const machine = new KrakenFrames({ depth: 10, nowMs: () => 0 })
  for (const frame of frames) {
    machine.look(Buffer.from(frame))
    assert.is(machine.frame.symbol, 'BTC/USD')
    assert.ok(machine.frame.understood)
    assert.equal(machine.wrong, [])
    assert.is(machine.pair('BTC/USD').state, 'checked')
  }
  assert.is(frames.length, 4)
})

test('digits that went through a number have other checksums, 0 of 4', () => {
  const machine = new KrakenFrames({ depth: 10, nowMs: () => 0 })
  let right = 0
  for (const frame of frames) {
    const pair = machine.pair('BTC/USD')
    machine.look(Buffer.from(JSON.stringify(JSON.parse(frame))))
    if (machine.wrong.length === 0) right++
    // As if the book had come anew: what is compared is this frame.
    pair.state = 'checked'
  }
  assert.is(right, 0)
})

/** The recording with another digit of one quantity. */
const alter = (frame: string, from: string, to: string): string => {
  assert.ok(frame.includes(from), from)
  return frame.replace(from, to)
}

test('a wrong digit among the best ten levels is found', () => {
  const machine = new KrakenFrames({ depth: 10, nowMs: () => 0 })
  machine.look(Buffer.from(frames[0]!))
  machine.look(Buffer.from(alter(frames[1]!, '0.34775324', '0.34775325')))
  assert.equal(
    machine.wrong.map(({ name }) => name),
    ['BTC/USD']
  )
  assert.ok(machine.frame.control)
  assert.match(
    machine.pair('BTC/USD').why,
    /^the checksum is \d+, and the exchange sent 2416540570$/
  )
})

test('a wrong digit below the best ten levels of a deeper book is not found: the checksum does not cover it', () => {
  const machine = new KrakenFrames({ depth: 25, nowMs: () => 0 })
  const deeper = (quantity: string) =>
    alter(
      frames[0]!,
      '{"price":78858.8,"qty":0.63404462}]',
      `{"price":78858.8,"qty":0.63404462},{"price":78800.1,"qty":${quantity}}]`
    )
  machine.look(Buffer.from(deeper('0.10000000')))
  assert.equal(machine.wrong, [])
  machine.look(Buffer.from(deeper('0.20000000')))
  assert.equal(machine.wrong, [])
})

test('a change that was left out is found with the next one', () => {
  const machine = new KrakenFrames({ depth: 10, nowMs: () => 0 })
  machine.look(Buffer.from(frames[0]!))
  machine.look(Buffer.from(frames[2]!))
  assert.is(machine.wrong.length, 1)
  // What follows says nothing more, until the book comes anew.
  machine.look(Buffer.from(frames[3]!))
  assert.is(machine.wrong.length, 0)
  machine.look(Buffer.from(frames[0]!))
  assert.is(machine.pair('BTC/USD').state, 'checked')
  machine.look(Buffer.from(frames[1]!))
  assert.is(machine.wrong.length, 0)
})

test('a change that the next one covers leaves no trace when it is left out: the book is right', () => {
  const machine = new KrakenFrames({ depth: 10, nowMs: () => 0 })
  for (const at of [0, 1, 3]) {
    machine.look(Buffer.from(frames[at]!))
    assert.equal(machine.wrong, [])
  }
})

test('only so many levels are kept as the depth says: the exchange sends no end of those that are pushed out', () => {
  const book = newBook()
  for (let i = 0; i < 10; i++) set(book, ASK, `100.${i}`, '1.0')
  const before = book.checksum()
  set(book, ASK, '99.9', '1.0')
  book.checksum()
  assert.is(book.count(ASK), 10)
  set(book, ASK, '99.9', '0.0')
  book.checksum()
  assert.is(book.count(ASK), 9)
  set(book, ASK, '100.9', '1.0')
  assert.is(book.checksum(), before)
})

test('prices with more and with fewer decimals than before stand at their place', () => {
  const book = newBook()
  set(book, BID, '100', '1')
  set(book, BID, '99.95', '2')
  set(book, BID, '100.1', '3')
  assert.is(book.checksum(), crc32('10013100199952'))
  // The same price in other digits is the same level.
  set(book, BID, '100.00', '0')
  assert.is(book.checksum(), crc32('1001399952'))
})

test('digits that cannot be told are refused, and change nothing', () => {
  const book = newBook()
  set(book, ASK, '1.5', '2.0')
  const before = book.checksum()
  for (const [price, quantity] of [
    ['1e3', '1'],
    ['1.6', '1e-05'],
    ['-1.6', '1'],
    ['1.6', '-1'],
    ['0.0', '1'],
    ['1234567890123456', '1'],
    ['1.6', '1'.repeat(60)],
    ['1', `0.${'1'.repeat(60)}`],
    ['0.0000000000000001', '1'],
  ] as const) {
    assert.not.ok(set(book, ASK, price, quantity), `${price} ${quantity}`)
  }
  assert.is(book.checksum(), before)
})

test('an empty book, and one with one side, have the checksum of what there is', () => {
  const book = newBook()
  assert.is(book.checksum(), 0)
  set(book, BID, '0.00123', '0.00005100')
  assert.is(book.checksum(), crc32('1235100'))
})

test('a deep book that grows and shrinks at random is the same as one of strings', () => {
  for (const seed of [1, 2]) {
    const random = new Random(seed)
    const depth = 25
    const book = newBook(depth)
    const sides = [new Map<number, string>(), new Map<number, string>()] as const
    for (let i = 0; i < 3000; i++) {
      const side: Side = random.chance(1, 2) ? BID : ASK
      const price = 1000 + random.below(60)
      const quantity = random.chance(1, 3) ? 0 : random.below(10 ** 6)
      const text = `0.${String(quantity).padStart(8, '0')}`
      if (quantity === 0) sides[side].delete(price)
      else sides[side].set(price, String(quantity))
      set(book, side, `${price / 10}`.includes('.') ? `${price / 10}` : `${price / 10}.0`, text)
      const checksum = book.checksum()
      for (const [which, levels] of sides.entries()) {
        const sorted = [...levels.keys()].sort((a, b) => (which === BID ? b - a : a - b))
        for (const worst of sorted.slice(depth)) levels.delete(worst)
      }
      const best = (which: Side) =>
        [...sides[which]]
          .sort(([a], [b]) => (which === BID ? b - a : a - b))
          .slice(0, 10)
          .map(([at, digits]) => `${at}${digits}`)
          .join('')
      assert.is(checksum, crc32(best(ASK) + best(BID)), `seed ${seed}, step ${i}`)
    }
  }
})

test.run()
