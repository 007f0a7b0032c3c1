// test: limit 300s
// Live and history over real parts: a simulated exchange, two feeds of several shards, NATS, an archiver, and a connector that is
// killed in between.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readBack } from '#archive/testing/folders.ts'
import { connectBus } from '#bus/connect.ts'
import { consumerName, liveSubjects, streamName } from '#bus/names.ts'
import { timeText } from '#market/time.ts'
import { until, waitOut } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { type RunningRole, startRole, writeResources } from '#testing/stack.ts'
import { Block } from '#wire/block.ts'
import { history } from './history.ts'
import { type LiveOptions, live } from './live.ts'
import { SHARD_SILENT } from './log-merge.ts'
import { isGapRow, rowsOf, rowText } from './testing/rows.ts'

const test = suite('live')

const feedText = (name: string): string => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: ${name}}
spec:
  exchange: kalshi
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid/trade-api/ws/v2
      restEndpoint: https://exchange.invalid/trade-api/v2
      authMethod: apiKey
      maxSymbolsPerConnection: 6
  channels: [orderbook_delta, trade, ticker]
  symbols: {include: ["*"]}
`

const resources = (nats: string, simulator: string, root: string) => ({
  alpha: feedText('alpha'),
  beta: feedText('beta'),
  environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: live}
spec:
  feeds: [alpha, beta]
  transport: {url: "${nats}"}
  simulator: {feeds: [alpha, beta], url: "${simulator}"}
  # So long that a kill takes records that are not published yet.
  connector: {linger: 300ms}
`,
  archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: all}
spec:
  environmentRef: {name: live}
  feeds: [alpha, beta]
  storage: {path: "${root}"}
  commitInterval: 200ms
`,
})

const FEEDS = ['alpha', 'beta'].map((name) => ({ name, exchange: 'kalshi' }))

/** Reads into a list, until it is told to stop. */
function collect(nc: NatsConnection, o: Pick<LiveOptions, 'mode' | 'start'>) {
  const stop = new AbortController()
  const rows: string[] = []
  let unordered = 0
  const reading = (async () => {
    const more = { nc, environment: 'live', feeds: FEEDS, silentMs: 120_000, signal: stop.signal }
    for await (const batch of live({ ...o, ...more })) {
      if (!batch.ordered) unordered += batch.length
      batch.each((event) => rows.push(rowText(event)))
    }
  })()
  // Looked at when it is ended.
  const outcome = reading.then(
    () => 'ended',
    (thrown: unknown) => thrown
  )
  return {
    rows,
    unordered: () => unordered,
    async end() {
      stop.abort(new Error('enough'))
      assert.is(String(await outcome), 'Error: enough')
    },
  }
}

type LiveRecord = { readonly connection: string; readonly number: number }

/** What connectors send live, by receive time and feed. */
function liveRecords(nc: NatsConnection): ReadonlyMap<string, LiveRecord> {
  const sent = new Map<string, LiveRecord>()
  for (const { name } of FEEDS) {
    nc.subscribe(liveSubjects('live', name), {
      callback: (_, { data }) => {
        const block = Block.read(data)
        const recv = timeText(block.recvMs(0), block.recvNs(0))
        const { connection } = block
        sent.set(`${recv} ${name}`, { connection, number: block.number(0) })
      },
    })
  }
  return sent
}

test('live over the log equals history, with several shards and feeds and a connector killed in between', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-live-'))
  const root = join(dir, 'archive')
  const nats = await startNats()
  const running = new Map<string, RunningRole>()
  const stop = new AbortController()
  const nc = await connectBus({ url: nats.url, name: 'test', signal: stop.signal })
  const start = async (name: string, ...args: string[]): Promise<RunningRole> => {
    const role = await startRole(args, { logFile: join(dir, `${name}.log`) })
    running.set(name, role)
    return role
  }
  try {
    const simulator = await start('simulator', 'simulator', 'kalshi', '--port', '0')
    const files = writeResources(
      join(dir, 'resources'),
      resources(nats.url, String(simulator.ready.url), root)
    )
    const connect = (feed: 'alpha' | 'beta') =>
      start(feed, 'connector', '--feed', files[feed], '--env', files.environment)
    const archiver = await start(
      ...(['archiver', 'archiver', '--archive', files.archive, '--env', files.environment] as const)
    )
    await connect('alpha')
    await connect('beta')
    const log = collect(nc, { mode: 'log', start: 'first' })
    const fast = collect(nc, { mode: 'fast' })
    const sent = liveRecords(nc)
    await until(60_000, 'events of both feeds', () =>
      FEEDS.every(({ name }) => log.rows.some((row) => row.includes(`\t${name}\t`)))
    )
    // Subjects that had no subscriber are sent with blocks at first, and immediately a second later.
    const heard = (): number => [...sent.keys()].filter((key) => key.endsWith(' alpha')).length
    await until(60_000, 'live records of alpha', () => heard() > 500)
    const before = log.rows.length
    await running.get('alpha')!.kill()
    // Its last messages have arrived, and those of the next one have not.
    await nc.flush()
    const killed = new Set(
      [...sent].filter(([key]) => key.endsWith(' alpha')).map(([, { connection }]) => connection)
    )
    await waitOut(300, 'a while without the connector')
    await connect('alpha')
    await until(60_000, 'the gap has ended', () =>
      log.rows.slice(before).some((row) => isGapRow(row) && row.includes('connector-lost'))
    )
    await waitOut(1_000, 'more capture')
    for (const name of ['alpha', 'beta']) assert.is(await running.get(name)!.stop(), 0)
    const jsm = await nc.jetstreamManager()
    for (const { name } of FEEDS) {
      const stream = streamName('live', name)
      await until(60_000, 'all is archived', async () => {
        const { state } = await jsm.streams.info(stream)
        const { ack_floor } = await jsm.consumers.info(stream, consumerName('all'))
        return ack_floor.stream_seq === state.last_seq
      })
    }
    assert.is(await archiver.stop(), 0)
    const past = await rowsOf(history({ roots: [{ path: root }] }))
    await until(60_000, 'all rows', () => log.rows.length >= past.length)
    await log.end()
    await fast.end()

    assert.ok(past.length > 500, `${past.length} rows`)
    assert.ok(past.filter(isGapRow).length >= 4, 'each shard that was killed is a gap')
    const rows = log.rows.filter((row) => !row.includes(SHARD_SILENT))
    for (let i = 0; i < Math.max(rows.length, past.length); i++) {
      if (rows[i] !== past[i]) assert.is(rows[i], past[i], `row ${i}`)
    }
    assert.is(log.unordered(), 0)

    assert.ok(fast.rows.length > 0, 'the live subjects were heard')
    assert.is(fast.unordered(), fast.rows.length)
    const known = new Set(past)
    const archived = new Map<string, number>()
    for (const { name } of FEEDS) {
      for (const key of readBack(root, name).keys()) {
        const [connection = '', number] = key.split(' ')
        archived.set(connection, Math.max(archived.get(connection) ?? 0, Number(number)))
      }
    }
    // A killed connector may have sent live what it had not published yet: the last records of its connections.
    const isOfTheKill = (row: string): boolean => {
      const [recv, feed] = row.split('\t')
      const from = sent.get(`${recv} ${feed}`)!
      const last = archived.get(from.connection) ?? 0
      return killed.has(from.connection) && from.number > last
    }
    const unarchived = fast.rows.filter((row) => !known.has(row))
    assert.ok(unarchived.some(isOfTheKill), 'the kill took records that were not published')
    const unknown = unarchived.filter((row) => !isOfTheKill(row))
    assert.equal(unknown.slice(0, 3), [])
  } finally {
    for (const role of running.values()) await role.kill()
    stop.abort()
    await nc.close()
    await nats.stop()
    rmSync(dir, { recursive: true, force: true })
  }
})

test.run()
