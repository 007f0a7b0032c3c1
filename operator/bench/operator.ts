// The operator's figures against a real API server: 10,000 resources, each with a Deployment. Run it by itself, or through
// `npm run bench`. SSMD_BENCH_OBJECTS makes it smaller.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describeError } from '#crds/errors.ts'
import { DEPLOYMENTS } from '../kube/objects.ts'
import { readEvents } from '../kube/watch-lines.ts'
import { missingTools, startCluster, type TestCluster } from '../testing/cluster.ts'
import { startTcpProxy } from '../testing/tcp-proxy.ts'
import { installWidgets, WIDGETS, widget } from '../testing/widgets.ts'

export type Row = { readonly name: string; readonly value: number; readonly unit: string }
type Facts = Readonly<Record<string, number>> & { readonly name: never }

const SUBJECT = new URL('./subject.ts', import.meta.url).pathname
const OBJECTS = Number(process.env.SSMD_BENCH_OBJECTS ?? 10_000)
const NAMESPACE = 'default'
// What the operator's own Deployment sets: with Node's default of 16 MB semi-spaces the same cache takes 100 MB more.
const FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=256']

/** All figures, against the pinned etcd and kube-apiserver. */
export async function benchOperator(): Promise<Row[]> {
  const cluster = await startCluster({
    // The server's own fairness would measure itself.
    apiServerArgs: [
      '--max-requests-inflight',
      '0',
      '--max-mutating-requests-inflight',
      '0',
      '--enable-priority-and-fairness=false',
    ],
  })
  const account = mkdtempSync(join(tmpdir(), 'ssmd-account-'))
  writeFileSync(join(account, 'token'), cluster.token, { mode: 0o600 })
  writeFileSync(join(account, 'ca.crt'), cluster.ca)
  const rows: Row[] = []
  const add = (name: string, value: number | undefined, unit: string) =>
    rows.push({ name, value: Math.round((value ?? Number.NaN) * 100) / 100, unit })
  try {
    await benchCalls(cluster, add)
    await installWidgets(cluster)
    const loaded = performance.now()
    await createWidgets(cluster, OBJECTS)
    add('load: create', OBJECTS / ((performance.now() - loaded) / 1000), 'objects/s')

    const cold = startSubject(cluster, account)
    const first = await cold.fact('sync')
    add(`cold start: sync of ${first.objects} objects`, first.ms, 'ms')
    const coldAt = performance.now()
    await cold.order('idle')
    const made = await cold.fact('idle')
    // The half seconds in which nothing came any more are not work.
    add(
      'cold pass: apply and status',
      OBJECTS / ((performance.now() - coldAt - 1000) / 1000),
      'objects/s'
    )
    add('cold pass: writes for each object', (made.writes ?? 0) / OBJECTS, 'calls')
    add('cold pass: event loop delay p99', made.loopP99, 'ms')
    await cold.end()

    const warm = startSubject(cluster, account)
    const sync = await warm.fact('sync')
    add(`warm start: sync of ${sync.objects} objects`, sync.ms, 'ms')
    add('warm start: event loop delay p99', sync.loopP99, 'ms')
    add('warm start: event loop delay max', sync.loopMax, 'ms')
    await warm.order('idle')
    const idle = await warm.fact('idle')
    add('warm start: writes', idle.writes, 'calls')
    add('warm start: RSS after the first pass', (idle.rss ?? 0) / 1e6, 'MB')
    add('warm start: heap after GC', (idle.heap ?? 0) / 1e6, 'MB')
    await warm.order('noop without memo')
    const noop = await warm.fact('noop without memo')
    add(
      'no-op pass: render, hash and compare all',
      (noop.objects ?? 0) / ((noop.ms ?? 1) / 1000),
      'passes/s'
    )
    await warm.order('noop with memo')
    await warm.fact('memo filled')
    const quick = await warm.fact('noop with memo')
    add('no-op pass: inputs unchanged', (quick.objects ?? 0) / ((quick.ms ?? 1) / 1000), 'passes/s')
    add('no-op pass: event loop delay p99', quick.loopP99, 'ms')
    await warm.order('fanout')
    const fanout = await warm.fact('fanout')
    add(`fan-out to ${fanout.objects} objects queued`, fanout.ms, 'ms')
    await benchEdits(cluster, warm, add)
    await warm.order('idle')
    add('at the end: RSS', ((await warm.fact('idle')).rss ?? 0) / 1e6, 'MB')
    await warm.end()
  } finally {
    rmSync(account, { recursive: true, force: true })
    await cluster.stop()
  }
  return rows
}

type Add = (name: string, value: number | undefined, unit: string) => void

async function benchCalls(cluster: TestCluster, add: Add): Promise<void> {
  const wire = await startTcpProxy(cluster)
  const client = cluster.client({ port: wire.port })
  const call = () => client.transport.request({ method: 'GET', path: '/api/v1/namespaces/default' })
  await call()
  const from = performance.now()
  for (let i = 0; i < 500; i++) await call()
  add('500 calls one after another', performance.now() - from, 'ms')
  add('500 calls: TLS connections', wire.accepted, '')
  client.transport.close()
  await wire.close()
}

/** Fifty edits a second for five seconds, while everything else is passed over every second. */
async function benchEdits(cluster: TestCluster, subject: Subject, add: Add): Promise<void> {
  const client = cluster.client()
  const sent = new Map<string, number>()
  const took: number[] = []
  const end = new AbortController()
  const { metadata } = await client.list(DEPLOYMENTS, { namespace: NAMESPACE, limit: 1 })
  const stream = await client.watch(DEPLOYMENTS, {
    namespace: NAMESPACE,
    resourceVersion: metadata.resourceVersion ?? '',
    timeoutSeconds: 300,
    signal: end.signal,
  })
  const watching = (async () => {
    for await (const { object } of readEvents(stream.chunks, () => {})) {
      const { name } = (object as { metadata: { name: string } }).metadata
      const at = sent.get(name)
      if (at === undefined) continue
      took.push(performance.now() - at)
      sent.delete(name)
    }
  })().catch(() => {})
  // The same write by itself, on this machine, now: what the API server takes of it.
  const alone: number[] = []
  for (let i = 0; i < 100; i++) {
    const from = performance.now()
    const value = { metadata: { labels: { round: `r${i}` } } }
    await client.patch(WIDGETS, `${NAMESPACE}/w${OBJECTS - 1 - i}`, { kind: 'merge', value })
    alone.push(performance.now() - from)
  }
  alone.sort((a, b) => a - b)
  add('one API write by itself: p50', alone[50], 'ms')
  add('one API write by itself: p99', alone[98], 'ms')
  await subject.order('resync')
  await subject.fact('resync')
  await subject.order('reset loop')
  await subject.fact('reset loop')
  const started = performance.now()
  const edits: Promise<unknown>[] = []
  for (let i = 0; i < 250; i++) {
    const name = `w${i}`
    sent.set(`connector-${name}`, performance.now())
    edits.push(
      client.patch(WIDGETS, `${NAMESPACE}/${name}`, {
        kind: 'merge',
        value: { spec: { text: `e${i}` } },
      })
    )
    const next = started + (i + 1) * 20
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())))
  }
  await Promise.all(edits)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  end.abort()
  await watching
  took.sort((a, b) => a - b)
  add('edit to applied at 50 edits/s: seen', took.length, 'of 250')
  add('edit to applied at 50 edits/s: p50', took[Math.floor(took.length * 0.5)], 'ms')
  add('edit to applied at 50 edits/s: p99', took[Math.floor(took.length * 0.99)], 'ms')
  await subject.order('read loop')
  add('event loop delay p99 meanwhile', (await subject.fact('read loop')).loopP99, 'ms')
  client.transport.close()
}

async function createWidgets(cluster: TestCluster, count: number): Promise<void> {
  const client = cluster.client()
  let next = 0
  const worker = async () => {
    for (let i = next++; i < count; i = next++)
      await client.create(WIDGETS, widget(NAMESPACE, `w${i}`, 1, `t${i}`))
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  client.transport.close()
}

type Subject = {
  order(text: string): Promise<void>
  fact(name: string): Promise<Facts>
  end(): Promise<void>
}

function startSubject(cluster: TestCluster, account: string): Subject {
  const child: ChildProcess = spawn(process.execPath, [...FLAGS, '--expose-gc', SUBJECT], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      KUBERNETES_SERVICE_HOST: cluster.host,
      KUBERNETES_SERVICE_PORT: String(cluster.port),
      SERVICE_ACCOUNT: account,
      NAMESPACE,
    },
  })
  const facts: Facts[] = []
  let wake: () => void = () => {}
  createInterface({ input: child.stdout! }).on('line', (line) => {
    facts.push(JSON.parse(line) as Facts)
    wake()
  })
  return {
    async order(text) {
      child.stdin?.write(`${text}\n`)
    },
    async fact(name) {
      for (;;) {
        const index = facts.findIndex((fact) => (fact as { name: string }).name === name)
        if (index >= 0) return facts.splice(index, 1)[0] as Facts
        if (child.exitCode !== null) throw new Error(`the subject ended before ${name}`)
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, 1000)
        })
      }
    },
    async end() {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.stdin?.write('stop\n')
      await exited
    },
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const missing = await missingTools()
  if (missing) console.log(`operator: skipped: ${describeError(missing)}`)
  else
    for (const { name, value, unit } of await benchOperator())
      console.log(`${name.padEnd(52)} ${String(value).padStart(12)} ${unit}`)
}
