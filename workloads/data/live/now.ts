// What is captured now, from the reports that connectors and archivers publish every two seconds. Pure: reports in, a document
// out. A feed whose reports are old is `silent`; one whose NATS cannot be reached is `disconnected`.

import type { ArchiverReport, ConnectorReport, Report, Trouble } from '#bus/report.ts'
import { archiveLagMs, FRESH_MS, lastAgeMs, unackedMs } from '#bus/report-figures.ts'
import type { LiveEnvironment } from './environments.ts'

export type LiveFeed = {
  readonly feed: string
  readonly environment: string
  readonly exchange: string | null
  readonly simulated: boolean
  /** As the connector says: `capturing`, `connecting`, `waiting`, `failed`, `stopping`; or `silent`, `disconnected`. */
  readonly state: string
  /** Frames a second over the last two seconds, and over the last minute. */
  readonly rate: number | null
  readonly rate1m: number | null
  /** RFC 3339. */
  readonly lastRecord: string | null
  readonly lastRecordAgeSeconds: number | null
  /** Age of the oldest frame that is not in an archive, or not yet in NATS. */
  readonly lagSeconds: number | null
  /** Gaps of the present day in its archive; without an archive, jumps of the exchange's sequence since the connector started. */
  readonly gapsToday: number | null
  readonly connections: number
  readonly connected: number
  readonly symbols: number
  readonly dropped: number
  /** What hinders it, in the words of its programs. */
  readonly message: string
  readonly troubles: readonly Trouble[]
}

export type LiveBus = {
  readonly environment: string
  readonly state: 'connected' | 'disconnected'
  /** Why, of a disconnected one. */
  readonly message: string
}

export type LiveDocument = {
  readonly live: boolean
  /** Of `live` false: what to do about it. */
  readonly why?: string
  /** RFC 3339. */
  readonly at: string
  readonly environments: readonly LiveBus[]
  readonly feeds: readonly LiveFeed[]
}

export const NOT_LIVE =
  'this server was started without an Environment: start it with --env <file> to see what is captured now'

const MINUTE_MS = 60_000
/** More programs of one feed than there are shards and archives. */
const MAX_REPORTERS = 1000

type Reporter = {
  latest: Report
  /** Totals of frames by time, of the last minute, the oldest first; of one run of a connector. */
  readonly totals: { readonly at: number; readonly frames: number }[]
}

export class LiveNow {
  readonly #environments: readonly LiveEnvironment[]
  readonly #reporters = new Map<string, Reporter>()
  readonly #buses = new Map<string, LiveBus>()

  constructor(environments: readonly LiveEnvironment[]) {
    this.#environments = environments
    for (const { name } of environments) this.disconnected(name, 'connecting')
  }

  connected(environment: string): void {
    this.#buses.set(environment, { environment, state: 'connected', message: '' })
  }

  disconnected(environment: string, message: string): void {
    this.#buses.set(environment, { environment, state: 'disconnected', message })
  }

  isConnected(environment: string): boolean {
    return this.#buses.get(environment)?.state === 'connected'
  }

  /** Takes a message of an Environment's report subject; what is no report of it is ignored. */
  take(environment: string, bytes: Uint8Array): void {
    const report = readReport(bytes)
    if (report === undefined || report.environment !== environment) return
    const key = `${environment}/${report.feed}/${report.role}/${report.name}`
    let reporter = this.#reporters.get(key)
    if (reporter === undefined) {
      if (this.#reporters.size >= MAX_REPORTERS) this.#forget(report.at)
      if (this.#reporters.size >= MAX_REPORTERS) return
      reporter = { latest: report, totals: [] }
      this.#reporters.set(key, reporter)
    }
    reporter.latest = report
    if (report.role !== 'connector') return
    const { totals } = reporter
    const { at, frames } = report
    // It was started again, or its clock was set back.
    const before = totals.at(-1)
    if (before !== undefined && (frames < before.frames || at < before.at)) totals.length = 0
    totals.push({ at, frames })
    while (totals.length > 2 && totals[1]!.at <= at - MINUTE_MS) totals.shift()
  }

  document(nowMs: number, sees: (feed: string) => boolean = () => true): LiveDocument {
    return {
      live: true,
      at: new Date(nowMs).toISOString(),
      environments: [...this.#buses.values()],
      feeds: this.#environments.flatMap((environment) =>
        environment.feeds
          .filter(({ name }) => sees(name))
          .map((feed) => this.#feed(environment.name, feed, nowMs))
      ),
    }
  }

  #feed(environment: string, feed: LiveEnvironment['feeds'][number], nowMs: number): LiveFeed {
    const fresh = [...this.#reporters.values()].filter(
      ({ latest }) =>
        latest.environment === environment &&
        latest.feed === feed.name &&
        nowMs - latest.at < FRESH_MS
    )
    const reports = fresh.map(({ latest }) => latest)
    const connectors = reports.filter((report) => report.role === 'connector')
    const archivers = reports.filter((report) => report.role === 'archiver')
    const of = <R>(list: readonly R[], figure: (one: R) => number | null): number[] =>
      list.flatMap((one) => figure(one) ?? [])
    const ages = of(connectors, (report) => lastAgeMs(report, nowMs))
    const lasts = of(connectors, (report) => report.lastDataAt ?? report.lastFrameAt)
    const lags = [...of(archivers, archiveLagMs), ...of(connectors, (one) => unackedMs(one, nowMs))]
    const last = greatest(lasts)
    const rates1m = fresh.filter(({ latest }) => latest.role === 'connector').map(rateOver)
    const archived = greatest(of(archivers, ({ dayGaps }) => dayGaps))
    return {
      feed: feed.name,
      environment,
      exchange: feed.exchange,
      simulated: feed.simulated || reports.some(({ simulated }) => simulated),
      state: this.isConnected(environment) ? stateOf(connectors) : 'disconnected',
      rate: sum(connectors.map(({ framesPerSecond }) => framesPerSecond)),
      rate1m: sum(rates1m.flatMap((rate) => rate ?? [])),
      lastRecord: last === null ? null : new Date(last).toISOString(),
      lastRecordAgeSeconds: ages.length === 0 ? null : Math.min(...ages) / 1000,
      lagSeconds: lags.length === 0 ? null : Math.max(...lags) / 1000,
      gapsToday: archived ?? sum(connectors.map(({ gaps }) => gaps)),
      connections: sum(connectors.map(({ connections }) => connections)) ?? 0,
      connected: sum(connectors.map(({ connected }) => connected)) ?? 0,
      symbols: sum(connectors.map(({ symbols }) => symbols)) ?? 0,
      dropped: sum(connectors.map(({ dropped }) => dropped)) ?? 0,
      message: reports.find(({ message }) => message !== '')?.message ?? '',
      troubles: reports.flatMap(({ troubles }) => troubles ?? []),
    }
  }

  /** Those that have not reported for a minute. */
  #forget(nowMs: number): void {
    for (const [key, { latest }] of this.#reporters)
      if (nowMs - latest.at > MINUTE_MS) this.#reporters.delete(key)
  }
}

/** Of several connectors the one in the worst state. */
const ORDER = ['failed', 'waiting', 'connecting', 'stopping']

function stateOf(connectors: readonly ConnectorReport[]): string {
  const [first] = connectors
  if (first === undefined) return 'silent'
  return ORDER.find((state) => connectors.some((one) => one.state === state)) ?? first.state
}

/** Frames a second since the oldest total, null if only one is known. */
function rateOver({ totals }: Reporter): number | null {
  const [first] = totals
  const last = totals.at(-1)
  if (first === undefined || last === undefined || last.at - first.at < 1000) return null
  return Math.round(((last.frames - first.frames) / (last.at - first.at)) * 10_000) / 10
}

function readReport(bytes: Uint8Array): ConnectorReport | ArchiverReport | undefined {
  try {
    const report = JSON.parse(Buffer.from(bytes).toString('utf8')) as Report
    const isReport =
      report.version === 1 &&
      typeof report.name === 'string' &&
      typeof report.feed === 'string' &&
      typeof report.at === 'number' &&
      (report.role === 'connector' || report.role === 'archiver')
    return isReport ? report : undefined
  } catch {
    // Another client publishes on this subject.
    return undefined
  }
}

const sum = (figures: readonly number[]): number | null =>
  figures.length === 0 ? null : Math.round(figures.reduce((a, b) => a + b, 0) * 10) / 10

const greatest = (figures: readonly number[]): number | null =>
  figures.length === 0 ? null : Math.max(...figures)
