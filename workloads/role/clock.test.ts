import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from './clock.ts'

const test = suite('clock')
const SECOND = 1_000_000_000n

/** A time line over clocks that a test sets: `run` lets time pass, `set` moves the wall clock alone. */
function start(wallMs = Date.parse('2026-11-24T12:00:00Z')) {
  let mono = 5n * SECOND
  let wall = wallMs
  const clock = systemClock(
    () => mono,
    () => wall
  )
  const line = clock.newLine()
  return {
    clock,
    line,
    now: () => Number(line.nowNanos() / 1_000_000n) - wallMs,
    run(ms: number, asleep = false) {
      wall += ms
      if (!asleep) mono += BigInt(ms) * 1_000_000n
    },
    set(ms: number) {
      wall += ms
    },
  }
}

test('record times stay near the wall clock', () => {
  const line = systemClock().newLine()
  const off = Number(line.nowNanos() / 1_000_000n) - Date.now()
  assert.ok(Math.abs(off) < 5000, `off by ${off} ms`)
})

test('a small slew is followed, and times never go back', () => {
  const time = start()
  time.run(1500)
  time.set(-700)
  const before = time.now()
  for (let i = 0; i < 50; i++) {
    time.run(100)
    assert.ok(time.now() >= before)
  }
  time.run(1500)
  assert.is(time.now(), 7300)
  time.set(2000)
  time.run(1500)
  assert.is(time.now(), 10_800)
  assert.is(time.line.stepNanos, 0n)
})

for (const hours of [-13, -1, 1, 13, 24 * 365]) {
  test(`a clock that is set by ${hours} h ends the line: it continues as it was, and a new one is right (gabime/spdlog#1385)`, () => {
    const time = start()
    time.run(4000)
    assert.is(time.now(), 4000)
    time.set(hours * 3_600_000)
    time.run(1500)
    assert.is(time.now(), 5500)
    assert.is(time.line.stepNanos, BigInt(hours) * 3600n * SECOND)
    time.run(1500)
    assert.is(time.now(), 7000, 'every later time is another one')
    const next = time.clock.newLine()
    assert.is(Number(next.nowNanos() / 1_000_000n), time.clock.nowMs())
    assert.is(next.stepNanos, 0n)
  })
}

test('a machine that slept while its monotonic clock stood still has stepped by as much', () => {
  const time = start()
  time.run(2000)
  time.now()
  time.run(3_600_000, true)
  time.run(2000)
  time.now()
  assert.is(time.line.stepNanos, 3600n * SECOND)
})

test('one whose monotonic clock went on has not', () => {
  const time = start()
  time.run(2000)
  time.now()
  time.run(3_600_000)
  assert.is(time.now(), 3_602_000)
  assert.is(time.line.stepNanos, 0n)
})

test.run()
