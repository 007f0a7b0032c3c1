// The operator's figures against a real API server: 10,000 resources, each with a Deployment. Run it by itself, or through
// `npm run bench`. SSMD_BENCH_OBJECTS makes it smaller.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeError } from '#crds/errors.ts'
import { missingTools, startCluster, type TestCluster } from '../testing/cluster.ts'
import { startTcpProxy } from '../testing/tcp-proxy.ts'
import { installWidgets, WIDGETS, widget } from '../testing/widgets.ts'
import { benchControllerRuntime } from './controller-runtime.ts'
import { type Add, benchEdits, type Row } from './edits.ts'
import { NAMESPACE, startSubject } from './subject-process.ts'

const SUBJECT = new URL('./subject.ts', import.meta.url).pathname
const OBJECTS = Number(process.env.SSMD_BENCH_OBJECTS ?? 10_000)
// What the operator's own Deployment sets: with Node's default of 16 MB semi-spaces the same cache takes 100 MB more.
const FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=256']

const OURS = [process.execPath, ...FLAGS, '--expose-gc', SUBJECT] as const

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

    const cold = startSubject(OURS, cluster, account)
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

    const warm = startSubject(OURS, cluster, account)
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
    await benchEdits(cluster, warm, OBJECTS, add)
    await warm.order('idle')
    add('at the end: RSS', ((await warm.fact('idle')).rss ?? 0) / 1e6, 'MB')
    await warm.end()
    rows.push(...(await benchControllerRuntime(cluster, account, OBJECTS, rows)))
  } finally {
    rmSync(account, { recursive: true, force: true })
    await cluster.stop()
  }
  return rows
}

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

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const missing = await missingTools()
  if (missing) console.log(`operator: skipped: ${describeError(missing)}`)
  else
    for (const { name, value, unit, ratio = '' } of await benchOperator())
      console.log(`${name.padEnd(62)} ${String(value).padStart(12)} ${unit}   ${ratio}`)
}
