import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RateLimiter } from './rate-limit.ts'

const test = suite('rate limit')

test('a caller has its burst, then the steady rate, and never more than the burst', () => {
  const limiter = new RateLimiter({ burst: 10, perSecond: 2 })
  const allowed = (from: number, to: number, step: number): number => {
    let count = 0
    for (let ms = from; ms < to; ms += step) if (limiter.take('a', 1, ms).isAllowed) count++
    return count
  }
  assert.is(allowed(0, 1, 0.01), 10)
  const later = allowed(1, 10_001, 10)
  assert.ok(later === 20 || later === 19, `${later} in ten seconds`)
  // An hour without a request is worth a burst, not an hour.
  assert.is(allowed(3_600_000, 3_600_001, 0.01), 10)
})

test('a caller that waits as long as Retry-After says is answered', () => {
  const limiter = new RateLimiter({ burst: 5, perSecond: 0.3 })
  let nowMs = 0
  for (let i = 0; i < 20; i++) {
    const { isAllowed, headers } = limiter.take('a', 5, nowMs)
    if (isAllowed) continue
    nowMs += Number(headers['Retry-After']) * 1000
    assert.ok(limiter.take('a', 5, nowMs).isAllowed)
  }
})

test('callers do not share, and a refusal takes nothing', () => {
  const limiter = new RateLimiter({ burst: 2, perSecond: 1 })
  assert.ok(limiter.take('a', 2, 0).isAllowed)
  for (let i = 0; i < 100; i++) assert.not(limiter.take('a', 1, 0).isAllowed)
  assert.ok(limiter.take('b', 2, 0).isAllowed)
  assert.ok(limiter.take('a', 1, 1000).isAllowed)
})

test('what is left and when it is full again is told as the draft has it', () => {
  const limiter = new RateLimiter({ burst: 600, perSecond: 20 })
  const { headers } = limiter.take('a', 5, 0)
  assert.equal(headers, {
    'RateLimit-Policy': '"default";q=600;w=30',
    RateLimit: '"default";r=595;t=1',
  })
})

test('any number of callers takes bounded memory', () => {
  const limiter = new RateLimiter({ burst: 1, perSecond: 0.001 })
  limiter.take('first', 1, 0)
  for (let i = 0; i < 10_000; i++) limiter.take(`address ${i}`, 1, 0)
  // It was forgotten, and begins anew.
  assert.ok(limiter.take('first', 1, 0).isAllowed)
  assert.not(limiter.take('address 9999', 1, 0).isAllowed)
})

test.run()
