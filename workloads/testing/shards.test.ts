// test: limit 200s
// A feed with two shards, then three, as separate programs over NATS into one archive: every frame that was sent is archived
// exactly once, and the gaps are exactly those of the change.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { shardOfSymbol } from '#wire/shards.ts'
import { type CheckedRecord, checkArchive } from './checker.ts'
import { until, within } from './deadline.ts'
import { startNats } from './nats.ts'
import { type RunningRole, startRole, writeResources } from './stack.ts'

const test = suite('shards')
const ENTRY = new URL('../../cli/main.ts', import.meta.url).pathname

const resources = (nats: string, simulator: string, root: string, shards: number) => ({
  feed: `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: kalshi}
spec:
  exchange: kalshi
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid/trade-api/ws/v2
      restEndpoint: https://exchange.invalid/trade-api/v2
      authMethod: apiKey
  channels: [orderbook_delta, trade]
  symbols: {include: ["KX*"]}
`,
  environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: lab}
spec:
  feeds: [kalshi]
  transport: {url: "${nats}"}
  connector: {shards: ${shards}}
  simulator: {feeds: [kalshi], url: "${simulator}"}
`,
  archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: all}
spec:
  environmentRef: {name: lab}
  feeds: [kalshi]
  commitInterval: 100ms
  storage: {path: "${root}"}
`,
})

const tickerOf = (frame: string): string => /"market_ticker":"([^"]+)"/.exec(frame)?.[1] ?? ''
const eventOf = (records: readonly CheckedRecord[], kind: string) =>
  records.find(({ event }) => event?.kind === kind)

test('two shards become three: all frames once, and one named gap for each connection that gave symbols away', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-shards-'))
  const root = join(dir, 'archive')
  const journal = join(dir, 'sent.jsonl')
  const nats = await startNats({ sync: 'always' })
  const running: RunningRole[] = []
  const start = async (...args: string[]) => {
    const role = await startRole(args, { logFile: join(dir, `${args[0]}.log`) })
    running.push(role)
    return role
  }
  /** By client of the simulator. */
  const sent = () => {
    const clients = new Map<string, string[]>()
    for (const line of readFileSync(journal, 'utf8').split('\n')) {
      if (line === '') continue
      const [client = ''] = /^[^,]+/.exec(line) ?? []
      const frame = line.slice(line.indexOf('"frame":') + 8, -1)
      clients.set(client, [...(clients.get(client) ?? []), frame])
    }
    return [...clients.values()]
  }
  try {
    const simulator = await start(
      ...['simulator', 'kalshi', '--rate', '300', '--markets', '16', '--seed', '5', '--port', '0'],
      ...['--journal', journal]
    )
    const url = String(simulator.ready.url)
    const filesOf = (shards: number) =>
      writeResources(join(dir, `of-${shards}`), resources(nats.url, url, root, shards))
    const connector = (shard: number, shards: number) => {
      const { feed, environment } = filesOf(shards)
      return start('connector', '--feed', feed, '--env', environment, '--shard', String(shard))
    }
    const { archive: file, environment } = filesOf(2)
    const archiver = await start('archiver', '--archive', file, '--env', environment)
    const read = () => checkArchive(root, 'kalshi')
    const connections = () => {
      try {
        return [...read().connections.values()]
      } catch {
        // Being written.
        return []
      }
    }
    const archived = (of: number, frames: number) =>
      until(30_000, `${frames} frames of each of ${of} connections`, () => {
        const full = connections().filter(
          (records) => records.filter(({ frame }) => frame !== null).length >= frames
        )
        return full.length >= of
      })

    const two = [await connector(0, 2), await connector(1, 2)]
    await archived(2, 100)
    for (const role of two) assert.is(await role.stop(), 0)
    const three = [await connector(0, 3), await connector(1, 3)]
    await archived(4, 20)
    three.push(await connector(2, 3))
    await archived(5, 100)
    for (const role of three) assert.is(await role.stop(), 0)
    await simulator.stop()
    const isMarket = ({ frame, group }: CheckedRecord) => frame !== null && group !== 'control'
    await until(30_000, 'all archived', () => read().gaps.length >= 7)
    assert.is(await archiver.stop(), 0)

    const archive = read()
    assert.equal(archive.problems, [])
    const clients = sent()
    assert.is(clients.length, 5)
    for (const records of archive.connections.values()) {
      const frames = records.filter(isMarket).map(({ frame }) => frame)
      const itself = clients.find(([first]) => first === frames[0])
      // The simulator wrote to a socket that was closing: only the end of what it sent may be missing.
      assert.equal(frames, itself?.slice(0, frames.length))
    }

    // Each connection as its events say: `shard/of`.
    const byShare = new Map<string, { id: string; records: readonly CheckedRecord[] }>()
    for (const [id, records] of archive.connections) {
      const opened = eventOf(records, 'open')!.event!
      const tickers = new Set(records.filter(isMarket).map(({ frame }) => tickerOf(frame!)))
      const of = opened.shards as number
      const [shard] = new Set([...tickers].map((ticker) => shardOfSymbol(ticker, of)))
      byShare.set(`${shard}/${of}`, { id, records })
      assert.ok([...tickers].every((ticker) => shardOfSymbol(ticker, of) === shard))
    }
    assert.equal([...byShare.keys()].sort(), ['0/2', '0/3', '1/2', '1/3', '2/3'])
    const readyOf = (share: string) => eventOf(byShare.get(share)!.records, 'ready')!.recv
    const lastOf = (share: string) =>
      byShare
        .get(share)!
        .records.filter(({ event }) => event?.kind !== 'close')
        .at(-1)!.recv
    const idOf = (share: string) => byShare.get(share)!.id

    const stopped = (share: string, to: string | null) => [
      'connector-stopped',
      'user',
      idOf(share),
      lastOf(share),
      to,
    ]
    const moved = (share: string) => [
      'resharded',
      'ours',
      idOf(share),
      lastOf(share),
      readyOf('2/3'),
    ]
    const gaps = archive.gaps.map(({ cause, fault, connection, from, to }) => [
      cause,
      fault,
      connection,
      from,
      to,
    ])
    const inOrder = (lists: readonly unknown[][]) =>
      lists.map((list) => JSON.stringify(list)).sort()
    assert.equal(
      inOrder(gaps),
      inOrder([
        stopped('0/2', readyOf('0/3')),
        stopped('1/2', readyOf('1/3')),
        moved('0/2'),
        moved('1/2'),
        // The end of the test.
        ...['0/3', '1/3', '2/3'].map((share) => stopped(share, null)),
      ])
    )
    execFileSync(process.execPath, [ENTRY, 'data', 'verify', '--path', root], { stdio: 'pipe' })
  } finally {
    for (const role of running) await within(10_000, 'killed', role.kill())
    await nats.stop()
  }
  rmSync(dir, { recursive: true })
})

test.run()
