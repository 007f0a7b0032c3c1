// The courier of one sink, with a sink that answers as it is told: no fire is lost, none is sent out of order, and what is acknowledged was taken.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { seeded, testSeed } from '#archive/testing/random.ts'
import type { SignalSink } from '#crds/signal.gen.ts'
import { until } from '#testing/deadline.ts'
import { Courier } from './courier.ts'
import { type Fire, type Notice, noticeId } from './fire.ts'
import { DELIVERED, type Outcome, refused, retry } from './outcome.ts'

const test = suite('courier')
const seed = testSeed('courier')

const fire = (n: number): Fire => ({
  id: `f${n}`,
  signal: 's',
  feed: 'made',
  symbol: 'A',
  recv: `2026-11-24T12:00:${String(n % 60).padStart(2, '0')}.000000000Z`,
  time: null,
  payload: { n },
})

const textOf = (notice: Notice): string =>
  notice.kind === 'fire' ? noticeId(notice) : `${notice.summary.count} more`

function begin(
  answer: (notice: Notice, attempt: number) => Outcome | Promise<Outcome>,
  over: Partial<SignalSink> = {},
  nowMs?: () => number
) {
  const stop = new AbortController()
  const attempts: string[] = []
  const taken: string[] = []
  const acked: number[] = []
  const courier = new Courier({
    sink: { name: 'one', type: 'webhook', url: 'http://127.0.0.1', ...over },
    attempt: async (notice) => {
      attempts.push(textOf(notice))
      const outcome = await answer(notice, attempts.length)
      if (outcome.kind === 'delivered') taken.push(textOf(notice))
      return outcome
    },
    acknowledge: (sequence) => acked.push(sequence),
    signal: stop.signal,
    random: () => 0,
    onRefused: ({ id }, problem) => taken.push(`${id} refused: ${problem}`),
    ...(nowMs === undefined ? {} : { nowMs }),
  })
  const running = courier.run()
  const end = (): Promise<void> => {
    stop.abort()
    return running
  }
  return { courier, attempts, taken, acked, end }
}

test('a sink that fails at random takes every fire once, in order, and each is acknowledged after it was taken', async () => {
  const random = seeded(seed)
  const one = begin(() => (random.next() < 0.2 ? retry('down', 1) : DELIVERED))
  for (let n = 1; n <= 20; n++) await one.courier.add(fire(n), n)
  await until(60_000, 'all are taken', () => one.acked.length === 20)
  await one.end()
  assert.equal(
    one.taken,
    Array.from({ length: 20 }, (_, i) => `f${i + 1}`),
    `seed ${seed}`
  )
  assert.equal(
    one.acked,
    Array.from({ length: 20 }, (_, i) => i + 1)
  )
  assert.is(one.courier.report(0).pending, 0)
  assert.is(one.courier.report(0).problem, '')
})

test('a fire that the sink refuses for good is told once and does not hold the others', async () => {
  const one = begin((notice) => (noticeId(notice) === 'f1' ? refused('status 422') : DELIVERED))
  await one.courier.add(fire(1), 7)
  await one.courier.add(fire(2), 8)
  await until(20_000, 'both are done', () => one.acked.length === 2)
  await one.end()
  assert.equal(
    [one.taken, one.acked],
    [
      ['f1 refused: status 422', 'f2'],
      [7, 8],
    ]
  )
  assert.is(one.courier.report(0).refused, 1)
})

test('beyond its rate a sink is sent one summary, which stands for the others, and only then they are acknowledged', async () => {
  let nowMs = 0
  const one = begin(
    () => DELIVERED,
    { rateLimit: { fires: 2, per: '1m' } },
    () => nowMs
  )
  for (let n = 1; n <= 14; n++) await one.courier.add(fire(n), n)
  await until(
    20_000,
    'two are taken and the rest waits',
    () => one.courier.report(0).pending === 12
  )
  assert.equal(
    [one.taken, one.acked],
    [
      ['f1', 'f2'],
      [1, 2],
    ]
  )
  nowMs = 60_000
  await one.courier.add(fire(15), 15)
  await until(20_000, 'the summary and the next', () => one.acked.length === 4)
  await one.end()
  assert.equal(
    [one.taken, one.acked],
    [
      ['f1', 'f2', '12 more', 'f15'],
      [1, 2, 14, 15],
    ]
  )
  assert.equal([one.courier.report(0).delivered, one.courier.report(0).summarised], [3, 12])
})

test('the summary comes by itself when the span is over, and one fire alone is sent as it is', async () => {
  const one = begin(() => DELIVERED, { rateLimit: { fires: 1, per: '100ms' } })
  await one.courier.add(fire(1), 1)
  await one.courier.add(fire(2), 2)
  await until(20_000, 'both are taken', () => one.acked.length === 2)
  await one.end()
  assert.equal(one.taken, ['f1', 'f2'])
})

test('a sink that asks for time is given it', async () => {
  const times: number[] = []
  const one = begin((_, attempt) => {
    times.push(performance.now())
    return attempt === 1 ? retry('status 429', 700) : DELIVERED
  })
  await one.courier.add(fire(1), 1)
  await until(20_000, 'it is taken', () => one.acked.length === 1)
  await one.end()
  assert.ok(times[1]! - times[0]! >= 690, `${times[1]! - times[0]!} ms`)
})

test('an offered fire that was taken is not sent again when the stream brings it; one that failed is', async () => {
  let isUp = true
  const one = begin(() => (isUp ? DELIVERED : retry('down', 1)))
  one.courier.offer(fire(1))
  await until(20_000, 'it is taken', () => one.taken.length === 1)
  isUp = false
  one.courier.offer(fire(2))
  await until(20_000, 'it was tried', () => one.attempts.length === 2)
  isUp = true
  await one.courier.add(fire(1), 1)
  await one.courier.add(fire(2), 2)
  await until(20_000, 'both are acknowledged', () => one.acked.length === 2)
  await one.end()
  assert.equal(
    [one.taken, one.acked],
    [
      ['f1', 'f2'],
      [1, 2],
    ]
  )
})

test('what a sink has not taken when the signal stops is not acknowledged', async () => {
  const one = begin(() => retry('down', 60_000))
  await one.courier.add(fire(1), 1)
  await until(20_000, 'it was tried', () => one.attempts.length === 1)
  assert.is(one.courier.failures, 1)
  assert.is(one.courier.report(3).problem, 'down')
  assert.is(one.courier.report(3).pending, 4)
  await one.end()
  assert.equal(one.acked, [])
})

test.run()
