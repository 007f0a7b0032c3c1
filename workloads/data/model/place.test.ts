import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Place } from './place.ts'
import type { Position } from './rows.ts'

const test = suite('place')

type Row = { readonly ms: number; readonly ns: number }

/** The rows of a page, and where the next one begins. */
function page(
  rows: readonly Row[],
  after: Position | null,
  limit: number
): [Row[], Position | null] {
  const place = new Place(after)
  const answered: Row[] = []
  for (const row of rows) {
    if (place.isAnswered(row.ms, row.ns)) continue
    if (answered.length === limit) return [answered, place.position()]
    place.pass(row.ms, row.ns)
    answered.push(row)
  }
  return [answered, null]
}

test('in pages of any size each row comes once, also where many have the same time', () => {
  // Few times, so that many rows share one.
  const time = fc.record({ ms: fc.integer({ min: 1, max: 4 }), ns: fc.nat(2) })
  fc.assert(
    fc.property(fc.array(time, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (all, limit) => {
      const rows = all.toSorted((a, b) => a.ms - b.ms || a.ns - b.ns)
      const read: Row[] = []
      let after: Position | null = null
      do {
        const [answered, next] = page(rows, after, limit)
        read.push(...answered)
        after = next
      } while (after !== null)
      assert.ok(read.length === rows.length && read.every((row, i) => row === rows[i]))
    })
  )
})

test.run()
