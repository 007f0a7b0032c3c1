import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Place, place } from './placement.ts'

const test = suite('placement')
const seed = Date.now() & 0x7fffffff
console.log(`placement.test: seed ${seed}`)

test('every symbol has one place, no place too many, and what stays does not move', () => {
  const sets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String)), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(sets, fc.integer({ min: 1, max: 7 }), (wishes, limit) => {
      const places: Place[] = []
      for (const wish of wishes) {
        const before = new Map(
          places.flatMap((one) => [...one.wanted].map((s) => [s, one] as const))
        )
        const made = place(places, wish, limit)
        assert.equal(places.flatMap((one) => [...one.wanted]).sort(), [...wish].sort())
        for (const one of places) {
          assert.ok(one.wanted.size <= limit)
          for (const symbol of one.wanted) assert.is(before.get(symbol) ?? one, one)
        }
        for (const one of made) assert.ok(one.wanted.size > 0)
      }
    }),
    { seed, numRuns: 1000 }
  )
})

test('a lower limit moves only what is too much', () => {
  const places: Place[] = []
  place(places, ['a', 'b', 'c', 'd'], 4)
  place(places, ['a', 'b', 'c', 'd'], 3)
  assert.equal(
    places.map((one) => one.wanted.size),
    [3, 1]
  )
})

test.run()
