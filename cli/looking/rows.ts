// Feeds as the rows of the live table, from what their workloads report on NATS, and from the status that the operator writes. Pure.

import type { Report } from '#bus/report.ts'
import { FRESH_MS } from '#bus/report-figures.ts'
import type { FeedStatusEnvironment } from '#crds/feed.gen.ts'
import type { Declared } from '../../operator/desired.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import {
  describeFeeds,
  type ProcessSnapshot,
  type Snapshot,
} from '../../operator/local/snapshot.ts'
import { conditionsIn } from '../../operator/status/status.ts'
import { type Row, rowsOf } from '../live/rows.ts'

/** Of an `ssmd up` beside us: a connector that reports runs, and one that does not is not known to. */
export function rowsOfReports(
  declared: Declared,
  reports: readonly Report[],
  day: string,
  nowMs: number
): Row[] {
  const processes = reports.flatMap((report): ProcessSnapshot[] =>
    report.role === 'connector' && nowMs - report.at < FRESH_MS
      ? [
          {
            ...{ name: report.name, component: 'connector', environment: report.environment },
            ...{ feed: report.feed, archive: null, trouble: '' },
            state: { kind: 'ready', pid: 0, began: 0, since: 0 },
          } as ProcessSnapshot,
        ]
      : []
  )
  const snapshot: Snapshot = {
    ...{ at: nowMs, startedAt: 0, phase: 'running', hurried: false, settled: true },
    ...{ path: '', data: '', roots: [], logs: '', nats: null, page: null, steps: [] },
    ...{ problems: [], events: [], reports, processes },
    feeds: describeFeeds(declared, day),
  }
  return rowsOf(snapshot)
}

/** Of a cluster: one row for each Environment that captures a Feed, or one alone while none does. */
export const rowsOfFeeds = (feeds: readonly KubeObject[], nowMs: number): Row[] =>
  feeds.flatMap((feed) => {
    const status = (feed.status ?? {}) as {
      readonly environments?: readonly FeedStatusEnvironment[]
    }
    const rows = (status.environments ?? []).map((one) => rowOf(feed, one, nowMs))
    return rows.length > 0 ? rows : [rowOf(feed, { name: '-' }, nowMs)]
  })

function rowOf(feed: KubeObject, figures: FeedStatusEnvironment, nowMs: number): Row {
  const ready = conditionsIn(feed.status).find(({ type }) => type === 'Ready')
  const isGood = ready?.status === 'True'
  const last = Date.parse(figures.lastMessageTime ?? '')
  return {
    feed: feed.metadata.name,
    environment: figures.name,
    state: ready?.reason ?? 'not seen yet',
    tone: isGood ? 'good' : ready?.status === 'False' ? 'bad' : 'busy',
    source: figures.simulated ? 'simulated' : 'exchange',
    perSecond: figures.messagesPerSecond ?? null,
    lastMs: Number.isNaN(last) ? null : Math.max(0, nowMs - last),
    // An Archive counts for all its feeds together.
    archived: null,
    lagMs: lagMs(figures.lag),
    unackedMs: null,
    dropped: null,
    gaps: figures.gapsToday ?? null,
    message: isGood ? '' : (ready?.message ?? ''),
    troubles: [],
  }
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `0.2s`, `3m`, `1h2m`. */
export function lagMs(text: string | undefined): number | null {
  const parts = [...(text ?? '').matchAll(/([\d.]+)(ms|s|m|h|d)/g)]
  if (parts.length === 0) return null
  return parts.reduce(
    (sum, [, value = '', unit = '']) => sum + Number(value) * (UNITS[unit] ?? 0),
    0
  )
}
