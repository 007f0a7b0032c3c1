import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Place, Placement } from './placement.ts'

const test = suite('placement')
const seed = Date.now() & 0x7fffffff
console.log(`placement.test: seed ${seed}`)

const placement = (limit: number) => new Placement(limit, (): Place => ({ wanted: new Set() }))

type Step =
  | { readonly kind: 'add'; readonly symbol: string }
  | { readonly kind: 'remove'; readonly symbol: string }
  | { readonly kind: 'lower'; readonly limit: number }

test('every symbol has one place, no place too many, no place is made while one has room, and what stays does not move', () => {
  const symbol = fc.integer({ min: 0, max: 30 }).map(String)
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 9, arbitrary: fc.record({ kind: fc.constant('add' as const), symbol }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('remove' as const), symbol }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('lower' as const),
        limit: fc.integer({ min: 1, max: 7 }),
      }),
    }
  )
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 1, max: 7 }),
      (steps, most) => {
        let limit = most
        const all = placement(limit)
        const expected = new Set<string>()
        for (const one of steps) {
          const before = new Map(
            all.places.flatMap((place) => [...place.wanted].map((s) => [s, place] as const))
          )
          const places = all.places.length
          const room = all.places.some(({ wanted }) => wanted.size < limit)
          let moved: readonly string[] = []
          if (one.kind === 'add') {
            assert.ok(all.add(one.symbol).wanted.has(one.symbol))
            expected.add(one.symbol)
            if (room) assert.is(all.places.length, places)
          } else if (one.kind === 'remove') {
            assert.is(all.remove(one.symbol) !== null, expected.delete(one.symbol))
          } else {
            limit = Math.min(limit, one.limit)
            moved = all.lower(limit)
          }
          const held = all.places.flatMap((place) => [...place.wanted])
          assert.equal(held.sort(), [...expected].sort())
          assert.is(all.size, expected.size)
          for (const place of all.places) {
            assert.ok(place.wanted.size <= limit)
            for (const s of place.wanted) {
              if (!moved.includes(s)) assert.is(before.get(s) ?? place, place)
            }
          }
        }
      }
    ),
    { seed, numRuns: 1000 }
  )
})

test('a lower limit moves only what is too much', () => {
  const all = placement(4)
  for (const symbol of ['a', 'b', 'c', 'd']) all.add(symbol)
  assert.equal(all.lower(3), ['d'])
  assert.equal(
    all.places.map((one) => one.wanted.size),
    [3, 1]
  )
})

test('symbols fill one place after the other', () => {
  const all = placement(200)
  for (let i = 0; i < 450; i++) all.add(`M${i}`)
  assert.equal(
    all.places.map((one) => one.wanted.size),
    [200, 200, 50]
  )
})

test.run()
