// The day that data benchmarks read: recorded frames of Kalshi under the tickers of 39 markets, 2.2 million of them. `quarters`: as
// recorded, each market in its own quarter of an hour, four at a time; `interleaved`: all of them all the time.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { readManifest } from '#archive/read/reader.ts'
import { eventRecord, makeBlock, type TestRecord } from '#archive/testing/blocks.ts'
import { openWriter, STREAM } from '#archive/testing/folders.ts'
import { until } from '#testing/deadline.ts'
import { kalshiEventFiles, kalshiFrames, linesOf, MOST_KALSHI } from '#testing/recordings.ts'

export const FEED = 'kalshi'
export const DAY = '2026-11-24'
export const MARKETS = 39
const FRAMES = 2_200_000
const AT_A_TIME = 4
const QUARTER_MS = 900_000
const START_MS = Date.parse(`${DAY}T12:00:00Z`)
const IN_BLOCK = 500
const BLOCKS_IN_COMMIT = 40

export type Layout = 'quarters' | 'interleaved'
/** The market that is asked for: as many frames as were recorded of it, in the second quarter. */
export const ASKED = 5

export const tickerOf = (market: number): string =>
  `KXGOLD15M-26NOV24${String(market).padStart(4, '0')}-00`
/** The quarter of an hour in which a market is open. */
export const quarterOf = (market: number): readonly [fromMs: number, toMs: number] => {
  const from = START_MS + Math.floor(market / AT_A_TIME) * QUARTER_MS
  return [from, from + QUARTER_MS]
}

/** The root of the archive; made once, and kept in the folder of temporary files. */
export async function makeDay(layout: Layout, frames = FRAMES): Promise<string> {
  const folder = join(tmpdir(), 'ssmd-bench-day')
  const root = join(folder, `${layout}-${frames}`)
  if (existsSync(root)) return root
  process.stdout.write(`making ${root}: ${frames} frames (once) …\n`)
  const fresh = `${root}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  try {
    await write(fresh, layout, frames)
    renameSync(fresh, root)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return root
}

type Recorded = {
  readonly ticker: string
  readonly frames: readonly { readonly at: number; readonly type: string; readonly text: string }[]
}

/** Frames with their place in the recording, from 0 to 1. */
function recordings(): Recorded[] {
  return kalshiEventFiles(MOST_KALSHI)
    .map((file) => {
      const times = linesOf(file).map((line) => Number(/"recv_ms":(\d+)/.exec(line)?.[1]))
      const [first = 0] = times
      const span = (times.at(-1) ?? first) - first + 1
      const frames = kalshiFrames(file).map((text, i) => ({
        at: (times[i]! - first) / span,
        type: /"type":"(\w+)"/.exec(text)?.[1] ?? '',
        text,
      }))
      return { ticker: basename(file).split('_')[0]!, frames }
    })
    .filter(({ frames }) => frames.length > 1000)
}

/** What one market sends: a recording, and if that is too short the next ones, each in its part of the time. */
class Market {
  readonly symbol: string
  next = Number.POSITIVE_INFINITY
  readonly #parts: readonly Recorded[]
  readonly #start: number
  readonly #span: number
  #part = 0
  #frame = 0
  #left: number

  constructor(market: number, all: readonly Recorded[], layout: Layout, frames: number) {
    this.symbol = tickerOf(market)
    const first = all[market % all.length]!
    this.#left = market === ASKED ? Math.min(first.frames.length, frames) : frames
    const parts: Recorded[] = []
    for (let have = 0, i = market; have < this.#left; i++) {
      parts.push(all[i % all.length]!)
      have += parts.at(-1)!.frames.length
    }
    this.#parts = parts
    const whole = Math.ceil(MARKETS / AT_A_TIME) * QUARTER_MS
    this.#start = layout === 'quarters' ? quarterOf(market)[0] : START_MS
    this.#span = layout === 'quarters' ? QUARTER_MS : whole
    this.#settle()
  }

  /** The frame whose time is `next`. */
  take(): { readonly type: string; readonly payload: string } {
    const { ticker, frames } = this.#parts[this.#part]!
    const { type, text } = frames[this.#frame]!
    this.#left--
    if (++this.#frame === frames.length) {
      this.#frame = 0
      this.#part++
    }
    this.#settle()
    return { type, payload: text.replaceAll(ticker, this.symbol) }
  }

  #settle(): void {
    const part = this.#parts[this.#part]
    if (this.#left === 0 || part === undefined) {
      this.next = Number.POSITIVE_INFINITY
      return
    }
    const { at } = part.frames[this.#frame]!
    this.next = this.#start + ((this.#part + at) / this.#parts.length) * this.#span
  }
}

async function write(root: string, layout: Layout, count: number): Promise<void> {
  const all = recordings()
  const own = all[ASKED % all.length]!.frames.length
  const each = Math.ceil((count - Math.min(own, count / MARKETS)) / (MARKETS - 1))
  const markets = Array.from({ length: MARKETS }, (_, i) => new Market(i, all, layout, each))
  const writer = await openWriter(root, { feed: FEED })
  writer.bind({ ...STREAM, name: `ssmd_bench_${FEED}` })
  let connection = 'bench0000000000'
  let [number, sequence, last] = [0, 0, BigInt(START_MS) * 1_000_000n]
  let records: TestRecord[] = []
  const flush = async (): Promise<void> => {
    if (records.length === 0) return
    const first = number - records.length + 1
    writer.add(makeBlock({ connection, first, records, feed: FEED, simulated: false }), ++sequence)
    records = []
    if (sequence % BLOCKS_IN_COMMIT === 0) await writer.commit()
  }
  const add = async (record: TestRecord): Promise<void> => {
    records.push(record)
    number++
    if (records.length === IN_BLOCK) await flush()
  }
  await add(eventRecord(last, { kind: 'open', exchange: 'kalshi' } as { kind: string }))
  await add(eventRecord(last, { kind: 'ready' }))
  for (;;) {
    let market = markets[0]!
    for (const other of markets) if (other.next < market.next) market = other
    if (market.next === Number.POSITIVE_INFINITY) break
    const now = BigInt(Math.round(market.next * 1e6))
    // No two records of a connection have the same time here.
    last = now > last ? now : last + 1000n
    const { symbol } = market
    const { type, payload } = market.take()
    const group = type === 'trade' ? 'trades' : 'orderbook'
    await add({ recv: last, payload, type, group, symbol })
  }
  const end = { kind: 'close', cause: 'shutdown', fault: 'planned', code: 1000, reason: 'the end' }
  await add(eventRecord(last + 1000n, end))
  await flush()
  // Something of the next day: all segments of this one have ended, and are sealed in turn.
  const next = BigInt(START_MS + 25 * 3_600_000) * 1_000_000n
  connection = 'bench0000000001'
  number = 0
  await add(eventRecord(next, { kind: 'open', exchange: 'kalshi' } as { kind: string }))
  await flush()
  await writer.commit()
  await until(120_000, 'the seals of the day', async () => {
    await writer.commit()
    const { segments } = await readManifest(root, FEED, DAY)
    return segments.every(({ sealed }) => sealed)
  })
  await writer.close()
}
