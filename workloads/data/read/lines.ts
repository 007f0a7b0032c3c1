// The lines of feeds as one stream, in the order of receive time, feed, connection and number: what `records` answers from, and whatever
// else looks at lines. A line is valid as long as the run of its feed.

import { namesInFormat1 } from '#archive/read/format-1.ts'
import { type KeyedLine, type LineFilter, readRuns } from '#archive/read/reader.ts'
import type { HeldDay, Holdings } from './holdings.ts'
import type { QualityBook } from './quality.ts'

export type LineChoice = Pick<LineFilter, 'types' | 'symbols' | 'groups' | 'from' | 'to'>

/** Lines of one feed, one after the other. */
export type FeedRun = { readonly feed: string; readonly lines: readonly KeyedLine[] }

export type LineSource = {
  readonly holdings: Holdings
  readonly days: readonly HeldDay[]
  readonly choice: LineChoice
  readonly quality: QualityBook
  readonly signal: AbortSignal
}

/** Runs of lines in the order of the whole; with one feed, its runs as they are read. */
export async function* lineRuns(source: LineSource): AsyncGenerator<FeedRun> {
  const feeds = [...new Set(source.days.map(({ feed }) => feed))]
  const [only] = feeds
  if (only === undefined) return
  if (feeds.length === 1) {
    for await (const lines of runsOf(source, only)) yield { feed: only, lines }
    return
  }
  yield* merged(feeds.map((feed) => new Head(feed, runsOf(source, feed))))
}

async function* runsOf(
  { holdings, days, choice, quality, signal }: LineSource,
  wanted: string
): AsyncGenerator<readonly KeyedLine[]> {
  for (const held of days) {
    if (held.feed !== wanted) continue
    signal.throwIfAborted()
    const { root, own, day, feed } = held
    const manifest = await holdings.manifest(held, day)
    quality.add(feed, manifest)
    const filter = { ...choice, namesInFormat1 }
    const before = { manifest, cache: holdings.segments }
    for await (const run of readRuns(root.path, own, day, filter, before)) {
      signal.throwIfAborted()
      yield run
    }
  }
}

class Head {
  readonly feed: string
  readonly #runs: AsyncGenerator<readonly KeyedLine[]>
  lines: readonly KeyedLine[] = []
  at = 0

  constructor(feed: string, runs: AsyncGenerator<readonly KeyedLine[]>) {
    this.feed = feed
    this.#runs = runs
  }

  get recv(): string | undefined {
    return this.lines[this.at]?.recv
  }

  /** Reads its next run; false if there is none. */
  async fill(): Promise<boolean> {
    const { done, value } = await this.#runs.next()
    this.at = 0
    this.lines = done ? [] : value
    return !done
  }

  close(): Promise<unknown> {
    return this.#runs.return(undefined)
  }
}

/** Cuts the runs of feeds so that the cuts are in order. Heads are in order of their names. */
async function* merged(heads: readonly Head[]): AsyncGenerator<FeedRun> {
  let open = heads
  try {
    for (;;) {
      const filled = await Promise.all(
        open.map(async (head) => head.recv !== undefined || (await head.fill()))
      )
      open = open.filter((_, i) => filled[i])
      const first = earliest(open)
      if (first === undefined) return
      const others = open.filter((head) => head !== first)
      const second = earliest(others)
      const start = first.at
      while (isNext(first, second)) first.at++
      yield { feed: first.feed, lines: first.lines.slice(start, first.at) }
    }
  } finally {
    for (const head of heads) await head.close()
  }
}

function earliest(heads: readonly Head[]): Head | undefined {
  let first: Head | undefined
  for (const head of heads) {
    if (first === undefined || (head.recv ?? '~') < (first.recv ?? '~')) first = head
  }
  return first
}

/** Whether the next line of a feed comes before that of another one. */
function isNext(head: Head, other: Head | undefined): boolean {
  const { recv } = head
  if (recv === undefined || other?.recv === undefined) return recv !== undefined
  return recv < other.recv || (recv === other.recv && head.feed < other.feed)
}
