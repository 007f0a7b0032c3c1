import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rfc3339 } from '#crds/rfc3339.ts'
import { dayAfter, dayOfNanos, isDay, parseNanos } from './time.ts'

const test = suite('time')

test('every nanosecond comes back as it was, and texts sort as times do', () => {
  const time = fc.bigInt(0n, 2n ** 64n - 1n)
  fc.assert(
    fc.property(time, time, (a, b) => {
      assert.is(parseNanos(rfc3339(a)), a)
      assert.is(rfc3339(a).length, 30)
      assert.is(rfc3339(a) < rfc3339(b), a < b)
      assert.is(dayOfNanos(a), rfc3339(a).slice(0, 10))
    })
  )
})

test('texts that are no time are none', () => {
  for (const text of [
    '',
    '2026-11-24',
    '2026-13-01T00:00:00.000000000Z',
    '2026-02-30T00:00:00.000000000Z',
    '2026-11-24T00:00:00.000Z',
  ]) {
    assert.is(parseNanos(text), undefined, text)
  }
})

test('days are those of the calendar, with leap years', () => {
  const rows: [string, boolean][] = [
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['2026-1-1', false],
    ['..', false],
  ]
  for (const [text, expected] of rows) assert.is(isDay(text), expected, text)
  assert.is(dayAfter('2024-02-28'), '2024-02-29')
  assert.is(dayAfter('2026-12-31'), '2027-01-01')
})

test.run()
