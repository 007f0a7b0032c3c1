// What the workloads say of themselves, the newest report of each, and the figures that statuses show of them. Reports
// come from the network: what is not one is passed over. A report is of now for fifteen seconds.

import type { ArchiverReport, ConnectorReport, Report } from '#crds/report.ts'
import type { Key } from './kube/objects.ts'

export const STALE_MS = 15_000

type Entry = { readonly report: Report; readonly seenAt: number }

export class Figures {
  readonly #nowMs: () => number
  /** By Environment (`namespace/name`), then by workload and feed. */
  readonly #entries = new Map<Key, Map<string, Entry>>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Takes a report of an Environment; true where somebody should look at once: it is new, or its state is another. */
  take(environment: Key, data: unknown): Report | undefined {
    const report = reportOf(data)
    if (!report || report.environment !== environment.slice(environment.indexOf('/') + 1)) return
    let entries = this.#entries.get(environment)
    if (!entries) {
      entries = new Map()
      this.#entries.set(environment, entries)
    }
    const id = `${report.role}/${report.name}/${report.feed}`
    const before = entries.get(id)
    const now = this.#nowMs()
    // A clock of theirs decides nothing: it may be wrong.
    if (entries.size >= 10_000 && !before) return undefined
    entries.set(id, { report, seenAt: now })
    const isNews =
      !before || now - before.seenAt > STALE_MS || stateOf(before.report) !== stateOf(report)
    return isNews ? report : undefined
  }

  connector(environment: Key, feed: string): ConnectorReport | undefined {
    for (const report of this.#fresh(environment))
      if (report.role === 'connector' && report.feed === feed) return report
    return undefined
  }

  archivers(environment: Key, of: { archive?: string; feed?: string }): readonly ArchiverReport[] {
    return [...this.#fresh(environment)].filter(
      (report): report is ArchiverReport =>
        report.role === 'archiver' &&
        (of.archive === undefined || report.archive === of.archive) &&
        (of.feed === undefined || report.feed === of.feed)
    )
  }

  forget(environment: Key): void {
    this.#entries.delete(environment)
  }

  *#fresh(environment: Key): Generator<Report> {
    const now = this.#nowMs()
    for (const [id, { report, seenAt }] of this.#entries.get(environment) ?? []) {
      if (now - seenAt <= STALE_MS) yield report
      else if (now - seenAt > 100 * STALE_MS) this.#entries.get(environment)?.delete(id)
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
