import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { nearest } from './suggest.ts'

const test = suite('suggest')

test('finds the word that was meant', () => {
  const words = ['endpoint', 'effectiveFrom', 'effectiveTo', 'trade', 'ticker', 'orderbook_delta']
  for (const [word, meant] of [
    ['enpoint', 'endpoint'],
    ['endpiont', 'endpoint'],
    ['Endpoint', 'endpoint'],
    ['effective_from', 'effectiveFrom'],
    ['effective_to', 'effectiveTo'],
    ['trades', 'trade'],
    ['orderbook-delta', 'orderbook_delta'],
  ] as const) {
    assert.equal(nearest(word, words), meant, word)
  }
})

test('says nothing where nothing is near', () => {
  assert.equal(nearest('xyz', ['abc', 'endpoint']), undefined)
  assert.equal(nearest('ab', ['cd', 'x']), undefined)
  assert.equal(nearest('', ['a']), undefined)
  assert.equal(nearest('e'.repeat(10_000), ['e']), undefined)
  assert.equal(nearest('anything', []), undefined)
})

test.run()
