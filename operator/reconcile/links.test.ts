// Links to a real nats-server: streams are made, what is deleted is made again in time, and many are not asked about one
// by one.

import { connect, type JetStreamManager, type NatsConnection } from 'nats'
import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { logSubjects, streamName } from '#bus/names.ts'
import type { StreamWant } from '#bus/stream-config.ts'
import { until } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { NatsLinks } from './links.ts'

const test = suite('links to NATS')
const KEY = 'n/prod'
let nats: TestNats
let nc: NatsConnection
let manager: JetStreamManager

test.before(async () => {
  nats = await startNats()
  nc = await connect({ servers: nats.url })
  manager = await nc.jetstreamManager()
})
test.after(async () => {
  await nc?.close()
  await nats?.stop()
})

const want = (feed: string): StreamWant => ({
  name: streamName('prod', feed),
  subjects: [logSubjects('prod', feed)],
  ...{ maxAgeMs: 3_600_000, maxBytes: 1 << 20, replicas: 1, duplicateWindowMs: 120_000 },
})
/** Questions that JetStream has answered, without the one that asks for it. */
let own = 0
const asked = async (): Promise<number> => (await manager.getAccountInfo()).api.total - ++own

test('many streams are asked about at once, and one that was deleted is made again', async () => {
  let now = 0
  const links = new NatsLinks({
    log: pino({ level: 'silent' }),
    nowMs: () => now,
    onReport: () => {},
    onChange: () => {},
  })
  try {
    links.want(KEY, { url: nats.url, credentials: undefined })
    await until(10_000, 'connected', () => links.status(KEY).connected)
    const feeds = Array.from({ length: 80 }, (_, i) => `f${i}`)
    const ensureAll = async () => {
      for (const feed of feeds)
        assert.is((await links.ensureStream(KEY, want(feed))).kind, 'good', feed)
    }
    await ensureAll()
    now += 25_000
    const before = await asked()
    await ensureAll()
    const questions = (await asked()) - before
    assert.ok(questions <= 2, `${questions} questions about 80 streams`)

    await manager.streams.delete(streamName('prod', 'f7'))
    now += 25_000
    await ensureAll()
    assert.is((await manager.streams.info(streamName('prod', 'f7'))).config.max_bytes, 1 << 20)

    // What is there is looked at by itself now and then: somebody may have changed it.
    await manager.streams.update(streamName('prod', 'f9'), { max_bytes: 1 << 10 })
    for (let i = 0; i < 20; i++) {
      now += 25_000
      await ensureAll()
    }
    assert.is((await manager.streams.info(streamName('prod', 'f9'))).config.max_bytes, 1 << 20)
  } finally {
    await links.close()
  }
})

test('an Environment dials as its workloads do: a list of servers, and what is no address is said', async () => {
  let now = 0
  const links = new NatsLinks({
    log: pino({ level: 'silent' }),
    nowMs: () => now++,
    onReport: () => {},
    onChange: () => {},
  })
  try {
    links.want(KEY, { url: `nats://127.0.0.1:1, ${nats.url}`, credentials: undefined })
    await until(30_000, 'connected to the second', () => links.status(KEY).connected)
    links.want(KEY, { url: 'http://127.0.0.1:1', credentials: undefined })
    await until(10_000, 'refused', () => links.status(KEY).why.startsWith('the URL of NATS is not'))
    assert.not.ok(links.status(KEY).connected)
  } finally {
    await links.close()
  }
})

test.run()
