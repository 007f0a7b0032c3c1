import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Failure, FailureKind } from '#exchanges/protocol/adapter.ts'
import { Backoff, DialGate, HEALTHY_MS } from './backoff.ts'

const test = suite('backoff')

const failure = (kind: FailureKind, retry: number | null = null): Failure => ({
  kind,
  message: '',
  status: 0,
  retryAfterMs: retry,
})

test('the bound doubles from a quarter of a second to 32 s, and the wait lies anywhere below it', () => {
  const most = new Backoff(() => 1)
  const bounds = Array.from({ length: 10 }, () => most.next(0, null))
  assert.equal(bounds, [250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 32_000, 32_000])
  const least = new Backoff(() => 0)
  for (let i = 0; i < 5; i++) assert.is(least.next(0, null), 0)
})

test('a connection that lived for a minute starts it anew, one that lived less does not', () => {
  const backoff = new Backoff(() => 1)
  for (let i = 0; i < 6; i++) backoff.next(HEALTHY_MS - 1, null)
  assert.is(backoff.next(HEALTHY_MS - 1, null), 16_000)
  assert.is(backoff.next(HEALTHY_MS, null), 250)
})

test('what the exchange says about when to come back is obeyed, with some chance behind it', () => {
  const backoff = new Backoff(() => 0.5)
  assert.is(backoff.next(0, failure('rateLimited', 30_000)), 30_125)
  assert.is(backoff.next(0, failure('refused', 5_000)), 5_250)
  assert.ok(backoff.next(0, failure('rateLimited', 10 ** 12)) < 3_700_000, 'within reason')
})

test('a refused key is not tried again within ten seconds, asked to slow down not within one', () => {
  const backoff = new Backoff(() => 0)
  assert.is(backoff.next(0, failure('unauthorized')), 10_000)
  assert.is(backoff.next(0, failure('rateLimited')), 1_000)
})

test('dials stand in line, and a refusal that concerns all holds all', () => {
  const gate = new DialGate(100)
  assert.equal([gate.turn(0), gate.turn(0), gate.turn(50)], [0, 100, 200])
  assert.is(gate.turn(10_000), 10_000)
  gate.hold(20_000)
  gate.hold(15_000)
  assert.equal([gate.turn(10_050), gate.turn(10_050)], [20_000, 20_100])
})

test.run()
