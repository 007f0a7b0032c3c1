import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NumberRanges } from './number-ranges.ts'

const test = suite('number ranges')
const time = (number: number) => BigInt(number) * 10n

test('numbers that follow each other are one range', () => {
  const known = new NumberRanges()
  assert.equal(known.claim(1, 10, time), [{ first: 1, last: 10 }])
  assert.equal(known.claim(11, 20, time), [{ first: 11, last: 20 }])
  assert.equal(known.ranges, [{ first: 1, last: 20, from: 10n, to: 200n }])
  assert.equal(known.holes(), [])
})

test('a jump opens a hole with the times around it, and what fills it closes it', () => {
  const known = new NumberRanges()
  known.claim(1, 10, time)
  known.claim(21, 30, time)
  assert.equal(known.holes(), [
    { first: 11, last: 20, from: 100n, to: 210n, missing: 10, count: 1 },
  ])
  assert.is(known.missing, 10)
  assert.equal(known.claim(8, 15, time), [{ first: 11, last: 15 }])
  assert.equal(known.claim(1, 30, time), [{ first: 16, last: 20 }])
  assert.equal(known.ranges, [{ first: 1, last: 30, from: 10n, to: 300n }])
})

test('numbers missing before the first are a hole', () => {
  const known = new NumberRanges()
  known.claim(5, 6, time)
  assert.equal(known.holes(), [{ first: 1, last: 4, from: 50n, to: 50n, missing: 4, count: 1 }])
})

test('in any order and however often, each number is new exactly once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.nat(15))), (claims) => {
      let known = new NumberRanges()
      const held = new Set<number>()
      for (const [first, length] of claims) {
        const fresh = known.claim(first, first + length, time)
        for (const span of fresh) {
          for (let number = span.first; number <= span.last; number++) {
            assert.not.ok(held.has(number), `${number} was claimed twice`)
            held.add(number)
          }
        }
        for (let number = first; number <= first + length; number++) assert.ok(held.has(number))
        known = NumberRanges.fromJSON(JSON.parse(JSON.stringify(known)))
      }
      // The ranges are those of the set, ascending and apart, with the times of their ends.
      const ranges = known.ranges
      const numbers = ranges.flatMap((r) =>
        Array.from({ length: r.last - r.first + 1 }, (_, i) => r.first + i)
      )
      assert.equal(
        numbers,
        [...held].sort((a, b) => a - b)
      )
      ranges.forEach((range, i) => {
        assert.is(range.from, time(range.first))
        assert.is(range.to, time(range.last))
        if (i > 0) assert.ok(range.first > ranges[i - 1]!.last + 1)
      })
      assert.is(known.missing, (ranges.at(-1)?.last ?? 0) - held.size)
    })
  )
})

test.run()
