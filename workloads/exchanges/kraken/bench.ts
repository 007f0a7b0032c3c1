// What a Kraken frame costs: checking the checksum of a book, and making market events. Beside each stands the obvious way, in
// the same run, as a ratio. Frames of the simulator, of the shape that normalize.test.ts holds against recorded ones. CPU
// time, so that what else the computer does is not counted.

import { crc32 } from 'node:zlib'
import { EVENT } from '#market/event.ts'
import type { Row } from '#testing/row.ts'
import { CheckedBook, Checksums, type Side } from './book.ts'
import { KrakenFrames } from './frames.ts'
import { Items, wholeAt } from './items.ts'
import { createNormalizer } from './normalize.ts'
import { simulatedFrames } from './testing/simulated.ts'

const FRAMES = 100_000
const RUNS = 5

/** Nanoseconds a frame: the median of some runs over all of them, after a warm-up. */
function nanosPerFrame(frames: readonly Buffer[], one: (frame: Buffer, i: number) => void): number {
  const run = () => {
    const before = process.cpuUsage()
    for (let i = 0; i < frames.length; i++) one(frames[i]!, i)
    const { user, system } = process.cpuUsage(before)
    return ((user + system) * 1000) / frames.length
  }
  run()
  return Array.from({ length: RUNS }, run).sort((a, b) => a - b)[RUNS >> 1]!
}

/** The fastest way to a string; Node's types do not know it. */
const textOf = (frame: Buffer): string =>
  (frame as Buffer & { latin1Slice: () => string }).latin1Slice()

const ratio = (theirs: number, ours: number, what: string): string =>
  `${what} takes ${(theirs / ours).toFixed(1)}x`

export function benchKraken(): Row[] {
  const frames = simulatedFrames(FRAMES).slice(0, FRAMES)
  const books = frames.filter((frame) => frame.toString('latin1', 0, 18) === '{"channel":"book",')
  return [...checksumRows(books), ...normalizeRows(frames)]
}

function checksumRows(frames: readonly Buffer[]): Row[] {
  const places = frames.map((frame) => frame.indexOf('"data":') + 7)
  const symbols = frames.map((frame) => /"symbol":"([^"]+)"/.exec(frame.toString('latin1'))![1]!)
  const isSnapshot = frames.map((frame) => frame.includes('"type":"snapshot"'))
  const checksums = new Checksums()
  const checked = new Map(symbols.map((symbol) => [symbol, new CheckedBook(10, checksums)]))
  const books = symbols.map((symbol) => checked.get(symbol)!)
  const items = new Items()
  let wrong = 0
  const ours = nanosPerFrame(frames, (frame, i) => {
    const book = books[i]!
    items.begin(frame, places[i]!)
    items.next()
    if (isSnapshot[i]) book.clear()
    const { count, sides, places: at } = items.levels
    for (let n = 0, k = 0; n < count; n++, k += 4) {
      book.set(sides[n] as Side, frame, at[k]!, at[k + 1]!, at[k + 2]!, at[k + 3]!)
    }
    if (book.checksum() !== wholeAt(frame, items.checksumStart, items.checksumEnd)) wrong++
  })
  const obvious = new Map(symbols.map((symbol) => [symbol, { bids: new Map(), asks: new Map() }]))
  const theirs = nanosPerFrame(frames, (frame, i) => {
    if (obviousChecksum(frame, obvious.get(symbols[i]!)!, isSnapshot[i]!)) return
    wrong++
  })
  const machine = new KrakenFrames({ depth: 10, nowMs: Date.now })
  const looked = nanosPerFrame(frames, (frame) => {
    machine.look(frame)
    wrong += machine.wrong.length
  })
  if (wrong > 0) throw new Error(`${wrong} checksums are wrong`)
  const what = 'zlib.crc32 of a string'
  return [
    {
      name: 'apply a change of a book and check its checksum',
      value: ours,
      unit: 'ns',
      ratio: ratio(theirs, ours, what),
    },
    { name: 'look at a frame of a book, that included', value: looked, unit: 'ns' },
  ]
}

type Sides = { readonly bids: Map<string, string>; readonly asks: Map<string, string> }

/** As one writes it first: levels by regular expression, sides as maps that are sorted, and one string of all digits. */
function obviousChecksum(frame: Buffer, book: Sides, isSnapshot: boolean): boolean {
  const text = frame.toString('latin1')
  let digits = ''
  for (const side of ['asks', 'bids'] as const) {
    if (isSnapshot) book[side].clear()
    const from = text.indexOf(`"${side}":[`)
    const list = text.slice(from, text.indexOf(']', from))
    for (const [, price, quantity] of list.matchAll(/"price":([\d.]+),"qty":([\d.]+)/g)) {
      if (Number(quantity) === 0) book[side].delete(price!)
      else book[side].set(price!, quantity!)
    }
    const sign = side === 'asks' ? 1 : -1
    const sorted = [...book[side]].sort(([a], [b]) => sign * (Number(a) - Number(b)))
    for (const [price] of sorted.slice(10)) book[side].delete(price)
    for (const [price, quantity] of sorted.slice(0, 10)) {
      digits += price.replace('.', '').replace(/^0+/, '')
      digits += quantity.replace('.', '').replace(/^0+/, '')
    }
  }
  return crc32(digits) === Number(/"checksum":(\d+)/.exec(text)![1])
}

function normalizeRows(frames: readonly Buffer[]): Row[] {
  const normalizer = createNormalizer()
  const header = { recvMs: 1_786_000_000_000, recvNs: 0, feed: 'kraken', type: '', symbol: '' }
  let events = 0
  let unknown = 0
  const count = ({ kind }: { readonly kind: number }) => {
    events++
    if (kind === EVENT.unknown) unknown++
  }
  const ours = nanosPerFrame(frames, (frame) => normalizer.normalize(frame, header, count))
  let sink = 0
  const parsed = nanosPerFrame(frames, (frame) => {
    sink += Object.keys(JSON.parse(textOf(frame))).length
  })
  if (unknown > 0 || sink === 0) throw new Error(`${unknown} frames are unknown`)
  const perFrame = (events / frames.length / (RUNS + 1)).toFixed(1)
  return [
    {
      name: `normalise a Kraken frame (${perFrame} events)`,
      value: ours,
      unit: 'ns',
      ratio: ratio(parsed, ours, 'JSON.parse'),
    },
  ]
}
