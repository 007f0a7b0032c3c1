import type { NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut, within } from '#testing/deadline.ts'
import { askJetStream } from './api.ts'
import {
  type AckedBlock,
  BlockPublisher,
  maxBlockBytes,
  type PublisherOptions,
} from './publisher.ts'
import { ensureStream } from './stream.ts'
import { readStream, startBus, streamWant, type TestBus, whole } from './testing/bus.ts'

const test = suite<{ bus: TestBus }>('publisher')
test.before(async (context) => {
  context.bus = await startBus()
})
test.after(async ({ bus }) => bus.close())

type Watched = {
  readonly publisher: BlockPublisher
  readonly acked: AckedBlock[]
  readonly troubles: (string | null)[]
}

function start(bus: TestBus, over: Partial<PublisherOptions> = {}): Watched {
  const acked: AckedBlock[] = []
  const troubles: (string | null)[] = []
  const publisher = new BlockPublisher({
    log: bus.log,
    random: () => 0.5,
    nowMs: () => performance.now(),
    onAcked: (block) => acked.push(block),
    onTrouble: (message) => troubles.push(message),
    ...over,
  })
  publisher.attach(bus.nc)
  return { publisher, acked, troubles }
}

const text = (i: number, bytes = 0): Uint8Array => Buffer.from(`block ${i}`.padEnd(bytes, '.'))
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `c:${i}`)

/** Each id is there, and none of them twice. */
function assertEachOnce(stored: readonly { id: string }[], count: number): void {
  const seen = new Map<string, number>()
  for (const { id } of stored) seen.set(id, (seen.get(id) ?? 0) + 1)
  assert.equal(
    ids(count).filter((id) => !seen.has(id)),
    [],
    'lost'
  )
  assert.equal(
    [...seen].filter(([, times]) => times > 1),
    [],
    'twice'
  )
}

test('blocks reach the stream in order, byte for byte, with their ids, and each is reported once', async ({
  bus,
}) => {
  await ensureStream(bus.nc, streamWant('plain'))
  const { publisher, acked, troubles } = start(bus)
  for (let i = 0; i < 1000; i++) publisher.publish('plain.log.0', `c:${i}`, text(i), 0, whole)
  assert.is(publisher.pendingBlocks, 1000)
  await within(10_000, 'acknowledged', publisher.idle())
  assert.equal([publisher.pendingBlocks, publisher.pendingBytes, publisher.acked], [0, 0, 1000])
  publisher.close()
  const stored = await readStream(bus.nc, 'plain')
  assert.equal(
    stored.map((block) => block.id),
    ids(1000)
  )
  assert.equal(
    stored.map((block) => block.text),
    stored.map((_, i) => `block ${i}`)
  )
  assert.equal(
    acked.map((block) => block.id),
    ids(1000)
  )
  assert.ok(acked.every((block) => !block.duplicate && block.latencyMs >= 0 && block.bytes >= 7))
  assert.equal(troubles, [])
})

test('a block that the stream has already counts as acknowledged', async ({ bus }) => {
  await ensureStream(bus.nc, streamWant('twice'))
  const { publisher, acked } = start(bus)
  publisher.publish('twice.log.0', 'c:0', text(0), 0, whole)
  publisher.publish('twice.log.0', 'c:0', text(0), 0, whole)
  await within(20_000, 'acknowledged', publisher.idle())
  publisher.close()
  assert.equal(
    acked.map((block) => block.duplicate),
    [false, true]
  )
  assert.is((await readStream(bus.nc, 'twice')).length, 1)
})

test('a full stream is waited for, shown, and filled up in order once it is widened', async ({
  bus,
}) => {
  await ensureStream(bus.nc, streamWant('full', { maxBytes: 300_000 }))
  const { publisher, troubles } = start(bus)
  for (let i = 0; i < 100; i++) publisher.publish('full.log.0', `c:${i}`, text(i, 10_000), 0, whole)
  await until(20_000, 'trouble', () => troubles.length > 0)
  assert.match(String(troubles[0]), /maximum bytes exceeded/)
  await until(20_000, 'answers', () => publisher.acked > 20)
  const held = publisher.pendingBytes
  assert.ok(held > 500_000 && held < 800_000, `${held}`)
  await ensureStream(bus.nc, streamWant('full', { maxBytes: 3_000_000 }))
  await within(15_000, 'acknowledged', publisher.idle())
  publisher.close()
  assert.is(troubles.at(-1), null)
  const stored = await readStream(bus.nc, 'full')
  assert.equal(
    stored.map((block) => block.id),
    ids(100)
  )
})

test('while a stream is full, one block at a time is tried, not all of them', async ({ bus }) => {
  await ensureStream(bus.nc, streamWant('probe', { maxBytes: 20_000 }))
  const { publisher, troubles } = start(bus, { random: () => 0 })
  for (let i = 0; i < 50; i++) publisher.publish('probe.log.0', `c:${i}`, text(i, 10_000), 0, whole)
  await until(20_000, 'trouble', () => troubles.length > 0)
  const before = bus.nc.stats().outMsgs
  let tries = 0
  await until(20_000, 'five tries', () => {
    tries = bus.nc.stats().outMsgs - before
    return tries >= 5
  })
  assert.ok(tries < 12, `${tries} blocks sent for five tries`)
  publisher.close()
})

test('a missing stream is shown, and what waited for it arrives when it is made', async ({
  bus,
}) => {
  const { publisher, troubles } = start(bus)
  for (let i = 0; i < 20; i++) publisher.publish('later.log.0', `c:${i}`, text(i), 0, whole)
  await until(20_000, 'trouble', () => troubles.length > 0)
  assert.is(troubles[0], 'no stream takes later.log.0')
  await ensureStream(bus.nc, streamWant('later'))
  await within(15_000, 'acknowledged', publisher.idle())
  publisher.close()
  assert.equal(
    (await readStream(bus.nc, 'later')).map((block) => block.id),
    ids(20)
  )
})

test('a deleted stream is made again by the publisher where it is told how', async ({ bus }) => {
  const want = streamWant('deleted')
  await ensureStream(bus.nc, want)
  const { publisher, troubles } = start(bus, { restoreStream: () => ensureStream(bus.nc, want) })
  publisher.publish('deleted.log.0', 'c:before', text(0), 0, whole)
  await within(20_000, 'acknowledged', publisher.idle())
  await askJetStream(bus.nc, 'STREAM.DELETE.deleted', undefined, 'test')
  for (let i = 0; i < 20; i++) publisher.publish('deleted.log.0', `c:${i}`, text(i), 0, whole)
  await within(15_000, 'acknowledged', publisher.idle())
  publisher.close()
  assert.equal(troubles, ['no stream takes deleted.log.0', null])
  assert.equal(
    (await readStream(bus.nc, 'deleted')).map((block) => block.id),
    ids(20)
  )
})

test('a block that the stream refuses for its size holds no other up', async ({ bus }) => {
  await ensureStream(bus.nc, streamWant('sizes'))
  const { config } = await askJetStream<{ config: object }>(
    bus.nc,
    'STREAM.INFO.sizes',
    undefined,
    'test'
  )
  const narrow = { ...config, max_msg_size: 1000 }
  await askJetStream(bus.nc, 'STREAM.UPDATE.sizes', narrow, 'test')
  const { publisher, troubles } = start(bus)
  publisher.publish('sizes.log.0', 'c:large', text(0, 2000), 0, whole)
  for (let i = 0; i < 50; i++) publisher.publish('sizes.log.0', `c:${i}`, text(i), 0, whole)
  await until(20_000, 'the others', () => publisher.acked === 50)
  assert.match(String(troubles.at(-1)), /size exceeds maximum.*c:large/)
  assert.is(publisher.pendingBlocks, 1)
  await askJetStream(bus.nc, 'STREAM.UPDATE.sizes', { ...config, max_msg_size: -1 }, 'test')
  await within(10_000, 'the large one', publisher.idle())
  publisher.close()
  assert.is(troubles.at(-1), null)
  assert.is((await readStream(bus.nc, 'sizes')).length, 51)
})

test('a block larger than NATS takes is given up by name, and holds no other up', async ({
  bus,
}) => {
  await ensureStream(bus.nc, streamWant('over'))
  const given: [number, number][] = []
  const { publisher } = start(bus)
  const limit = maxBlockBytes(bus.nc)
  publisher.publish('over.log.0', 'c:x', new Uint8Array(limit + 1), 0, {
    tooLarge(block, most) {
      given.push([block.length, most])
      return []
    },
  })
  publisher.publish('over.log.0', 'c:0', text(0), 0, whole)
  await within(20_000, 'the other', publisher.idle())
  assert.equal(given, [[limit + 1, limit]])
  assert.is(publisher.pendingBlocks, 0)
  assert.is(publisher.pendingBytes, 0)
  publisher.close()
})

test('while no server is connected no block is too large: the one that comes next says what it takes', async () => {
  const bus = await startBus()
  try {
    await ensureStream(bus.nc, streamWant('grown'))
    const given: string[] = []
    const { publisher } = start(bus)
    const large = (id: string) =>
      publisher.publish('grown.log.0', id, new Uint8Array(3 * 1024 * 1024), 0, {
        tooLarge() {
          given.push(id)
          return []
        },
      })
    await bus.nats.kill()
    await until(20_000, 'down', () => publisher.maxBlockBytes === Number.POSITIVE_INFINITY)
    large('c:0')
    await bus.nats.restart({ maxPayload: 4 * 1024 * 1024 })
    await within(20_000, 'stored by a server that takes it', publisher.idle())
    assert.equal(given, [])
    await bus.nats.kill()
    await until(20_000, 'down again', () => publisher.maxBlockBytes === Number.POSITIVE_INFINITY)
    large('c:1')
    publisher.publish('grown.log.0', 'c:2', text(2), 0, whole)
    await bus.nats.restart({ maxPayload: 1024 * 1024 })
    await within(20_000, 'the others', publisher.idle())
    assert.equal(given, ['c:1'], 'one that takes less gets what it takes')
    publisher.close()
    assert.equal(
      (await readStream(bus.nc, 'grown')).map(({ id }) => id),
      ['c:0', 'c:2']
    )
  } finally {
    await bus.close()
  }
})

test('before there is a connection blocks wait, and leave in order, smaller ones in the place of a large one', async ({
  bus,
}) => {
  await ensureStream(bus.nc, streamWant('before'))
  let now = 5_000
  const acked: AckedBlock[] = []
  const publisher = new BlockPublisher({
    log: bus.log,
    random: () => 0.5,
    nowMs: () => now,
    onAcked: (block) => acked.push(block),
    onTrouble: (message) => assert.unreachable(String(message)),
  })
  const limit = maxBlockBytes(bus.nc)
  assert.is(publisher.unackedMs(), 0)
  assert.is(publisher.maxBlockBytes, Number.POSITIVE_INFINITY)
  publisher.publish('before.log.0', 'c:0', text(0), 1_000, whole)
  publisher.publish('before.log.0', 'c:large', new Uint8Array(limit + 1), 500, {
    tooLarge() {
      publisher.publish('before.log.0', 'c:said', text(9), 0, whole)
      return [1, 2].map((i) => ({ id: `c:${i}`, block: text(i), ageMs: 1_500 }))
    },
  })
  publisher.publish('before.log.0', 'c:3', text(3), 200, whole)
  assert.is(publisher.pendingBytes, 2 * text(0).length + limit + 1)
  assert.equal([publisher.pendingBlocks, publisher.unackedMs()], [3, 1_000])
  now = 6_000
  publisher.attach(bus.nc)
  assert.is(publisher.maxBlockBytes, limit)
  await within(20_000, 'acknowledged', publisher.idle())
  publisher.close()
  assert.equal([publisher.pendingBlocks, publisher.pendingBytes, publisher.unackedMs()], [0, 0, 0])
  const order = ['c:0', 'c:1', 'c:2', 'c:3', 'c:said']
  assert.equal(
    (await readStream(bus.nc, 'before')).map(({ id }) => id),
    order
  )
  assert.equal(
    acked.map(({ recvToAckMs, latencyMs }) => [recvToAckMs, latencyMs]),
    [
      [2_000, 1_000],
      [1_500, 1_000],
      [1_500, 1_000],
      [1_200, 1_000],
      [0, 0],
    ]
  )
})

test('closed before there was a connection, it says what is left behind and attaches to none', async ({
  bus,
}) => {
  const publisher = new BlockPublisher({
    log: bus.log,
    random: () => 0.5,
    nowMs: () => 1,
    onAcked: () => assert.unreachable(),
    onTrouble: () => assert.unreachable(),
  })
  publisher.publish('never.log.0', 'c:0', text(0), 0, whole)
  const idle = publisher.idle().then(
    () => 'resolved',
    (thrown: Error) => thrown.message
  )
  publisher.close()
  publisher.attach(bus.nc)
  assert.match(await within(20_000, 'idle', idle), '1 blocks were not acknowledged')
})

test('a block of the largest size passes', async ({ bus }) => {
  await ensureStream(bus.nc, streamWant('largest'))
  const { publisher } = start(bus)
  publisher.publish('largest.log.0', 'c:0', new Uint8Array(maxBlockBytes(bus.nc)), 0, whole)
  await within(20_000, 'acknowledged', publisher.idle())
  publisher.close()
})

/** A stand-in for JetStream: `answer` sees each attempt and may reply what it likes. */
function fakeStream(
  nc: NatsConnection,
  subject: string,
  answer: (attempt: number) => string | null
) {
  const payloads: string[] = []
  let attempt = 0
  const sub = nc.subscribe(subject, {
    callback: (_, msg) => {
      payloads.push(`${msg.headers?.get('Nats-Msg-Id')} ${msg.string()}`)
      const reply = answer(attempt++)
      if (reply !== null) msg.respond(reply)
    },
  })
  return { payloads, close: () => sub.unsubscribe() }
}

test('a block without an answer is sent again with the same bytes and id', async ({ bus }) => {
  const fake = fakeStream(bus.nc, 'fake.a', (attempt) => (attempt < 2 ? null : '{"seq":1}'))
  let ahead = 0
  const { publisher, troubles } = start(bus, { nowMs: () => performance.now() + ahead })
  publisher.publish('fake.a', 'c:1', text(1), 0, whole)
  for (const sent of [1, 2, 3]) {
    await until(20_000, `attempt ${sent}`, () => fake.payloads.length >= sent)
    ahead += 6_000
  }
  await within(20_000, 'acknowledged', publisher.idle())
  publisher.close()
  fake.close()
  assert.equal(fake.payloads, ['c:1 block 1', 'c:1 block 1', 'c:1 block 1'])
  assert.equal(troubles, ['JetStream has not answered for 5 s', null])
})

test('nothing is sent again before the time is up', async ({ bus }) => {
  const fake = fakeStream(bus.nc, 'fake.b', () => null)
  const { publisher, troubles } = start(bus)
  publisher.publish('fake.b', 'c:1', text(1), 0, whole)
  await waitOut(1_700, 'three checks, which must send nothing again')
  assert.is(fake.payloads.length, 1)
  assert.equal(troubles, [])
  publisher.close()
  fake.close()
})

test('an error of JetStream is tried again and shown; one about another attempt does no harm', async ({
  bus,
}) => {
  const errors = ['{"error":{"code":503,"err_code":10023,"description":"insufficient resources"}}']
  const fake = fakeStream(bus.nc, 'fake.c', () => errors.pop() ?? '{"seq":1,"duplicate":true}')
  const { publisher, troubles, acked } = start(bus)
  publisher.publish('fake.c', 'c:1', text(1), 0, whole)
  await within(20_000, 'acknowledged', publisher.idle())
  publisher.close()
  fake.close()
  assert.equal(troubles, ['JetStream refuses blocks: insufficient resources', null])
  assert.is(acked[0]?.duplicate, true)
})

test('closing says how many blocks are left behind, and takes no more', async ({ bus }) => {
  const { publisher } = start(bus)
  publisher.publish('nobody.log.0', 'c:1', text(1), 0, whole)
  const idle = publisher.idle()
  publisher.close()
  const error = await idle.then(
    () => assert.unreachable(),
    (thrown) => thrown
  )
  assert.match((error as Error).message, /1 blocks were not acknowledged/)
  assert.throws(() => publisher.publish('nobody.log.0', 'c:2', text(2), 0, whole), /closed/)
})

test('kill -9 and restart of the server under load: every block is in the stream, none twice', async () => {
  const bus = await startBus()
  try {
    await ensureStream(bus.nc, streamWant('kill'))
    // Time stands still: only the new connection brings back what the old one had on its socket, no timeout.
    const { publisher, troubles } = start(bus, { nowMs: () => 1 })
    const count = 6_000
    let next = 0
    const publishSome = (): void => {
      for (let i = 0; i < 40 && next < count; i++, next++) {
        publisher.publish('kill.log.0', `c:${next}`, text(next, 2_000), 0, whole)
      }
      if (next < count) setTimeout(publishSome, 10)
    }
    publishSome()
    for (const at of [1_000, 2_500, 4_000]) {
      await until(20_000, `${at} published`, () => next >= at && publisher.acked > at / 2)
      // Standing still first, so that blocks are on the socket that the server never reads.
      await bus.nats.kill('SIGSTOP')
      const from = next
      await until(20_000, 'blocks on the socket', () => next > from)
      await bus.nats.kill('SIGKILL')
      await bus.nats.restart()
    }
    await until(20_000, 'all published', () => next === count)
    await within(20_000, 'acknowledged', publisher.idle())
    publisher.close()
    assert.ok(troubles.includes('the connection to NATS is down'))
    assert.is(troubles.at(-1), null)
    assertEachOnce(await readStream(bus.nc, 'kill'), count)
  } finally {
    await bus.close()
  }
})

test('a server that stands still is not flooded, and gets each block once when it goes on', async () => {
  const bus = await startBus()
  try {
    await ensureStream(bus.nc, streamWant('still'))
    let ahead = 0
    const { publisher, troubles } = start(bus, { nowMs: () => performance.now() + ahead })
    publisher.publish('still.log.0', 'c:0', text(0), 0, whole)
    await within(20_000, 'acknowledged', publisher.idle())
    await bus.nats.kill('SIGSTOP')
    const before = bus.nc.stats().outBytes
    for (let i = 1; i < 400; i++)
      publisher.publish('still.log.0', `c:${i}`, text(i, 100_000), 0, whole)
    await until(20_000, 'the window is full', () => bus.nc.stats().outBytes - before > 16e6)
    // Long past every timeout: still nothing more on the socket.
    for (let round = 0; round < 3; round++) {
      ahead += 6_000
      await waitOut(600, 'a check, which must send nothing more')
    }
    const sent = bus.nc.stats().outBytes - before
    assert.ok(sent < 17.5e6, `${sent} bytes of 40 MB on the socket`)
    assert.equal(troubles, ['JetStream has not answered for 5 s'])
    assert.ok(publisher.pendingBytes > 39e6)
    await bus.nats.kill('SIGCONT')
    await within(20_000, 'acknowledged', publisher.idle())
    publisher.close()
    assertEachOnce(await readStream(bus.nc, 'still'), 400)
  } finally {
    await bus.nats.kill('SIGCONT')
    await bus.close()
  }
})

test.run()
