// When the last record of a connection came before a given event: looked up in the members around, in windows that grow until it is
// found. Few gaps need it: for most of them the manifest says since when frames are missing.

import { timeText } from '#market/time.ts'
import { compareKeys, type DayRecords, type RecordKey } from './records.ts'
import type { LineScan } from './tables/line-scan.ts'
import { joinSpans, type TimeSpan } from './time-spans.ts'
import { isBefore, type Time, timeOf } from './times.ts'

/** The last record of `connection` that stands before the record of this key. */
export type Wanted = { readonly connection: string; readonly before: RecordKey }

type Search = Wanted & { readonly at: Time; found: Time | undefined }

/** A connection that receives frames has one within seconds. */
const DAY_MS = 86_400_000
const WINDOWS_MS = [2_000, 60_000, 3_600_000, DAY_MS]
/** Instead of more windows than these all of the day is read: each takes a look into the index. */
const MOST_SPANS = 8

/** Receive times by what was wanted; what has none before it on its day is left out. */
export async function lastRecords(
  records: DayRecords,
  wanted: readonly Wanted[]
): Promise<Map<Wanted, Time>> {
  const searches = new Map<Wanted, Search>()
  const byConnection = new Map<string, Search[]>()
  for (const one of wanted.toSorted((a, b) => compareKeys(a.before, b.before))) {
    const search: Search = { ...one, at: timeOf(one.before.recv), found: undefined }
    searches.set(one, search)
    const list = byConnection.get(one.connection)
    if (list === undefined) byConnection.set(one.connection, [search])
    else list.push(search)
  }
  const take = taker(byConnection)
  let open = [...searches.values()]
  for (const usual of WINDOWS_MS) {
    let window = usual
    let spans = spansOf(open, window)
    if (spans.length > MOST_SPANS) {
      window = DAY_MS
      spans = spansOf(open, window)
    }
    for (const { from, to } of spans) {
      for (const segment of records.manifest.segments) {
        if (segment.to < from || segment.from >= to) continue
        // What is damaged is told by those who read its frames.
        await records.scan(segment, { from, to }, () => take)
      }
    }
    for (const list of byConnection.values()) carryOn(list)
    // One that was found further away may have a later one in what was not read.
    open = open.filter(({ at, found }) => {
      return found === undefined || isBefore(found, { ms: at.ms - window, ns: at.ns })
    })
    if (open.length === 0) break
  }
  const found = new Map<Wanted, Time>()
  for (const [one, search] of searches) if (search.found) found.set(one, search.found)
  return found
}

/** Notes each line as the last one before the event that is next in its connection. */
function taker(byConnection: ReadonlyMap<string, readonly Search[]>): (line: LineScan) => void {
  return ({ conn, recvMs, recvNs, n }) => {
    const searches = byConnection.get(conn)
    if (searches === undefined) return
    let [first, behind] = [0, searches.length]
    while (first < behind) {
      const middle = (first + behind) >>> 1
      if (comesBefore(recvMs, recvNs, conn, n, searches[middle]!)) behind = middle
      else first = middle + 1
    }
    const search = searches[first]
    if (search === undefined) return
    const time = { ms: recvMs, ns: recvNs }
    if (search.found === undefined || isBefore(search.found, time)) search.found = time
  }
}

function comesBefore(
  ms: number,
  ns: number,
  conn: string,
  n: number,
  { at, before: { connection, number } }: Search
): boolean {
  if (ms !== at.ms) return ms < at.ms
  if (ns !== at.ns) return ns < at.ns
  return conn !== connection ? conn < connection : n < number
}

/** What comes before one event comes before the next one, too. */
function carryOn(list: readonly Search[]): void {
  let last: Time | undefined
  for (const search of list) {
    if (search.found !== undefined && (last === undefined || isBefore(last, search.found))) {
      last = search.found
    }
    search.found = last
  }
}

/** Windows that overlap are read together. `to` is behind the last event. */
const spansOf = (open: readonly Search[], window: number): readonly TimeSpan[] =>
  joinSpans(
    open.map(({ at: { ms, ns } }) => ({ from: timeText(ms - window, ns), to: timeText(ms + 1, 0) }))
  )
