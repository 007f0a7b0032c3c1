// The guards: a signal is run again where an honest one must fire the same. One that sees what comes later, or whose fires depend on how it is run,
// does not.
//
// * processes: in one process instead of several;
// * prefix: over the events up to one of its fires alone;
// * future: with prices and sizes of all rows behind one of its fires exchanged among each other.

import type { FireLine } from './fire-lines.ts'

export type GuardTest = 'processes' | 'prefix' | 'future'

export type GuardResult =
  | { readonly kind: 'passed'; readonly prefixes: number; readonly futures: number }
  | {
      readonly kind: 'failed'
      readonly test: GuardTest
      /** How many events there were, or after how many they were changed. */
      readonly events: number
      readonly expected: string
      readonly found: string
    }

export type GuardRun = {
  readonly fires: { readonly lines: readonly FireLine[] }
  /** A run that was stopped fired what it did until then. */
  readonly verdict: { readonly kind: string }
}

export type GuardHow = {
  /** This number of events, from the first. */
  readonly most?: number
  /** Rows that were received later than this are changed: RFC 3339 with nanoseconds. */
  readonly future?: string
}

/** How many fires are taken, from the first to the last. */
const PLACES = 4

/** `replay` runs it in one process. */
export async function guardReplay(
  fires: { readonly lines: readonly FireLine[] },
  replay: (how: GuardHow) => Promise<GuardRun>
): Promise<GuardResult> {
  const alone = (await replay({})).fires.lines
  const differs = differenceOf('processes', 0, fires.lines, alone)
  if (differs !== null) return differs
  const places = placesOf(alone.length).map((i) => alone[i]!)
  const lengths = [...new Set(places.map(({ at }) => at + 1))]
  for (const events of lengths) {
    const expected = alone.filter(({ at }) => at < events)
    const { fires: found } = await replay({ most: events })
    const failed = differenceOf('prefix', events, expected, found.lines)
    if (failed !== null) return failed
  }
  const times = [...new Set(places.map(({ recv }) => recv))]
  for (const future of times) {
    const until = (lines: readonly FireLine[]) => lines.filter(({ recv }) => recv <= future)
    const { fires: found } = await replay({ future })
    const expected = until(alone)
    const events = expected.at(-1)!.at + 1
    const failed = differenceOf('future', events, expected, until(found.lines))
    if (failed !== null) return failed
  }
  return { kind: 'passed', prefixes: lengths.length, futures: times.length }
}

function differenceOf(
  test: GuardTest,
  events: number,
  expected: readonly FireLine[],
  found: readonly FireLine[]
): GuardResult | null {
  const most = Math.max(expected.length, found.length)
  for (let i = 0; i < most; i++) {
    if (expected[i]?.text === found[i]?.text) continue
    const [first = 'nothing', other = 'nothing'] = [expected[i]?.text, found[i]?.text]
    return { kind: 'failed', test, events, expected: first, found: other }
  }
  return null
}

const placesOf = (length: number): number[] =>
  length === 0
    ? []
    : Array.from({ length: PLACES }, (_, i) => Math.round((i * (length - 1)) / (PLACES - 1)))
