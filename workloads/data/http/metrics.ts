// What the data API counts for Prometheus.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Gate } from './gate.ts'

export type ApiMetrics = {
  readonly answered: (labels: RequestLabels, seconds: number) => void
  readonly rows: (route: string, count: number) => void
  readonly bytes: (route: string, count: number) => void
  readonly slowReader: () => void
}

type RequestLabels = {
  readonly route: string
  readonly method: string
  readonly status: string
  readonly format: string
}

export function apiMetrics(registry: Registry, gates: Readonly<Record<string, Gate>>): ApiMetrics {
  const registers = [registry]
  const duration = new Histogram({
    name: 'ssmd_data_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['route', 'method', 'status', 'format'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers,
  })
  const rows = new Counter({
    name: 'ssmd_data_rows_total',
    help: 'Rows answered',
    labelNames: ['route'],
    registers,
  })
  const bytes = new Counter({
    name: 'ssmd_data_answer_bytes_total',
    help: 'Bytes of answers before compression',
    labelNames: ['route'],
    registers,
  })
  const slow = new Counter({
    name: 'ssmd_data_slow_readers_total',
    help: 'Connections cut because the caller took nothing for too long',
    registers,
  })
  gauge('ssmd_data_active', 'Answers being made, by kind', (one) => one.active)
  gauge('ssmd_data_waiting', 'Requests that wait for their turn, by kind', (one) => one.waiting)
  return {
    answered: (labels, seconds) => duration.observe(labels, seconds),
    rows: (route, count) => rows.inc({ route }, count),
    bytes: (route, count) => bytes.inc({ route }, count),
    slowReader: () => slow.inc(),
  }

  function gauge(name: string, help: string, value: (gate: Gate) => number): void {
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers,
      collect() {
        for (const [kind, gate] of Object.entries(gates)) this.set({ kind }, value(gate))
      },
    })
  }
}
