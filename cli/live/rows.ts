// A snapshot as the rows of the live table: each feed by the last reports of its programs, without outdated ones. Pure.
import type { ArchiverReport, ConnectorReport, Report, Trouble, TroubleKind } from '#bus/report.ts'
import { archiveLagMs, FRESH_MS, lastAgeMs, unackedMs as unackedOf } from '#bus/report-figures.ts'
import type { FeedSnapshot, ProcessSnapshot, Snapshot } from '../../operator/local/snapshot.ts'
import { formatSpan } from '../text.ts'

export type Tone = 'good' | 'busy' | 'bad' | 'idle'

export type Row = {
  readonly feed: string
  readonly environment: string
  readonly state: string
  readonly tone: Tone
  /** `mixed`: it comes from the exchange, and today's archive holds simulated records besides. */
  readonly source: 'exchange' | 'simulated' | 'mixed'
  readonly perSecond: number | null
  readonly lastMs: number | null
  /** Records of the present UTC day that are on disk for good. */
  readonly archived: number | null
  /** Age of the oldest record that is not on disk for good: in the archive, or still on its way to NATS. */
  readonly lagMs: number | null
  /** Age of the oldest frame that NATS has not acknowledged. */
  readonly unackedMs: number | null
  /** Frames that the connector, as it runs now, received and had no room for. */
  readonly dropped: number | null
  readonly gaps: number | null
  /** What hinders the connector, in its own words; empty if nothing does. */
  readonly message: string
  /** Troubles of its programs, the connector's first. */
  readonly troubles: readonly Trouble[]
}

/** Feeds of suspended Environments have rows only if no other Environment runs. */
export function rowsOf(snapshot: Snapshot): Row[] {
  const awake = snapshot.feeds.filter(isAwake)
  const shown = awake.length > 0 ? awake : snapshot.feeds
  return shown.map((feed) => rowOf(feed, snapshot))
}

/** Says which Environments are suspended beside others that run, and how to run them; empty if there are none. */
export function suspendedNote({ feeds }: Snapshot): string {
  const names = new Set(feeds.filter((feed) => !isAwake(feed)).map((feed) => feed.environment))
  if (names.size === 0 || !feeds.some(isAwake)) return ''
  const [first = '', ...more] = names
  const verb = more.length === 0 ? 'is' : 'are'
  return `${[first, ...more].join(', ')} ${verb} suspended: ssmd up --environment ${first} runs it`
}

const isAwake = ({ idle }: FeedSnapshot): boolean => idle !== 'suspended'

function rowOf(feed: FeedSnapshot, snapshot: Snapshot): Row {
  const processes = snapshot.processes.filter(
    (candidate) =>
      candidate.component === 'connector' &&
      candidate.environment === feed.environment &&
      candidate.feed === feed.feed
  )
  const reports = snapshot.reports.filter((report) => isFresh(report, feed, snapshot.at))
  const archivers = reports.filter((report) => report.role === 'archiver')
  // One for each shard of the feed.
  const pairs = processes.map((process) => ({
    process,
    report: reports.find(
      (report): report is ConnectorReport => report.role === 'connector' && isOf(report, process)
    ),
  }))
  const connectors = pairs.flatMap(({ report }) => report ?? [])
  const states = pairs.map(({ process, report }) =>
    stateOf(feed, process, report, archivers, snapshot.at)
  )
  const { state, tone } =
    worst(states) ?? stateOf(feed, undefined, undefined, archivers, snapshot.at)
  const of = (figure: (report: ConnectorReport) => number | null): number[] =>
    connectors.flatMap((report) => figure(report) ?? [])
  const unackedMs = greatest(of((report) => unackedOf(report, snapshot.at)))
  const ages = of((report) => lastAgeMs(report, snapshot.at))
  return {
    feed: feed.feed,
    environment: feed.environment,
    state,
    tone,
    source: sourceOf(feed, connectors, archivers),
    perSecond: sum(of((report) => report.framesPerSecond)),
    lastMs: ages.length === 0 ? null : Math.min(...ages),
    archived: most(archivers, (report) => report.dayRecords),
    lagMs: latest(most(archivers, archiveLagMs), unackedMs),
    unackedMs,
    dropped: sum(of((report) => report.dropped)),
    gaps: most(archivers, (report) => report.dayGaps) ?? sum(of((report) => report.gaps)),
    message: connectors.find(({ message }) => message !== '')?.message ?? '',
    troubles: [...connectors, ...archivers].flatMap((report) => report.troubles ?? []),
  }
}

const sum = (figures: readonly number[]): number | null =>
  figures.length === 0 ? null : figures.reduce((total, figure) => total + figure, 0)

const greatest = (figures: readonly number[]): number | null =>
  figures.length === 0 ? null : Math.max(...figures)

const TONES: readonly Tone[] = ['bad', 'busy', 'idle', 'good']

/** Of several shards the one that looks worst, the first of them. */
function worst<S extends { readonly tone: Tone }>(states: readonly S[]): S | undefined {
  return TONES.flatMap((tone) => states.find((state) => state.tone === tone) ?? [])[0]
}

function sourceOf(
  feed: FeedSnapshot,
  connectors: readonly ConnectorReport[],
  archivers: readonly ArchiverReport[]
): Row['source'] {
  if (feed.simulated || connectors.some(({ simulated }) => simulated)) return 'simulated'
  return archivers.some((report) => report.simulated) ? 'mixed' : 'exchange'
}

/** Whether the report is by the current process and not by the previous one. */
function isOf(report: Report, process: ProcessSnapshot): boolean {
  if (report.name !== process.name) return false
  if (process.state.kind === 'ready') return report.at >= process.state.began
  return process.state.kind === 'starting' && report.at >= process.state.since
}

const isFresh = (report: Report, feed: FeedSnapshot, now: number): boolean =>
  report.environment === feed.environment && report.feed === feed.feed && now - report.at < FRESH_MS

/** A feed without an archive has a lag only if something waits on its way to NATS. */
const latest = (archive: number | null, unacked: number | null): number | null =>
  archive === null ? unacked || null : Math.max(archive, unacked ?? 0)

/** With several archives of a feed the worst, and the fullest, of them. */
function most(
  reports: readonly ArchiverReport[],
  figure: (report: ArchiverReport) => number | null
): number | null {
  let best: number | null = null
  for (const report of reports) {
    const value = figure(report)
    if (value !== null && (best === null || value > best)) best = value
  }
  return best
}

const GOOD = new Set(['capturing', 'archiving'])
// Shown instead of `capturing`: received frames are lost, or are about to be.
const LOSING: Partial<Record<TroubleKind, string>> = {
  FramesDropped: 'dropping frames',
  NotDurable: 'not durable',
}

function stateOf(
  feed: FeedSnapshot,
  process: ProcessSnapshot | undefined,
  report: ConnectorReport | undefined,
  archivers: readonly ArchiverReport[],
  now: number
): { state: string; tone: Tone } {
  if (feed.idle !== '') return { state: feed.idle, tone: 'idle' }
  if (process === undefined) return { state: 'not running', tone: 'bad' }
  switch (process.state.kind) {
    case 'waiting': {
      const left = Math.max(0, process.state.until - now)
      return { state: `restarts in ${formatSpan(Math.ceil(left / 1000) * 1000)}`, tone: 'bad' }
    }
    case 'stopping':
      return { state: 'stopping', tone: 'busy' }
    case 'stopped':
      return { state: 'stopped', tone: 'idle' }
    case 'launching':
      return { state: 'starting', tone: 'busy' }
    case 'starting':
    case 'ready': {
      if (report === undefined)
        return { state: process.state.kind === 'ready' ? 'running' : 'starting', tone: 'busy' }
      if (report.state === 'failed') return { state: report.state, tone: 'bad' }
      for (const { kind } of report.troubles ?? []) {
        const losing = LOSING[kind]
        if (losing !== undefined) return { state: losing, tone: 'bad' }
      }
      if (!GOOD.has(report.state)) return { state: report.state, tone: 'busy' }
      if (archivers.some(isHindered)) return { state: 'not archived', tone: 'bad' }
      return { state: report.state, tone: report.troubles?.length ? 'busy' : 'good' }
    }
  }
}

/** It waits for space, or for NATS: what is captured meanwhile stays in NATS. */
const isHindered = (report: ArchiverReport): boolean =>
  report.state === 'waiting' || report.state === 'failed'
