import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SymbolSet } from './discovery.ts'
import { symbolFilter } from './globs.ts'

const test = suite('symbol set')
const setOf = (...include: string[]) => new SymbolSet(symbolFilter(include, ['*-X']))

test('exact names are there from the start and never given up', () => {
  const set = setOf('A', 'B', 'K-*')
  assert.equal(set.symbols, ['A', 'B'])
  for (let i = 0; i < 5; i++) assert.not.ok(set.answered([]))
  assert.equal(set.symbols, ['A', 'B'])
})

test('what is found and wanted is taken, the rest is not', () => {
  const set = setOf('K-*')
  assert.ok(set.answered(['K-1', 'K-X', 'Z-1']))
  assert.equal(set.symbols, ['K-1'])
  assert.not.ok(set.answered(['K-1']), 'nothing new')
})

test('a symbol is given up when it was missing from two answers in a row, not from one', () => {
  const set = setOf('K-*')
  set.answered(['K-1', 'K-2'])
  assert.not.ok(set.answered(['K-2']))
  assert.not.ok(set.answered(['K-1', 'K-2']), 'it is back')
  assert.not.ok(set.answered(['K-2']))
  assert.ok(set.answered(['K-2']))
  assert.equal(set.symbols, ['K-2'])
})

test('an announced symbol is taken once, where it is wanted', () => {
  const set = setOf('K-*')
  assert.ok(set.announced('K-1'))
  assert.not.ok(set.announced('K-1'))
  assert.not.ok(set.announced('K-X'))
  assert.not.ok(set.announced('Q-1'))
  assert.equal(set.symbols, ['K-1'])
})

test.run()
