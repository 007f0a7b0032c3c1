import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Wanted } from '#exchanges/protocol/adapter.ts'
import { symbolFilter } from '#exchanges/protocol/globs.ts'
import { GIVE_UP_AFTER, SymbolSet } from './symbol-set.ts'

const test = suite('symbol set')
const setOf = (...include: string[]) => new SymbolSet(symbolFilter(include, ['*-X']))

const NOTHING: Omit<Wanted, 'extent'> = { added: [], removed: [], resumed: new Map() }

/** A whole answer; what it changed. */
function answer(set: SymbolSet, found: readonly string[], nowMs = 0) {
  for (const symbol of found) set.found(symbol)
  set.answered(nowMs)
  const { added, removed, resumed } = set.take()
  return { added, removed, resumed: [...resumed] }
}

test('exact names are there from the start and never given up', () => {
  const set = setOf('A', 'B', 'K-*')
  assert.equal(set.take().added, ['A', 'B'])
  for (let i = 0; i < 2 * GIVE_UP_AFTER; i++) assert.equal(answer(set, []).removed, [])
  assert.is(set.size, 2)
})

test('what is found and wanted is taken, the rest is not', () => {
  const set = setOf('K-*')
  assert.equal(answer(set, ['K-1', 'K-X', 'Z-1']).added, ['K-1'])
  assert.equal(answer(set, ['K-1']).added, [], 'nothing new')
  assert.equal(set.take(), NOTHING)
})

test('a symbol is given up when several whole answers in a row lack it, not before (freqtrade/freqtrade#1302)', () => {
  const set = setOf('K-*')
  answer(set, ['K-1', 'K-2'])
  for (let i = 1; i < GIVE_UP_AFTER; i++) assert.equal(answer(set, []).removed, [])
  assert.equal(answer(set, ['K-1', 'K-2']).removed, [], 'they are back')
  for (let i = 1; i < GIVE_UP_AFTER; i++) assert.equal(answer(set, ['K-2']).removed, [])
  assert.equal(answer(set, ['K-2']).removed, ['K-1'])
  assert.is(set.size, 1)
})

test('an answer that is not whole takes nothing away, however often it comes', () => {
  const set = setOf('K-*')
  answer(set, ['K-1', 'K-2'])
  for (let i = 0; i < 3 * GIVE_UP_AFTER; i++) {
    set.found('K-1')
    set.over()
  }
  assert.equal(set.take(), NOTHING)
  assert.is(set.suspects.size, 0)
})

test('a symbol that sends data is not given up for a list that lacks it', () => {
  const set = setOf('K-*')
  answer(set, ['K-1', 'K-2'])
  for (let i = 0; i < 3 * GIVE_UP_AFTER; i++) {
    const { removed } = answer(set, [])
    assert.not.ok(removed.includes('K-1'))
    set.suspects.delete('K-1') // as a connection does for each frame
  }
  assert.is(set.size, 1)
})

test('a symbol that exists and need not be captured yet is kept if it is, and not taken if it is not', () => {
  const set = setOf('K-*')
  set.found('K-1')
  for (let i = 0; i < 2 * GIVE_UP_AFTER; i++) {
    set.listed('K-1')
    set.listed('K-2')
    set.answered(0)
  }
  assert.equal(set.take(), { added: ['K-1'], removed: [], resumed: new Map() })
})

test('a symbol that comes back brings along when it was given up, once', () => {
  const set = setOf('K-*')
  answer(set, ['K-1', 'K-2'])
  for (let i = 1; i <= GIVE_UP_AFTER; i++) answer(set, ['K-2'], 1000 + i)
  assert.equal(answer(set, ['K-1', 'K-2', 'K-3']), {
    added: ['K-1', 'K-3'],
    removed: [],
    resumed: [['K-1', 1000 + GIVE_UP_AFTER]],
  })
  for (let i = 1; i <= GIVE_UP_AFTER; i++) answer(set, ['K-2', 'K-3'], 2000 + i)
  assert.ok(set.found('K-1'), 'announced')
  assert.equal([...set.take().resumed], [['K-1', 2000 + GIVE_UP_AFTER]])
})

test('a whole answer says how many of the captured symbols it lists', () => {
  const set = setOf('A', 'K-*')
  answer(set, ['K-1', 'K-2', 'K-3'])
  set.found('K-2')
  set.found('K-9')
  assert.equal(set.answered(0), { captured: 4, listed: 2 })
})

test('an announced symbol is taken once, where it is wanted', () => {
  const set = setOf('K-*')
  assert.ok(set.found('K-1'))
  assert.not.ok(set.found('K-1'))
  assert.not.ok(set.found('K-X'))
  assert.not.ok(set.found('Q-1'))
  assert.equal(set.take().added, ['K-1'])
})

test('changes are taken a few at a time, and each with its time', () => {
  const set = setOf('K-*')
  const names = ['K-1', 'K-2', 'K-3', 'K-4', 'K-5']
  answer(set, names)
  for (let i = 1; i <= GIVE_UP_AFTER; i++) {
    set.answered(i)
    if (i < GIVE_UP_AFTER) assert.ok(set.taken)
  }
  assert.equal([set.take(3).removed, set.take(3).removed], [names.slice(0, 3), names.slice(3)])
  for (const name of names) set.found(name)
  assert.equal(
    set.take(2).resumed,
    new Map([
      ['K-1', 5],
      ['K-2', 5],
    ])
  )
  assert.not.ok(set.taken)
  assert.equal(
    set.take(9).resumed,
    new Map([
      ['K-3', 5],
      ['K-4', 5],
      ['K-5', 5],
    ])
  )
  assert.ok(set.taken)
})

test('a symbol that leaves and comes back before it was taken stays, and one that comes and leaves was never there', () => {
  const set = setOf('K-*')
  answer(set, ['K-1', 'K-2'])
  for (let i = 0; i < GIVE_UP_AFTER; i++) set.answered(7)
  set.found('K-2')
  assert.equal(set.take(1), { added: ['K-2'], removed: ['K-1'], resumed: new Map([['K-2', 7]]) })
  assert.equal(set.take(), NOTHING)
  set.found('K-3')
  for (let i = 0; i <= GIVE_UP_AFTER; i++) {
    set.found('K-2')
    set.answered(8)
  }
  assert.equal(set.take(), { ...NOTHING, removed: ['K-3'] })
})

test('symbols beyond the limit are counted, and taken once there is room', () => {
  const set = new SymbolSet(symbolFilter(['K-*'], undefined), 2)
  assert.equal(answer(set, ['K-1', 'K-2', 'K-3', 'K-4']).added, ['K-1', 'K-2'])
  assert.is(set.beyond, 2)
  for (let i = 1; i <= GIVE_UP_AFTER; i++) answer(set, ['K-2', 'K-3'])
  assert.equal(answer(set, ['K-2', 'K-3']).added, ['K-3'])
  assert.is(set.beyond, 0)
})

test('hostile names are names', () => {
  const set = setOf('*')
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  assert.equal(answer(set, names).added, names)
  for (let i = 1; i < GIVE_UP_AFTER; i++) answer(set, [])
  assert.equal(answer(set, []).removed, names)
})

test.run()
