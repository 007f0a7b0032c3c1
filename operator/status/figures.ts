// What the workloads say of themselves, the newest report of each, and the figures that statuses show of them. Reports
// come from the network: what is not one is passed over. A report is of now for fifteen seconds.

import type { Key } from '../kube/objects.ts'
import {
  type ArchiverSays,
  type ConnectorSays,
  parseReport,
  type ReportedTrouble,
  type Says,
} from './reports.ts'

export const STALE_MS = 15_000
/** A trouble is kept so long after the last report that names it: one that flaps is one change of a condition, not many. */
export const HOLD_MS = 30_000

type Entry = {
  readonly report: Says
  /** When each kind of trouble was last reported. */
  readonly heldSince: ReadonlyMap<string, number>
  /** What conditions are made of: another text is news. */
  readonly news: string
}

/** Of one Environment: by feed, then by workload, so that a pass over one of ten thousand feeds looks at its own alone. */
type Reports = { count: number; sweptAt: number; readonly feeds: Map<string, Map<string, Entry>> }

/** Workloads of one Environment that are remembered: what comes from the network has to end somewhere. */
const LIMIT = 10_000

export class Figures {
  readonly #nowMs: () => number
  readonly #reports = new Map<Key, Reports>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Takes a report of an Environment; returns it if a pass should look now: it is new, or it says something else. */
  take(environment: Key, data: unknown): Says | undefined {
    const now = this.#nowMs()
    const report = parseReport(data, now)
    if (!report || report.environment !== environment.slice(environment.indexOf('/') + 1)) return
    let reports = this.#reports.get(environment)
    if (!reports) {
      reports = { count: 0, sweptAt: 0, feeds: new Map() }
      this.#reports.set(environment, reports)
    }
    const id = `${report.role}/${report.name}`
    const entries = reports.feeds.get(report.feed)
    const before = entries?.get(id)
    if (!before && reports.count >= LIMIT) this.#sweep(reports, now)
    if (!before && reports.count >= LIMIT) return undefined
    if (!before) reports.count++
    const entry = held(before, report)
    if (entries) entries.set(id, entry)
    else reports.feeds.set(report.feed, new Map([[id, entry]]))
    const isNews = !before || now - before.report.seenAt > STALE_MS || before.news !== entry.news
    return isNews ? entry.report : undefined
  }

  connector(environment: Key, feed: string): ConnectorSays | undefined {
    for (const report of this.#fresh(environment, feed))
      if (report.role === 'connector') return report
    return undefined
  }

  archivers(environment: Key, of: { archive?: string; feed?: string }): readonly ArchiverSays[] {
    const feeds =
      of.feed === undefined ? [...(this.#reports.get(environment)?.feeds.keys() ?? [])] : [of.feed]
    const found: ArchiverSays[] = []
    for (const feed of feeds)
      for (const report of this.#fresh(environment, feed))
        if (
          report.role === 'archiver' &&
          (of.archive === undefined || report.archive === of.archive)
        )
          found.push(report)
    return found
  }

  forget(environment: Key): void {
    this.#reports.delete(environment)
  }

  *#fresh(environment: Key, feed: string): Generator<Says> {
    const now = this.#nowMs()
    for (const { report } of this.#reports.get(environment)?.feeds.get(feed)?.values() ?? [])
      if (now - report.seenAt <= STALE_MS) yield report
  }

  /** Makes room: what has been silent for long goes. Not for every report of a flood. */
  #sweep(reports: Reports, now: number): void {
    if (now - reports.sweptAt < STALE_MS) return
    reports.sweptAt = now
    for (const [feed, entries] of reports.feeds) {
      for (const [id, { report }] of entries)
        if (now - report.seenAt > 100 * STALE_MS) {
          entries.delete(id)
          reports.count--
        }
      if (entries.size === 0) reports.feeds.delete(feed)
    }
  }
}

/** The report with the troubles that were reported a moment ago. */
function held(before: Entry | undefined, report: Says): Entry {
  const now = report.seenAt
  const heldSince = new Map<string, number>()
  const troubles: ReportedTrouble[] = []
  for (const trouble of report.troubles ?? []) {
    heldSince.set(trouble.kind, now)
    troubles.push(trouble)
  }
  for (const trouble of before?.report.troubles ?? []) {
    const seenAt = before?.heldSince.get(trouble.kind) ?? 0
    if (heldSince.has(trouble.kind) || now - seenAt >= HOLD_MS) continue
    heldSince.set(trouble.kind, seenAt)
    troubles.push(trouble)
  }
  const shown = troubles.length === 0 ? report : { ...report, troubles }
  return { report: shown, heldSince, news: newsOf(shown) }
}

/** What conditions are made of, but for the words. */
function newsOf(report: Says): string {
  const kinds = (report.troubles ?? []).map(({ kind }) => kind).sort()
  const connections = report.role === 'connector' ? `${report.connected}/${report.connections}` : ''
  return [report.state, report.code ?? '', connections, ...kinds].join(' ')
}

/** Three digits are what a person compares; more would only write more often. */
export const rounded = (rate: number): number => Number(rate.toPrecision(3))

/** Unix milliseconds as Kubernetes writes times; undefined for what is no time. */
export function timeOf(ms: number | null | undefined): string | undefined {
  if (typeof ms !== 'number' || !(ms > 0) || ms > 8.64e15) return undefined
  return new Date(ms).toISOString().replace(/[.]\d+Z$/, 'Z')
}

/** Gaps of the UTC day, as the archivers of a feed know them: the one that knows of most; undefined where none does. */
export function gapsToday(reports: readonly ArchiverSays[], day: string): number | undefined {
  const counts = reports.filter((report) => report.day === day).map(({ dayGaps }) => dayGaps)
  return counts.length === 0 ? undefined : Math.max(...counts)
}

/** A market so quiet that nothing waits to be committed does not lag, whatever the age of its newest record. */
const QUIET_S = 5

/** How far what is durable is behind what was received, in seconds: the worst of all. Undefined if no report says. */
export function lagOf(reports: readonly Says[]): number | undefined {
  const lags = reports.flatMap((report) => {
    if (report.role === 'connector') return report.unackedSeconds ?? []
    const { lagSeconds, pendingBlocks } = report
    if (lagSeconds === null) return []
    return pendingBlocks === 0 && lagSeconds > QUIET_S ? 0 : lagSeconds
  })
  return lags.length === 0 ? undefined : Math.max(...lags)
}

/** As a column shows it: `0.2s`, `45s`, `12m`, `5h`, `3d`. */
export function lagText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`
  if (seconds < 119.5) return `${Math.round(seconds)}s`
  if (seconds < 7_170) return `${Math.round(seconds / 60)}m`
  if (seconds < 171_000) return `${Math.round(seconds / 3600)}h`
  return `${Math.min(99_999, Math.round(seconds / 86_400))}d`
}

/** Lag and when it was reported: the oldest of the reports that figures are made of. */
export function lagFigures(reports: readonly Says[]): Readonly<Record<string, unknown>> {
  if (reports.length === 0) return {}
  const lag = lagOf(reports)
  const reportedTime = timeOf(Math.min(...reports.map(({ seenAt }) => seenAt)))
  return {
    ...(lag === undefined ? {} : { lag: lagText(lag) }),
    ...(reportedTime === undefined ? {} : { reportedTime }),
  }
}
