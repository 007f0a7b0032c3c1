// The newest report of each workload. Reports come from the network: anything else is ignored. A report is current for
// fifteen seconds.

import { signalFeed } from '#bus/names.ts'
import type { Key } from '../kube/objects.ts'
import {
  type ArchiverSays,
  type ConnectorSays,
  parseReport,
  type ReportedTrouble,
  type Says,
  type SignalSays,
} from '../status/reports.ts'

export const STALE_MS = 15_000
/** A trouble is kept this long after the last report that names it, so that a flapping one changes its condition once. */
export const HOLD_MS = 30_000

type Entry = {
  readonly report: Says
  /** When each kind of trouble was last reported. */
  readonly heldSince: ReadonlyMap<string, number>
  /** The parts of a report that conditions show: a change of it starts a pass. */
  readonly news: string
}

/** By feed, then by workload, so that a pass over one of ten thousand feeds reads only its own reports. */
type OfEnvironment = {
  count: number
  sweptAt: number
  readonly feeds: Map<string, Map<string, Entry>>
}

/** Bound on remembered workloads of one Environment, because reports come from the network. */
const LIMIT = 10_000

export class Reports {
  readonly #nowMs: () => number
  readonly #reports = new Map<Key, OfEnvironment>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Takes a report of an Environment; returns it if it should start a pass: it is the first, or conditions change. */
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

  /** Of all shards of a feed. */
  connectors(environment: Key, feed: string): readonly ConnectorSays[] {
    return [...this.#fresh(environment, feed)].filter((report) => report.role === 'connector')
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

  signal(environment: Key, name: string): SignalSays | undefined {
    return [...this.#fresh(environment, signalFeed(name))].find(
      (report): report is SignalSays => report.role === 'signal' && report.signal === name
    )
  }

  forget(environment: Key): void {
    this.#reports.delete(environment)
  }

  *#fresh(environment: Key, feed: string): Generator<Says> {
    const now = this.#nowMs()
    for (const { report } of this.#reports.get(environment)?.feeds.get(feed)?.values() ?? [])
      if (now - report.seenAt <= STALE_MS) yield report
  }

  /** Forgets workloads that stopped reporting long ago; not for every report of a flood. */
  #sweep(reports: OfEnvironment, now: number): void {
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

/** The report, with the recent troubles added. */
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

/** The parts that conditions depend on, without messages. */
function newsOf(report: Says): string {
  const kinds = (report.troubles ?? []).map(({ kind }) => kind).sort()
  const connections = report.role === 'connector' ? `${report.connected}/${report.connections}` : ''
  return [report.state, report.code ?? '', connections, ...kinds].join(' ')
}
