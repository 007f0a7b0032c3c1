// test: limit 2400s
// The power fails under a running stack: the device that holds the archive and the NATS store is copied at random moments,
// without an unmount or a sync, many of them in the first seconds of an archiver. On each copy the stack comes back; what
// was acknowledged is there, once (T2, T3). A few images here, 40 with SSMD_FAULTS=all.

import { type ChildProcess, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeBlock, eventRecord, type TestRecord } from '#archive/testing/blocks.ts'
import { openWriter, readBack } from '#archive/testing/folders.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { expectedLine } from '#archive/testing/stream.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { checkArchive } from './checker.ts'
import { until } from './deadline.ts'
import { type Device, makeDevice, mountImage, whyNoDevice } from './device.ts'
import { startNats, type TestNats } from './nats.ts'
import { skip } from './skip.ts'
import { type RunningRole, startRole, writeResources } from './stack.ts'

const test = suite('power-cut')
const seed = testSeed('power-cut')
const ALL = process.env.SSMD_FAULTS === 'all'
const ROUNDS = ALL ? 8 : 1
const CUTS = ALL ? 5 : 3
const STREAM = 'ssmd_cut_made'
const CONSUMER = 'archive_cut'
const CONNECTION = '01aaaaaaaaaaaaaa'
const PATIENCE_MS = 120_000

const resources = (nats: string, root: string) => ({
  environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: cut}
spec:
  feeds: [made]
  transport: {url: "${nats}", stream: {maxBytes: 64Mi}}
`,
  archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: cut}
spec:
  environmentRef: {name: cut}
  feeds: [made]
  storage: {path: "${root}"}
  commitInterval: 50ms
  rotation: {maxAge: 10m, maxBytes: 4Mi}
`,
})

/** Blocks of one connection, a function of their number. Its clock runs fast: days change, segments end and are sealed. */
class Source {
  readonly #seed: number
  constructor(seed: number) {
    this.#seed = seed
  }

  block(index: number): { first: number; records: TestRecord[] } {
    const random = seeded(this.#seed + index * 7919)
    const first = index * 10 + 1
    const from = BigInt(Date.parse('2026-10-01T20:00:00Z') + index * 40_000) * 1_000_000n
    const records = Array.from({ length: 10 }, (_, i): TestRecord => {
      const recv = from + BigInt(i)
      if (first + i === 1) return eventRecord(recv, { kind: 'open' })
      const type = random.pick(['trade', 'ticker', 'orderbook_delta'])
      const filler = random
        .int(0, 2 ** 31)
        .toString(36)
        .repeat(random.int(1, 40))
      const group = { trade: 'trades', ticker: 'tickers', orderbook_delta: 'orderbook' }[type]!
      return { recv, type, group, symbol: `S${random.int(0, 50)}`, payload: `{"t":"${filler}"}` }
    })
    return { first, records }
  }

  lines(blocks: number): Map<string, string> {
    const lines = new Map<string, string>()
    for (let index = 0; index < blocks; index++) {
      const { first, records } = this.block(index)
      records.forEach((record, i) => {
        lines.set(`${CONNECTION} ${first + i}`, expectedLine(CONNECTION, first + i, record))
      })
    }
    return lines
  }
}

/** Publishes blocks one after the other, each until it is acknowledged: block n is sequence n + 1 of the stream. */
class Publisher {
  readonly #nc: NatsConnection
  readonly #source: Source
  /** All blocks below are acknowledged. */
  acked: number
  stopped = false

  constructor(nc: NatsConnection, source: Source, from = 0) {
    this.#nc = nc
    this.#source = source
    this.acked = from
  }

  async run(end = Number.POSITIVE_INFINITY): Promise<void> {
    while (!this.stopped && this.acked < end) {
      const { first, records } = this.#source.block(this.acked)
      const bytes = encodeBlock({ environment: 'cut', connection: CONNECTION, first, records })
      try {
        const options = { msgID: `${CONNECTION}:${first}`, timeout: 20_000 }
        await this.#nc.jetstream().publish('cut.made.log.0', bytes, options)
        this.acked++
      } catch {
        // No stream yet, or no answer in time: the same again, as a connector does.
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
}

type Image = {
  readonly path: string
  readonly what: string
  /** Blocks that NATS had acknowledged, and those of them that the archive had. */
  readonly acked: number
  readonly archived: number
}

/** Runs a stack on a device and cuts its power again and again. */
async function cutRound(dir: string, random: Random, source: Source): Promise<Image[]> {
  using device = makeDevice(dir, 192)
  const root = join(device.path, 'archive')
  const nats = await startNats({ sync: 'always', storeDir: join(device.path, 'nats') })
  const nc = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  const publisher = new Publisher(nc, source)
  let publishing: Promise<void> | undefined
  const files = writeResources(join(dir, 'resources'), resources(nats.url, root))
  const images: Image[] = []
  let archiver: Started | undefined
  try {
    for (let i = 0; i < CUTS; i++) {
      // Half of them in the first seconds of an archiver, the first on an empty disk.
      const isStart = i === 0 || random.next() < 0.5
      if (isStart) {
        const locks = locksOf(root)
        await archiver?.kill()
        archiver = startArchiver(files, join(dir, 'archiver.log'))
        await until(PATIENCE_MS, 'a lock', () =>
          locksOf(root).some((lock) => !locks.includes(lock))
        )
      }
      publishing ??= publisher.run()
      await new Promise((resolve) => setTimeout(resolve, random.int(0, isStart ? 2500 : 4000)))
      const path = join(dir, `cut-${i}.img`)
      images.push({
        ...(await cutPower({ device, nats, nc, archiver: archiver!, publisher, path })),
        what: `seed ${seed}, image ${path}, ${isStart ? 'after a start' : 'while it ran'}`,
      })
    }
  } finally {
    publisher.stopped = true
    await nc.close()
    await publishing
    await archiver?.kill()
    await nats.stop()
  }
  return images
}

type Started = { child: ChildProcess; ready: Promise<RunningRole>; kill(): Promise<void> }

function startArchiver(files: { archive: string; environment: string }, logFile: string): Started {
  let child: ChildProcess | undefined
  const ready = startRole(['archiver', '--archive', files.archive, '--env', files.environment], {
    logFile,
    onSpawn: (spawned) => {
      child = spawned
    },
  })
  // Where it is killed before it is ready, nobody waits for that.
  ready.catch(() => {})
  return {
    child: child!,
    ready,
    async kill() {
      child!.kill('SIGKILL')
      await until(
        PATIENCE_MS,
        'the archiver ended',
        () => child!.signalCode !== null || child!.exitCode !== null
      )
    },
  }
}

const locksOf = (root: string): string[] => {
  try {
    return readdirSync(join(root, 'made', '.commit')).filter((name) => /^lock-\d+$/.test(name))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw thrown
  }
}

async function cutPower(o: {
  device: Device
  nats: TestNats
  nc: NatsConnection
  archiver: Started
  publisher: Publisher
  path: string
}): Promise<Omit<Image, 'what'>> {
  const { device, nats, archiver, publisher, path } = o
  const archived = await ackedUpTo(o.nc)
  const { acked } = publisher
  const pids = [archiver.child.pid!, nats.pid]
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  try {
    for (const pid of pids) await until(PATIENCE_MS, `${pid} stands still`, () => standsStill(pid))
    await device.cut(path)
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  }
  return { path, acked, archived }
}

/** All of its threads: one may be in the middle of a write. */
const standsStill = (pid: number): boolean =>
  readdirSync(`/proc/${pid}/task`).every((task) =>
    /\) T /.test(readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8'))
  )

/** 0 while there is no consumer. */
async function ackedUpTo(nc: NatsConnection): Promise<number> {
  const jsm = await nc.jetstreamManager()
  try {
    return (await jsm.consumers.info(STREAM, CONSUMER)).ack_floor.stream_seq
  } catch (thrown) {
    if (
      [10_014, 10_059].includes(
        (thrown as { api_error?: { err_code: number } }).api_error?.err_code ?? 0
      )
    )
      return 0
    throw thrown
  }
}

/** The archive alone, as it came out of the cut: what was acknowledged by it is in it, without NATS. */
async function checkArchiveAlone(dir: string, image: Image, source: Source): Promise<void> {
  execFileSync('cp', ['--sparse=always', image.path, join(dir, 'alone.img')])
  using mounted = mountImage(join(dir, 'alone.img'), join(dir, 'alone'))
  const root = join(mounted.path, 'archive')
  const writer = await openWriter(root, {
    archive: 'cut',
    environment: 'cut',
    maxAgeMs: 600_000,
    maxBytes: 4 * 1024 * 1024,
  })
  const committed = writer.committed?.sequence ?? 0
  await writer.close()
  assert.ok(
    committed >= image.archived,
    `${image.what}: ${image.archived} were archived, ${committed} are there`
  )
  if (committed === 0) return
  const found = readBack(root)
  assert.is(found.size, source.lines(committed).size, image.what)
  for (const [key, line] of source.lines(committed)) {
    if (found.get(key) !== line) assert.is(found.get(key), line, image.what)
  }
  assert.equal((await verifyArchive(root)).problems, [], image.what)
}

/** The whole stack on the copy: it comes back, continues, and ends with every line once. */
async function checkStack(dir: string, image: Image, source: Source): Promise<void> {
  using mounted = mountImage(image.path, join(dir, 'back'))
  const root = join(mounted.path, 'archive')
  const nats = await startNats({ sync: 'always', storeDir: join(mounted.path, 'nats') })
  const files = writeResources(join(dir, 'resources'), resources(nats.url, root))
  const nc = await connect({ servers: nats.url })
  let archiver: Started | undefined
  try {
    const jsm = await nc.jetstreamManager()
    const found = await jsm.streams.info(STREAM).catch(() => undefined)
    const sequence = found?.state.last_seq ?? 0
    assert.ok(
      sequence >= image.acked,
      `${image.what}: NATS acknowledged ${image.acked}, and has ${sequence}`
    )
    archiver = startArchiver(files, join(dir, 'archiver.log'))
    const role = await archiver.ready
    // The connector sends again what was not acknowledged to it, and continues.
    // More may have been stored than was acknowledged.
    const end = Math.max(image.acked, sequence) + 20
    await new Publisher(nc, source, image.acked).run(end)
    const { state } = await jsm.streams.info(STREAM)
    await until(
      PATIENCE_MS,
      `${image.what}: all archived`,
      async () => (await ackedUpTo(nc)) === state.last_seq
    )
    assert.is(await role.stop(), 0, image.what)
    const lines = readBack(root)
    const wanted = source.lines(end)
    assert.is(lines.size, wanted.size, image.what)
    for (const [key, line] of wanted)
      if (lines.get(key) !== line) assert.is(lines.get(key), line, image.what)
    assert.equal((await verifyArchive(root)).problems, [], image.what)
    const checked = checkArchive(root, 'made')
    assert.equal(checked.problems, [], image.what)
    assert.equal(checked.gaps, [], image.what)
    assert.equal(
      readdirSync(join(root, 'made')).filter((name) => name === '.aside'),
      [],
      image.what
    )
  } finally {
    await nc.close()
    await archiver?.kill()
    await nats.stop()
  }
}

for (let round = 0; round < ROUNDS; round++) {
  test(`a stack comes back after ${CUTS} power cuts, and everything acknowledged is there once (round ${round + 1})`, async () => {
    const why = await whyNoDevice()
    if (why !== undefined) return skip(why)
    const random = seeded(seed + round)
    const source = new Source(seed + round)
    const dir = mkdtempSync(join(tmpdir(), 'ssmd-power-cut-'))
    try {
      const images = await cutRound(dir, random, source)
      for (const image of images) {
        process.stdout.write(
          `${image.what}: ${image.acked} acknowledged, ${image.archived} archived\n`
        )
        await checkArchiveAlone(dir, image, source)
        await checkStack(dir, image, source)
      }
    } catch (thrown) {
      process.stdout.write(`images and log are kept in ${dir}\n`)
      throw thrown
    }
    rmSync(dir, { recursive: true, force: true })
  })
}

test.run()
