// Whole operators, as processes, against a real API server: killed at every write, frozen and resumed, alone and in
// pairs. Who wrote what is read from the API server's own audit log.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Registry } from 'prom-client'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { slowly, until, waitOut, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import type { Client } from '../kube/client.ts'
import { CONFIG_MAPS, type KubeObject, NAMESPACES } from '../kube/objects.ts'
import { Manager } from '../runtime/manager.ts'
import type { Pass } from '../runtime/pass.ts'
import { missingTools, startCluster, type TestCluster } from '../testing/cluster.ts'
import { testLog } from '../testing/log.ts'
import { addWidgets, installWidgets, WIDGETS, type Widget, widget } from '../testing/widgets.ts'

const missing = await missingTools()
const test = suite<{ ends: (() => unknown)[] }>('runtime against a real API server')
/** A test that is skipped, with the reason, where the real programs cannot be had. */
const real = (name: string, body: Parameters<typeof test>[1]) =>
  test(name, missing === undefined ? body : () => skip(missing))
const OPERATOR = new URL('../testing/widget-operator.ts', import.meta.url).pathname

let cluster: TestCluster
let client: Client
let folder: string | undefined
let audit: string

test.before(async () => {
  if (missing !== undefined) return
  folder = mkdtempSync(join(tmpdir(), 'ssmd-audit-'))
  audit = join(folder, 'audit.log')
  const policy = join(folder, 'policy.json')
  const rule = { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete'] }
  writeFileSync(
    policy,
    JSON.stringify({
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: [rule],
    })
  )
  cluster = await startCluster({
    apiServerArgs: ['--audit-policy-file', policy, '--audit-log-path', audit],
  })
  client = cluster.client()
  await installWidgets(cluster)
})
test.after(async () => {
  client?.transport.close()
  await cluster?.stop()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})
test.before.each((context) => {
  context.ends = []
})
test.after.each(async ({ ends }) => {
  for (const end of ends.reverse()) await end()
})

let spaces = 0
async function space(): Promise<string> {
  const name = `t${++spaces}`
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return name
}

type Operator = {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  readonly lines: string[]
  leading(): boolean
}

function operator(
  { ends }: { ends: (() => unknown)[] },
  name: string,
  env: Record<string, string>
): Operator {
  const child = spawn(process.execPath, [OPERATOR], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig, OPERATOR_NAME: name, ...env },
  })
  const lines: string[] = []
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line))
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  ends.push(async () => {
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await exited
  })
  return {
    child,
    exited,
    lines,
    leading: () => lines.some((line) => line.includes('"leading now"')),
  }
}

type Audited = {
  readonly userAgent: string
  readonly verb: string
  readonly requestReceivedTimestamp: string
  readonly objectRef: {
    readonly resource: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly responseStatus?: { readonly code: number }
}

/** Writes that the API server let through, by whom. */
const writesOf = (namespace: string): Audited[] =>
  readFileSync(audit, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Audited)
    .filter(
      ({ objectRef, responseStatus }) =>
        objectRef?.namespace === namespace && (responseStatus?.code ?? 0) < 300
    )

const isOurs = ({ userAgent, objectRef }: Audited) =>
  userAgent.startsWith('op-') && objectRef.resource !== 'leases'

const settled = async (namespace: string, name: string, maps: number) => {
  const object = await client.get(WIDGETS, `${namespace}/${name}`)
  return (
    object.status?.observedGeneration === object.metadata.generation && object.status?.maps === maps
  )
}

const children = async (namespace: string): Promise<readonly KubeObject[]> =>
  (await client.list(CONFIG_MAPS, { namespace, labelSelector: 'ssmd.test/widget' })).items

/** All that the operator made, without what differs by itself. */
const picture = async (namespace: string) => ({
  maps: (await children(namespace)).map(({ metadata, data }) => ({
    name: metadata.name,
    owners: metadata.ownerReferences?.length,
    hash: metadata.annotations?.['ssmd.test/applied-hash']?.length,
    data,
  })),
  widgets: (await client.list(WIDGETS, { namespace })).items.map(({ metadata, status }) => ({
    name: metadata.name,
    generation: metadata.generation,
    status,
  })),
})

real(
  'killed before any of its writes, an operator ends up with the same objects (O1)',
  async (context) => {
    const course = async (deaths: readonly number[]) => {
      const namespace = await space()
      await client.create(WIDGETS, widget(namespace, 'w', 3))
      for (const n of deaths) {
        const dying = operator(context, `op-dying-${n}`, {
          NAMESPACE: namespace,
          DIE_BEFORE_WRITE: String(n),
        })
        assert.is(await within(20_000, `died before write ${n}`, dying.exited), null)
      }
      const last = operator(context, 'op-last', { NAMESPACE: namespace })
      await until(20_000, 'settled', () => settled(namespace, 'w', 3))
      last.child.kill('SIGTERM')
      assert.is(await within(10_000, 'stopped', last.exited), 0)
      return { seen: await picture(namespace), writes: writesOf(namespace).filter(isOurs) }
    }
    const undisturbed = await course([])
    assert.is(undisturbed.writes.length, 4, 'three objects and a status')
    // The last course dies before the first two writes as well.
    const alone = process.env.SSMD_FAULTS === 'all' ? [[1], [2]] : []
    for (const deaths of [...alone, [3], [4], [1, 2, 1, 1]]) {
      const disturbed = await course(deaths)
      assert.equal(disturbed.seen, undisturbed.seen, `deaths ${deaths.join(' ')}`)
      assert.is(disturbed.writes.length, 4, `no write twice: deaths ${deaths.join(' ')}`)
    }
  }
)

real(
  'two operators: the leader is killed, and the other goes on within the lease (O7)',
  async (context) => {
    const namespace = await space()
    const env = { NAMESPACE: namespace, LEASE_NAMESPACE: namespace }
    const first = operator(context, 'op-first', env)
    await until(20_000, 'first leads', first.leading)
    const second = operator(context, 'op-second', env)
    await until(20_000, 'second is warm', () =>
      second.lines.some((line) => line.includes('caches are filled'))
    )
    await client.create(WIDGETS, widget(namespace, 'before'))
    await until(10_000, 'settled', () => settled(namespace, 'before', 3))
    first.child.kill('SIGKILL')
    const died = performance.now()
    await client.create(WIDGETS, widget(namespace, 'after'))
    await until(10_000, 'settled', () => settled(namespace, 'after', 3))
    const took = performance.now() - died
    console.log(
      `  failover after SIGKILL: ${Math.round(took)} ms with a lease of ${slowly(3000)} ms`
    )
  }
)

real('a leader that was frozen and wakes up writes nothing, and ends (O7)', async (context) => {
  const namespace = await space()
  // Every key is passed over every 50 ms, and somebody edits the children: there is always something to write.
  const env = { NAMESPACE: namespace, LEASE_NAMESPACE: namespace, RESYNC_MS: '50' }
  const first = operator(context, 'op-frozen', env)
  await until(20_000, 'first leads', first.leading)
  const second = operator(context, 'op-other', env)
  for (let i = 0; i < 5; i++) await client.create(WIDGETS, widget(namespace, `w${i}`))
  await until(10_000, 'settled', () => settled(namespace, 'w4', 3))
  let text = 0
  let isFrozen = false
  const churn = setInterval(() => {
    if (isFrozen) return
    const name = `w${text % 5}`
    client
      .patch(WIDGETS, `${namespace}/${name}`, {
        kind: 'merge',
        value: { spec: { text: `t${text++}` } },
      })
      .catch(() => {})
  }, 100)
  context.ends.push(() => clearInterval(churn))
  await until(10_000, 'busy', () => writesOf(namespace).filter(isOurs).length > 30)
  first.child.kill('SIGSTOP')
  // The lease takes its time to end; nobody has to edit meanwhile.
  isFrozen = true
  await until(10_000, 'second leads', second.leading)
  isFrozen = false
  first.child.kill('SIGCONT')
  assert.is(await within(10_000, 'the first ends', first.exited), 1)
  await until(10_000, 'the other writes', () =>
    writesOf(namespace).some((write) => isOurs(write) && write.userAgent === 'op-other')
  )
  await waitOut(300, 'writes of the one that woke up, of which there must be none')
  clearInterval(churn)
  const writers = writesOf(namespace)
    .filter(isOurs)
    .sort((a, b) => (a.requestReceivedTimestamp < b.requestReceivedTimestamp ? -1 : 1))
    .map(({ userAgent }) => userAgent)
  const handovers = writers.filter((writer, i) => i > 0 && writer !== writers[i - 1]).length
  assert.is(handovers, 1, 'one hand-over in the whole audit log')
  assert.is(writers.at(-1), 'op-other')
})

real(
  'an orderly stop gives the lease back: the other leads within two seconds',
  async (context) => {
    const namespace = await space()
    const env = { NAMESPACE: namespace, LEASE_NAMESPACE: namespace }
    const first = operator(context, 'op-a', env)
    await until(20_000, 'first leads', first.leading)
    const second = operator(context, 'op-b', env)
    await until(20_000, 'second is warm', () =>
      second.lines.some((line) => line.includes('caches are filled'))
    )
    first.child.kill('SIGTERM')
    assert.is(await within(10_000, 'stopped', first.exited), 0)
    const stopped = performance.now()
    await until(2000, 'second leads', second.leading)
    console.log(`  failover after SIGTERM: ${Math.round(performance.now() - stopped)} ms`)
  }
)

/** An operator inside this process. */
function inside({ ends }: { ends: (() => unknown)[] }, namespace: string, resyncMs = 600_000) {
  const passes: Pass[] = []
  const manager = new Manager({
    connection: cluster.connection(),
    log: testLog().log,
    registry: new Registry(),
    userAgent: 'op-inside',
    name: 'widget-operator',
    hashAnnotation: 'ssmd.test/applied-hash',
    reportingController: 'ssmd.test/operator',
  })
  addWidgets(manager, namespace, { resyncMs, onPass: (pass) => passes.push(pass) })
  const stop = new AbortController()
  const running = manager.run(stop.signal)
  ends.push(async () => {
    stop.abort()
    await within(10_000, 'stopped', running)
  })
  return { manager, passes }
}

real('1,000 passes over unchanged objects write nothing (O12)', async (context) => {
  const namespace = await space()
  for (let i = 0; i < 20; i++) await client.create(WIDGETS, widget(namespace, `w${i}`))
  const { passes } = inside(context, namespace, 20)
  await until(20_000, 'settled', () => settled(namespace, 'w19', 3))
  await until(20_000, 'all made', () => writesOf(namespace).filter(isOurs).length >= 80)
  const before = passes.length
  await until(20_000, 'a thousand passes', () => passes.length >= before + 1000)
  assert.is(writesOf(namespace).filter(isOurs).length, 80)
})

real(
  'children deleted and edited by hand come back, surplus ones go, and edits reach them',
  async (context) => {
    const namespace = await space()
    await client.create(WIDGETS, widget(namespace, 'w', 3))
    inside(context, namespace)
    await until(10_000, 'settled', () => settled(namespace, 'w', 3))
    await cluster.kubectl('-n', namespace, 'delete', 'configmap', 'w-1')
    await until(5000, 'made again', async () => (await children(namespace)).length === 3)
    await cluster.kubectl(
      '-n',
      namespace,
      'patch',
      'configmap',
      'w-0',
      '-p',
      '{"data":{"text":"no"}}'
    )
    await until(5000, 'put back', async () =>
      (await children(namespace)).every(({ data }) => (data as { text: string }).text === 'x')
    )
    await until(5000, 'an Event says so', async () =>
      /FieldTakenOver.*kubectl-patch/.test(
        await cluster.kubectl('-n', namespace, 'get', 'events', '-o', 'wide')
      )
    )
    await client.patch(WIDGETS, `${namespace}/w`, {
      kind: 'merge',
      value: { spec: { maps: 1, text: 'y' } },
    })
    await until(5000, 'fewer', async () => {
      const left = await children(namespace)
      return left.length === 1 && (left[0]!.data as { text: string }).text === 'y'
    })
    await until(5000, 'status', () => settled(namespace, 'w', 1))
  }
)

real(
  'somebody who edits a child every 50 ms gets five answers in ten minutes, and others are served (O6)',
  async (context) => {
    const namespace = await space()
    await client.create(WIDGETS, widget(namespace, 'w', 1))
    inside(context, namespace)
    await until(10_000, 'settled', () => settled(namespace, 'w', 1))
    for (let i = 0; i < 30; i++) {
      await client.patch(
        CONFIG_MAPS,
        `${namespace}/w-0`,
        { kind: 'merge', value: { data: { text: `theirs ${i}` } } },
        { manager: 'rival' }
      )
      await waitOut(50, 'the next edit of the rival')
    }
    const answers = writesOf(namespace).filter(
      (write) => isOurs(write) && write.objectRef.name === 'w-0'
    ).length
    assert.ok(answers <= 6, `${answers} writes: the first and five answers`)
    await client.create(WIDGETS, widget(namespace, 'other', 1))
    await until(5000, 'the other is served', () => settled(namespace, 'other', 1))
  }
)

real('garbage in objects does not stop the loop (O8)', async (context) => {
  const namespace = await space()
  const { manager } = inside(context, namespace)
  await until(10_000, 'leading', () => manager.phase === 'leading')
  await client.create(WIDGETS, { ...widget(namespace, 'bad'), spec: null } as unknown as Widget)
  await client.create(WIDGETS, widget(namespace, 'good', 2))
  await until(10_000, 'good is served', () => settled(namespace, 'good', 2))
})

test.run()
