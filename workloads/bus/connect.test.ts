import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SsmdError } from '#crds/errors.ts'
import { until, within } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { connectBus } from './connect.ts'
import { collectLogs } from './testing/logs.ts'

const test = suite('connect')

test('a server that is not there yet is waited for, and the log says so once', async () => {
  const first = await startNats()
  const { port } = first
  await first.stop()
  const { log, lines } = collectLogs()
  const { signal } = new AbortController()
  const url = `nats://127.0.0.1:${port}`
  const connected = connectBus({ url, name: 'late', log, signal, random: () => 0 })
  await until(20_000, 'three attempts', () => lines.length >= 1)
  const second = await startNats({ port })
  const nc = await within(15_000, 'connected', connected)
  await nc.close()
  await second.stop()
  assert.equal(
    lines.map((line) => line.msg),
    ['NATS cannot be reached; retrying', 'connected to NATS']
  )
  assert.match(String(lines[0]?.reason), /CONNECTION_REFUSED/)
})

test('a connection that is lost comes back by itself, and both are logged', async () => {
  const nats = await startNats()
  const { log, lines } = collectLogs()
  const { signal } = new AbortController()
  const nc = await connectBus({ url: nats.url, name: 'x', log, signal })
  await nats.restart()
  const again = () => lines.some((line) => line.msg === 'connected to NATS again')
  await until(15_000, 'connected again', again)
  assert.ok(lines.some((line) => line.msg === 'connection to NATS lost'))
  await nc.close()
  await nats.stop()
})

test('the signal ends the wait', async () => {
  const gone = await startNats()
  await gone.stop()
  const { log } = collectLogs()
  const stop = new AbortController()
  const connected = connectBus({ url: gone.url, name: 'x', log, signal: stop.signal })
  const failed = connected.then(
    () => assert.unreachable(),
    (error: Error) => error
  )
  setTimeout(() => stop.abort(new Error('enough')), 50)
  assert.is(((await within(20_000, 'ended', failed)) as Error).message, 'enough')
})

test('a URL that is none is refused at once, and its password is not repeated', async () => {
  const { log, lines } = collectLogs()
  const { signal } = new AbortController()
  for (const url of ['http://me:secret@x:4222', 'nats://me:secret@', '::secret']) {
    const error: SsmdError = await connectBus({ url, name: 'x', log, signal }).then(
      () => assert.unreachable() as never,
      (thrown) => thrown
    )
    assert.is(error.code, 'SSMD_E_NATS')
    assert.match(error.message, /not nats:\/\/host:port/)
    assert.not.match(error.message + JSON.stringify(lines), /secret/)
  }
})

test.run()
