// Prometheus metrics of this room, under the names that client-go and controller-runtime use, so that the stock
// dashboards and alerts fit. All label sets that are known in advance start at zero.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Resource } from './objects.ts'
import type { QueueObserver } from './queue.ts'
import type { Observe } from './transport.ts'

const EXPONENTIAL = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000]
const REQUEST_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60]

export type KubeMetrics = {
  readonly observeRequest: Observe
  observeQueue(name: string): QueueObserver
  observeInformer(resource: Resource, trouble: string): void
  /** Unfinished and longest work are read at each scrape. */
  collectQueue(name: string, read: () => readonly number[]): void
  collectInformer(resource: Resource, read: () => InformerFacts): void
  collectLease(name: string, read: () => { leading: boolean; slowRenewals: number }): void
  countDropped(read: () => number): void
}

export type InformerFacts = {
  readonly objects: number
  readonly ageSeconds: number
  readonly phase: string
}

const TROUBLES = [
  'expired',
  'staleList',
  'silent',
  'errorEvent',
  'shortWatch',
  'failed',
  'forbidden',
  'absent',
  'restored',
  'handler',
]
const PHASES = ['listing', 'watching', 'waiting', 'stopped']

export function kubeMetrics(registry: Registry): KubeMetrics {
  const registers = [registry]
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server by status code, method and host.',
    labelNames: ['code', 'method', 'host'] as const,
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Seconds until the head of the answer.',
    labelNames: ['verb', 'host'] as const,
    buckets: REQUEST_SECONDS,
    registers,
  })
  const requestRetries = new Counter({
    name: 'rest_client_request_retries_total',
    help: 'Requests that were sent again.',
    labelNames: ['code', 'verb', 'host'] as const,
    registers,
  })
  const queue = queueMetrics(registry)
  const troubles = new Counter({
    name: 'ssmd_informer_disturbances_total',
    help: 'What was not the ordinary course of list and watch.',
    labelNames: ['resource', 'kind'] as const,
    registers,
  })
  const informers = informerMetrics(registry)
  const lease = leaseMetrics(registry)
  return {
    observeRequest({ method, host, status, seconds, retry }) {
      const code = status === 0 ? '<error>' : String(status)
      requests.inc({ code, method, host })
      requestSeconds.observe({ verb: method, host }, seconds)
      if (retry) requestRetries.inc({ code, verb: method, host })
    },
    observeQueue: queue.observe,
    collectQueue: queue.collect,
    observeInformer: (resource, kind) => troubles.inc({ resource: resource.plural, kind }),
    collectInformer(resource, read) {
      for (const kind of TROUBLES) troubles.inc({ resource: resource.plural, kind }, 0)
      informers(resource, read)
    },
    collectLease: lease,
    countDropped(read) {
      new Gauge({
        name: 'ssmd_events_dropped',
        help: 'Kubernetes Events that were not written since the start.',
        registers,
        collect() {
          this.set(read())
        },
      })
    },
  }
}

function queueMetrics(registry: Registry) {
  const registers = [registry]
  const labelNames = ['name', 'controller'] as const
  const depth = new Gauge({
    name: 'workqueue_depth',
    help: 'Keys that could be taken now.',
    labelNames: ['name', 'controller', 'priority'] as const,
    registers,
  })
  const adds = new Counter({
    name: 'workqueue_adds_total',
    help: 'Keys that were added.',
    labelNames,
    registers,
  })
  const waited = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'Seconds a key could have been taken before it was.',
    labelNames,
    buckets: EXPONENTIAL,
    registers,
  })
  const worked = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'Seconds from taking a key to its end.',
    labelNames,
    buckets: EXPONENTIAL,
    registers,
  })
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Keys that were added again after a failure.',
    labelNames,
    registers,
  })
  const readers = new Map<string, () => readonly number[]>()
  const collectWith = (of: (seconds: readonly number[]) => number) =>
    function collect(this: Gauge<'name' | 'controller'>) {
      for (const [name, read] of readers) this.set({ name, controller: name }, of(read()))
    }
  new Gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'Seconds of work under way, summed.',
    labelNames,
    registers,
    collect: collectWith((seconds) => seconds.reduce((sum, one) => sum + one, 0)),
  })
  new Gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'Seconds the longest pass under way has taken.',
    labelNames,
    registers,
    collect: collectWith((seconds) => Math.max(0, ...seconds)),
  })
  return {
    collect: (name: string, read: () => readonly number[]) => void readers.set(name, read),
    observe(name: string): QueueObserver {
      const labels = { name, controller: name }
      for (const priority of [100, 0, -100]) depth.inc({ ...labels, priority: String(priority) }, 0)
      adds.inc(labels, 0)
      retries.inc(labels, 0)
      waited.zero(labels)
      worked.zero(labels)
      return {
        added: () => adds.inc(labels),
        depth: (priority, delta) => depth.inc({ ...labels, priority: String(priority) }, delta),
        taken: (seconds) => waited.observe(labels, seconds),
        done: (seconds) => worked.observe(labels, seconds),
        retried: () => retries.inc(labels),
      }
    },
  }
}

function informerMetrics(registry: Registry) {
  const readers = new Map<string, () => InformerFacts>()
  const gauge = (name: string, help: string, of: (facts: InformerFacts) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['resource'] as const,
      registers: [registry],
      collect() {
        for (const [resource, read] of readers) this.set({ resource }, of(read()))
      },
    })
  gauge('ssmd_informer_objects', 'Objects in the cache.', (facts) => facts.objects)
  gauge(
    'ssmd_informer_last_event_age_seconds',
    'Seconds since the last page, event or bookmark.',
    (facts) => facts.ageSeconds
  )
  new Gauge({
    name: 'ssmd_informer_state',
    help: '1 for the state that the reflector is in.',
    labelNames: ['resource', 'state'] as const,
    registers: [registry],
    collect() {
      for (const [resource, read] of readers) {
        const { phase } = read()
        for (const state of PHASES) this.set({ resource, state }, state === phase ? 1 : 0)
      }
    },
  })
  return (resource: Resource, read: () => InformerFacts) => void readers.set(resource.plural, read)
}

function leaseMetrics(registry: Registry) {
  const readers = new Map<string, () => { leading: boolean; slowRenewals: number }>()
  new Gauge({
    name: 'leader_election_master_status',
    help: '1 where this process leads.',
    labelNames: ['name'] as const,
    registers: [registry],
    collect() {
      for (const [name, read] of readers) this.set({ name }, read().leading ? 1 : 0)
    },
  })
  new Counter({
    name: 'leader_election_slowpath_total',
    help: 'Renewals that needed more than one attempt.',
    labelNames: ['name'] as const,
    registers: [registry],
    collect() {
      this.reset()
      for (const [name, read] of readers) this.inc({ name }, read().slowRenewals)
    },
  })
  return (name: string, read: () => { leading: boolean; slowRenewals: number }) =>
    void readers.set(name, read)
}
