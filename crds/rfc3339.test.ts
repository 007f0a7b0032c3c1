// Times as text, against those that are known.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rfc3339, rfc3339Seconds, utcDay } from './rfc3339.ts'

const test = suite('RFC 3339')
const MS = Date.parse('2026-11-24T15:01:02.987Z')

test('nanoseconds keep every digit, and have them all', () => {
  assert.is(rfc3339(0n), '1970-01-01T00:00:00.000000000Z')
  assert.is(rfc3339(BigInt(MS) * 1_000_000n + 654_321n), '2026-11-24T15:01:02.987654321Z')
  assert.is(rfc3339(2n ** 64n - 1n), '2554-07-21T23:34:33.709551615Z')
})

test('a time in seconds is cut, not rounded, and a day is that of UTC', () => {
  assert.is(rfc3339Seconds(MS), '2026-11-24T15:01:02Z')
  assert.is(utcDay(Date.parse('2026-11-24T23:59:59.999Z')), '2026-11-24')
  assert.is(utcDay(Date.parse('2026-11-25T00:00:00Z')), '2026-11-25')
})

test.run()
