import { suite } from 'uvu'
import * as assert from 'uvu/assert'
// @ts-expect-error a module of the page: page/tsconfig.json has its types
import { between, bytes, clock, dayPlus, duration, short } from './format.mjs'

const test = suite('numbers and times of the page')

test('every number has its unit, and an unknown one is no zero', () => {
  assert.equal([0, 999, 12_041, 2_310_000, 1e9, null].map(short), [
    '0',
    '999',
    '12 k',
    '2.31 M',
    '1 G',
    '–',
  ])
  assert.equal([0, 360_000, 812e9, undefined].map(bytes), ['0 B', '360 kB', '812 GB', '–'])
  assert.equal(
    [0, 450, 2898, 12_000, 59_999, 124_000, 4_800_000, 200_000_000, null].map(duration),
    ['0 ms', '450 ms', '2.9 s', '12 s', '59 s', '2 min 4 s', '1 h 20 min', '2 d 7 h', '–']
  )
})

test('times of day are cut, never rounded into the next second', () => {
  assert.is(clock('2026-11-30T23:59:59.999999999Z', 3), '23:59:59.999')
  assert.is(clock('2026-11-30T09:00:00Z', 3), '09:00:00.000')
  assert.is(clock(null), '–')
  assert.is(between('2026-11-30T09:00:00.5Z', '2026-11-30T09:00:02Z'), 1500)
  assert.is(between('2026-11-30T09:00:00Z', null), null)
})

test('days are UTC, over months and leap days', () => {
  assert.is(dayPlus('2028-02-28', 1), '2028-02-29')
  assert.is(dayPlus('2026-01-01', -1), '2025-12-31')
})

test.run()
