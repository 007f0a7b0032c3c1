// The tables of a segment, from the cache or from its lines: the one door to them.
//
//   const { tables, damage } = await openTables(place, { tables: ['trade'], symbols: ['X'] }, { normalizers, cache })
// The tables hold all rows that are wanted, and perhaps others: the caller looks at names and times too.

import { join } from 'node:path'
import {
  type IndexEntry,
  type MemberFilter,
  membersOf,
  readIndex,
  Stale,
  shareOf,
} from '#archive/read/members.ts'
import { dayFolder, type ManifestSegment } from '#archive/read/reader.ts'
import type { Built, Want } from './build.ts'
import { BuildPool } from './build-pool.ts'
import type { TableCache } from './cache.ts'
import type { DayNormalizers } from './normalizers.ts'
import { onlyColumns } from './parts.ts'
import { readSettled, type SegmentDamage, type SegmentPlace } from './settled.ts'
import { TABLES, type Table, type TableName } from './table.ts'

export type OpenOptions = {
  readonly normalizers: DayNormalizers
  /** @default tables are built from lines each time */
  readonly cache?: TableCache | null | undefined
  /** Threads that build tables. @default they are built in this one */
  readonly pool?: BuildPool | undefined
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

/**
 * All of a segment is read, and kept, if at least one line in WHOLE_FROM is asked for; otherwise only the members that can hold it are
 * read. Lines count: one symbol of four in every member is a quarter of the work.
 */
const WHOLE_FROM = 2

export const openTables = (
  place: SegmentPlace,
  want: Want,
  options: OpenOptions
): Promise<SegmentTables> =>
  readSettled(place, options.signal, async (segment) => {
    const { root, feed, day } = place
    const read = await readSegment(dayFolder(root, feed, day), segment, want, options)
    return { ...read, tables: withColumns(read.tables, want) }
  })

async function readSegment(
  folder: string,
  segment: ManifestSegment,
  want: Want,
  options: OpenOptions
): Promise<Built> {
  const { normalizers, cache = null, pool = new BuildPool({ threads: 0 }), signal } = options
  const names = want.tables ?? TABLES
  const path = join(folder, segment.name)
  const inMemory = `${path} ${segment.sha256} ${normalizers.key}`
  const kept = segment.sealed
    ? await cache?.read(segment, normalizers, names, want)
    : cache?.memory.get(inMemory)
  if (kept) return { tables: those(kept, names), damage: [] }
  let entries: readonly IndexEntry[]
  try {
    entries = await readIndex(folder, segment)
  } catch (thrown) {
    if (!(thrown instanceof Stale)) throw thrown
    const none = await pool.build([], want, normalizers)
    return { ...none, damage: [{ error: thrown, from: segment.from, to: segment.to }] }
  }
  const filter = memberFilter(want)
  if (cache === null || shareOf(entries, filter) * WHOLE_FROM < 1) {
    return pool.build(membersOf(path, entries, filter), want, normalizers, signal)
  }
  const all = membersOf(path, entries, {})
  if (!segment.sealed) {
    const built = await pool.build(all, {}, normalizers, signal)
    if (built.damage.length === 0) cache.memory.set(inMemory, built.tables)
    return { tables: those(built.tables, names), damage: built.damage }
  }
  const built = await cache.build<Whole>(
    segment,
    normalizers,
    async () => {
      const tables = await cache.read(segment, normalizers, names, want)
      return tables && { tables, damage: [], sha256: null }
    },
    // Others may wait for it: no signal ends it.
    () => pool.build(all, {}, normalizers)
  )
  return { tables: those(built.tables, names), damage: built.damage }
}

function withColumns(tables: Built['tables'], { columns }: Want): Built['tables'] {
  if (columns === undefined) return tables
  return new Map([...tables].map(([name, table]) => [name, onlyColumns(table, columns)]))
}

type Whole = Built & { readonly sha256: string | null }

function memberFilter({ types, symbols, from, to }: Want): MemberFilter {
  return {
    ...{ from, to },
    types,
    // Frames of several symbols have none in their line.
    symbols: symbols === undefined ? undefined : [...symbols, ''],
  }
}

const those = (tables: ReadonlyMap<TableName, Table>, names: readonly TableName[]) =>
  new Map(names.map((name) => [name, tables.get(name)!]))
