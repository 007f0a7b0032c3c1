// Bounds the gaps of a day. Many gaps of one kind within a few minutes become one entry with their count, the sum of what is
// missing, and the time they cover; the lines of the day hold each one. The result does not depend on the order or the
// moment in which gaps are added, so a replay ends with the same entries.

import { countGaps, type Gap } from '../format/manifest.ts'
import { earlier, later } from '../format/time.ts'

/** More gaps of a kind than these within a slot are counted together. */
const IN_SLOT = 8
/** Entries of a day's manifest, at most. */
export const MAX_GAPS = 1000
/** In memory more are kept before they are made fewer, so that it is rare. */
const MAX_HELD = 4 * MAX_GAPS

/** What gaps that are counted together have in common, from fine to coarse. */
const LEVELS: readonly ((gap: Gap) => readonly unknown[])[] = [
  (gap) => [gap.shard, gap.connection, gap.channel, gap.scope, slot(gap, 15)],
  (gap) => [numbersOf(gap), gap.channel, slot(gap, 15)],
  (gap) => [numbersOf(gap), gap.channel, slot(gap, 13)],
  (gap) => [gap.channel, slot(gap, 13)],
  (gap) => [slot(gap, 10)],
]

/** The first letters of its time: `2026-11-24T15:0` are ten minutes, `2026-11-24T15` an hour. */
const slot = (gap: Gap, letters: number): string => gap.from.slice(0, letters)

/** Numbers of one connection can be counted together and still be checked. */
const numbersOf = (gap: Gap): string | null =>
  gap.numbers === undefined ? null : (gap.connection ?? '')

/** The gaps in at most MAX_GAPS entries, as fine as they fit. */
export function boundGaps(gaps: readonly Gap[]): readonly Gap[] {
  return coalesce(gaps, MAX_GAPS)
}

/** For memory: the same, once there are far too many. */
export function trimGaps(gaps: Gap[]): Gap[] {
  return gaps.length <= MAX_HELD ? gaps : [...coalesce(gaps, MAX_GAPS)]
}

function coalesce(gaps: readonly Gap[], most: number): readonly Gap[] {
  if (gaps.length <= IN_SLOT) return gaps
  let fewer = gaps
  for (const [level, keyOf] of LEVELS.entries()) {
    // The finest level always: what is said of a storm must not depend on what else happened that day.
    if (level > 0 && fewer.length <= most) break
    fewer = together(fewer, keyOf, level === LEVELS.length - 1 ? 1 : IN_SLOT)
  }
  return fewer
}

function together(
  gaps: readonly Gap[],
  keyOf: (gap: Gap) => readonly unknown[],
  most: number
): Gap[] {
  const groups = new Map<string, Gap[]>()
  const kept: Gap[] = []
  for (const gap of gaps) {
    // What has not ended yet stands for itself.
    if (gap.to === null) {
      kept.push(gap)
      continue
    }
    const { cause, fault, missing, clock } = gap
    const key = JSON.stringify([cause, fault, missing === null, clock, ...keyOf(gap)])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [gap])
    else group.push(gap)
  }
  for (const group of groups.values()) {
    if (countGaps(group) > most) kept.push(group.reduce(join))
    else kept.push(...group)
  }
  return kept
}

function join(a: Gap, b: Gap): Gap {
  const first = isBefore(a, b) ? a : b
  const { cause, fault, detail, clock } = first
  const same = <K extends keyof Gap>(key: K): Gap[K] | undefined =>
    a[key] === b[key] ? a[key] : undefined
  const connection = same('connection') ?? null
  const channel = same('channel')
  const scope = connection === null ? undefined : same('scope')
  const numbers = connection === null ? undefined : span(a.numbers, b.numbers)
  const sequences = scope === undefined ? undefined : span(a.sequences, b.sequences)
  return {
    cause,
    fault,
    from: earlier(a.from, b.from),
    to: later(a.to!, b.to!),
    connection,
    shard: same('shard') ?? null,
    missing: a.missing === null || b.missing === null ? null : a.missing + b.missing,
    count: (a.count ?? 1) + (b.count ?? 1),
    ...(channel === undefined ? {} : { channel }),
    ...(scope === undefined ? {} : { scope }),
    ...(sequences === undefined ? {} : { sequences }),
    ...(numbers === undefined ? {} : { numbers }),
    ...(clock === undefined ? {} : { clock }),
    detail,
  }
}

/** Whose words stand for both: the earlier one's; among equals those that sort first. */
const isBefore = (a: Gap, b: Gap): boolean =>
  a.from === b.from ? a.detail <= b.detail : a.from < b.from

type Span = readonly [first: number, last: number]

const span = (a: Span | undefined, b: Span | undefined): Span | undefined =>
  a === undefined || b === undefined ? undefined : [Math.min(a[0], b[0]), Math.max(a[1], b[1])]

/** Sequences of a scope that came after all. */
export type TakenBack = {
  readonly connection: string
  readonly scope: number
  readonly channel: string
  readonly sequences: Span
}

/** Takes sequences out of the gaps that named them; returns what is left of the gaps, and what none of them named. */
export function takeBack(gaps: readonly Gap[], taken: TakenBack): { gaps: Gap[]; left: Span[] } {
  let left: Span[] = [taken.sequences]
  const kept: Gap[] = []
  for (const gap of gaps) {
    if (left.length === 0 || !names(gap, taken)) {
      kept.push(gap)
      continue
    }
    const found = left.flatMap((part) => overlap(part, gap.sequences ?? part))
    const total = found.reduce((sum, [a, b]) => sum + b - a + 1, 0)
    if (total === 0) {
      kept.push(gap)
      continue
    }
    if (gap.count === undefined && gap.sequences !== undefined) {
      let parts: Span[] = [gap.sequences]
      for (const part of found) parts = parts.flatMap((one) => without(one, part))
      for (const part of parts) {
        kept.push({ ...gap, sequences: part, missing: part[1] - part[0] + 1 })
      }
    } else if (gap.missing! > total) kept.push({ ...gap, missing: gap.missing! - total })
    for (const part of found) left = left.flatMap((one) => without(one, part))
  }
  return { gaps: kept, left }
}

/** True if a gap speaks of that count; one that stands for several counts may. */
function names(gap: Gap, taken: TakenBack): boolean {
  if (gap.cause !== 'exchange-sequence' || gap.missing === null) return false
  if (gap.scope !== undefined) {
    return gap.connection === taken.connection && gap.scope === taken.scope
  }
  if (gap.count === undefined) return false
  return (
    (gap.connection ?? taken.connection) === taken.connection &&
    (gap.channel ?? taken.channel) === taken.channel
  )
}

function overlap(a: Span, b: Span): Span[] {
  const first = Math.max(a[0], b[0])
  const last = Math.min(a[1], b[1])
  return first <= last ? [[first, last]] : []
}

/** What is left of a span without another. */
export function without([first, last]: Span, [a, b]: Span): Span[] {
  if (b < first || a > last) return [[first, last]]
  const parts: Span[] = [
    [first, a - 1],
    [b + 1, last],
  ]
  return parts.filter(([low, high]) => low <= high)
}
