// The prefix test: a signal that is run again, over the events up to one of its fires alone, must have fired the same until then. One
// that sees what comes later does not.

import type { FireLine } from './fire-lines.ts'

export type GuardResult =
  | { readonly kind: 'passed'; readonly prefixes: number }
  | {
      readonly kind: 'failed'
      readonly events: number
      readonly expected: string
      readonly found: string
    }

/** How many fires are taken, from the first to the last. */
const PREFIXES = 4

/** `replay` runs the signal over the first `events` events. */
export async function prefixTest(
  fires: readonly FireLine[],
  replay: (events: number) => Promise<readonly FireLine[]>
): Promise<GuardResult> {
  const lengths = [...new Set(placesOf(fires.length).map((i) => fires[i]!.at + 1))]
  for (const events of lengths) {
    const expected = fires.filter(({ at }) => at < events)
    const found = await replay(events)
    const most = Math.max(expected.length, found.length)
    for (let i = 0; i < most; i++) {
      if (expected[i]?.text === found[i]?.text) continue
      const [first = 'nothing', other = 'nothing'] = [expected[i]?.text, found[i]?.text]
      return { kind: 'failed', events, expected: first, found: other }
    }
  }
  return { kind: 'passed', prefixes: lengths.length }
}

const placesOf = (length: number): number[] =>
  length === 0
    ? []
    : Array.from({ length: PREFIXES }, (_, i) => Math.round((i * (length - 1)) / (PREFIXES - 1)))
