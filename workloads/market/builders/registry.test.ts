import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EVENT, FLAG, MarketEvent, SIDE } from '../event.ts'
import type { InstrumentBook } from './order-books.ts'
import { BUILDERS } from './registry.ts'

const test = suite('registry of builders')

test('every builder makes something from its usual parameters, and hands out the last of it at the end', () => {
  for (const definition of BUILDERS) {
    const made: string[] = []
    const values = Object.fromEntries(definition.parameters.map((one) => [one.name, one.default]))
    const builder =
      definition.makes === 'bar'
        ? definition.create(values, (bar) => made.push(`${bar.symbol} ${bar.trades}`))
        : definition.create(values, ({ symbol, book }) => made.push(`${symbol} ${book.state}`))
    builder.apply(event(EVENT.trade, SIDE.buy, 0))
    builder.apply(event(EVENT.bookSnapshot, SIDE.bid, FLAG.first | FLAG.last))
    builder.end()
    assert.equal(made, [definition.makes === 'bar' ? 'S 1' : 'S live'], definition.name)
  }
})

test('a builder refuses a size in words that say how one is written', () => {
  for (const definition of BUILDERS) {
    if (definition.makes !== 'bar') continue
    assert.throws(() => definition.create({ interval: 'x' }, () => {}), /x is not .*:/)
  }
})

test('a book whose exchange truncates it keeps as many levels as its snapshot may have', () => {
  const definition = BUILDERS.find(({ makes }) => makes === 'book')
  assert.ok(definition?.makes === 'book')
  let last: InstrumentBook | undefined
  const emit = (book: InstrumentBook): void => {
    last = book
  }
  if (definition?.makes !== 'book') return
  const builder = definition.create({ depths: '2 5' }, emit)
  const level = (kind: number, price: number, flags: number): void =>
    builder.apply(event(kind, SIDE.bid, flags, price))
  level(EVENT.bookSnapshot, 10, FLAG.first)
  level(EVENT.bookSnapshot, 9, FLAG.last)
  level(EVENT.bookChange, 11, FLAG.last)
  assert.equal([last?.book.levels(SIDE.bid), last?.book.bid], [2, 11])
  // Three levels: the least that holds them is five.
  level(EVENT.bookSnapshot, 10, FLAG.first)
  level(EVENT.bookSnapshot, 9, 0)
  level(EVENT.bookSnapshot, 8, FLAG.last)
  level(EVENT.bookChange, 11, FLAG.last)
  assert.is(last?.book.levels(SIDE.bid), 4)
})

function event(kind: number, side: number, flags: number, price = 100): MarketEvent {
  const one = new MarketEvent()
  one.feed = 'f'
  one.symbol = 'S'
  one.recvMs = Date.parse('2026-11-24T12:00:00Z')
  one.begin(kind)
  one.side = side
  one.flags = flags
  one.price = price
  one.size = 1
  return one
}

test.run()
