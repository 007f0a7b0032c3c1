// The operator's figures: the real one with all its kinds, as it is shipped, against a real API server with 10,000 Feeds
// and their 40,000 children. `npm run bench -- operator`; SSMD_BENCH_OBJECTS makes it smaller. Rates depend on the
// computer and on what else it does: each stands beside its target, and beside an operator in Go in the same run.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeError } from '#crds/errors.ts'
import type { Client } from '../kube/client.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import { missingTools, startCluster, type TestCluster } from '../testing/cluster.ts'
import { startTcpProxy } from '../testing/tcp-proxy.ts'
import { compile } from './compiled.ts'
import { benchControllerRuntime } from './controller-runtime.ts'
import { benchEdits, type Row } from './edits.ts'
import { benchFailover } from './failover.ts'
import { declareAll, feedKey, install, playController } from './load.ts'
import { type BenchNats, startBenchNats } from './nats.ts'
import { type Facts, type Subject, startSubject } from './subject-process.ts'

const OBJECTS = Number(process.env.SSMD_BENCH_OBJECTS ?? 10_000)
// What the operator's own Deployment sets: with Node's default of 16 MB semi-spaces the same cache takes 100 MB more.
const FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=256']
// Longer than it takes until every Feed was looked at once.
const IDLE_MS = 32_000
const LIVE_MS = 20_000

type Bench = {
  readonly cluster: TestCluster
  readonly client: Client
  readonly nats: BenchNats
  readonly account: string
  readonly subject: readonly [string, ...string[]]
  readonly program: readonly [string, ...string[]]
  readonly rows: Row[]
  add(name: string, value: number | undefined, unit: string, target?: string): void
}

/** All figures, against the pinned etcd and kube-apiserver. */
export async function benchOperator(): Promise<Row[]> {
  const missing = await missingTools()
  if (missing) throw missing
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-bench-'))
  const [subject, program] = await compile(['operator/bench/subject.ts', 'cli/main.ts'], folder)
  const cluster = await startCluster({
    // The server's own fairness would measure itself.
    apiServerArgs: [
      ...['--max-requests-inflight', '0', '--max-mutating-requests-inflight', '0'],
      '--enable-priority-and-fairness=false',
    ],
  })
  const nats = await startBenchNats()
  const account = join(folder, 'account')
  const rows: Row[] = []
  const bench: Bench = {
    cluster,
    client: cluster.client(),
    nats,
    account,
    subject: [process.execPath, ...FLAGS, '--expose-gc', subject],
    program: [process.execPath, ...FLAGS, program],
    rows,
    add(name, value = Number.NaN, unit, target) {
      const ratio = target === undefined ? undefined : `target ${target}`
      const row = { name, value: Math.round(value * 100) / 100, unit, ratio }
      rows.push(row)
      progress(row)
    },
  }
  try {
    writeAccount(account, cluster)
    await measure(bench)
  } finally {
    bench.client.transport.close()
    await nats.stop()
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return rows
}

async function measure(bench: Bench): Promise<void> {
  const { cluster, client, account, add, rows, subject, program } = bench
  add('load of the computer, one minute', loadavg()[0], '')
  await install(client)
  const from = performance.now()
  await declareAll(client, OBJECTS, bench.nats.url)
  add('Feeds created', OBJECTS / seconds(from), 'a second')
  await benchCalls(cluster, add)
  await benchCold(bench)

  const warm = startSubject(subject, cluster, account, { LIMITS: 'free' })
  await benchStart(warm, add)
  await benchPasses(warm, add)
  await benchIdle(warm, add)
  await benchResync(bench, warm)
  const end = new AbortController()
  const reporting = bench.nats.report(OBJECTS, end.signal)
  await benchFirstReports(warm, add)
  await warm.end()

  const shipped = startSubject(subject, cluster, account)
  await shipped.fact('sync')
  await benchLive(bench, shipped)
  await shipped.end()
  end.abort()
  await reporting
  await benchFailover(cluster, client, program, OBJECTS, add)
  await benchControllerRuntime(cluster, client, account, OBJECTS, rows, (row) => {
    rows.push(row)
    progress(row)
  })
  add('load of the computer at the end', loadavg()[0], '')
}

const seconds = (from: number): number => (performance.now() - from) / 1000
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Minutes pass: whoever waits sees what is known already. */
function progress({ name, value, unit, ratio }: Row): void {
  process.stderr.write(`  ${name}: ${value} ${unit}${ratio ? `   ${ratio}` : ''}\n`)
}

async function benchCalls(cluster: TestCluster, add: Bench['add']): Promise<void> {
  const wire = await startTcpProxy(cluster)
  const client = cluster.client({ port: wire.port })
  const from = performance.now()
  for (let i = 0; i < 500; i++) await client.get(FEEDS, feedKey(i % OBJECTS, OBJECTS))
  add('500 calls one after another', performance.now() - from, 'ms')
  add('500 calls: TLS connections', wire.accepted, '', '1')
  client.transport.close()
  await wire.close()
}

/** Nothing is there yet: every child is made, every Deployment becomes available, every status is written. */
async function benchCold({ cluster, client, account, subject, add }: Bench): Promise<void> {
  const end = new AbortController()
  const playing = playController(client, end.signal)
  const cold = startSubject(subject, cluster, account, { LIMITS: 'free' })
  const from = performance.now()
  await cold.fact('sync')
  const made = await cold.order('idle')
  // The second in which nothing came any more is not work.
  add('converge, client limit lifted: Feeds', OBJECTS / (seconds(from) - 1), 'a second')
  add('converge: calls that write, for each Feed', (made.all ?? 0) / OBJECTS, '')
  add('converge: CPU of the operator for each Feed', (made.cpuMs ?? 0) / OBJECTS, 'ms')
  add('converge: RSS at the end', (made.rss ?? 0) / 1e6, 'MB')
  await cold.end()
  end.abort()
  await playing
}

async function benchStart(warm: Subject, add: Bench['add']): Promise<void> {
  const sync = await warm.fact('sync')
  add(`start: sync of ${sync.objects} objects`, (sync.ms ?? 0) / 1000, 's', '≤ 3')
  add('start: CPU until then', (sync.cpuMs ?? 0) / 1000, 's')
  add('start: event loop delay p99', sync.loopP99, 'ms', '≤ 20')
  add('start: event loop delay max', sync.loopMax, 'ms')
  const idle = await warm.order('idle')
  add('start: writes', idle.all, 'calls', '0')
  add('start: RSS after a pass over all', (idle.rss ?? 0) / 1e6, 'MB')
  const memory = await warm.order('memory')
  add('start: heap after GC', (memory.heap ?? 0) / 1e6, 'MB')
}

async function benchPasses(warm: Subject, add: Bench['add']): Promise<void> {
  const rate = ({ objects = 0, ms = 1 }: Facts) => objects / (ms / 1000)
  const runs: Facts[] = []
  for (let i = 0; i < 5; i++) runs.push(await warm.order('pass all'))
  const rates = runs.map(rate).sort((a, b) => a - b)
  add('pass over a Feed, nothing changed: best of 5', rates[4], 'a second')
  add('pass over a Feed, nothing changed: worst of 5', rates[0], 'a second')
  add('pass, nothing changed: event loop delay p99', runs[4]?.loopP99, 'ms', '≤ 20')
  const fanout = await warm.order('fanout')
  const name = `change of an Environment: ${fanout.objects} Feeds queued, its write included`
  add(name, fanout.ms, 'ms', '≤ 50')
}

async function benchIdle(warm: Subject, add: Bench['add']): Promise<void> {
  await warm.order('idle')
  const before = await warm.order('now')
  await pause(IDLE_MS)
  const after = await warm.order('now')
  const gained = (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
  add(`idle for ${IDLE_MS / 1000} s: writes`, gained('all'), 'calls', '0')
  add('idle: CPU', gained('cpuMs') / (IDLE_MS / 100), '% of a core', '≤ 10')
  add('idle: passes', gained('passes') / (IDLE_MS / 1000), 'a second')
}

async function benchResync({ client, add }: Bench, warm: Subject): Promise<void> {
  await warm.order('resync')
  await warm.order('reset loop')
  await benchEdits(
    client,
    OBJECTS,
    (name, value, unit) =>
      add(name, value, unit, name.startsWith('edit') && name.endsWith('p99') ? '≤ 50' : undefined),
    'edit to applied, 50 a second, all else passed over each second'
  )
  const loop = await warm.order('now')
  add('event loop delay p99 meanwhile', loop.loopP99, 'ms', '≤ 20')
  await warm.order('rest')
  await warm.order('idle')
  const memory = await warm.order('now')
  add('RSS after that', (memory.rss ?? 0) / 1e6, 'MB')
}

/** All connectors report for the first time: ten thousand conditions flip. */
async function benchFirstReports(warm: Subject, add: Bench['add']): Promise<void> {
  const from = performance.now()
  let flowing = 0
  while (flowing < OBJECTS && seconds(from) < 180) {
    await pause(1000)
    flowing = (await warm.order('flowing')).flowing ?? 0
  }
  add(`first reports: ${flowing} Feeds say so after`, seconds(from), 's')
}

/** Every connector reports every two seconds, with the limits that are shipped. */
async function benchLive({ client, add }: Bench, shipped: Subject): Promise<void> {
  // A restart is no news: what was said holds until reports had the time to come.
  await pause(20_000)
  const before = await shipped.order('now')
  await pause(LIVE_MS)
  const after = await shipped.order('now')
  const perSecond = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / (LIVE_MS / 1000)
  add('live figures of all Feeds: statuses written', perSecond('statuses'), 'a second')
  add('live figures: CPU', perSecond('cpuMs') / 10, '% of a core')
  add('live figures: RSS', (after.rss ?? 0) / 1e6, 'MB')
  await shipped.order('reset loop')
  await benchEdits(
    client,
    OBJECTS,
    add,
    'edit to applied, 50 a second, live figures of all, shipped limits'
  )
  add('event loop delay p99 meanwhile', (await shipped.order('now')).loopP99, 'ms', '≤ 20')
}

function writeAccount(account: string, cluster: TestCluster): void {
  mkdirSync(account, { recursive: true })
  writeFileSync(join(account, 'token'), cluster.token, { mode: 0o600 })
  writeFileSync(join(account, 'ca.crt'), cluster.ca)
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  try {
    await benchOperator()
  } catch (thrown) {
    console.error(describeError(thrown))
    process.exitCode = 1
  }
}
