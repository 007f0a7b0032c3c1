import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { matchesGlob, symbolFilter } from './globs.ts'

const test = suite('globs')
const seed = Date.now() & 0x7fffffff
console.log(`globs.test: seed ${seed}`)

test('a pattern matches exactly what a regular expression of the same meaning does', () => {
  const letters = (alphabet: string) =>
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 })
  fc.assert(
    fc.property(letters('ab*?-.'), letters('ab-.'), (glob, text) => {
      const escaped = glob.replaceAll(/[-.]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')
      assert.is(matchesGlob(glob, text), new RegExp(`^${escaped}$`).test(text), `${glob} ${text}`)
    }),
    { seed, numRuns: 5000 }
  )
})

test('a hostile pattern takes no time to speak of', () => {
  assert.not.ok(matchesGlob('*a'.repeat(500), 'a'.repeat(5_000).concat('b')))
})

test('nothing, an empty list and * alone mean everything', () => {
  for (const include of [undefined, [], ['*']]) {
    const filter = symbolFilter(include, undefined)
    assert.ok(filter.everything)
    assert.ok(filter.matches('anything'))
  }
  assert.not.ok(symbolFilter(['*'], ['X']).everything)
  assert.not.ok(symbolFilter(['A'], undefined).everything)
})

test('names are told from patterns, and exclude takes out of both', () => {
  const filter = symbolFilter(['A-1', 'A-1', 'B-1', 'KX-*'], ['*-1', 'KX-9?'])
  assert.equal(filter.exact, [])
  assert.equal(filter.globs, ['KX-*'])
  assert.equal(
    ['A-1', 'KX-2', 'KX-1', 'KX-95', 'KX-9', 'Z'].map((symbol) => filter.matches(symbol)),
    [false, true, false, false, true, false]
  )
  assert.equal(symbolFilter(['A', 'B', 'A'], ['B']).exact, ['A'])
})

test.run()
