// Metrics of controllers under controller-runtime's names, every label set at zero from the start, and the delay of the
// event loop that all controllers share.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type PassResult = 'success' | 'error' | 'requeue' | 'requeue_after'

export type ControllerMetrics = {
  result(result: PassResult): void
  error(): void
  terminal(): void
  panic(): void
  timeout(): void
  seconds(seconds: number): void
  active(delta: 1 | -1): void
  staleSkip(): void
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6]
const LONG_SECONDS = [0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10]
const VERY_LONG_SECONDS = [15, 20, 25, 30, 40, 50, 60]

export function controllerMetrics(
  registry: Registry
): (controller: string, workers: number) => ControllerMetrics {
  const registers = [registry]
  const labelNames = ['controller'] as const
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers })
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers })
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes by result.',
    labelNames: ['controller', 'result'] as const,
    registers,
  })
  const errors = counter('controller_runtime_reconcile_errors_total', 'Passes that failed.')
  const terminals = counter(
    'controller_runtime_terminal_reconcile_errors_total',
    'Passes that failed and are retried only after a change.'
  )
  const panics = counter(
    'controller_runtime_reconcile_panics_total',
    'Passes that failed through a fault in the code.'
  )
  const timeouts = counter(
    'controller_runtime_reconcile_timeouts_total',
    'Passes that exceeded their time limit.'
  )
  const seconds = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Seconds of a pass.',
    labelNames,
    buckets: [...SECONDS, ...LONG_SECONDS, ...VERY_LONG_SECONDS],
    registers,
  })
  const concurrent = gauge(
    'controller_runtime_max_concurrent_reconciles',
    'Passes that may run at the same time.'
  )
  const active = gauge('controller_runtime_active_workers', 'Passes under way.')
  const stale = counter(
    'stale_sync_skips_total',
    'Passes postponed because the cache had not seen our own writes.'
  )
  return (controller, workers) => {
    const labels = { controller }
    for (const result of ['success', 'error', 'requeue', 'requeue_after'])
      total.inc({ controller, result }, 0)
    for (const each of [errors, terminals, panics, timeouts, stale]) each.inc(labels, 0)
    seconds.zero(labels)
    concurrent.set(labels, workers)
    active.set(labels, 0)
    return {
      result: (result) => total.inc({ controller, result }),
      error: () => errors.inc(labels),
      terminal: () => terminals.inc(labels),
      panic: () => panics.inc(labels),
      timeout: () => timeouts.inc(labels),
      seconds: (value) => seconds.observe(labels, value),
      active: (delta) => active.inc(labels, delta),
      staleSkip: () => stale.inc(labels),
    }
  }
}

/** The event loop's delay as a metric; the histogram runs until it is disposed. */
export function watchEventLoop(
  registry: Registry
): Disposable & { readonly delay: ReturnType<typeof monitorEventLoopDelay> } {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  new Gauge({
    name: 'ssmd_event_loop_delay_seconds',
    help: 'Delay of the event loop since it was asked last.',
    labelNames: ['quantile'] as const,
    registers: [registry],
    collect() {
      for (const quantile of [50, 99, 100])
        this.set({ quantile: String(quantile / 100) }, delay.percentile(quantile) / 1e9)
      delay.reset()
    },
  })
  return { delay, [Symbol.dispose]: () => void delay.disable() }
}
