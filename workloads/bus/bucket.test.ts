// A bucket against a real server, read back with the client library's own KV.

import type { NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { ensureBucket, maxValueBytes, readKey, writeKey } from './bucket.ts'
import { startBus } from './testing/bus.ts'

const test = suite('bucket')

const connectedAgain = (nc: NatsConnection): Promise<void> =>
  until(20_000, 'connected again', () =>
    nc.rtt().then(
      () => true,
      () => false
    )
  )

test('a value is kept over a kill of the server, and the nats client reads it as a KV bucket', async () => {
  const bus = await startBus({ sync: 'always' })
  try {
    const { nc } = bus
    await ensureBucket(nc, { name: 'ssmd_test_signals', replicas: 1 })
    await ensureBucket(nc, { name: 'ssmd_test_signals', replicas: 1 })
    assert.is(await readKey(nc, 'ssmd_test_signals', 'wide'), undefined)
    await writeKey(nc, 'ssmd_test_signals', 'wide', Buffer.from('one'))
    await writeKey(nc, 'ssmd_test_signals', 'wide', Buffer.from('two'))
    await writeKey(nc, 'ssmd_test_signals', 'other', Buffer.from('else'))
    const kv = await nc.jetstream().views.kv('ssmd_test_signals', { bindOnly: true })
    assert.is((await kv.get('wide'))?.string(), 'two')
    await bus.nats.restart()
    await connectedAgain(nc)
    const value = await readKey(nc, 'ssmd_test_signals', 'wide')
    assert.is(Buffer.from(value ?? []).toString(), 'two')
    await kv.delete('wide')
    assert.is(await readKey(nc, 'ssmd_test_signals', 'wide'), undefined)
  } finally {
    await bus.close()
  }
})

test('a value as large as may be is taken, and a server with a smaller limit says so before', async () => {
  const bus = await startBus()
  try {
    const { nc } = bus
    await ensureBucket(nc, { name: 'b', replicas: 1 })
    assert.is(maxValueBytes(nc), 1_000_000)
    await writeKey(nc, 'b', 'k', Buffer.alloc(1_000_000, 97))
    assert.is((await readKey(nc, 'b', 'k'))?.length, 1_000_000)
    await bus.nats.restart({ maxPayload: 65_536 })
    await connectedAgain(nc)
    assert.is(maxValueBytes(nc), 64_512)
  } finally {
    await bus.close()
  }
})

test('a bucket that does not exist is an error that names it', async () => {
  const bus = await startBus()
  try {
    await writeKey(bus.nc, 'none', 'k', Buffer.from('x'))
    assert.unreachable()
  } catch (thrown) {
    assert.match((thrown as Error).message, /writing k of bucket none/)
  } finally {
    await bus.close()
  }
})

test.run()
