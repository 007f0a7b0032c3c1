// A manifest counts many holes of one connection together; live tells each. Here each is found again: in the lines of the time
// that the manifest gives. If the lines do not show exactly what the manifest counts (a segment is damaged, or an archive does not
// keep some types), the entry stays as it is: one gap from the first number to the last.

import type { Gap } from '#archive/read/reader.ts'
import { timeText } from '#market/time.ts'
import { isHole } from './day-gaps.ts'
import { NumberSet, type NumberSpan } from './number-set.ts'
import type { DayRecords } from './records.ts'
import { eventFields } from './stage.ts'
import type { LineScan } from './tables/line-scan.ts'
import { joinSpans, type TimeSpan } from './time-spans.ts'
import { timeOf } from './times.ts'

type Entry = Gap & {
  readonly connection: string
  readonly numbers: NumberSpan
  readonly missing: number
  readonly count: number
}

/** What is kept for one day: bits of numbers (32 MiB), and rows. */
const MOST_NUMBERS = 2 ** 28
const MOST_HOLES = 100_000
/** Instead of more spans than these all of the time is read: each takes a look into the index. */
const MOST_SPANS = 8

/** The gaps of a day, holes one by one. */
export async function holesOneByOne(records: DayRecords): Promise<readonly Gap[]> {
  const { gaps } = records.manifest
  const entries = atMost(gaps.filter(isCountedTogether))
  if (entries.length === 0) return gaps
  const spans = spansOf(entries)
  const held = new Map<string, NumberSet>()
  for (const [connection, mine] of Map.groupBy(entries, (entry) => entry.connection)) {
    held.set(connection, new NumberSet(mine.map(({ numbers }) => numbers)))
  }
  for (const { connection, count, numbers } of gaps) {
    if (count === undefined && numbers !== undefined) held.get(connection ?? '')?.addAll(numbers)
  }
  await readAll(records, spans, (line) => {
    const set = held.get(line.conn)
    if (set === undefined) return
    set.add(line.n)
    const dropped = droppedBy(line)
    if (dropped !== undefined) set.addAll(dropped.numbers)
  })
  const found = new Map<Gap, readonly NumberSpan[]>()
  const edges = new Edges()
  for (const entry of entries) {
    const holes = [...held.get(entry.connection)!.missing(entry.numbers)]
    if (holes.length !== entry.count || sizeOf(holes) !== entry.missing) continue
    found.set(entry, holes)
    for (const hole of holes) edges.want(entry.connection, hole)
  }
  if (found.size > 0) await readAll(records, spans, (line) => edges.take(line))
  return gaps.flatMap((gap) => {
    const { count: _, ...one } = gap
    return found.get(gap)?.map((hole) => ({ ...one, ...edges.around(gap, hole) })) ?? [gap]
  })
}

const isCountedTogether = (gap: Gap): gap is Entry =>
  isHole(gap) &&
  gap.to !== null &&
  gap.connection !== null &&
  gap.numbers !== undefined &&
  gap.missing !== null &&
  (gap.count ?? 1) > 1

/** As many as memory is given to. */
function atMost(entries: readonly Entry[]): readonly Entry[] {
  let [numbers, holes] = [0, 0]
  return entries.filter((entry) => {
    const [first, last] = entry.numbers
    if (numbers + last - first > MOST_NUMBERS || holes + entry.count > MOST_HOLES) return false
    numbers += last - first
    holes += entry.count
    return true
  })
}

/** The records at the edges of holes, too. */
function spansOf(entries: readonly Entry[]): readonly TimeSpan[] {
  const behind = (time: string): string => timeText(timeOf(time).ms + 1, 0)
  const spans = joinSpans(entries.map(({ from, to }) => ({ from, to: behind(to!) })))
  if (spans.length <= MOST_SPANS) return spans
  return [{ from: spans[0]!.from, to: spans.at(-1)!.to }]
}

async function readAll(
  records: DayRecords,
  spans: readonly TimeSpan[],
  take: (line: LineScan) => void
): Promise<void> {
  for (const span of spans) {
    for (const segment of records.manifest.segments) {
      if (segment.to < span.from || segment.from >= span.to) continue
      // What is damaged is told by those who read its frames.
      await records.scan(segment, span, () => take)
    }
  }
}

type Dropped = { readonly numbers: NumberSpan; readonly from: string | undefined }

/** Numbers that a connector gave to frames and could not keep. */
function droppedBy({ isEvent, type, payload, start, end }: LineScan): Dropped | undefined {
  if (!isEvent || type !== 'drop') return undefined
  const { fromNumber, toNumber, from } = eventFields(payload.subarray(start, end)) ?? {}
  if (!Number.isSafeInteger(fromNumber) || !Number.isSafeInteger(toNumber)) return undefined
  const numbers = [fromNumber as number, toNumber as number] as const
  return { numbers, from: typeof from === 'string' ? from : undefined }
}

const sizeOf = (spans: readonly NumberSpan[]): number =>
  spans.reduce((sum, [first, last]) => sum + last - first + 1, 0)

/** When the records around holes were received. */
class Edges {
  readonly #times = new Map<string, Map<number, string | undefined>>()

  want(connection: string, [first, last]: NumberSpan): void {
    const times = this.#times.get(connection) ?? new Map<number, string | undefined>()
    this.#times.set(connection, times)
    times.set(first - 1, undefined).set(last + 1, undefined)
  }

  take(line: LineScan): void {
    const times = this.#times.get(line.conn)
    if (times === undefined) return
    if (times.has(line.n)) times.set(line.n, timeText(line.recvMs, line.recvNs))
    const dropped = droppedBy(line)
    const first = dropped?.numbers[0]
    if (first !== undefined && times.has(first)) times.set(first, dropped!.from)
  }

  /** What lies in another day is as the manifest says. */
  around({ connection, from, to }: Gap, hole: NumberSpan): Pick<Gap, HoleKey> {
    const times = this.#times.get(connection!)!
    const [first, last] = hole
    const before = times.get(first - 1) ?? from
    const after = times.get(last + 1) ?? to!
    const isForth = before <= after
    return {
      from: isForth ? before : after,
      to: isForth ? after : before,
      missing: last - first + 1,
      numbers: hole,
    }
  }
}

type HoleKey = 'from' | 'to' | 'missing' | 'numbers'
