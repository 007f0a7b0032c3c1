import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EVENT, FLAG, MarketEvent, SIDE } from '../event.ts'
import type { Builder, BuilderValues } from './definition.ts'
import type { InstrumentBook } from './order-books.ts'
import { BUILDERS } from './registry.ts'

const DAY_MS = 86_400_000
const NOON = Date.parse('2026-11-24T12:00:00Z')

const test = suite('registry of builders')

test('every builder makes something from its usual parameters, and hands out the last of it at the end', () => {
  for (const definition of BUILDERS) {
    let made = 0
    const builder = create(definition.name, {}, () => made++)
    builder.apply(event(EVENT.trade, SIDE.buy, 0))
    builder.apply(event(EVENT.bookSnapshot, SIDE.bid, FLAG.first))
    builder.apply(event(EVENT.bookSnapshot, SIDE.ask, FLAG.last, 101))
    const isBar = definition.makes === 'bar'
    assert.is(made, isBar ? 0 : 1, definition.name)
    assert.ok(builder.get('f', 'S'), definition.name)
    assert.is(builder.get('f', 'other'), undefined, definition.name)
    builder.end()
    assert.is(made, 1, definition.name)
  }
})

test('names of builders and of their outputs and parameters are each there once, with what they mean', () => {
  const isOnce = (list: readonly { readonly name: string; readonly says: string }[]): void => {
    assert.is(new Set(list.map(({ name }) => name)).size, list.length)
    assert.ok(list.every(({ says }) => says.endsWith('.')))
  }
  isOnce(BUILDERS)
  for (const { outputs, parameters } of BUILDERS) {
    isOnce(outputs)
    isOnce(parameters)
  }
})

test('a window or session that began before the first event is complete only if its beginning was told', () => {
  const complete = (name: string, values: Record<string, string>, from?: number): boolean => {
    const builder = create(name, values, () => {})
    if (from !== undefined) builder.knownFrom?.(from, 0)
    for (const kind of [EVENT.trade, EVENT.bookSnapshot]) {
      builder.apply(event(kind, SIDE.bid, FLAG.first | FLAG.last))
    }
    return (builder.get('f', 'S') as { readonly complete: boolean }).complete
  }
  const names = BUILDERS.filter(
    ({ makes, outputs }) => makes !== 'bar' && outputs.some(({ name }) => name === 'complete')
  ).map(({ name }) => name)
  assert.is(names.length, 6)
  for (const name of names) {
    // Sessions of a day began at midnight.
    const since = name === 'session-vwap' ? NOON - DAY_MS / 2 : NOON - DAY_MS
    const values: Record<string, string> = name === 'session-vwap' ? {} : { window: '1d' }
    const found = [undefined, since, since + 1].map((from) => complete(name, values, from))
    assert.equal(found, [false, true, false], name)
  }
})

test('a builder refuses a value in words that name the parameter and say how it is written', () => {
  const refused: [string, Record<string, string>, RegExp][] = [
    ['rolling-vwap', { window: '5' }, /^window: 5 is not .*: 1m/],
    ['price-history', { most: '0' }, /^most: 0 is not a whole number from 1/],
    ['volume-profile', { step: '0' }, /^step: 0 is not a decimal above zero: 0.01/],
    ['session-vwap', { session: '2d' }, /^session: 2d is not/],
    ['microprice', { source: 'trades' }, /^source: trades is not one of: book quote/],
    ['book-imbalance', { levels: '1.5' }, /^levels: 1.5 is not/],
    ['as-of-join', { left: 'kraken' }, /^left: kraken is not a feed, a space and a symbol/],
    ['as-of-join', { left: 'f S', right: 'f S' }, /^right: f S is the left one/],
  ]
  for (const [name, values, says] of refused) {
    assert.throws(
      () => create(name, values, () => {}),
      (error: unknown) => error instanceof RangeError && says.test(error.message),
      name
    )
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

function create(name: string, values: BuilderValues, emit: () => void): Builder<unknown> {
  const definition = BUILDERS.find((one) => one.name === name)
  assert.ok(definition, name)
  const usual = Object.fromEntries(definition!.parameters.map((one) => [one.name, one.default]))
  const legs = name === 'as-of-join' ? { left: 'f S', right: 'g S' } : {}
  return definition!.create({ ...usual, ...legs, ...values }, emit)
}

function event(kind: number, side: number, flags: number, price = 100): MarketEvent {
  const one = new MarketEvent()
  one.feed = 'f'
  one.symbol = 'S'
  one.recvMs = NOON
  one.begin(kind)
  one.side = side
  one.flags = flags
  one.price = price
  one.size = 1
  return one
}

test.run()
