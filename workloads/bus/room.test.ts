import type { NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { makeRoom } from './room.ts'
import { ensureStream } from './stream.ts'
import { startBus, streamWant, type TestBus } from './testing/bus.ts'

const test = suite<{ bus: TestBus }>('room')
test.before(async (context) => {
  context.bus = await startBus()
})
test.after(async ({ bus }) => bus.close())

const MESSAGE = Buffer.alloc(1000)

// A stream of 100 kB with `count` messages of a kilobyte in it.
async function fill(nc: NatsConnection, name: string, count: number): Promise<void> {
  await ensureStream(nc, streamWant(name, { maxBytes: 100_000 }))
  const js = nc.jetstream()
  for (let i = 0; i < count; i++) await js.publish(`${name}.log.0`, MESSAGE)
}

// A durable consumer that has acknowledged the first `count` messages.
async function archive(nc: NatsConnection, stream: string, durable: string, count: number) {
  const jsm = await nc.jetstreamManager()
  const policy = { ack_policy: 'all', durable_name: durable } as never
  await jsm.consumers.add(stream, policy)
  if (count === 0) return
  const consumer = await nc.jetstream().consumers.get(stream, durable)
  const messages = await consumer.fetch({ max_messages: count })
  let last: { ackAck(): Promise<boolean> } | undefined
  for await (const message of messages) last = message
  await last?.ackAck()
}

const firstOf = async (nc: NatsConnection, name: string): Promise<number> =>
  (await (await nc.jetstreamManager()).streams.info(name)).state.first_seq

test('a stream that has room is left as it is', async ({ bus: { nc } }) => {
  await fill(nc, 'roomy', 40)
  await archive(nc, 'roomy', 'archive_a', 40)
  assert.is(await within(10_000, 'room', makeRoom(nc, 'roomy')), 0)
  assert.is(await firstOf(nc, 'roomy'), 1)
})

test('the older half of what is archived makes room in a stream that fills', async ({
  bus: { nc },
}) => {
  await fill(nc, 'filling', 80)
  await archive(nc, 'filling', 'archive_a', 60)
  assert.is(await within(10_000, 'room', makeRoom(nc, 'filling')), 30)
  assert.is(await firstOf(nc, 'filling'), 31)
})

test('what one archive has not acknowledged stays, even when the stream is full', async ({
  bus: { nc },
}) => {
  await fill(nc, 'unread', 80)
  await archive(nc, 'unread', 'archive_a', 80)
  await archive(nc, 'unread', 'archive_b', 10)
  assert.is(await within(10_000, 'room', makeRoom(nc, 'unread')), 5)
  for (let i = 0; i < 10; i++) await makeRoom(nc, 'unread')
  assert.is(await firstOf(nc, 'unread'), 11)
  await archive(nc, 'unread', 'archive_c', 0)
  assert.is(await makeRoom(nc, 'unread'), 0)
})

test('without any archive nothing is removed', async ({ bus: { nc } }) => {
  await fill(nc, 'nobody', 80)
  assert.is(await within(10_000, 'room', makeRoom(nc, 'nobody')), 0)
})

test.run()
