// `npm run bench -- market`: the market model, each figure beside JSON.parse and the obvious objects in the same run. A
// measurement is a function in MEASUREMENTS; an exchange adds its own there.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { benchBinance } from '#exchanges/binance/bench.ts'
import { createNormalizer as createCoinbase } from '#exchanges/coinbase/normalize.ts'
import { simulatedFrames } from '#exchanges/coinbase/testing/simulated.ts'
import { createNormalizer as createDescribed } from '#exchanges/generic/normalize.ts'
import { describedFrames, shippedFeed } from '#exchanges/generic/testing/simulated.ts'
import { createNormalizer } from '#exchanges/kalshi/normalize.ts'
import { benchKraken } from '#exchanges/kraken/bench.ts'
import { Book } from '#market/book.ts'
import { EventBatch } from '#market/columns.ts'
import { EVENT, MarketEvent } from '#market/event.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { kalshiEventFiles, kalshiFrames, MOST_KALSHI } from '#testing/recordings.ts'
import type { Row } from '#testing/row.ts'
import { alternate, times } from './alternate.ts'

const MEASUREMENTS: Readonly<Record<string, () => Row[]>> = {
  kalshi: () => benchNormalizer('Kalshi', createNormalizer(), kalshi(), kalshiObjects),
  batch: () => benchBatch(kalshi()),
  book: () => benchBook(kalshi()),
  coinbase: () =>
    benchNormalizer('Coinbase', createCoinbase(), simulatedFrames(FRAMES), coinbaseObjects),
  kraken: benchKraken,
  described: benchDescribed,
  binance: benchBinance,
}

/**
 * All rows, each measurement in a process of its own: what V8 learnt from the frames of one exchange slows the next one down,
 * and a connector reads one exchange alone.
 */
export async function benchMarket(): Promise<Row[]> {
  const rows: Row[] = []
  for (const name of Object.keys(MEASUREMENTS)) {
    const file = fileURLToPath(import.meta.url)
    const { stdout } = await promisify(execFile)(process.execPath, [file, name])
    rows.push(...(JSON.parse(stdout) as Row[]))
  }
  return rows
}

const FRAMES = 100_000

/** Recorded frames of Kalshi, in order; those of the exchange itself where they are present. */
function kalshi(): Buffer[] {
  const frames: Buffer[] = []
  while (frames.length < FRAMES) {
    for (const file of kalshiEventFiles(MOST_KALSHI)) {
      for (const frame of kalshiFrames(file)) frames.push(Buffer.from(frame))
      if (frames.length >= FRAMES) break
    }
  }
  return frames.slice(0, FRAMES)
}

/** The fastest way to a string; Node's types do not know it. */
const textOf = (frame: Buffer): string =>
  (frame as Buffer & { latin1Slice: () => string }).latin1Slice()

/** Results go here, so that the work cannot be optimised away. */
const sink = { value: 0 }
const look = (event: MarketEvent): void => {
  sink.value += event.price
}

/** `objects`: what anybody would write first, from the parsed frame to objects with numbers. */
export function benchNormalizer(
  name: string,
  normalizer: Normalizer,
  frames: readonly Buffer[],
  objects: (frame: unknown) => unknown
): Row[] {
  const header = { recvMs: 1_786_410_915_566, recvNs: 0, feed: 'feed', type: '', symbol: '' }
  const taken = alternate(
    {
      ours: () => {
        for (const frame of frames) normalizer.normalize(frame, header, look)
      },
      parse: () => {
        for (const frame of frames) {
          if (JSON.parse(textOf(frame)) !== null) sink.value++
        }
      },
      objects: () => {
        for (const frame of frames) {
          if (objects(JSON.parse(textOf(frame))) !== null) sink.value++
        }
      },
    },
    frames.length
  )
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0) / frames.length
  const ratio = `${times(taken.parse, taken.ours)} of JSON.parse, ${times(taken.objects, taken.ours)} of objects`
  return [
    {
      name: `normalise a ${name} frame (${Math.round(bytes)} B)`,
      value: taken.ours,
      unit: 'ns',
      ratio,
    },
  ]
}

/** An exchange that a Feed describes. */
function benchDescribed(): Row[] {
  const frames = describedFrames(FRAMES).slice(0, FRAMES)
  return benchNormalizer('described', createDescribed(shippedFeed()), frames, describedObjects)
}

type Described = {
  readonly arg: { readonly channel: string; readonly instId: string }
  readonly data: readonly Readonly<Record<string, string>>[]
}

function describedObjects(parsed: unknown): unknown {
  const { arg, data } = parsed as Described
  return data.map(({ ts, side, tradeId, ...numbers }) => ({
    type: arg.channel,
    symbol: arg.instId,
    time: new Date(Number(ts)),
    side,
    tradeId,
    ...Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)])),
  }))
}

type Plain = { readonly type: string; readonly seq: number; readonly msg: Record<string, string> }

function kalshiObjects(parsed: unknown): unknown {
  const { type, seq, msg } = parsed as Plain
  const symbol = msg.market_ticker
  const time = new Date(Number(msg.ts_ms))
  const levels = (of: unknown) =>
    ((of ?? []) as string[][]).map(([price, size]) => ({
      price: Number(price),
      size: Number(size),
    }))
  if (type === 'orderbook_delta') {
    const { side, price_dollars: price, delta_fp: size } = msg
    return { type, seq, symbol, time, side, price: Number(price), size: Number(size) }
  }
  if (type === 'trade') {
    const { trade_id: id, taker_side: side, yes_price_dollars: price, count_fp: size } = msg
    return { type, seq, symbol, time, id, side, price: Number(price), size: Number(size) }
  }
  return { type, seq, symbol, bids: levels(msg.yes_dollars_fp), asks: levels(msg.no_dollars_fp) }
}

type CoinbaseEvent = {
  readonly product_id?: string
  readonly updates?: readonly Record<string, string>[]
  readonly trades?: readonly Record<string, string>[]
  readonly tickers?: readonly Record<string, string>[]
}

function coinbaseObjects(parsed: unknown): unknown {
  const { timestamp, sequence_num, events } = parsed as {
    readonly timestamp: string
    readonly sequence_num: number
    readonly events: readonly CoinbaseEvent[]
  }
  const sent = new Date(timestamp)
  return events.map(({ product_id, updates = [], trades = [], tickers = [] }) => ({
    sequence: sequence_num,
    levels: updates.map(({ side, event_time, price_level, new_quantity }) => ({
      symbol: product_id,
      side,
      time: new Date(event_time!),
      price: Number(price_level),
      size: Number(new_quantity),
    })),
    trades: trades.map(({ product_id: symbol, trade_id: id, side, price, size, time }) => ({
      ...{ symbol, id, side, price: Number(price), size: Number(size), time: new Date(time!) },
    })),
    quotes: tickers.map(({ product_id: symbol, price, best_bid: bid, best_ask: ask }) => ({
      ...{ symbol, sent, last: Number(price), bid: Number(bid), ask: Number(ask) },
    })),
  }))
}

/** The frames' events in one batch. */
function batchOf(frames: readonly Buffer[]): EventBatch {
  const batch = new EventBatch()
  const normalizer = createNormalizer()
  const header = { recvMs: 1_786_410_915_566, recvNs: 0, feed: 'feed', type: 't', symbol: '' }
  for (const frame of frames) normalizer.normalize(frame, header, (event) => batch.append(event))
  return batch
}

function benchBatch(frames: readonly Buffer[]): Row[] {
  const from = batchOf(frames)
  const to = new EventBatch()
  let list: object[] = []
  const taken = alternate(
    {
      each: () => from.each(look),
      copied: () => {
        to.clear()
        from.each((event) => to.append(event))
      },
      pushed: () => {
        list = []
        from.each((event) => {
          const { kind, symbol, recvMs, timeMs, side, price, size, sequence, id } = event
          list.push({ kind, symbol, recvMs, timeMs, side, price, size, sequence, id })
        })
      },
    },
    from.length
  )
  return [
    { name: 'show an event of a batch', value: taken.each, unit: 'ns' },
    {
      name: 'append an event to a batch',
      value: taken.copied - taken.each,
      unit: 'ns',
      ratio: `${times(taken.pushed - taken.each, taken.copied - taken.each)} of objects in a list`,
    },
  ]
}

/** Rows of a book that fit into the caches: a book is measured, and not how events are fetched. */
const CHANGES = 4096
const ROUNDS = 40

function benchBook(frames: readonly Buffer[]): Row[] {
  const events: MarketEvent[] = []
  const batch = batchOf(frames)
  // From the snapshot that a recording begins with: so they can be applied again and again.
  for (let i = 0; events.length < CHANGES; i++) {
    const event = new MarketEvent()
    batch.read(i, event)
    if (event.kind !== EVENT.trade) events.push(event)
  }
  const book = new Book()
  const maps = [new Map<number, number>(), new Map<number, number>()]
  const taken = alternate(
    {
      book: () => {
        for (let round = 0; round < ROUNDS; round++)
          for (const event of events) {
            book.apply(event)
            sink.value += book.bid
          }
      },
      // Without the best price, which a map does not know.
      maps: () => {
        for (let round = 0; round < ROUNDS; round++) {
          for (const side of maps) side.clear()
          for (const event of events) {
            const side = maps[event.side - 1]
            if (side === undefined) continue
            const now = (side.get(event.price) ?? 0) + event.size
            if (now === 0) side.delete(event.price)
            else side.set(event.price, now)
          }
        }
      },
    },
    CHANGES * ROUNDS
  )
  const ratio = `${times(taken.maps, taken.book)} of two maps that know no best price`
  return [
    { name: 'change a book and read its best bid', value: taken.book, unit: 'ns', ratio },
    { name: 'changes of a book', value: 1e9 / taken.book, unit: 'per s' },
  ]
}

if (import.meta.main) {
  const measure = MEASUREMENTS[process.argv[2] ?? '']
  console.log(JSON.stringify(measure?.() ?? []))
}
