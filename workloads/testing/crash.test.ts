// test: alone
// test: limit 300s
// kill -9 of connector, archiver and nats-server at random while the synthetic feed runs: after recovery nothing
// is lost and nothing is there twice, by a checker that shares no code with the archiver.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkArchive } from './checker.ts'
import { until, waitOut } from './deadline.ts'
import { startNats } from './nats.ts'
import { type RunningRole, startRole, writeResources } from './stack.ts'
import { syntheticFrame } from './synthetic.ts'

const test = suite('crash')
const SEED = 11
const SYMBOLS = 7
const CHANNELS = ['trade', 'ticker', 'orderbook_delta']
const KILLS = 18

const resources = (nats: string, root: string) => ({
  feed: `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: made}
spec:
  exchange: synthetic
  versions:
    - name: v1
      effectiveFrom: "2025-01-01"
      endpoint: synthetic://generator?rate=4000&symbols=${SYMBOLS}&seed=${SEED}
  channels: [${CHANNELS.join(', ')}]
`,
  environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: crash}
spec:
  feeds: [made]
  transport: {url: "${nats}"}
`,
  archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: crash}
spec:
  environmentRef: {name: crash}
  feeds: [made]
  storage: {path: "${root}"}
  commitInterval: 200ms
  rotation: {maxAge: 1h, maxBytes: 4Mi}
`,
})

// A small seeded generator (mulberry32), so that a failing run can be repeated.
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

test('kill -9 at random loses nothing that was acknowledged and writes nothing twice', async () => {
  const seed = Number(process.env.SSMD_TEST_SEED ?? Math.floor(Math.random() * 1e9))
  process.stdout.write(`seed ${seed}\n`)
  const next = random(seed)
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-crash-'))
  const root = join(dir, 'archive')
  const nats = await startNats({ sync: 'always', storeDir: join(dir, 'nats') })
  const files = writeResources(join(dir, 'resources'), resources(nats.url, root))
  const start = {
    archiver: () =>
      startRole(['archiver', '--archive', files.archive, '--env', files.environment], {
        logFile: join(dir, 'archiver.log'),
      }),
    connector: () =>
      startRole(['connector', '--feed', files.feed, '--env', files.environment], {
        logFile: join(dir, 'connector.log'),
      }),
  }
  const running = {} as { archiver: RunningRole; connector: RunningRole }
  let connectorKills = 0
  try {
    running.archiver = await start.archiver()
    running.connector = await start.connector()
    for (let i = 0; i < KILLS; i++) {
      await waitOut(200 + next() * 1200, 'the moment of the kill')
      const victim = (['archiver', 'connector', 'nats'] as const)[Math.floor(next() * 3)]!
      if (victim === 'nats') {
        await nats.kill('SIGKILL')
        await waitOut(next() * 500, 'the moment of the restart')
        await nats.restart()
      } else {
        if (victim === 'connector') connectorKills++
        await running[victim].kill()
        running[victim] = await start[victim]()
      }
    }
    await waitOut(1000, 'a last second of capture')
    assert.is(await running.connector.stop(), 0)

    // What the stream holds is what was acknowledged: all of it has to be in the archive.
    const nc = await connect({ servers: nats.url })
    const jsm = await nc.jetstreamManager()
    const { state } = await jsm.streams.info('ssmd_crash_made')
    await until(60_000, 'archiver has acknowledged the whole stream', async () => {
      const { ack_floor } = await jsm.consumers.info('ssmd_crash_made', 'archive_crash')
      return ack_floor.stream_seq === state.last_seq
    })
    await nc.close()
    assert.is(await running.archiver.stop(), 0)

    const archive = checkArchive(root, 'made')
    assert.equal(archive.problems, [])
    assert.is(
      archive.connections.size,
      connectorKills + 1,
      'one connection for each life of the connector'
    )
    assert.is(archive.gaps.filter((gap) => gap.cause === 'number-hole').length, 0)
    assert.is(archive.gaps.filter((gap) => gap.cause === 'connector-lost').length, connectorKills)
    let frames = 0
    for (const records of archive.connections.values()) {
      assert.is(records[0]!.n, 1)
      assert.is(records.at(-1)!.n, records.length, 'numbers have no hole')
      const received = records.filter((r) => r.frame !== null)
      received.forEach((record, i) => {
        const expected = syntheticFrame(SEED, SYMBOLS, CHANNELS, i + 1)
        if (record.frame !== expected) assert.is(record.frame, expected)
      })
      frames += received.length
    }
    assert.ok(frames > 10_000, `only ${frames} frames`)
  } catch (error) {
    process.stdout.write(`seed ${seed}; logs and archive are kept in ${dir}\n`)
    throw error
  } finally {
    await running.connector?.kill()
    await running.archiver?.kill()
    await nats.stop()
  }
  rmSync(dir, { recursive: true })
})

test.run()
