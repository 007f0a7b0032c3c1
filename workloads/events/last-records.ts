// When the last record of a connection came before a given event: looked up in the records around, in windows that grow until it is
// found. Few gaps need it: for most of them the manifest says since when frames are missing.

import { timeText } from '#market/time.ts'
import {
  compareKeys,
  type DayRecords,
  keyAt,
  lastRowBefore,
  type RecordKey,
} from './record-tables.ts'
import { timeOf } from './times.ts'

/** The last record of `connection` that stands before the record of this key. */
export type Wanted = { readonly connection: string; readonly before: RecordKey }

/** A connection that receives frames has one within seconds. */
const WINDOWS_MS = [2_000, 60_000, 3_600_000, 86_400_000]
/** More windows than these are read as one: each takes a look into the index. */
const MOST_SPANS = 8

/** Receive times by what was wanted; what has none before it on its day is left out. */
export async function lastRecords(
  records: DayRecords,
  wanted: readonly Wanted[]
): Promise<Map<Wanted, string>> {
  const found = new Map<Wanted, RecordKey>()
  let open = wanted.toSorted((a, b) => compareKeys(a.before, b.before))
  for (const window of WINDOWS_MS) {
    for (const span of spansOf(open, window)) await lookInto(records, span, found)
    // One that was found further away may have a later one in what was not read.
    open = open.filter((one) => (found.get(one)?.recv ?? '') < startOfWindow(one, window))
    if (open.length === 0) break
  }
  return new Map([...found].map(([one, { recv }]) => [one, recv]))
}

type WantedSpan = { readonly from: string; to: string; readonly wanted: Wanted[] }

/** Windows that overlap are read together. */
function spansOf(wanted: readonly Wanted[], window: number): WantedSpan[] {
  const spans: WantedSpan[] = []
  for (const one of wanted) {
    const from = startOfWindow(one, window)
    const last = spans.at(-1)
    if (last === undefined || last.to < from) {
      spans.push({ from, to: one.before.recv, wanted: [one] })
    } else {
      last.to = one.before.recv
      last.wanted.push(one)
    }
  }
  if (spans.length <= MOST_SPANS) return spans
  return [{ from: spans[0]!.from, to: spans.at(-1)!.to, wanted: [...wanted] }]
}

function startOfWindow({ before }: Wanted, window: number): string {
  const { ms, ns } = timeOf(before.recv)
  return timeText(ms - window, ns)
}

async function lookInto(
  { manifest, table: open }: DayRecords,
  { from, to, wanted }: WantedSpan,
  found: Map<Wanted, RecordKey>
): Promise<void> {
  const behind = timeText(timeOf(to).ms + 1, 0)
  for (const segment of manifest.segments) {
    if (segment.to < from || segment.from > to) continue
    // What is damaged is told by those who read its frames.
    const { table } = await open(segment, { from, to: behind, payloads: false })
    for (const one of wanted) {
      const row = lastRowBefore(table, one.connection, one.before)
      if (row < 0) continue
      const key = keyAt(table, row)
      const best = found.get(one)
      if (best === undefined || compareKeys(best, key) < 0) found.set(one, key)
    }
  }
}
