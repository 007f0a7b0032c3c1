import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from './clock.ts'

const test = suite('clock')
const realNow = Date.now
test.after.each(() => {
  Date.now = realNow
})

test('record times stay near the wall clock', () => {
  const clock = systemClock()
  const off = Number(clock.nowNanos() / 1_000_000n) - Date.now()
  assert.ok(Math.abs(off) < 50, `off by ${off} ms`)
})

test('record times never go back when the wall clock does', () => {
  const clock = systemClock()
  let last = clock.nowNanos()
  Date.now = () => realNow() - 3_600_000
  const end = process.hrtime.bigint() + 1_300_000_000n
  while (process.hrtime.bigint() < end) {
    const now = clock.nowNanos()
    assert.ok(now >= last)
    last = now
  }
})

test('record times follow a wall clock that is set forward', () => {
  const clock = systemClock()
  const before = clock.nowNanos()
  Date.now = () => realNow() + 3_600_000
  const end = process.hrtime.bigint() + 1_100_000_000n
  while (process.hrtime.bigint() < end) clock.nowNanos()
  assert.ok(clock.nowNanos() - before > 3_599_000_000_000n)
})

test.run()
