// test: limit 180s
// The archiver as a program, against a real nats-server: what is acknowledged is in the files, whatever is killed.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listDays } from '#archive/read/reader.ts'
import { encodeBlock, eventRecord } from '#archive/testing/blocks.ts'
import { readBack } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { reportSubjects } from '#bus/names.ts'
import type { ArchiverReport } from '#bus/report.ts'
import { until, waitOut } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { skip } from '#testing/skip.ts'
import { startRole, writeResources } from '#testing/stack.ts'

const test = suite('archiver')
const STREAM = 'ssmd_test_made'
const CONSUMER = 'archive_arc'

type Stage = AsyncDisposable & {
  readonly root: string
  readonly nats: TestNats
  readonly nc: NatsConnection
  start(): ReturnType<typeof startRole>
}

async function stage(root?: string, stream = '{}'): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-archiver-'))
  const nats = await startNats({ sync: 'always' })
  const nc = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  const path = root ?? join(dir, 'archive')
  const files = writeResources(join(dir, 'resources'), {
    environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: test}
spec:
  feeds: [made]
  transport: {url: "${nats.url}", stream: ${stream}}
`,
    archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: arc}
spec:
  environmentRef: {name: test}
  feeds: [made]
  storage: {path: "${path}"}
  commitInterval: 100ms
`,
  })
  return {
    root: path,
    nats,
    nc,
    start: () =>
      startRole(
        [
          'archiver',
          '--archive',
          files.archive,
          '--env',
          files.environment,
          '--health-addr',
          '127.0.0.1:0',
        ],
        { logFile: join(dir, 'archiver.log') }
      ),
    async [Symbol.asyncDispose]() {
      await nc.close()
      await nats.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Publishes blocks of a connection, each until it is acknowledged. */
class Publisher {
  readonly #nc: NatsConnection
  readonly #connection: string
  number = 0

  constructor(nc: NatsConnection, connection: string) {
    this.#nc = nc
    this.#connection = connection
  }

  async publish(count: number, payload = '{"type":"trade"}'): Promise<void> {
    const now = BigInt(Date.now()) * 1_000_000n
    const first = this.number + 1
    const records = Array.from({ length: count }, (_, i) =>
      first + i === 1
        ? eventRecord(now, { kind: 'open' })
        : { recv: now + BigInt(i), payload, symbol: `S${i % 5}` }
    )
    const bytes = encodeBlock({ connection: this.#connection, first, records })
    this.number += count
    for (let tries = 0; ; tries++) {
      try {
        await this.#nc
          .jetstream()
          .publish('test.made.log.0', bytes, { msgID: `${this.#connection}:${first}` })
        return
      } catch (thrown) {
        if (tries > 100) throw thrown
        await waitOut(50, 'the next try')
      }
    }
  }
}

/** 0 while the archiver makes its consumer anew. */
const ackedUpTo = async (nc: NatsConnection): Promise<number> => {
  const jsm = await nc.jetstreamManager()
  try {
    return (await jsm.consumers.info(STREAM, CONSUMER)).ack_floor.stream_seq
  } catch (thrown) {
    if ((thrown as { api_error?: { err_code?: number } }).api_error?.err_code === 10_014) return 0
    throw thrown
  }
}

async function isWhole(root: string, records: number): Promise<void> {
  assert.is(readBack(root).size, records)
  const report = await verifyArchive(root)
  assert.equal(report.problems, [])
  assert.is(report.records, records)
}

test('a stream smaller than what passes through it refuses nothing for long: what is archived makes room', async () => {
  await using s = await stage(undefined, '{maxBytes: 512Ki}')
  const archiver = await s.start()
  const publisher = new Publisher(s.nc, '01aaaaaaaaaaaaaa')
  const payload = JSON.stringify({ type: 'trade', filler: 'x'.repeat(1000) })
  // Three times what the stream may hold; each block is tried until it is taken.
  for (let i = 0; i < 15; i++) await publisher.publish(100, payload)
  await until(20_000, 'all acknowledged', async () => (await ackedUpTo(s.nc)) === 15)
  assert.is(await archiver.stop(), 0)
  await isWhole(s.root, 1500)
})

test('it makes stream and consumer, archives, acknowledges, and ends with 0', async () => {
  await using s = await stage()
  const archiver = await s.start()
  const publisher = new Publisher(s.nc, '01aaaaaaaaaaaaaa')
  for (let i = 0; i < 20; i++) await publisher.publish(10)
  await until(20_000, 'all acknowledged', async () => (await ackedUpTo(s.nc)) === 20)
  assert.is(readBack(s.root).size, 200)
  const metrics = await (await fetch(`http://${archiver.ready.health}/metrics`)).text()
  assert.match(metrics, 'ssmd_archiver_records_total{feed="made"} 200')
  assert.match(metrics, 'ssmd_archiver_archiving{feed="made"} 1')
  assert.match(metrics, /^ssmd_archiver_info\{environment="\w+",archive="\w+"\} 1$/m)
  const figure = (name: string) =>
    Number(new RegExp(`^${name}(?:{.*})? (\\S+)$`, 'm').exec(metrics)?.[1])
  assert.ok(
    Math.abs(Date.now() / 1000 - figure('ssmd_archiver_last_commit_timestamp_seconds')) < 600
  )
  assert.ok(figure('ssmd_archiver_free_bytes') > 1e6)
  assert.is((await fetch(`http://${archiver.ready.health}/readyz`)).status, 200)
  // What came a moment before the signal is committed and acknowledged, too.
  await publisher.publish(7)
  assert.is(await archiver.stop(), 0)
  const days = await listDays(s.root)
  assert.is(days[0]!.simulated, true)
  const acked = await ackedUpTo(s.nc)
  const records = readBack(s.root).size
  assert.ok(
    (acked === 21 && records === 207) || (acked === 20 && records === 200),
    `${acked} ${records}`
  )
  await isWhole(s.root, records)
})

test('killed at any moment it loses nothing and writes nothing twice', async () => {
  await using s = await stage()
  let archiver = await s.start()
  const publisher = new Publisher(s.nc, '01aaaaaaaaaaaaaa')
  let done = false
  const publishing = (async () => {
    while (!done) await publisher.publish(25)
  })()
  // It is awaited below; a failure in between must not end the process first.
  publishing.catch(() => {})
  for (let i = 0; i < 4; i++) {
    await waitOut(150 + i * 70, 'the moment of the kill')
    await archiver.kill()
    if (i === 2) {
      await s.nats.kill('SIGKILL')
      await s.nats.restart()
    }
    archiver = await s.start()
  }
  done = true
  await publishing
  const last = (await (await s.nc.jetstreamManager()).streams.info(STREAM)).state.last_seq
  await until(20_000, 'all acknowledged', async () => (await ackedUpTo(s.nc)) === last)
  assert.is(await archiver.stop(), 0)
  await isWhole(s.root, publisher.number)
})

test('a second archiver on one folder ends with 1 and names the first, which goes on', async () => {
  await using s = await stage()
  const archiver = await s.start()
  const publisher = new Publisher(s.nc, '01aaaaaaaaaaaaaa')
  await publisher.publish(5)
  try {
    await s.start()
    assert.unreachable('the second became ready')
  } catch (thrown) {
    assert.match((thrown as Error).message, 'SSMD_E_LOCKED')
    assert.match((thrown as Error).message, `process ${archiver.child.pid}`)
  }
  await publisher.publish(5)
  await until(20_000, 'all acknowledged', async () => (await ackedUpTo(s.nc)) === 2)
  assert.is(await archiver.stop(), 0)
  await isWhole(s.root, 10)
})

test('a stream that is deleted while it runs is made again, and the day says so (T5)', async () => {
  await using s = await stage()
  const archiver = await s.start()
  const publisher = new Publisher(s.nc, '01aaaaaaaaaaaaaa')
  for (let i = 0; i < 3; i++) await publisher.publish(5)
  await until(20_000, 'all acknowledged', async () => (await ackedUpTo(s.nc)) === 3)
  await (await s.nc.jetstreamManager()).streams.delete(STREAM)
  await publisher.publish(5)
  await publisher.publish(5)
  await until(20_000, 'archived', () => readBack(s.root).size === 25)
  assert.is(await archiver.stop(), 0)
  await isWhole(s.root, 25)
  const { gaps } = (await listDays(s.root))[0]!
  assert.is(gaps, 1)
})

test('a message that is no block is passed over and the others are archived', async () => {
  await using s = await stage()
  const archiver = await s.start()
  const publisher = new Publisher(s.nc, '01aaaaaaaaaaaaaa')
  await publisher.publish(5)
  await s.nc.jetstream().publish('test.made.log.0', Buffer.from('no block'))
  await publisher.publish(5)
  await until(20_000, 'all acknowledged', async () => (await ackedUpTo(s.nc)) === 3)
  assert.is(await archiver.stop(), 0)
  await isWhole(s.root, 10)
  assert.ok(archiver.lines.some((line) => line.code === 'SSMD_E_BLOCK' && line.sequence === 2))
})

test('a full disk is waited for: not ready, nothing acknowledged, and it goes on by itself (T10)', async () => {
  const mount = mkdtempSync(join(tmpdir(), 'ssmd-small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount], { stdio: 'ignore' })
  } catch {
    rmSync(mount, { recursive: true })
    return skip('a small disk cannot be mounted here')
  }
  try {
    await using s = await stage(join(mount, 'archive'))
    const archiver = await s.start()
    const ready = async () => (await fetch(`http://${archiver.ready.health}/readyz`)).status
    const publisher = new Publisher(s.nc, '01aaaaaaaaaaaaaa')
    await publisher.publish(5)
    await until(20_000, 'acknowledged', async () => (await ackedUpTo(s.nc)) === 1)
    mkdirSync(join(mount, 'other'))
    try {
      for (let i = 0; ; i++) writeFileSync(join(mount, 'other', String(i)), Buffer.alloc(8192))
    } catch {
      // Full, as it has to be.
    }
    for (let i = 0; i < 8; i++) await publisher.publish(200, `{"noise":"${noise(i)}"}`)
    await until(10_000, 'not ready', async () => (await ready()) === 503)
    const report = await nextReport(s.nc)
    assert.equal([report.state, report.code], ['waiting', 'SSMD_E_DISK_FULL'])
    assert.match(report.message, /ENOSPC/)
    const acked = await ackedUpTo(s.nc)
    assert.ok(acked < 9, `${acked} acknowledged on a full disk`)
    rmSync(join(mount, 'other'), { recursive: true })
    await until(20_000, 'all acknowledged', async () => (await ackedUpTo(s.nc)) === 9)
    assert.is(await ready(), 200)
    assert.is((await nextReport(s.nc)).code, undefined)
    assert.is(await archiver.stop(), 0)
    await isWhole(s.root, 5 + 8 * 200)
  } finally {
    execFileSync('umount', ['-l', mount])
    rmSync(mount, { recursive: true, force: true })
  }
})

test('a disk that takes no writes ends it with a code that says so, and nothing is acknowledged', async () => {
  const mount = mkdtempSync(join(tmpdir(), 'ssmd-small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount], { stdio: 'ignore' })
  } catch {
    rmSync(mount, { recursive: true })
    return skip('a small disk cannot be mounted here')
  }
  const remount = (how: string) =>
    execFileSync('mount', ['-o', `remount,${how}`, mount], { stdio: 'ignore' })
  try {
    await using s = await stage(join(mount, 'archive'))
    const archiver = await s.start()
    const publisher = new Publisher(s.nc, '01aaaaaaaaaaaaaa')
    await publisher.publish(5)
    assert.is(await archiver.stop(), 0)
    remount('ro')
    await publisher.publish(5)
    try {
      await s.start()
      assert.unreachable('it became ready')
    } catch (thrown) {
      assert.match((thrown as Error).message, 'SSMD_E_READ_ONLY')
      assert.match((thrown as Error).message, 'EROFS')
    }
    assert.ok((await ackedUpTo(s.nc)) < 2)
    remount('rw')
    const again = await s.start()
    await until(20_000, 'all acknowledged', async () => (await ackedUpTo(s.nc)) === 2)
    assert.is(await again.stop(), 0)
    await isWhole(s.root, 10)
  } finally {
    execFileSync('umount', ['-l', mount])
    rmSync(mount, { recursive: true, force: true })
  }
})

/** What the archiver says of itself next. */
async function nextReport(nc: NatsConnection): Promise<ArchiverReport> {
  const subscription = nc.subscribe(reportSubjects('test'), { max: 1 })
  for await (const message of subscription) return message.json<ArchiverReport>()
  throw new Error('no report')
}

/** Text that gzip cannot make small. */
function noise(seed: number): string {
  let state = seed + 1
  let text = ''
  for (let i = 0; i < 64; i++) {
    state = Math.imul(state ^ (state >>> 13), 0x5bd1e995) + i
    text += (state >>> 0).toString(36)
  }
  return text
}

test.run()
