// Signals as rows of `ssmd status` and `ssmd top`, from what their runners report on NATS, and from the status that the operator writes.
// Pure.

import type { Report, SignalReport } from '#bus/report.ts'
import { FRESH_MS } from '#bus/report-figures.ts'
import type { SignalStatus } from '#crds/signal.gen.ts'
import type { Declared } from '../../operator/desired.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import type { Snapshot } from '../../operator/local/snapshot.ts'
import { signalName } from '../../operator/render/names.ts'
import { lagText } from '../../operator/status/figures.ts'
import { conditionsIn } from '../../operator/status/status.ts'
import { renderTable } from '../table.ts'
import { clean, formatSpan } from '../text.ts'

export type SignalRow = {
  readonly signal: string
  readonly environment: string
  readonly state: string
  readonly firesToday: number | null
  readonly lastFireMs: number | null
  readonly lag: string | null
  readonly errors: number | null
  /** What is wrong, and what to do; empty if nothing is. */
  readonly message: string
}

export type KnownSignal = {
  readonly signal: string
  readonly environment: string
  readonly suspended: boolean
}

export const knownSignals = ({ signals }: Declared): KnownSignal[] =>
  signals.map(({ metadata, spec }) => ({
    signal: metadata.name,
    environment: spec.environmentRef.name,
    suspended: spec.suspend,
  }))

/** Those that an `ssmd up` runs. */
export const signalsOfSnapshot = ({ processes, reports, at }: Snapshot): SignalRow[] =>
  signalsOfReports(
    processes
      .filter(({ component }) => component === 'signal')
      .map(({ name, environment }) => ({
        signal: name.slice(signalName('').length),
        environment,
        suspended: false,
      })),
    reports,
    at
  )

export const signalsOfReports = (
  signals: readonly KnownSignal[],
  reports: readonly Report[],
  nowMs: number
): SignalRow[] =>
  signals.map(({ signal: name, environment, suspended }) => {
    const report = reports.find(
      (one): one is SignalReport =>
        one.role === 'signal' &&
        one.signal === name &&
        one.environment === environment &&
        nowMs - one.at < FRESH_MS
    )
    const none = { firesToday: null, lastFireMs: null, lag: null, errors: null, message: '' }
    const base = { signal: name, environment }
    if (report === undefined)
      return { ...base, ...none, state: suspended ? 'stopped' : 'not running' }
    const { state, firesToday, lastFireAt, lagSeconds, errors, message, troubles = [] } = report
    return {
      ...{ ...base, state, firesToday, errors },
      lastFireMs: lastFireAt === null ? null : Math.max(0, nowMs - lastFireAt),
      lag: lagSeconds === null ? null : lagText(lagSeconds),
      message: [message, ...troubles.map((one) => one.message)].filter(Boolean).join('; '),
    }
  })

export const signalsOfObjects = (objects: readonly KubeObject[], nowMs: number): SignalRow[] =>
  objects.map(({ metadata, spec, status }) => {
    const { environmentRef } = spec as { readonly environmentRef?: { readonly name?: string } }
    const { firesToday, lastFireTime, lag, errors } = (status ?? {}) as Partial<SignalStatus>
    const [ready, flow] = ['Ready', 'DataFlowing'].map((kind) =>
      conditionsIn(status).find(({ type }) => type === kind)
    )
    const wrong = [ready, flow].find((one) => one?.status === 'False')
    const last = Date.parse(lastFireTime ?? '')
    return {
      ...{ signal: metadata.name, environment: environmentRef?.name ?? '-' },
      state: wrong?.reason ?? ready?.reason ?? 'not seen yet',
      firesToday: firesToday ?? null,
      lastFireMs: Number.isNaN(last) ? null : Math.max(0, nowMs - last),
      lag: lag ?? null,
      errors: errors ?? null,
      message: wrong?.message ?? '',
    }
  })

/** Nothing where there is no signal. */
export function signalLines(rows: readonly SignalRow[], width: number | undefined): string[] {
  if (rows.length === 0) return []
  const table = renderTable(
    [
      { title: 'SIGNAL', least: 8 },
      { title: 'ENVIRONMENT', least: 8, spare: 1 },
      { title: 'STATE', least: 8 },
      { title: 'FIRES TODAY', align: 'right' },
      { title: 'LAST FIRE', align: 'right' },
      { title: 'LAG', align: 'right' },
      { title: 'ERRORS', align: 'right', spare: 2 },
    ],
    rows.map((row) =>
      [
        ...[row.signal, row.environment, row.state, String(row.firesToday ?? '-')],
        row.lastFireMs === null ? '-' : `${formatSpan(row.lastFireMs)} ago`,
        ...[row.lag ?? '-', String(row.errors ?? '-')],
      ].map(clean)
    ),
    width
  )
  const said = rows
    .filter(({ message }) => message !== '')
    .map(({ signal, environment, message }) => clean(`${signal} in ${environment}: ${message}`))
  return ['', ...table, ...said]
}
