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

type Run = { readonly lines: readonly KeyedLine[]; at: number }

export class MergedLines {
  #runs: Run[] = []

  /** Adds the lines of a member, or those of them that are wanted. */
  add(raw: Buffer, isWanted?: (line: KeyedLine) => boolean): void {
    const lines: KeyedLine[] = []
    let isSorted = true
    for (let start = 0; start < raw.length; ) {
      const feed = raw.indexOf(10, start)
      const end = feed < 0 ? raw.length : feed + 1
      const line = lineKey.of(raw.subarray(start, end))
      start = end
      if (isWanted !== undefined && !isWanted(line)) continue
      const before = lines.at(-1)
      if (before !== undefined && lineKey.compare(before, line) > 0) isSorted = false
      lines.push(line)
    }
    if (!isSorted) lines.sort(lineKey.compare)
    if (lines.length > 0) this.#runs.push({ lines, at: 0 })
  }

  /** True if the earliest line lies before that time. */
  isBefore(recv: string): boolean {
    const run = this.#earliest()
    return run !== undefined && run.lines[run.at]!.recv < recv
  }

  /** Takes the earliest line. */
  shift(): KeyedLine | undefined {
    const run = this.#earliest()
    if (run === undefined) return undefined
    const line = run.lines[run.at++]
    if (run.at === run.lines.length) this.#runs = this.#runs.filter((other) => other !== run)
    return line
  }

  /** Few runs are open at a time, one a group and a little more: looking at each is quicker than a heap. */
  #earliest(): Run | undefined {
    let earliest: Run | undefined
    for (const run of this.#runs) {
      if (
        earliest === undefined ||
        lineKey.compare(run.lines[run.at]!, earliest.lines[earliest.at]!) < 0
      ) {
        earliest = run
      }
    }
    return earliest
  }
}
