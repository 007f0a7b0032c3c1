import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ExactSum } from './exact-sum.ts'

const test = suite('exact sums')

const MAX = Number.MAX_SAFE_INTEGER
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(MAX, -MAX, MAX - 1, 2 ** 52, 2 ** 26 + 1, 0, 1, -1)
)

test('a sum of integers and products is the sum that BigInt computes, and scaling it multiplies it', () => {
  const step = fc.oneof(
    fc.record({ a: integer, b: fc.constant(1) }),
    fc.record({ a: integer, b: integer })
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), fc.nat(6), (steps, zeros) => {
      const sum = new ExactSum()
      let expected = 0n
      for (const { a, b } of steps) {
        if (b === 1) sum.add(a)
        else sum.addProduct(a, b)
        expected += BigInt(a) * BigInt(b)
        assert.is(sum.value, expected)
        const isSmall = expected >= -BigInt(MAX) && expected <= BigInt(MAX)
        assert.ok(Object.is(sum.number, isSmall ? Number(expected) : Number.NaN))
      }
      sum.scale(zeros)
      assert.is(sum.value, expected * 10n ** BigInt(zeros))
    }),
    { numRuns: 300 }
  )
})

test('sums add up, and one reaches another if it is not smaller', () => {
  fc.assert(
    fc.property(integer, integer, integer, integer, (a, b, c, d) => {
      const one = new ExactSum()
      const other = new ExactSum()
      one.addProduct(a, b)
      other.addProduct(c, d)
      assert.is(one.reaches(other), BigInt(a) * BigInt(b) >= BigInt(c) * BigInt(d))
      one.addSum(other)
      assert.is(one.value, BigInt(a) * BigInt(b) + BigInt(c) * BigInt(d))
    })
  )
})

test.run()
