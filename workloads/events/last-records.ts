// When the last record of a connection came before a given event: read from the members around, in windows that grow until it is
// found. Few gaps need it: for most of them the manifest says since when frames are missing.

import { join } from 'node:path'
import {
  type MemberPlace,
  membersOf,
  OpenFiles,
  readIndex,
  readMember,
  Stale,
} from '#archive/read/members.ts'
import { lineKey, type SortKey } from '#archive/read/merge.ts'
import { dayFolder, type Manifest } from '#archive/read/reader.ts'
import { timeText } from '#market/time.ts'
import { timeOf } from './times.ts'

/** The last record of `connection` that stands before the line of this key. */
export type Wanted = { readonly connection: string; readonly before: SortKey }

type Search = Wanted & { found: SortKey | undefined }

/** A connection that receives frames has one within seconds. */
const WINDOWS_MS = [2_000, 60_000, 3_600_000, 86_400_000]
const LINE_FEED = 10

/** Receive times by what was wanted; what has none before it on its day is left out. */
export async function lastRecords(
  root: string,
  manifest: Pick<Manifest, 'feed' | 'day' | 'segments'>,
  wanted: readonly Wanted[]
): Promise<Map<Wanted, string>> {
  const found = new Map<Wanted, string>()
  if (wanted.length === 0) return found
  const searches = new Map(wanted.map((one) => [one, { ...one, found: undefined } as Search]))
  const byConnection = new Map<string, Search[]>()
  for (const search of searches.values()) {
    const list = byConnection.get(search.connection)
    if (list === undefined) byConnection.set(search.connection, [search])
    else list.push(search)
  }
  for (const list of byConnection.values()) {
    list.sort((a, b) => lineKey.compare(a.before, b.before))
  }
  const files = new OpenFiles()
  try {
    let members = await allMembers(root, manifest)
    let open = [...searches.values()]
    for (const window of WINDOWS_MS) {
      const isNear = nearAny(open, window)
      for (const member of members.filter(isNear)) {
        await orNothing(readMember(files, member), ({ lines }) => look(lines, byConnection))
      }
      members = members.filter((member) => !isNear(member))
      for (const list of byConnection.values()) carryOn(list)
      // One that was found further away may have a later one in what was not read.
      open = open.filter(({ before, found }) => (found?.recv ?? '') < startOfWindow(before, window))
      if (open.length === 0) break
    }
  } finally {
    await files.close()
  }
  for (const [one, search] of searches) if (search.found) found.set(one, search.found.recv)
  return found
}

/** What comes before one event comes before the next one, too. */
function carryOn(list: readonly Search[]): void {
  let last: SortKey | undefined
  for (const search of list) {
    if (search.found !== undefined && (last === undefined || isBefore(last, search.found))) {
      last = search.found
    }
    search.found = last
  }
}

function startOfWindow({ recv }: SortKey, window: number): string {
  const { ms, ns } = timeOf(recv)
  return timeText(ms - window, ns)
}

async function allMembers(
  root: string,
  { feed, day, segments }: Pick<Manifest, 'feed' | 'day' | 'segments'>
): Promise<MemberPlace[]> {
  const folder = dayFolder(root, feed, day)
  const all: MemberPlace[] = []
  for (const segment of segments) {
    const path = join(folder, segment.name)
    await orNothing(readIndex(folder, segment), (entries) => {
      all.push(...membersOf(path, entries, {}))
    })
  }
  return all
}

/** What cannot be read cannot tell: the reading of events and tables names the damage. */
async function orNothing<T>(read: Promise<T>, use: (value: T) => void): Promise<void> {
  try {
    use(await read)
  } catch (thrown) {
    if (!(thrown instanceof Stale)) throw thrown
  }
}

/** Tells whether a member has times within the window before any of the events. */
function nearAny(
  open: readonly Search[],
  window: number
): (member: Pick<MemberPlace, 'from' | 'to'>) => boolean {
  const spans: { readonly from: string; to: string }[] = []
  const sorted = open.map(({ before }) => before).sort(lineKey.compare)
  for (const before of sorted) {
    const to = before.recv
    const from = startOfWindow(before, window)
    const last = spans.at(-1)
    if (last !== undefined && last.to >= from) last.to = to
    else spans.push({ from, to })
  }
  return ({ from, to }) => {
    let [first, behind] = [0, spans.length]
    while (first < behind) {
      const middle = (first + behind) >>> 1
      if (spans[middle]!.to < from) first = middle + 1
      else behind = middle
    }
    const span = spans[first]
    return span !== undefined && span.from <= to
  }
}

/** Notes each line as the last one before the event that is next in its connection. */
function look(lines: Buffer, byConnection: ReadonlyMap<string, readonly Search[]>): void {
  for (let start = 0; start < lines.length; ) {
    const feed = lines.indexOf(LINE_FEED, start)
    const end = feed < 0 ? lines.length : feed + 1
    const line = lineKey.of(lines.subarray(start, end))
    start = end
    const searches = byConnection.get(line.connection)
    if (searches === undefined) continue
    let [first, behind] = [0, searches.length]
    while (first < behind) {
      const middle = (first + behind) >>> 1
      if (isBefore(line, searches[middle]!.before)) behind = middle
      else first = middle + 1
    }
    const search = searches[first]
    if (search === undefined) continue
    if (search.found !== undefined && isBefore(line, search.found)) continue
    // Not the line itself: it would keep the bytes of its member.
    const { recv, connection, number } = line
    search.found = { recv, connection, number }
  }
}

const isBefore = (a: SortKey, b: SortKey): boolean => lineKey.compare(a, b) < 0
