// The book of a replay against a reader that parses: the same levels from the fast path, from any other key
// order, and from sizes and prices of every length.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { emptyFrame } from '../../simulation/frame.ts'
import { Random } from '../../simulation/random.ts'
import { ORDERBOOK } from './channels.ts'
import { decimal, decimalText, PlayedBook } from './played-book.ts'
import { recognise } from './recognise.ts'

const test = suite('played book')
const ID = '31185e50-0db4-4c57-b95d-0123f5c07ec8'

function apply(book: PlayedBook, text: string): void {
  const bytes = Buffer.from(`..${text}`)
  const frame = { ...emptyFrame(ORDERBOOK), bytes, start: 2, end: bytes.length }
  assert.is(recognise(frame), 'frame', text)
  book.apply(frame)
}

const delta = (price: string, change: string, side: string, reordered = false) =>
  reordered
    ? `{"msg":{"side":"${side}","delta_fp":"${change}","market_ticker":"KX-A","price_dollars":"${price}"},"sid":1,"type":"orderbook_delta","seq":2}`
    : `{"type":"orderbook_delta","sid":1,"seq":2,"msg":{"market_ticker":"KX-A","market_id":"${ID}","price_dollars":"${price}","delta_fp":"${change}","side":"${side}","ts":"2026-08-11T01:15:15.566273Z","ts_ms":1}}`
const snapshot = (msg: string) =>
  `{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{"market_ticker":"KX-A","market_id":"${ID}"${msg}}}`

test('applies deltas of any form to the same levels', () => {
  const random = new Random(4)
  const fast = new PlayedBook()
  const slow = new PlayedBook()
  const want = new Map<string, number>()
  apply(fast, snapshot(''))
  apply(slow, snapshot(''))
  for (let i = 0; i < 3000; i++) {
    const price = decimalText(1000 * (1 + random.below(999)), 6, 4)
    const side = random.chance(1, 2) ? 'yes' : 'no'
    const key = `${side} ${price}`
    const now = want.get(key) ?? 0
    const change = now > 0 && random.chance(2, 3) ? -now : random.below(500_000) + 1
    want.set(key, now + change)
    const text = decimalText(change, 2, 2)
    apply(fast, delta(price, text, side))
    apply(slow, delta(price, text, side, true))
  }
  assert.ok(fast.known && slow.known)
  assert.is(
    fast.message('KX-A'),
    slow.message('KX-A').replace('"market_id":""', `"market_id":"${ID}"`)
  )
  for (const side of ['yes', 'no'] as const) {
    const levels = [...want].filter(([key, size]) => key.startsWith(`${side} `) && size > 0)
    levels.sort(([a], [b]) => Number(a.split(' ')[1]) - Number(b.split(' ')[1]))
    assert.equal(
      fast.levels(side),
      levels.map(([key, size]) => [key.split(' ')[1], decimalText(size, 2, 2)])
    )
  }
})

test('gives back a snapshot as it came, and an empty one without sides', () => {
  const book = new PlayedBook()
  const msg =
    ',"yes_dollars_fp":[["0.0100","275.00"],["0.2250","34.10"]],"no_dollars_fp":[["0.4900","22.00"]]'
  apply(book, snapshot(msg))
  assert.is(book.message('KX-A'), `{"market_ticker":"KX-A","market_id":"${ID}"${msg}}`)
  apply(book, snapshot(''))
  assert.is(book.message('KX-A'), `{"market_ticker":"KX-A","market_id":"${ID}"}`)
})

test('is not known before a snapshot, nor after a frame of an older generation', () => {
  const book = new PlayedBook()
  assert.equal([book.played, book.known], [false, false])
  apply(book, delta('0.4000', '1.00', 'yes'))
  assert.equal([book.played, book.known], [true, false])
  apply(book, snapshot(''))
  assert.ok(book.known)
  apply(
    book,
    '{"type":"orderbook_delta","sid":9,"seq":2,"msg":{"market_ticker":"KX-A","price":40,"delta":-50,"side":"yes"}}'
  )
  assert.not(book.known)
  apply(book, snapshot(',"yes":[[39,200]]'))
  assert.not(book.known)
  apply(book, snapshot(''))
  assert.ok(book.known)
})

test('decimals keep their value and their digits', () => {
  for (const [text, digits, least, value] of [
    ['0.4800', 6, 4, 480_000],
    ['0.4815', 6, 4, 481_500],
    ['0.481250', 6, 4, 481_250],
    ['-3.10', 2, 2, -310],
    ['0.00', 2, 2, 0],
  ] as const) {
    assert.is(decimal(text, digits), value)
    assert.is(decimal(decimalText(value, digits, least), digits), value)
  }
  for (const text of ['', 'x', '1e5', '0.1234567', '--1', '.5'])
    assert.ok(Number.isNaN(decimal(text, 6)), text)
})

test.run()
