// Builds the tables of a segment from the lines of its members: the same code for all of it and for the few members that can hold
// what is asked for. What is not asked for may come with it.

import { createHash } from 'node:crypto'
import type { MemberBytes, MemberPlace } from '#archive/read/members.ts'
import { freeLines, OpenFiles, readMember, Stale } from '#archive/read/members.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { LineScan } from './line-scan.ts'
import { TableRows } from './rows.ts'
import { TABLES, type Table, type TableName } from './table.ts'

/** What to read: the rest may be left out, and what is cheap to have comes all the same. */
export type Want = {
  /** @default all */
  readonly tables?: readonly TableName[] | undefined
  /** The exchange's names of instruments, and its message types. @default all */
  readonly symbols?: readonly string[] | undefined
  readonly types?: readonly string[] | undefined
  /** Names of columns, `recv` and the like too: asking a table for another one throws. @default all */
  readonly columns?: readonly string[] | undefined
  /** Receive times, inclusive and exclusive: RFC 3339 as lines have it, or the beginning of it. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** By which normaliser the frames of a connection are read. */
export type NormalizerOf = (connection: string) => Normalizer

/** A part of a segment that cannot be read, with its receive times. */
export type Damage = { readonly error: Stale; readonly from: string; readonly to: string }

export type Built = {
  readonly tables: ReadonlyMap<TableName, Table>
  readonly damage: readonly Damage[]
}

/** `sha256`: of the bytes of the members, one behind the other. */
export type HashedBuild = Built & { readonly sha256: string }

export type BuildOptions = {
  readonly want: Want
  readonly normalizerOf: NormalizerOf
  /** Takes the bytes of each member that was read. */
  readonly onBytes?: ((bytes: Buffer) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export async function buildTables(
  members: readonly MemberPlace[],
  { want, normalizerOf, onBytes, signal }: BuildOptions
): Promise<Built> {
  const builder = new Builder(want, normalizerOf)
  const files = new OpenFiles()
  const damage: Damage[] = []
  const ahead: Promise<MemberBytes | Stale>[] = []
  let next = 0
  try {
    for (const { from, to, isNamed } of members) {
      signal?.throwIfAborted()
      while (ahead.length <= AHEAD && next < members.length) {
        ahead.push(readMember(files, members[next++]!).catch(orStale))
      }
      const read = (await ahead.shift())!
      if (read instanceof Stale) damage.push({ error: read, from, to })
      else {
        onBytes?.(read.bytes)
        builder.add(read.lines, { isNamed })
        freeLines(read.lines)
      }
    }
  } finally {
    await Promise.allSettled(ahead)
    await files.close()
  }
  return { tables: builder.finish(), damage }
}

/** Members that are inflated while the lines of one are read. */
const AHEAD = 2

function orStale(thrown: unknown): Stale {
  if (thrown instanceof Stale) return thrown
  throw thrown
}

/** The same, with the checksum of what the tables were made of. */
export async function buildHashed(
  members: readonly MemberPlace[],
  want: Want,
  normalizerOf: NormalizerOf,
  signal?: AbortSignal
): Promise<HashedBuild> {
  const hash = createHash('sha256')
  const onBytes = (bytes: Buffer): void => void hash.update(bytes)
  const built = await buildTables(members, { want, normalizerOf, onBytes, signal })
  return { ...built, sha256: hash.digest('hex') }
}

/** Searching for each of more symbols takes longer than looking at every line. */
const MOST_FINDS = 4

/** Lines of members become rows. */
export class Builder {
  readonly #rows: TableRows
  readonly #lines = new LineScan()
  readonly #normalizerOf: NormalizerOf
  readonly #symbols: ReadonlySet<string> | null
  /** A few symbols are found by their bytes. */
  readonly #finds: readonly string[] | null
  readonly #types: ReadonlySet<string> | null
  readonly #from: number
  readonly #to: number
  readonly #header = { recvMs: 0, recvNs: 0, feed: '', type: '', symbol: '' }
  #row = 0
  #conn = ''
  #normalizer: Normalizer | null = null

  constructor(want: Want, normalizerOf: NormalizerOf) {
    const { tables = TABLES, symbols, types } = want
    this.#rows = new TableRows(new Set(tables), want.columns)
    this.#normalizerOf = normalizerOf
    this.#symbols = symbols === undefined ? null : new Set([...symbols, ''])
    this.#finds = symbols !== undefined && symbols.length <= MOST_FINDS ? symbols : null
    this.#types = types === undefined ? null : new Set(types)
    // Whole milliseconds around the span: what lies in them besides is not asked for, and comes with it.
    this.#from = want.from === undefined ? Number.NEGATIVE_INFINITY : msOf(want.from)
    this.#to = want.to === undefined ? Number.POSITIVE_INFINITY : msOf(want.to)
  }

  /** `isNamed`: each line says its symbol. */
  add(lines: Buffer, { isNamed }: { readonly isNamed: boolean } = { isNamed: false }): void {
    const line = this.#lines
    const rows = this.#rows
    const header = this.#header
    const emit = this.#emit
    line.begin(lines, isNamed ? this.#finds : null)
    while (line.next()) {
      if (line.isEvent || line.recvMs < this.#from || line.recvMs > this.#to) continue
      if (this.#types !== null && !this.#types.has(line.type)) continue
      if (this.#symbols !== null && !this.#symbols.has(line.symbol)) continue
      rows.line(line)
      if (line.conn !== this.#conn || this.#normalizer === null) {
        this.#conn = line.conn
        this.#normalizer = this.#normalizerOf(line.conn)
      }
      header.recvMs = line.recvMs
      header.recvNs = line.recvNs
      header.type = line.type
      header.symbol = line.symbol
      this.#row = 0
      const { buffer, byteOffset } = line.payload
      const payload = new Uint8Array(buffer, byteOffset + line.start, line.end - line.start)
      this.#normalizer.normalize(payload, header, emit)
    }
  }

  finish(): Map<TableName, Table> {
    return this.#rows.finish()
  }

  readonly #emit: Parameters<Normalizer['normalize']>[2] = (event) => {
    const row = this.#row++
    if (this.#symbols !== null && !this.#symbols.has(event.symbol)) return
    this.#rows.event(this.#lines, event, row)
  }
}

const FIRST = '0000-01-01T00:00:00.000Z'

/** The millisecond of a receive time, or of the first one that begins with a text such as `2026-11-24T15:30`. */
export function msOf(text: string): number {
  const digits = text.replace(/Z$/, '').slice(0, 23)
  return Date.parse(digits + FIRST.slice(digits.length))
}
