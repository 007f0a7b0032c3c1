import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startOfDay } from '../format/time.ts'
import { firstKeptDay } from './retention.ts'

const test = suite('retention')

test('what is kept counts from the newest record, and never faster than the clock', () => {
  const noon = startOfDay('2026-11-24') + 43_200
  assert.is(firstKeptDay(noon, noon * 1000, 30), '2026-10-25')
  assert.is(firstKeptDay(noon, (noon + 400 * 86_400) * 1000, 30), '2026-10-25', 'a clock ahead')
  assert.is(firstKeptDay(noon + 400 * 86_400, noon * 1000, 30), '2026-10-25', 'a record ahead')
})

test.run()
