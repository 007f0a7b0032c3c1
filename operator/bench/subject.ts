// The operator that is measured: a process of its own with a Deployment for each Widget and a status, nothing else in its memory.
// It prints one JSON line for each thing that it measured itself, and takes its orders from standard input.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { loadConnection } from '../kube/config.ts'
import { DEPLOYMENTS } from '../kube/objects.ts'
import { PRIORITY } from '../kube/queue.ts'
import { Manager } from '../runtime/manager.ts'
import { Passes } from '../runtime/passes.ts'
import { WIDGETS } from '../testing/widgets.ts'
import { renderDeployment } from './deployment.ts'

const say = (fact: object): void => {
  process.stdout.write(`${JSON.stringify(fact)}\n`)
}
const { env } = process
const registry = new Registry()
// As in a pod: without client-node.
const connection = await loadConnection({ serviceAccount: env.SERVICE_ACCOUNT ?? '' })
const manager = new Manager({
  connection,
  log: pino({ level: 'error' }, pino.destination(2)),
  registry,
  userAgent: 'op-bench',
  name: 'bench-operator',
  hashAnnotation: 'ssmd.test/applied-hash',
  reportingController: 'ssmd.test/operator',
  perSecond: 100_000,
  burst: 100_000,
})
const namespace = env.NAMESPACE ?? 'default'
const widgets = manager.informer(WIDGETS, {
  namespace,
  // Ten Environments for all, as an index would have them.
  indexes: { environment: ({ metadata }) => [metadata.name.slice(-1)] },
})
const deployments = manager.informer(DEPLOYMENTS, {
  namespace,
  labelSelector: 'app.kubernetes.io/managed-by=ssmd-operator',
})
const memo = new Passes()
let useMemo = true
let passes = 0
let left = Number.POSITIVE_INFINITY
let finished: () => void = () => {}
const controller = manager.controller({
  name: 'widget',
  for: widgets,
  owns: [deployments],
  async reconcile(pass) {
    passes++
    try {
      const owner = widgets.store.get(pass.key)
      if (!owner) return
      const child = `${namespace}/connector-${pass.name}`
      if (useMemo && memo.same(pass.key, [owner, deployments.store.get(child)])) return
      const { outcome } = await pass.apply(DEPLOYMENTS, renderDeployment(owner), owner)
      const observedGeneration = owner.metadata.generation ?? 0
      const status = await pass.applyStatus(WIDGETS, owner, { observedGeneration, maps: 1 })
      if (outcome === 'unchanged' && status.outcome === 'unchanged')
        memo.complete(pass.key, [owner, deployments.store.get(child)])
    } finally {
      if (--left === 0) finished()
    }
  },
})

const stop = new AbortController()
// One call first: TLS and credentials are not what is measured.
await manager.client.list(WIDGETS, { namespace, limit: 1 })
const startedAt = performance.now()
const loop = monitorEventLoopDelay({ resolution: 1 })
loop.enable()
const facts = (name: string, from: number, more: object = {}) => ({
  name,
  ms: performance.now() - from,
  loopP99: loop.percentile(99) / 1e6,
  loopMax: loop.max / 1e6,
  rss: process.memoryUsage().rss,
  cpuMs: process.cpuUsage().user / 1000,
  passes,
  ...more,
})
manager.task({
  name: 'synced',
  when: 'leading',
  run: async () =>
    say(facts('sync', startedAt, { objects: widgets.store.size + deployments.store.size })),
})
const running = manager.run(stop.signal)

async function passAll(name: string): Promise<void> {
  loop.reset()
  const from = performance.now()
  left = widgets.store.size
  const done = new Promise<void>((resolve) => {
    finished = resolve
  })
  for (const key of widgets.store.keys()) controller.queue.add(key, { priority: PRIORITY.resync })
  await done
  left = Number.POSITIVE_INFINITY
  say(facts(name, from, { objects: widgets.store.size }))
}

const orders: Record<string, () => Promise<void> | void> = {
  'noop without memo': async () => {
    useMemo = false
    await passAll('noop without memo')
    useMemo = true
  },
  'noop with memo': async () => {
    await passAll('memo filled')
    await passAll('noop with memo')
  },
  fanout: () => {
    const from = performance.now()
    const keys = widgets.store.keysBy('environment', '7')
    for (const key of keys) controller.queue.add(key)
    say(facts('fanout', from, { objects: keys.length }))
  },
  /** Says when nothing is left to do and nothing came for half a second. */
  idle: async () => {
    const from = performance.now()
    let seen = -1
    while (controller.queue.size + controller.queue.processing > 0 || seen !== passes) {
      seen = passes
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    globalThis.gc?.()
    const metric = await registry.getSingleMetric('rest_client_requests_total')?.get()
    const writes = metric?.values
      .filter(({ labels }) => labels.method !== 'GET')
      .reduce((sum, { value }) => sum + value, 0)
    say(facts('idle', from, { writes, heap: process.memoryUsage().heapUsed }))
  },
  'reset loop': () => {
    loop.reset()
    say({ name: 'reset loop' })
  },
  'read loop': () => say(facts('read loop', performance.now())),
  /** Passes over everything again and again until told otherwise. */
  resync: () => {
    const again = () => {
      for (const key of widgets.store.keys())
        controller.queue.add(key, { priority: PRIORITY.resync })
    }
    again()
    setInterval(again, 1000).unref()
    say({ name: 'resync' })
  },
  stop: async () => {
    stop.abort()
    await running
    process.exit(0)
  },
}
for await (const order of createInterface({ input: process.stdin })) await orders[order]?.()
