import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { LivePublisher } from './live.ts'
import { liveSubject } from './names.ts'
import { startBus, type TestBus } from './testing/bus.ts'

const test = suite<{ bus: TestBus }>('live')
test.before(async (context) => {
  context.bus = await startBus()
})
test.after(async ({ bus }) => bus.close())

const start = (bus: TestBus, feed: string, nowMs = () => performance.now()): LivePublisher =>
  new LivePublisher({ nc: bus.nc, environment: 'test', feed, nowMs })

test('with a listener every record arrives on its subject, in order', async ({ bus }) => {
  const live = start(bus, 'heard')
  const got: string[] = []
  bus.nc.subscribe('test.heard.live.>', {
    callback: (_, msg) => got.push(`${msg.subject} ${msg.string()}`),
  })
  const want: string[] = []
  for (let i = 0; i < 500; i++) {
    const symbol = i % 2 ? 'KX.A' : ''
    live.publish('trade', symbol, () => Buffer.from(`r${i}`))
    want.push(`${liveSubject('test', 'heard', 'trade', symbol)} r${i}`)
  }
  await until(20_000, 'all records', () => got.length >= 500)
  assert.equal(got, want)
  assert.equal([live.sent, live.dropped], [500, 0])
  live.close()
})

test('without a listener a subject is muted: records are not even encoded', async ({ bus }) => {
  let now = 1_000
  const live = start(bus, 'unheard', () => now)
  let encoded = 0
  const publish = (): void => live.publish('trade', 'A', () => Buffer.from(`${encoded++}`))
  publish()
  await until(20_000, 'muted', () => {
    const before = encoded
    publish()
    return encoded === before
  })
  const before = encoded
  now += 999
  for (let i = 0; i < 10_000; i++) publish()
  assert.is(encoded, before)
  live.close()
})

test('a listener that comes later is heard of within a second, and nobody else is sent to', async ({
  bus,
}) => {
  let now = 1_000
  const live = start(bus, 'later', () => now)
  let encodedB = 0
  const a = (): void => live.publish('trade', 'A', () => Buffer.from('a'))
  const b = (): void => live.publish('trade', 'B', () => Buffer.from(`${encodedB++}`))
  const muted = (publish: () => void) => () => {
    const before = live.sent
    publish()
    return live.sent === before
  }
  await until(20_000, 'A muted', muted(a))
  await until(20_000, 'B muted', muted(b))
  const got: string[] = []
  bus.nc.subscribe(liveSubject('test', 'later', 'trade', 'A'), {
    callback: (_, msg) => got.push(msg.string()),
  })
  await within(20_000, 'subscribed', bus.nc.flush())
  now += 1_001
  a()
  live.blockLeaves()
  await until(20_000, 'the record', () => got.length === 1)
  for (let i = 0; i < 100; i++) a()
  await until(20_000, 'all records', () => got.length === 101)
  b()
  live.blockLeaves()
  await until(20_000, 'B muted again', muted(b))
  const before = encodedB
  for (let i = 0; i < 100; i++) b()
  assert.is(encodedB, before)
  live.close()
})

test('after the mute nothing is written until a block leaves, and then nothing is missing', async ({
  bus,
}) => {
  let now = 1_000
  const live = start(bus, 'waits', () => now)
  let count = 0
  const publish = (): void => live.publish('trade', 'A', () => Buffer.from(`${count++}`))
  await until(20_000, 'muted', () => {
    const before = count
    publish()
    return count === before
  })
  const got: string[] = []
  bus.nc.subscribe('test.waits.live.>', { callback: (_, msg) => got.push(msg.string()) })
  await within(20_000, 'subscribed', bus.nc.flush())
  now += 1_001
  const first = count
  const { outMsgs } = bus.nc.stats()
  for (let i = 0; i < 3; i++) publish()
  assert.is(bus.nc.stats().outMsgs, outMsgs, 'they wait for a block')
  live.blockLeaves()
  assert.is(bus.nc.stats().outMsgs, outMsgs + 3)
  publish()
  assert.is(bus.nc.stats().outMsgs, outMsgs + 4, 'immediate from now on')
  const want = [0, 1, 2, 3].map((i) => `${first + i}`)
  await until(20_000, 'all records', () => got.length >= want.length)
  assert.equal(got, want)
  live.close()
})

test('with many subjects each is tried less often, so that the tries stay few', async ({ bus }) => {
  let now = 1_000
  const live = start(bus, 'many', () => now)
  const all = (): void => {
    for (let i = 0; i < 4_000; i++) live.publish('trade', `S${i}`, () => Buffer.from('x'))
  }
  all()
  await within(20_000, 'answered', bus.nc.flush())
  await until(20_000, 'all muted', () => {
    const before = live.sent
    all()
    return live.sent === before
  })
  const before = live.sent
  const tried = (): number => {
    all()
    live.blockLeaves()
    return live.sent - before
  }
  now += 2_000
  assert.is(tried(), 0)
  now += 2_001
  assert.is(tried(), 4_000)
  live.close()
})

test('a server that stands still costs bounded memory: live records are dropped and counted', async () => {
  const bus = await startBus()
  try {
    bus.nc.subscribe('test.still.live.>', { callback: () => undefined })
    await within(20_000, 'subscribed', bus.nc.flush())
    const live = start(bus, 'still')
    await bus.nats.kill('SIGSTOP')
    const before = bus.nc.stats().outBytes
    const record = new Uint8Array(10_000)
    for (let i = 0; i < 2_000; i++) live.publish('trade', 'A', () => record)
    const sent = bus.nc.stats().outBytes - before
    assert.ok(sent < 5e6, `${sent} bytes of 20 MB on the socket`)
    assert.is(live.sent + live.dropped, 2_000)
    assert.ok(live.dropped > 1_000)
    await bus.nats.kill('SIGCONT')
    await until(10_000, 'sending again', () => {
      const count = live.sent
      live.publish('trade', 'A', () => record)
      return live.sent > count
    })
    live.close()
  } finally {
    await bus.nats.kill('SIGCONT')
    await bus.close()
  }
})

test('while the connection is down nothing is sent, and afterwards it goes on', async () => {
  const bus = await startBus()
  try {
    let now = 1_000
    const live = start(bus, 'down', () => now)
    await until(20_000, 'another subject is muted', () => {
      const count = live.sent
      live.publish('trade', 'B', () => Buffer.from('before'))
      return live.sent === count
    })
    now += 1_001
    live.publish('trade', 'B', () => Buffer.from('waits'))
    await bus.nats.kill('SIGKILL')
    await until(20_000, 'the loss is known', () =>
      bus.lines.some((line) => line.msg === 'connection to NATS lost')
    )
    const before = bus.nc.stats().outMsgs
    for (let i = 0; i < 1_000; i++) live.publish('trade', 'A', () => new Uint8Array(10))
    assert.is(bus.nc.stats().outMsgs, before)
    await bus.nats.restart()
    const got: string[] = []
    bus.nc.subscribe('test.down.live.>', { callback: (_, msg) => got.push(msg.string()) })
    await until(15_000, 'a record', () => {
      live.publish('trade', 'A', () => Buffer.from('again'))
      return got.length > 0
    })
    live.blockLeaves()
    await within(20_000, 'all sent', bus.nc.flush())
    assert.equal([...new Set(got)], ['again'], 'what waited at the loss is not sent late')
    live.close()
  } finally {
    await bus.close()
  }
})

test.run()
