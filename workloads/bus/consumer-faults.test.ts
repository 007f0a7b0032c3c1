import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { connectBus } from './connect.ts'
import { BlockConsumer, type ConsumerOptions } from './consumer.ts'
import { type FakeJetStream, startFakeJetStream } from './testing/fake-jetstream.ts'
import { collectLogs, type LogLine } from './testing/logs.ts'

const test = suite('consumer faults')

type Running = {
  readonly fake: FakeJetStream
  readonly consumer: BlockConsumer
  /** All sequences that were handed out. */
  readonly got: number[]
  readonly lines: LogLine[]
}

/** Runs `body` with a consumer on a JetStream that lies. */
async function withFake(
  body: (running: Running) => Promise<void>,
  over: Partial<ConsumerOptions> = {}
): Promise<void> {
  const fake = await startFakeJetStream()
  const { log, lines } = collectLogs()
  const { signal } = new AbortController()
  const nc = await connectBus({ url: fake.url, name: 'test', log, signal })
  try {
    const consumer = await BlockConsumer.open(nc, {
      stream: 's',
      durable: 'd',
      startSequence: 1,
      log,
      signal,
      maxBytesInFlight: 16 * 1024 * 1024,
      random: () => 0,
      ...over,
    })
    const got: number[] = []
    const read = async (): Promise<void> => {
      for await (const batch of consumer) got.push(...batch.map((block) => block.sequence))
    }
    const reading = read()
    await until(20_000, 'a request', () => fake.pulls.length > 0)
    await body({ fake, consumer, got, lines })
    await consumer.close()
    await within(20_000, 'the end', reading)
  } finally {
    await nc.close()
    await fake.close()
  }
}

test('a lost delivery is noticed, and the consumer made anew to get it', () =>
  withFake(async ({ fake, got }) => {
    fake.deliver(1, 1)
    fake.deliver(2, 2)
    fake.deliver(4, 4)
    await until(20_000, 'a second consumer with its request', () => fake.pulls.length > 1)
    assert.equal(fake.made, [1, 3])
    fake.deliver(3, 1)
    fake.deliver(4, 2)
    await until(20_000, 'all blocks', () => got.length >= 4)
    assert.equal(got, [1, 2, 3, 4])
  }))

test('blocks that are delivered again are dropped, old ones and the last one', () =>
  withFake(async ({ fake, got }) => {
    fake.deliver(1, 1)
    fake.deliver(2, 2)
    fake.deliver(1, 3, 2)
    fake.deliver(2, 4, 2)
    fake.deliver(2, 5, 3)
    fake.deliver(3, 6)
    await until(20_000, 'all blocks', () => got.length >= 3)
    assert.equal([got, fake.made], [[1, 2, 3], [1]])
  }))

test('what a consumer of before still sends is ignored', () =>
  withFake(async ({ fake, got }) => {
    fake.deliver(1, 1)
    fake.deliver(9, 9)
    fake.deliver(2, 2)
    fake.deliver(3, 3)
    await until(20_000, 'a second consumer with its request', () => fake.pulls.length > 1)
    fake.deliver(2, 1)
    await until(20_000, 'the block', () => got.length >= 2)
    assert.equal(got, [1, 2])
    assert.equal(fake.made, [1, 2])
  }))

test('silence is noticed; heartbeats are not silence', () =>
  withFake(
    async ({ fake }) => {
      const since = performance.now()
      await until(10_000, 'a while with heartbeats', () => {
        fake.status(100, 'Idle Heartbeat')
        return performance.now() - since > 2_000
      })
      assert.equal(fake.made, [1])
      await until(10_000, 'a second consumer', () => fake.made.length > 1)
    },
    { heartbeatMs: 100 }
  ))

test('the end of a request brings the next, as large as what is free by then', () => {
  const maxBytesInFlight = 16 * 1024 * 1024
  return withFake(
    async ({ fake }) => {
      assert.is(fake.pulls[0]?.max_bytes, maxBytesInFlight)
      fake.status(408, 'Request Timeout', maxBytesInFlight)
      await until(20_000, 'the next request', () => fake.pulls.length > 1)
      assert.is(fake.pulls[1]?.max_bytes, maxBytesInFlight)
      fake.status(409, 'Message Size Exceeds MaxBytes', maxBytesInFlight)
      await until(20_000, 'a larger request', () => fake.pulls.length > 2)
      assert.is(fake.pulls[2]?.max_bytes, 2 * maxBytesInFlight)
      assert.equal(fake.made, [1])
    },
    { maxBytesInFlight }
  )
})

test('blocks that come after all was taken are gathered: one request takes them all', () =>
  withFake(async ({ fake, got }) => {
    fake.deliver(1, 1)
    fake.status(404, 'No Messages')
    await until(20_000, 'the next request', () => fake.pulls.length > 1)
    fake.deliver(2, 2)
    fake.deliver(3, 3)
    await until(20_000, 'the blocks', () => got.length === 3)
    assert.is(fake.pulls.length, 2, 'no request for each block')
    assert.equal(fake.made, [1])
  }))

test('what has gathered comes when it is asked for, and is handed out by then', () =>
  withFake(
    async ({ fake, consumer, got }) => {
      fake.deliver(1, 1)
      fake.status(404, 'No Messages')
      await until(20_000, 'the block', () => got.length === 1)
      // A no-op until the status was read.
      await until(20_000, 'the next request', () => {
        void consumer.ask()
        return fake.pulls.length > 1
      })
      fake.deliver(2, 2)
      fake.deliver(3, 3)
      fake.status(404, 'No Messages')
      await until(20_000, 'the blocks', () => got.length === 3)
      const gotThen = consumer.ask().then(() => [...got])
      await until(20_000, 'the third request', () => fake.pulls.length > 2)
      fake.atOnce(() => {
        fake.deliver(4, 4)
        fake.status(404, 'No Messages')
      })
      assert.equal(await within(20_000, 'the answer', gotThen), [1, 2, 3, 4])
      assert.is(fake.pulls.length, 3, 'and nothing else asks')
    },
    { gatherMs: 3_600_000 }
  ))

test('a stream without blocks holds nobody up who asks', () =>
  withFake(
    async ({ fake, consumer, lines }) => {
      await within(20_000, 'an answer while a request is under way', consumer.ask())
      fake.status(404, 'No Messages')
      await until(20_000, 'the next request', () => {
        void consumer.ask()
        return fake.pulls.length > 1
      })
      fake.status(404, 'No Messages')
      await until(20_000, 'a request that is answered by nothing', async () => {
        await consumer.ask()
        return fake.pulls.length > 2
      })
      assert.is(fake.pulls.length, 3)
      assert.not.ok(lines.some((line) => line.msg === 'recreating the consumer'))
    },
    { gatherMs: 3_600_000 }
  ))

for (const [code, description] of [
  [409, 'Consumer Deleted'],
  [409, 'Leadership Change'],
  [503, 'No Responders'],
] as const) {
  test(`${code} ${description}: the consumer is made anew`, () =>
    withFake(async ({ fake, got }) => {
      fake.deliver(1, 1)
      await until(20_000, 'the block', () => got.length > 0)
      fake.status(code, description)
      await until(20_000, 'a second consumer', () => fake.made.length > 1)
      assert.equal(fake.made, [1, 2])
    }))
}

test('an acknowledgement that is not confirmed is sent again until it is', () =>
  withFake(async ({ fake, consumer, got, lines }) => {
    fake.confirms = false
    fake.deliver(1, 1)
    fake.deliver(2, 2)
    await until(20_000, 'the blocks', () => got.length === 2)
    const acknowledged = consumer.acknowledge(2)
    await until(10_000, 'a word of it', () => lines.some((l) => l.msg === 'not acknowledged yet'))
    fake.confirms = true
    await within(10_000, 'confirmed', acknowledged)
    // Another attempt may have begun before the server confirmed again.
    assert.ok(fake.acks.length >= 2, String(fake.acks.length))
    assert.equal([...new Set(fake.acks)], ['$JS.ACK.s.d.1.2.2.1.0 +ACK'])
  }))

test.run()
