// Chooses lines by type and symbol. A line of format 2 says both before its payload, so nothing of the frame is parsed; for a
// line of format 1 the caller tells them.

import type { SsmdError } from '#crds/errors.ts'
import type { LineFormat } from '../format/manifest.ts'
import type { KeyedLine } from './merge.ts'

/** What a line is of; the symbol is empty where a frame has none. */
export type LineNames = { readonly type: string; readonly symbol: string }

export type NameFilter = {
  readonly types?: readonly string[] | undefined
  readonly symbols?: readonly string[] | undefined
  /** Tells what a line of format 1 is of. @default all lines of a member that holds what is asked for */
  readonly namesInFormat1?: ((line: Buffer) => LineNames) | undefined
}

/** Of lines that belong together: RFC 3339, the first and the last. */
export type Span = { readonly from: string; readonly to: string }

/** Members that cannot hold what is asked for are not read; lines that are not of it do not come. */
export type LineFilter = NameFilter & {
  /** Groups to read, such as `trades`. @default all */
  readonly groups?: readonly string[] | undefined
  /** Receive times, inclusive and exclusive, as the lines write them (or a prefix, such as `2026-11-24T15:30`). */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly limit?: number | undefined
  /**
   * Takes what cannot be read, and the times that it covers; the rest comes all the same. Called before any line from
   * `span.from` on comes. @default it is thrown
   */
  readonly onDamage?: ((error: SsmdError, span: Span) => void) | undefined
}

export type LineTest = (line: KeyedLine) => boolean

/** Tells whether a line is asked for; undefined if all are. */
export function lineTest(format: LineFormat, filter: NameFilter): LineTest | undefined {
  const { types, symbols, namesInFormat1 } = filter
  if (types === undefined && symbols === undefined) return undefined
  if (format !== 1) return namesTest(types, symbols)
  if (namesInFormat1 === undefined) return undefined
  return ({ bytes }) => {
    const { type, symbol } = namesInFormat1(bytes)
    return (types?.includes(type) ?? true) && (symbols?.includes(symbol) ?? true)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const TYPE = Buffer.from('"type":')
const SYMBOL = Buffer.from('"symbol":')

function namesTest(
  types: readonly string[] | undefined,
  symbols: readonly string[] | undefined
): LineTest {
  const wantedTypes = types?.map((type) => member(TYPE, type))
  const wantedSymbols = symbols?.filter((name) => name !== '').map((name) => member(SYMBOL, name))
  const takesNone = symbols?.includes('') ?? false
  return ({ bytes, namesAt }) => {
    if (wantedTypes !== undefined && !wantedTypes.some((one) => stands(one, bytes, namesAt))) {
      return false
    }
    if (wantedSymbols === undefined) return true
    const at = afterText(bytes, namesAt + TYPE.length) + 1
    if (!stands(SYMBOL, bytes, at)) return takesNone
    return wantedSymbols.some((one) => stands(one, bytes, at))
  }
}

/** As a line has it, with the comma behind. */
const member = (key: Buffer, name: string): Buffer =>
  Buffer.concat([key, Buffer.from(`${JSON.stringify(name)},`)])

const stands = (wanted: Buffer, bytes: Buffer, at: number): boolean =>
  bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0

/** The position behind the JSON string that begins at `start`. */
function afterText(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++
    else if (bytes[at] === QUOTE) return at + 1
  }
  return bytes.length
}
