// The holes that a manifest of the original names, and files that it names and that are missing. Pure.

import { type Fields, listOf, textOf } from './note.ts'
import { minuteOf } from './original-line.ts'

export type OriginalGap = {
  readonly from: bigint
  readonly to: bigint
  readonly missing: number | null
  readonly reason: string
}

const count = (value: unknown): number | null =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null

export function gapsOfManifest(
  manifest: Fields,
  { day, files }: { readonly day: string; readonly files: readonly string[] }
): OriginalGap[] {
  const start = minuteOf(day, '0000')
  /** A time of this day; others are its beginning. */
  const timeOf = (value: unknown, otherwise: bigint): bigint => {
    const text = textOf(value) ?? ''
    const at = Date.parse(text)
    return text.startsWith(day) && !Number.isNaN(at) ? BigInt(at) * 1_000_000n : otherwise
  }
  const named = listOf(manifest.gaps).map((gap) => {
    const at = timeOf(gap.detected_at, start)
    const missing = count(gap.missing_count)
    const what = missing === null ? 'messages' : `${missing} messages`
    const reason = `the original missed ${what} after ${String(gap.after_seq)} of its stream`
    return { from: at, to: at, missing, reason }
  })
  const lost = listOf(manifest.files).flatMap(({ name, records, start: began, end }) => {
    const file = textOf(name)
    if (file === undefined || files.includes(file)) return []
    const from = timeOf(began, minuteOf(day, file))
    const to = timeOf(end, from)
    const missing = count(records)
    const reason = `the original's manifest names ${file}, and there is no such file`
    return [{ from, to, missing, reason }]
  })
  return [...named, ...lost]
}
