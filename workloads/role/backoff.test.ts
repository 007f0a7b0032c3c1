// How long waits are, and that an end cuts one short.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { backoffBoundMs, backoffMs, pause } from './backoff.ts'

const test = suite('back-off')

test('waiting doubles up to its cap, with jitter above its floor', () => {
  const backoff = { baseMs: 100, capMs: 5_000 }
  const most = [0, 1, 2, 5, 6, 60].map((attempt) => backoffMs(attempt, backoff, () => 1))
  assert.equal(most, [100, 200, 400, 3_200, 5_000, 5_000])
  assert.is(
    backoffMs(60, backoff, () => 0),
    50
  )
})

test('without jitter it is the bound, however many attempts have failed', () => {
  const bounds = [0, 1, 2, 3, 2000].map((attempt) =>
    backoffBoundMs(attempt, { baseMs: 500, capMs: 3_000 })
  )
  assert.equal(bounds, [500, 1_000, 2_000, 3_000, 3_000])
})

test('an end cuts a pause short, before it and in the middle of it', async () => {
  const end = new AbortController()
  const waited = pause(3_600_000, end.signal)
  end.abort()
  await within(10_000, 'the pause', waited)
  await within(10_000, 'a pause after the end', pause(3_600_000, end.signal))
})

test.run()
