// One line of an index file: where a gzip member of a segment starts and what it holds. The line carries a checksum of the
// member's bytes and one of itself, so a flipped bit in either is found and named.

import { crc32 } from 'node:zlib'
import { SsmdError } from '#crds/errors.ts'
import type { LineFormat } from './manifest.ts'
import { type SymbolNumbers, SymbolSet } from './symbols.ts'

/** What a member holds: known before it is compressed. */
export type MemberContent = {
  /** Of its lines; left out for 1, which had no name. */
  readonly format?: LineFormat | undefined
  readonly rawBytes: number
  readonly lines: number
  /** Receive times of its earliest and latest record. */
  readonly from: string
  readonly to: string
  /** First and last sequence of the stream that its records came with. */
  readonly stream: readonly [first: number, last: number]
  /** Records that came after a higher number of their connection. */
  readonly late: number
  /** True if a chunk ends: a sealed segment has one member a chunk. */
  readonly end: boolean
  readonly types: Readonly<Record<string, number>>
  /** Symbols that occur here for the first time in the segment; all lines before and this one number them from 0. */
  readonly names: readonly string[]
  /** Which symbols it holds. */
  readonly symbols: SymbolNumbers
}

export type IndexEntry = MemberContent & {
  readonly offset: number
  readonly bytes: number
  /** Of the member's bytes, in hex. */
  readonly crc32: string
}

export const hexCrc = (bytes: Uint8Array | string, value = 0): string =>
  crc32(bytes, value).toString(16).padStart(8, '0')

const CHECK_AT = ',"check":"'
const CHECK_LENGTH = CHECK_AT.length + 8 + '"}'.length

/** The line, with its line feed. */
export function formatIndexLine(entry: IndexEntry): string {
  const { format, offset, bytes, rawBytes, lines, from, to, stream, late, end, names, symbols } =
    entry
  const types = sortedKeys(entry.types)
  const text = JSON.stringify({
    format,
    offset,
    bytes,
    rawBytes,
    lines,
    from,
    to,
    stream,
    late,
    end,
    types,
    names,
    symbols,
    crc32: entry.crc32,
  }).slice(0, -1)
  return `${text}${CHECK_AT}${hexCrc(text)}"}\n`
}

/** The entry of a line without its line feed; throws SSMD_E_ARCHIVE_INVALID if the line is not whole. */
export function parseIndexLine(line: string): IndexEntry {
  const text = line.slice(0, -CHECK_LENGTH)
  if (line !== `${text}${CHECK_AT}${hexCrc(text)}"}`) {
    throw new SsmdError('SSMD_E_ARCHIVE_INVALID', 'the checksum of the line does not fit it')
  }
  return JSON.parse(`${text}}`) as IndexEntry
}

/** What members hold together. */
export function joinContents(members: readonly MemberContent[]): MemberContent {
  const first = members[0]!
  const symbols = new SymbolSet()
  const types: Record<string, number> = {}
  let { from, to } = first
  let [low, high] = first.stream
  let rawBytes = 0
  let lines = 0
  let late = 0
  for (const member of members) {
    rawBytes += member.rawBytes
    lines += member.lines
    late += member.late
    if (member.from < from) from = member.from
    if (member.to > to) to = member.to
    low = Math.min(low, member.stream[0])
    high = Math.max(high, member.stream[1])
    for (const [type, count] of Object.entries(member.types)) addTo(types, type, count)
    symbols.join(member.symbols)
  }
  return {
    ...(first.format === undefined ? {} : { format: first.format }),
    rawBytes,
    lines,
    from,
    to,
    stream: [low, high],
    late,
    end: members.at(-1)!.end,
    types: sortedKeys(types),
    names: members.flatMap((member) => member.names),
    symbols: symbols.encode(),
  }
}

/** Adds to a count; own keys only, so that a type named `__proto__` is a type like any other. */
export function addTo(counts: Record<string, number>, key: string, count: number): void {
  const before = Object.hasOwn(counts, key) ? counts[key]! : 0
  Object.defineProperty(counts, key, {
    value: before + count,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

export function sortedKeys(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
