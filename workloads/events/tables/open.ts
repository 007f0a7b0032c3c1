// The tables of a segment, from the cache or from its lines: the one door to them.
//
//   const { tables, damage } = await openTables(place, { tables: ['trade'], symbols: ['X'] }, { normalizers, cache })
// All rows that are wanted are there; others may come with them, so the caller looks at names and times too.

import { setTimeout as sleep } from 'node:timers/promises'
import { membersOf, Stale } from '#archive/read/members.ts'
import { dayFolder, type ManifestSegment, readManifest } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { type Built, buildTables, type Want } from './build.ts'
import type { DayNormalizers } from './normalizers.ts'
import type { Table, TableName } from './table.ts'

export type SegmentPlace = {
  readonly root: string
  readonly feed: string
  readonly day: string
  /** As the manifest of the day has it. */
  readonly segment: ManifestSegment
}

export type OpenOptions = {
  readonly normalizers: DayNormalizers
  readonly signal?: AbortSignal | undefined
}

export type SegmentTables = {
  /** As it was read: of an open segment perhaps what a newer manifest says. */
  readonly segment: ManifestSegment
  /** Those that were asked for. */
  readonly tables: ReadonlyMap<TableName, Table>
  /** What cannot be read of it, with the times that it covers: not one of its rows is in the tables. */
  readonly damage: readonly SegmentDamage[]
}

export type SegmentDamage = {
  readonly error: SsmdError
  readonly from: string
  readonly to: string
}

/** Attempts to read a segment that is being sealed meanwhile. */
const MAX_ATTEMPTS = 20
const RETRY_MS = 50

/** The events of connections that gaps are made from: read with any choice of types. */
const TOLD = ['open', 'ready', 'close', 'gap', 'drop', 'proof']

export async function openTables(
  place: SegmentPlace,
  want: Want,
  options: OpenOptions
): Promise<SegmentTables> {
  const { root, feed, day } = place
  let { segment } = place
  for (let attempt = 0; ; attempt++) {
    const { tables, damage } = await readSegment(dayFolder(root, feed, day), segment, want, options)
    if (damage.length === 0) return { segment, tables, damage: [] }
    // A segment that is sealed meanwhile has another file than the manifest said; one that was sealed never changes.
    const { segments } = await readManifest(root, feed, day)
    const now = segments.find(({ name }) => name === segment.name) ?? segment
    const isSame = now.sha256 === segment.sha256 && now.sealed === segment.sealed
    if (isSame && (segment.sealed || attempt >= MAX_ATTEMPTS)) {
      return { segment, tables, damage: damage.map(asInvalid) }
    }
    if (isSame) await sleep(RETRY_MS, undefined, { signal: options.signal })
    segment = now
  }
}

const asInvalid = ({ error, from, to }: Built['damage'][number]): SegmentDamage => ({
  error: new SsmdError('SSMD_E_ARCHIVE_INVALID', error.message, {
    hint: 'see `ssmd data verify`',
    cause: error.cause,
  }),
  from,
  to,
})

async function readSegment(
  folder: string,
  segment: ManifestSegment,
  want: Want,
  { normalizers, signal }: OpenOptions
): Promise<Built> {
  const { types, symbols } = want
  const filter = {
    from: want.from,
    to: want.to,
    types: types === undefined ? undefined : [...types, ...TOLD],
    // Frames of several symbols have none in their line.
    symbols: symbols === undefined ? undefined : [...symbols, ''],
  }
  try {
    const members = await membersOf(folder, segment, filter)
    return await buildTables(members, { want, normalizerOf: normalizers.of, signal })
  } catch (thrown) {
    if (!(thrown instanceof Stale)) throw thrown
    const { tables } = await buildTables([], { want, normalizerOf: normalizers.of })
    return { tables, damage: [{ error: thrown, from: segment.from, to: segment.to }] }
  }
}
