// When the last record of a connection came before a given event: read from the lines around, in windows that grow until it is
// found. Few gaps need it: for most of them the manifest says since when frames are missing.

import { type KeyedLine, type Manifest, readRuns } from '#archive/read/reader.ts'
import { timeText } from '#market/time.ts'
import { endOf, later, startOf, timeOf } from './times.ts'

type Key = Pick<KeyedLine, 'recv' | 'connection' | 'number'>

/** The last record of `connection` that stands before the line of this key. */
export type Wanted = { readonly connection: string; readonly before: Key }

/** A connection that receives frames has one within seconds. */
const WINDOWS_MS = [2_000, 60_000, 3_600_000, 86_400_000]

/** Receive times by what was wanted; what has none before it on its day is left out. */
export async function lastRecords(
  root: string,
  { feed, day }: Pick<Manifest, 'feed' | 'day'>,
  wanted: readonly Wanted[]
): Promise<Map<Wanted, string>> {
  const found = new Map<Wanted, string>()
  let open = wanted.toSorted((a, b) => (isBefore(a.before, b.before) ? -1 : 1))
  for (const window of WINDOWS_MS) {
    if (open.length === 0) break
    for (const { from, to, part } of spansOf(open, window, day)) {
      await readSpan(root, feed, day, from, to, part, found)
    }
    open = open.filter((one) => !found.has(one))
  }
  return found
}

type WantedSpan = { readonly from: string; to: string; readonly part: Wanted[] }

/** Windows that overlap are read together. */
function spansOf(wanted: readonly Wanted[], window: number, day: string): WantedSpan[] {
  const spans: WantedSpan[] = []
  for (const one of wanted) {
    const { ms, ns } = timeOf(one.before.recv)
    const from = timeText(ms - window, ns)
    const to = ns < 999_999 ? timeText(ms, ns + 1) : timeText(ms + 1, 0)
    const last = spans.at(-1)
    if (last !== undefined && last.to >= from) {
      last.to = to
      last.part.push(one)
    } else {
      spans.push({ from: later(startOf(day), from), to, part: [one] })
    }
  }
  return spans.filter(({ from }) => from < endOf(day))
}

async function readSpan(
  root: string,
  feed: string,
  day: string,
  from: string,
  to: string,
  wanted: readonly Wanted[],
  found: Map<Wanted, string>
): Promise<void> {
  const last = new Map(wanted.map(({ connection }) => [connection, '']))
  let next = 0
  // What is damaged is told by the reading of events.
  for await (const run of readRuns(root, feed, day, { from, to, onDamage: () => {} })) {
    for (const line of run) {
      for (; next < wanted.length && !isBefore(line, wanted[next]!.before); next++) {
        take(wanted[next]!, last, found)
      }
      if (last.has(line.connection)) last.set(line.connection, line.recv)
    }
  }
  for (; next < wanted.length; next++) take(wanted[next]!, last, found)
}

function take(one: Wanted, last: ReadonlyMap<string, string>, found: Map<Wanted, string>): void {
  const recv = last.get(one.connection)
  if (recv !== undefined && recv !== '') found.set(one, recv)
}

function isBefore(line: Key, { recv, connection, number }: Key): boolean {
  if (line.recv !== recv) return line.recv < recv
  if (line.connection !== connection) return line.connection < connection
  return line.number < number
}
