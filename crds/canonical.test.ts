import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { canonical, isSameValue } from './canonical.ts'

const test = suite('canonical')

test('the order of keys, and what is undefined, change neither the text nor the verdict', () => {
  const one = { a: 1, b: [{ c: undefined, d: 'x' }] }
  const other = { b: [{ d: 'x' }], a: 1, e: undefined }
  assert.is(canonical(one), canonical(other))
  assert.ok(isSameValue(one, other))
  assert.not(isSameValue(one, { ...other, e: null }))
  assert.not(isSameValue({ ...one, e: null }, other))
})

test('two values are the same exactly when their texts are', () => {
  const leaf = fc.constantFrom(null, undefined, 0, 'a')
  const inner = fc.oneof(leaf, fc.array(leaf, { maxLength: 2 }))
  // Few values, so that equal ones are met.
  const value = fc.dictionary(fc.constantFrom('a', 'toString', '__proto__'), inner, { maxKeys: 2 })
  fc.assert(
    fc.property(value, value, (a, b) => {
      assert.is(isSameValue(a, b), canonical(a) === canonical(b))
      assert.ok(isSameValue(a, structuredClone(a)))
    }),
    { numRuns: 2000 }
  )
})

test.run()
