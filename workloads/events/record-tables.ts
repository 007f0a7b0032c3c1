// The records of a day as tables: every line's time, connection and number, and what connections say of themselves. From the cache if
// it has them; otherwise only the members are read that can hold what is asked for, and nothing is kept.

import type { Manifest, ManifestSegment } from '#archive/read/reader.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import { timeNanos } from '#market/time.ts'
import { TURN, type Words, wordsOfNanos } from './table-select.ts'
import type { DayNormalizers } from './tables/normalizers.ts'
import { type OpenOptions, openTables, type SegmentDamage } from './tables/open.ts'
import { int64At, isValid, type Table, type TextColumn } from './tables/table.ts'
import { timeOf } from './times.ts'

/** The place of a record of a feed in the total order. */
export type RecordKey = {
  readonly recv: string
  readonly connection: string
  readonly number: number
}

export type RecordWant = {
  readonly types?: readonly string[] | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** False: only keys. */
  readonly payloads: boolean
}

export type DayRecords = {
  readonly manifest: Manifest
  /** May hold more than what is wanted. */
  readonly table: (segment: ManifestSegment, want: RecordWant) => Promise<RecordTable>
}

export type RecordTable = { readonly table: Table; readonly damage: readonly SegmentDamage[] }

export function dayRecords(
  root: string,
  manifest: Manifest,
  normalizers: DayNormalizers,
  { cache = null, pool, signal }: Omit<OpenOptions, 'normalizers'>
): DayRecords {
  const { feed, day } = manifest
  return {
    manifest,
    async table(segment, { types, from, to, payloads }) {
      const columns = ['recv', 'conn', 'n', ...(payloads ? ['type', 'event'] : [])]
      const want = { tables: ['record'] as const, columns, types, from, to }
      const kept = segment.sealed
        ? await cache?.read(segment, normalizers, want.tables, want)
        : undefined
      if (kept) return { table: kept.get('record')!, damage: [] }
      const place = { root, feed, day, segment }
      const { tables, damage } = await openTables(place, want, { normalizers, pool, signal })
      return { table: tables.get('record')!, damage }
    },
  }
}

/** The rows that are what connections say of themselves. */
export function* eventRows(table: Table): Generator<number> {
  const { valid } = table.columns.get('event') as TextColumn
  for (let i = 0; i < table.length; i++) if (isValid(valid, i)) yield i
}

export function payloadOf(table: Table, i: number): string {
  const { offsets, bytes } = table.columns.get('event') as TextColumn
  return Buffer.from(
    bytes.buffer,
    bytes.byteOffset + offsets[i]!,
    offsets[i + 1]! - offsets[i]!
  ).toString('utf8')
}

export function keyAt(table: Table, i: number): RecordKey {
  const { words } = table.recv
  const nanos = (BigInt(words[2 * i + 1]!) << 32n) + BigInt(words[2 * i]! >>> 0)
  return {
    recv: rfc3339(nanos),
    connection: table.conn.names[table.conn.codes[i]!]!,
    number: int64At(table.n.words, i),
  }
}

/** The last row of a connection before a record of any, or -1. */
export function lastRowBefore(table: Table, connection: string, before: RecordKey): number {
  const code = table.conn.names.indexOf(connection)
  if (code < 0) return -1
  const { ms, ns } = timeOf(before.recv)
  const time = wordsOfNanos(timeNanos(ms, ns))
  let [first, behind] = [0, table.length]
  while (first < behind) {
    const middle = (first + behind) >>> 1
    if (isBefore(table, middle, time, before)) first = middle + 1
    else behind = middle
  }
  const { codes } = table.conn
  for (let i = first - 1; i >= 0; i--) if (codes[i] === code) return i
  return -1
}

function isBefore(
  table: Table,
  i: number,
  time: Words,
  { connection, number }: RecordKey
): boolean {
  const { words } = table.recv
  const high = words[2 * i + 1]!
  if (high !== time.high) return high < time.high
  const low = words[2 * i]! ^ TURN
  if (low !== time.low) return low < time.low
  const conn = table.conn.names[table.conn.codes[i]!]!
  return conn !== connection ? conn < connection : int64At(table.n.words, i) < number
}

export function compareKeys(a: RecordKey, b: RecordKey): number {
  if (a.recv !== b.recv) return a.recv < b.recv ? -1 : 1
  if (a.connection !== b.connection) return a.connection < b.connection ? -1 : 1
  return a.number - b.number
}
