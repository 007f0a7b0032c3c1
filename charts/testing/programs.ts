// Every metric of the programs, as their own functions register them; none of them runs.

import { collectDefaultMetrics, Registry } from 'prom-client'
import { apiMetrics } from '#data/http/metrics.ts'
import { signalMetrics } from '#signals/live/metrics.ts'
import { kubeMetrics } from '../../operator/kube/metrics.ts'
import { resourceMetrics } from '../../operator/metrics.ts'
import type { Context } from '../../operator/reconcile/context.ts'
import { controllerMetrics, watchEventLoop } from '../../operator/runtime/metrics.ts'
import { archiverMetrics } from '../../workloads/archiver/metrics.ts'
import { connectorMetrics, type Figures } from '../../workloads/connector/metrics.ts'
import { registerMetrics } from '../../workloads/simulator/status.ts'

export type Metric = {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly labelNames?: readonly string[]
}

/** By program; `all` are those of Node and of the process, which each of them has. */
const REGISTER: Readonly<Record<string, (registry: Registry) => void>> = {
  connector: (registry) => {
    const identity = { environment: '', feed: '', shard: 0, simulated: false }
    connectorMetrics(registry, identity, {} as Figures)
  },
  archiver: (registry) => archiverMetrics(registry, { environment: '', archive: '', root: '' }, []),
  signal: (registry) => signalMetrics(registry, { environment: '', name: '', sinks: [] } as never),
  'data-api': (registry) => void apiMetrics(registry, {}),
  simulator: (registry) => registerMetrics(registry, []),
  operator: (registry) => {
    resourceMetrics(registry, {} as Context)
    kubeMetrics(registry)
    controllerMetrics(registry)
    watchEventLoop(registry)[Symbol.dispose]()
  },
  all: (registry) => collectDefaultMetrics({ register: registry }),
}

export function metricsOfPrograms(): ReadonlyMap<string, readonly Metric[]> {
  return new Map(
    Object.entries(REGISTER).map(([program, register]) => {
      const registry = new Registry()
      register(registry)
      return [program, registry.getMetricsAsArray() as unknown as Metric[]]
    })
  )
}
