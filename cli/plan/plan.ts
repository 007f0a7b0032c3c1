// What declared resources come to: connections, records and bytes a day, and what an archive holds in the end. Pure. What no archive has
// measured yet is unknown, and said to be.

import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { feedsOf, isSimulated, shardsOf } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { versionInForce } from '#crds/versions.ts'

export type Declared = {
  readonly feeds: readonly Feed[]
  readonly environments: readonly Environment[]
  readonly archives: readonly Archive[]
}

/** What a day of a feed came to, by the archive's own manifests. */
export type Measured = {
  readonly records: number
  /** On the disk, compressed. */
  readonly bytes: number
  /** Days that it is the mean of; 0: a part of one, extended to a whole day. */
  readonly days: number
}

/** By feed; simulated days and real ones are measured apart. */
export type Figures = (feed: string, simulated: boolean) => Measured | undefined

export type Connections = {
  readonly count: number
  /** The exchange may have more symbols, or take fewer on one connection. */
  readonly atLeast: boolean
}

export type Kept = {
  readonly archive: string
  /** Null: without limit. */
  readonly days: number | null
}

export type PlanRow = {
  readonly environment: string
  readonly feed: string
  readonly simulated: boolean
  readonly connectors: number
  readonly connections: Connections
  readonly measured: Measured | null
  readonly kept: readonly Kept[]
  /** In all its archives; null while unknown. */
  readonly bytesPerDay: number | null
  /** When retention begins to remove; null: it grows without limit, or is unknown. */
  readonly bytesInTheEnd: number | null
}

export type Totals = {
  readonly connectors: number
  readonly connections: Connections
  readonly recordsPerDay: number
  readonly bytesPerDay: number
  readonly bytesInTheEnd: number
  /** Feeds of which no archive tells anything: the sums leave them out. */
  readonly unknown: readonly string[]
  /** Feeds that are kept without limit: the size in the end leaves them out. */
  readonly unbounded: readonly string[]
}

export type Plan = { readonly rows: readonly PlanRow[]; readonly totals: Totals }

export function planOf(declared: Declared, day: string, figures: Figures): Plan {
  const rows = declared.environments
    .filter(({ spec }) => !spec.suspend)
    .flatMap((environment) =>
      feedsOf(environment, declared.feeds)
        .filter((feed) => versionInForce(feed, day) !== undefined)
        .map((feed) => rowOf(feed, environment, declared.archives, day, figures))
    )
  return { rows, totals: totalsOf(rows) }
}

function rowOf(
  feed: Feed,
  environment: Environment,
  archives: readonly Archive[],
  day: string,
  figures: Figures
): PlanRow {
  const { name } = feed.metadata
  const simulated = isSimulated(environment, feed)
  const connectors = shardsOf(environment, feed)
  const measured = figures(name, simulated) ?? null
  const kept = archives
    .filter(
      ({ spec }) =>
        spec.environmentRef.name === environment.metadata.name && spec.feeds.includes(name)
    )
    .map(({ metadata, spec }) => ({
      archive: metadata.name,
      days: spec.retention?.days ?? null,
    }))
  const isBounded = kept.every(({ days }) => days !== null)
  const daysInAll = kept.reduce((sum, { days }) => sum + (days ?? 0), 0)
  return {
    environment: environment.metadata.name,
    feed: name,
    simulated,
    connectors,
    connections: connectionsOf(feed, connectors, day),
    measured,
    kept,
    bytesPerDay: measured && measured.bytes * kept.length,
    bytesInTheEnd: measured && isBounded ? measured.bytes * daysInAll : null,
  }
}

/** Known only of exact names and a declared limit: everything else follows from what the exchange answers. */
function connectionsOf(feed: Feed, connectors: number, day: string): Connections {
  const { symbols } = feed.spec
  const each = versionInForce(feed, day)?.maxSymbolsPerConnection
  const isExact =
    symbols !== undefined &&
    symbols.include.length > 0 &&
    !symbols.include.some((symbol) => /[*?]/.test(symbol))
  if (!isExact || each === undefined) return { count: connectors, atLeast: true }
  const needed = Math.ceil(symbols.include.length / each)
  // Symbols are divided by a hash of their names, so that connectors are filled unevenly.
  return { count: Math.max(needed, connectors), atLeast: connectors > 1 }
}

function totalsOf(rows: readonly PlanRow[]): Totals {
  const sum = (value: (row: PlanRow) => number | null) =>
    rows.reduce((all, row) => all + (value(row) ?? 0), 0)
  const labelled = (isMeant: (row: PlanRow) => boolean) =>
    rows.filter(isMeant).map(({ feed, environment }) => `${feed} in ${environment}`)
  return {
    connectors: sum((row) => row.connectors),
    connections: {
      count: sum((row) => row.connections.count),
      atLeast: rows.some((row) => row.connections.atLeast),
    },
    recordsPerDay: sum((row) => row.measured?.records ?? null),
    bytesPerDay: sum((row) => row.bytesPerDay),
    bytesInTheEnd: sum((row) => row.bytesInTheEnd),
    unknown: labelled((row) => row.measured === null),
    unbounded: labelled((row) => row.kept.some(({ days }) => days === null)),
  }
}

/** What a change of resources costs: the differences of the sums, and what the sums do not know. */
export type Cost = {
  readonly connectors: number
  readonly connections: number
  readonly recordsPerDay: number
  readonly bytesPerDay: number
  readonly bytesInTheEnd: number
  /** New feeds of which nothing is known. */
  readonly unknown: readonly string[]
}

export function costOf({ totals: before }: Plan, { totals: after }: Plan): Cost {
  const known = new Set(before.unknown)
  return {
    connectors: after.connectors - before.connectors,
    connections: after.connections.count - before.connections.count,
    recordsPerDay: after.recordsPerDay - before.recordsPerDay,
    bytesPerDay: after.bytesPerDay - before.bytesPerDay,
    bytesInTheEnd: after.bytesInTheEnd - before.bytesInTheEnd,
    unknown: after.unknown.filter((name) => !known.has(name)),
  }
}
