// How much of a day is in gaps: holes of several connections that overlap count once. Pure, exact to the nanosecond.

import type { Manifest } from '#archive/read/reader.ts'

const DAY_NANOS = 86_400e9

type Told = Pick<Manifest, 'day' | 'from' | 'to' | 'updated' | 'gaps'>

/**
 * `gapNanos`: time in which at least one connection missed something. `spanNanos`: from the first record or gap of the day to the last.
 * A gap that lasts counts until the manifest was written.
 */
export function gapTime(manifest: Told): {
  readonly gapNanos: number
  readonly spanNanos: number
} {
  const { from, to, updated, gaps } = manifest
  const midnight = Date.parse(`${manifest.day}T00:00:00Z`)
  const at = (time: string): number => nanosOfDay(time, midnight)
  const spans = gaps
    .map((gap) => {
      const start = at(gap.from)
      return { start, end: Math.max(start, at(gap.to ?? updated)) }
    })
    .sort((a, b) => a.start - b.start)
  let gapNanos = 0
  let counted = 0
  for (const { start, end } of spans) {
    if (end <= counted) continue
    gapNanos += end - Math.max(start, counted)
    counted = end
  }
  const starts = [...(from === null ? [] : [at(from)]), ...spans.slice(0, 1).map((s) => s.start)]
  const ends = [...(to === null ? [] : [at(to)]), counted]
  const spanNanos = starts.length === 0 ? 0 : Math.max(...ends) - Math.min(...starts)
  return { gapNanos, spanNanos: Math.max(0, spanNanos) }
}

/** Nanoseconds since the midnight that begins the day, within the day. */
function nanosOfDay(time: string, midnight: number): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? ''
  const ms = Date.parse(`${time.slice(0, 19)}Z`) - midnight
  const nanos = ms * 1e6 + Number(fraction.padEnd(9, '0').slice(0, 9))
  return Math.min(Math.max(nanos, 0), DAY_NANOS)
}
