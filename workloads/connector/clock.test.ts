// A connector whose machine's clock is set while it captures, and two connectors with different clocks, as processes:
// libfaketime moves the wall clock alone, a real nats-server keeps the blocks, and the archive says what was missed.

import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { verifyArchive } from '#archive/verify/verify.ts'
import { FeedWriter } from '#archive/writer.ts'
import { streamName } from '#bus/names.ts'
import { SsmdError } from '#crds/errors.ts'
import { checkArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { skip } from '#testing/skip.ts'
import { type RunningRole, startRole, writeResources } from '#testing/stack.ts'
import { Block } from '#wire/block.ts'

const test = suite('connector clocks')
const dir = mkdtempSync(join(tmpdir(), 'ssmd-clocks-'))
test.after(() => rmSync(dir, { recursive: true }))

/** Where Debian's package libfaketime puts it. */
const LIBRARY = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path))
const STREAM = streamName('env', 'feed')
const HOUR_MS = 3_600_000

/** A wall clock for one process, moved by `set`; its monotonic clock stays the machine's. */
function fakeClock() {
  const file = join(dir, `clock-${Math.random()}`)
  const set = (hours: number) => {
    writeFileSync(`${file}.new`, `${hours < 0 ? '-' : '+'}${Math.abs(hours)}h\n`)
    renameSync(`${file}.new`, file)
  }
  return {
    set,
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
  }
}

const start = (server: TestNats, env: NodeJS.ProcessEnv): Promise<RunningRole> => {
  const files = writeResources(join(dir, String(Math.random())), {
    feed: `
apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: feed}
spec:
  exchange: synthetic
  versions: [{name: v1, effectiveFrom: "2020-01-01", endpoint: "synthetic://generator?rate=200&symbols=3&seed=5"}]
  channels: [trade]
`,
    environment: `
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: env}
spec: {feeds: [feed], transport: {url: "${server.url}"}}
`,
  })
  const { feed, environment } = files
  return startRole(['connector', '--feed', feed, '--env', environment], { env })
}

async function blocksOf(nc: NatsConnection): Promise<Block[]> {
  const jsm = await nc.jetstreamManager()
  const { state } = await jsm.streams.info(STREAM)
  const blocks: Block[] = []
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
    blocks.push(Block.read((await jsm.streams.getMessage(STREAM, { seq })).data))
  }
  return blocks
}

async function archive(root: string, blocks: readonly Block[]): Promise<void> {
  const writer = await FeedWriter.open({
    root,
    feed: 'feed',
    archive: 'arc',
    environment: 'env',
    maxAgeMs: HOUR_MS,
    maxBytes: 1 << 28,
    level: 1,
    log: { info() {}, warn() {} },
    nowMs: Date.now,
  })
  writer.bind({ name: STREAM, created: 'now', firstSequence: 1 })
  for (const [i, block] of blocks.entries()) writer.add(block, i + 1)
  await writer.commit()
  await writer.close()
}

/** Runs a test with a nats-server, or says why not. */
async function withServer(body: (server: TestNats, nc: NatsConnection) => Promise<void>) {
  if (LIBRARY === undefined) {
    return skip({ tool: 'libfaketime', install: 'apt-get install libfaketime' })
  }
  let server: TestNats
  try {
    server = await startNats()
  } catch (thrown) {
    if (!(thrown instanceof SsmdError)) throw thrown
    return skip(thrown)
  }
  const nc = await connect({ servers: server.url })
  try {
    await body(server, nc)
  } finally {
    await nc.close()
    await server.stop()
  }
}

const framesIn = async (nc: NatsConnection): Promise<number> =>
  (await blocksOf(nc).catch(() => [])).reduce((sum, block) => sum + block.length, 0)

test('a clock that starts 13 h ahead and is set right ends a connection; times, days and gaps are right from there on (gabime/spdlog#1385)', () =>
  withServer(async (server, nc) => {
    const clock = fakeClock()
    clock.set(13)
    const role = await start(server, clock.env)
    await until(60_000, 'frames', async () => (await framesIn(nc)) > 200)
    clock.set(0)
    await until(60_000, 'a second connection', async () => {
      return new Set((await blocksOf(nc)).map((block) => block.connection)).size === 2
    })
    const before = await framesIn(nc)
    await until(60_000, 'more frames', async () => (await framesIn(nc)) > before + 200)
    assert.is(await role.stop(), 0)
    assert.ok(role.lines.some((line) => line.trouble === 'ClockStepped'))
    const blocks = await blocksOf(nc)
    const ids = [...new Set(blocks.map((block) => block.connection))]
    for (const [i, id] of ids.entries()) {
      const own = blocks.filter((block) => block.connection === id)
      const times = own.flatMap((block) =>
        Array.from({ length: block.length }, (_, n) => block.recv(n))
      )
      const ahead = i === 0 ? 13 * HOUR_MS : 0
      const off = Number(times.at(-1)! / 1_000_000n) - ahead - Date.now()
      assert.ok(Math.abs(off) < 300_000, `the last record of connection ${i} is off by ${off} ms`)
      assert.ok(new Set(times).size > times.length / 2, 'records do not share one time')
    }
    const root = join(dir, 'step')
    await archive(root, blocks)
    const checked = checkArchive(root, 'feed')
    assert.equal(checked.problems, [])
    assert.equal((await verifyArchive(root)).problems, [])
    assert.ok(
      checked.gaps.some(
        ({ cause, connection }) => cause === 'clock-stepped' && connection === ids[0]
      )
    )
  }))

for (const hours of [-13, 13]) {
  test(`a connector whose clock is ${hours} h off follows another, and the gap between them is named`, () =>
    withServer(async (server, nc) => {
      const first = await start(server, {})
      await until(60_000, 'frames', async () => (await framesIn(nc)) > 50)
      await first.kill()
      const before = await framesIn(nc)
      const clock = fakeClock()
      clock.set(hours)
      const second = await start(server, clock.env)
      await until(60_000, 'more frames', async () => (await framesIn(nc)) > before + 50)
      assert.is(await second.stop(), 0)
      const blocks = await blocksOf(nc)
      const [lost, next] = [...new Set(blocks.map((block) => block.connection))]
      assert.is(next! < lost!, hours < 0, 'ids sort by the wrong time')
      const root = join(dir, String(hours))
      await archive(root, blocks)
      const checked = checkArchive(root, 'feed')
      assert.equal(checked.problems, [])
      assert.equal((await verifyArchive(root)).problems, [])
      const gap = checked.gaps.find(({ connection }) => connection === lost)
      assert.is(gap?.cause, 'connector-lost')
      const open = checked.connections.get(next!)![0]!.event!
      const last = checked.connections.get(lost!)!.at(-1)!
      // Known where NATS answered before the exchange did; the order of the stream tells in any case.
      if (open.follows !== undefined) {
        const { connection, number } = open.follows as { connection: string; number: number }
        assert.equal([connection, number], [lost, last.n])
      }
    }))
}

test.run()
