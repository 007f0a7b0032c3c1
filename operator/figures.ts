// What the workloads say of themselves, the newest report of each, and the figures that statuses show of them. Reports
// come from the network: what is not one is passed over. A report is of now for fifteen seconds.

import type { ArchiverReport, ConnectorReport, Report } from '#crds/report.ts'
import type { Key } from './kube/objects.ts'

export const STALE_MS = 15_000

type Entry = { readonly report: Report; readonly seenAt: number }

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

  /** Takes a report of an Environment; given back where somebody should look at once: it is new, or its state is another. */
  take(environment: Key, data: unknown): Report | undefined {
    const report = reportOf(data)
    if (!report || report.environment !== environment.slice(environment.indexOf('/') + 1)) return
    let reports = this.#reports.get(environment)
    if (!reports) {
      reports = { count: 0, sweptAt: 0, feeds: new Map() }
      this.#reports.set(environment, reports)
    }
    const id = `${report.role}/${report.name}`
    const entries = reports.feeds.get(report.feed)
    const before = entries?.get(id)
    // A clock of theirs decides nothing: it may be wrong.
    const now = this.#nowMs()
    if (!before && reports.count >= LIMIT) this.#sweep(reports, now)
    if (!before && reports.count >= LIMIT) return undefined
    if (!before) reports.count++
    if (entries) entries.set(id, { report, seenAt: now })
    else reports.feeds.set(report.feed, new Map([[id, { report, seenAt: now }]]))
    const isNews =
      !before || now - before.seenAt > STALE_MS || stateOf(before.report) !== stateOf(report)
    return isNews ? report : undefined
  }

  connector(environment: Key, feed: string): ConnectorReport | undefined {
    for (const report of this.#fresh(environment, feed))
      if (report.role === 'connector') return report
    return undefined
  }

  archivers(environment: Key, of: { archive?: string; feed?: string }): readonly ArchiverReport[] {
    const feeds =
      of.feed === undefined ? [...(this.#reports.get(environment)?.feeds.keys() ?? [])] : [of.feed]
    const found: ArchiverReport[] = []
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

  *#fresh(environment: Key, feed: string): Generator<Report> {
    const now = this.#nowMs()
    for (const { report, seenAt } of this.#reports.get(environment)?.feeds.get(feed)?.values() ??
      [])
      if (now - seenAt <= STALE_MS) yield report
  }

  /** Makes room: what has been silent for long goes. Not for every report of a flood. */
  #sweep(reports: Reports, now: number): void {
    if (now - reports.sweptAt < STALE_MS) return
    reports.sweptAt = now
    for (const [feed, entries] of reports.feeds) {
      for (const [id, { seenAt }] of entries)
        if (now - seenAt > 100 * STALE_MS) {
          entries.delete(id)
          reports.count--
        }
      if (entries.size === 0) reports.feeds.delete(feed)
    }
  }
}

/** What a condition is made of. */
const stateOf = (report: Report): string =>
  report.role === 'connector'
    ? `${report.state}/${report.connected}/${report.connections}`
    : report.state

const NUMBERS = {
  connector: ['connections', 'connected', 'framesPerSecond'],
  archiver: ['recordsPerSecond', 'dayGaps'],
} as const

function reportOf(data: unknown): Report | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const report = data as Record<string, unknown>
  const { role } = report
  if (report.version !== 1 || (role !== 'connector' && role !== 'archiver')) return undefined
  for (const field of ['environment', 'feed', 'name', 'state', 'message'])
    if (typeof report[field] !== 'string') return undefined
  if (role === 'archiver' && typeof report.archive !== 'string') return undefined
  for (const field of NUMBERS[role])
    if (!Number.isFinite(report[field]) || (report[field] as number) < 0) return undefined
  return report as unknown as Report
}

/** Three digits are what a person compares; more would only write more often. */
export const rounded = (rate: number): number => Number(rate.toPrecision(3))

/** Unix milliseconds as Kubernetes writes times; undefined for what is no time. */
export function timeOf(ms: number | null | undefined): string | undefined {
  if (typeof ms !== 'number' || !(ms > 0) || ms > 8.64e15) return undefined
  return new Date(ms).toISOString().replace(/[.]\d+Z$/, 'Z')
}

/** Gaps of the UTC day, as the archivers of a feed know them: the one that knows of most; undefined where none does. */
export function gapsToday(reports: readonly ArchiverReport[], day: string): number | undefined {
  const counts = reports.filter((report) => report.day === day).map(({ dayGaps }) => dayGaps)
  return counts.length === 0 ? undefined : Math.max(...counts)
}
