// The lines of an index as the verifier reads them, each with its own checksum.

import { crc32 } from 'node:zlib'

export type Entry = {
  readonly format?: unknown
  readonly names: unknown
  readonly symbols: unknown
  readonly offset: number
  readonly bytes: number
  readonly rawBytes: number
  readonly lines: number
  readonly from: string
  readonly to: string
  readonly types: Readonly<Record<string, number>>
  readonly crc32: string
}

const CHECK = ',"check":"'
const CHECK_LENGTH = CHECK.length + 8 + '"}'.length

/** A line of an index, by its own checksum; undefined if it is not as an index has it. */
export function parseEntry(line: string): Entry | undefined {
  const text = line.slice(0, -CHECK_LENGTH)
  const sum = crc32(text).toString(16).padStart(8, '0')
  if (line !== `${text}${CHECK}${sum}"}`) return undefined
  try {
    const entry = JSON.parse(`${text}}`) as Entry
    const counts = [entry.offset, entry.bytes, entry.rawBytes, entry.lines]
    const isWhole =
      counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
      typeof entry.types === 'object' &&
      entry.types !== null
    return isWhole ? entry : undefined
  } catch {
    return undefined
  }
}
