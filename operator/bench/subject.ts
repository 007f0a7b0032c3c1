// The operator that is measured: the real one, with all its kinds, as a process of its own. It prints one JSON line for each
// thing that it measured itself, and takes its orders from standard input.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { addControllers } from '../controllers.ts'
import { loadConnection } from '../kube/config.ts'
import { PRIORITY } from '../kube/queue.ts'
import { Manager } from '../runtime/manager.ts'
import { conditionsIn } from '../status/status.ts'
import { STAR_SPACE } from './load.ts'

const say = (fact: object): void => {
  process.stdout.write(`${JSON.stringify(fact)}\n`)
}
const { env } = process
const log = pino({ level: env.SSMD_LOG_LEVEL ?? 'error' }, pino.destination(2))
const registry = new Registry()
// As in a pod: without client-node.
const connection = await loadConnection({ serviceAccount: env.SERVICE_ACCOUNT ?? '' })
const manager = new Manager({
  connection,
  log,
  registry,
  userAgent: 'ssmd-operator/bench',
  name: 'ssmd-operator',
  hashAnnotation: 'ssmd.io/applied-hash',
  reportingController: 'ssmd.io/operator',
  // `free`: how fast it could be; else what is shipped.
  ...(env.LIMITS === 'free' ? { perSecond: 100_000, burst: 100_000 } : {}),
})
const writes = { all: 0, statuses: 0, events: 0 }
manager.client.transport.guardWrites(({ path }) => {
  writes.all++
  if (path.endsWith('/status')) writes.statuses++
  if (path.includes('/events')) writes.events++
})
const { context, controllers, close } = addControllers({
  manager,
  log,
  namespace: undefined,
  image: 'ssmd.local/ssmd:bench',
  hostRoot: '/var/lib/ssmd',
})
const stop = new AbortController()
// One call first: TLS and credentials are not what is measured.
await manager.client.list(context.feeds.resource, { limit: 1 })
const startedAt = performance.now()
const loop = monitorEventLoopDelay({ resolution: 5 })
loop.enable()

const passesOf = async (): Promise<number> => {
  const metric = await registry.getSingleMetric('controller_runtime_reconcile_total')?.get()
  return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0
}
async function facts(name: string, from: number, more: object = {}): Promise<void> {
  const { user, system } = process.cpuUsage()
  say({
    name,
    ms: performance.now() - from,
    loopP99: loop.percentile(99) / 1e6,
    loopMax: loop.max / 1e6,
    rss: process.memoryUsage().rss,
    cpuMs: (user + system) / 1000,
    passes: await passesOf(),
    ...writes,
    ...more,
  })
}
const objects = () =>
  [context.feeds, context.environments, context.archives, ...context.children].reduce(
    (sum, { store }) => sum + store.size,
    0
  )
manager.task({
  name: 'synced',
  when: 'leading',
  run: () => facts('sync', startedAt, { objects: objects() }),
})
const running = manager.run(stop.signal)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const isBusy = () => controllers.some(({ queue }) => queue.ready + queue.processing > 0)

/** Passes over every Feed once, and waits until none is left. */
async function passAll(): Promise<void> {
  const { queue } = controllers.find(({ name }) => name === 'feed') as (typeof controllers)[number]
  for (const key of context.feeds.store.keys()) queue.add(key, { priority: PRIORITY.resync })
  while (queue.ready + queue.processing > 0) await new Promise((resolve) => setImmediate(resolve))
}

let resyncing: NodeJS.Timeout | undefined

const orders: Record<string, () => Promise<void>> = {
  /** Says when nothing was left to do and nothing was written for a second. */
  idle: async () => {
    const from = performance.now()
    let quietSince = performance.now()
    for (let seen = writes.all; performance.now() - quietSince < 1000; seen = writes.all) {
      await pause(50)
      if (isBusy() || seen !== writes.all) quietSince = performance.now()
    }
    await facts('idle', from, { quietSince })
  },
  memory: async () => {
    globalThis.gc?.()
    const { heapUsed, heapTotal, external } = process.memoryUsage()
    await facts('memory', performance.now(), { heap: heapUsed, heapTotal, external })
  },
  snapshot: async () => {
    const { writeHeapSnapshot } = await import('node:v8')
    writeHeapSnapshot(env.SNAPSHOT)
    say({ name: 'snapshot' })
  },
  'pass all': async () => {
    loop.reset()
    const from = performance.now()
    await passAll()
    await facts('pass all', from, { objects: context.feeds.store.size })
  },
  /** A change of the Environment that captures a thousand Feeds, which changes nothing about them. */
  fanout: async () => {
    const key = `${STAR_SPACE}/all`
    const queued = new Promise<void>((resolve) => {
      // The controllers were here first: they have queued by the time this one is told.
      context.environments.subscribe((change) => {
        if (change.key === key && change.kind === 'updated') resolve()
      })
    })
    const from = performance.now()
    const { spec } = context.environments.store.get(key) as { spec?: { schedule?: object } }
    const timezone = spec?.schedule ? null : 'Europe/Berlin'
    const value = { spec: { schedule: timezone && { timezone } } }
    await manager.client.patch(context.environments.resource, key, { kind: 'merge', value })
    await queued
    const ms = performance.now() - from
    while (isBusy()) await pause(1)
    await facts('fanout', from, {
      ms,
      objects: context.feeds.store.keysBy('namespace', STAR_SPACE).length,
    })
  },
  /** Feeds of which a report was told. */
  flowing: async () => {
    let flowing = 0
    for (const { status } of context.feeds.store.values())
      if (
        conditionsIn(status).some(
          ({ type, status: holds }) => type === 'DataFlowing' && holds === 'True'
        )
      )
        flowing++
    await facts('flowing', performance.now(), { flowing })
  },
  now: () => facts('now', performance.now()),
  'reset loop': async () => {
    loop.reset()
    say({ name: 'reset loop' })
  },
  /** Passes over everything again and again until told otherwise. */
  resync: async () => {
    const { queue } = controllers[0] as (typeof controllers)[number]
    const again = () => {
      for (const key of context.feeds.store.keys()) queue.add(key, { priority: PRIORITY.resync })
    }
    again()
    resyncing = setInterval(again, 1000)
    say({ name: 'resync' })
  },
  rest: async () => {
    clearInterval(resyncing)
    say({ name: 'rest' })
  },
  stop: async () => {
    stop.abort()
    await running
    await close()
    process.exit(0)
  },
}
for await (const order of createInterface({ input: process.stdin })) await orders[order]?.()
