// Merges the lines of members into receive order. Each member is sorted when it is added, because it holds blocks of several
// connections one after the other. Lines of equal time keep the order of their connection's numbers.

/** What lines are ordered by: receive time, connection, number. */
export type SortKey = {
  readonly recv: string
  readonly connection: string
  readonly number: number
}

export type KeyedLine = SortKey & {
  /** Where in the line type and symbol stand, or the payload in format 1. */
  readonly namesAt: number
  /** The line with its line feed. */
  readonly bytes: Buffer
}

const RECV_AT = '{"recv":"'.length
const RECV_END = RECV_AT + '2026-11-24T15:01:02.123456789Z'.length
const CONNECTION_AT = RECV_END + '","conn":"'.length
const QUOTE = 0x22
const COMMA = 0x2c
const LINE_FEED = 0x0a

export const lineKey = {
  /** The key of a line that the archive wrote. */
  of(bytes: Buffer): KeyedLine {
    const quote = bytes.indexOf(QUOTE, CONNECTION_AT)
    const numberAt = quote + '","n":'.length
    const comma = bytes.indexOf(COMMA, numberAt)
    return {
      recv: bytes.toString('latin1', RECV_AT, RECV_END),
      connection: bytes.toString('latin1', CONNECTION_AT, quote),
      number: Number(bytes.toString('latin1', numberAt, comma)),
      namesAt: comma + 1,
      bytes,
    }
  },
  compare(a: SortKey, b: SortKey): number {
    if (a.recv !== b.recv) return a.recv < b.recv ? -1 : 1
    if (a.connection !== b.connection) return a.connection < b.connection ? -1 : 1
    return a.number - b.number
  },
}

/** The lines of a member that are wanted, in their order. A line becomes an object when it is its turn: few are read of many. */
type Run = {
  readonly raw: Buffer
  /** Where they begin. */
  readonly starts: Uint32Array
  at: number
  head: KeyedLine
}

export class MergedLines {
  #runs: Run[] = []

  /** Adds the lines of a member, or those of them that are wanted. */
  add(raw: Buffer, isWanted?: (line: KeyedLine) => boolean): void {
    let starts = new Uint32Array(FIRST_LINES)
    let count = 0
    let isSorted = true
    for (let start = 0; start < raw.length; start = endOf(raw, start)) {
      if (isWanted !== undefined && !isWanted(lineAt(raw, start))) continue
      if (count > 0 && isSorted) isSorted = isInOrder(raw, starts[count - 1]!, start)
      if (count === starts.length) {
        const more = new Uint32Array(count * 2)
        more.set(starts)
        starts = more
      }
      starts[count++] = start
    }
    if (count === 0) return
    starts = starts.subarray(0, count)
    if (!isSorted) starts = sorted(raw, starts)
    this.#runs.push({ raw, starts, at: 0, head: lineAt(raw, starts[0]!) })
  }

  /** True if the earliest line lies before that time. */
  isBefore(recv: string): boolean {
    const run = this.#earliest()
    return run !== undefined && run.head.recv < recv
  }

  /** Takes the earliest line. */
  shift(): KeyedLine | undefined {
    const run = this.#earliest()
    if (run === undefined) return undefined
    const { head } = run
    if (++run.at === run.starts.length) this.#runs = this.#runs.filter((other) => other !== run)
    else run.head = lineAt(run.raw, run.starts[run.at]!)
    return head
  }

  /** Few runs are open at a time, one a group and a little more: looking at each is quicker than a heap. */
  #earliest(): Run | undefined {
    let earliest: Run | undefined
    for (const run of this.#runs) {
      if (earliest === undefined || lineKey.compare(run.head, earliest.head) < 0) earliest = run
    }
    return earliest
  }
}

const FIRST_LINES = 1024

function endOf(raw: Buffer, start: number): number {
  const feed = raw.indexOf(LINE_FEED, start)
  return feed < 0 ? raw.length : feed + 1
}

const lineAt = (raw: Buffer, start: number): KeyedLine =>
  lineKey.of(raw.subarray(start, endOf(raw, start)))

/** Whether a line may come before the one behind it. Times alone tell nearly always. */
function isInOrder(raw: Buffer, first: number, second: number): boolean {
  const order = raw.compare(
    raw,
    second + RECV_AT,
    second + RECV_END,
    first + RECV_AT,
    first + RECV_END
  )
  return order === 0 ? lineKey.compare(lineAt(raw, first), lineAt(raw, second)) <= 0 : order < 0
}

function sorted(raw: Buffer, starts: Uint32Array): Uint32Array<ArrayBuffer> {
  const keys = Array.from(starts, (start) => ({ start, key: lineAt(raw, start) }))
  keys.sort((a, b) => lineKey.compare(a.key, b.key))
  return Uint32Array.from(keys, ({ start }) => start)
}
