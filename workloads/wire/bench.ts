// What a record costs on the wire: written into a block with its share of `finish`, read, and published live as a
// block of its own; beside it the same with capnp-ts, in the same run, as a ratio. Frames are like Kalshi's.

import { Message } from 'capnp-ts'
import { Block } from './block.ts'
import { BlockWriter } from './block-writer.ts'
import { FORM } from './form.ts'
import { Block as SchemaBlock } from './testing/block.capnp.ts'
import { type PlainBlock, writeWithCapnpTs } from './testing/blocks.ts'

export type Row = {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same with capnp-ts, against this. */
  readonly ratio?: string
}

const PER_BLOCK = 100
const SYMBOLS = 40
const header = {
  environment: 'local',
  feed: 'kalshi',
  connection: '01kb2x7f9m3q5v8z',
  shard: 0,
  simulated: true,
}

/** A trade of about 270 bytes. */
const trade = (i: number): string =>
  JSON.stringify({
    type: 'trade',
    sid: 3,
    seq: 100_000 + i,
    msg: {
      trade_id: `d91bc706-ee49-470d-82d8-${String(i).padStart(12, '0')}`,
      market_ticker: `KXGOLD15M-26NOV24${String(i % SYMBOLS).padStart(4, '0')}-T2650`,
      yes_price_dollars: '0.3600',
      no_price_dollars: '0.6400',
      count_fp: '136.00',
      taker_side: 'no',
      ts: 1_764_000_000 + i,
    },
  })

/** A snapshot of about 1.5 kB. */
const snapshot = (i: number): string => {
  const levels = Array.from({ length: 34 }, (_, level) => [
    `0.${10 + level}00`,
    `${300 + level}.00`,
  ])
  const ticker = `KXGOLD15M-26NOV24${String(i % SYMBOLS).padStart(4, '0')}-T2650`
  const msg = { market_ticker: ticker, yes_dollars_fp: levels, no_dollars_fp: levels }
  return JSON.stringify({ type: 'orderbook_snapshot', sid: 1, seq: i, msg })
}

function plainBlock(type: string, group: string, make: (i: number) => string): PlainBlock {
  const records = Array.from({ length: PER_BLOCK }, (_, i) => ({
    recv: 1_764_000_000_000_000_000n + BigInt(i) * 10_000n,
    number: i + 1,
    type,
    group,
    symbol: `KXGOLD15M-26NOV24${String(i % SYMBOLS).padStart(4, '0')}-T2650`,
    form: FORM.json,
    sequence: 100_000 + i,
    scope: 3,
    payload: new Uint8Array(Buffer.from(make(i))),
  }))
  return { ...header, records }
}

/** Nanoseconds a record: the median of several runs of about `ms` each, after a warm-up. */
function nanosPerRecord(ms: number, records: number, once: () => void): number {
  const run = (): number => {
    const start = performance.now()
    let rounds = 0
    while (performance.now() - start < ms) {
      for (let i = 0; i < 10; i++) once()
      rounds += 10
    }
    return ((performance.now() - start) * 1e6) / (rounds * records)
  }
  run()
  const runs = [run(), run(), run(), run(), run()].sort((a, b) => a - b)
  return runs[2]!
}

const RUN_MS = 120
/** Results of reading go here, so that reading cannot be optimised away. */
const sink = { value: 0 }

function benchKind(kind: string, block: PlainBlock): Row[] {
  const { records } = block
  const writer = new BlockWriter(header)
  const type = writer.type(records[0]!.type, records[0]!.group)
  const symbols = records.map((record) => writer.symbol(record.symbol))
  const write = (): Uint8Array => {
    for (let i = 0; i < PER_BLOCK; i++) {
      const r = records[i]!
      writer.add(r.recv, r.number, type, symbols[i]!, r.form, r.sequence, r.scope, r.payload)
    }
    return writer.finish()
  }
  const bytes = write()
  const bytesPerFrame = records.reduce((sum, r) => sum + r.payload.length, 0) / PER_BLOCK
  const written = nanosPerRecord(RUN_MS, PER_BLOCK, write)
  const writtenSlow = nanosPerRecord(RUN_MS, PER_BLOCK, () => writeWithCapnpTs(block))
  const checked = nanosPerRecord(RUN_MS, PER_BLOCK, () => Block.read(bytes))
  const read = nanosPerRecord(RUN_MS, PER_BLOCK, () => readOurs(bytes))
  const readSlow = nanosPerRecord(RUN_MS, PER_BLOCK, () => readCapnpTs(bytes))
  const first = records[0]!
  const live = nanosPerRecord(RUN_MS, 1, () => {
    writer.add(first.recv, 1, type, symbols[0]!, first.form, 1, 1, first.payload)
    writer.finish()
  })
  const of = `${kind} (${Math.round(bytesPerFrame)} B)`
  return [
    {
      name: `write a ${of} into a block`,
      value: written,
      unit: 'ns',
      ratio: against(writtenSlow, written),
    },
    { name: `check a ${of} of a block`, value: checked, unit: 'ns' },
    { name: `check and read a ${of}`, value: read, unit: 'ns', ratio: against(readSlow, read) },
    { name: `write a ${of} as a live record`, value: live, unit: 'ns' },
  ]
}

const against = (theirs: number, ours: number): string =>
  `capnp-ts takes ${(theirs / ours).toFixed(1)}x`

function readOurs(bytes: Uint8Array): void {
  const block = Block.read(bytes)
  let sum = 0
  for (let i = 0; i < block.length; i++) {
    sum += block.number(i) + block.sequence(i) + block.type(i).length + block.symbol(i).length
    sum += block.payload(i).length + block.form(i) + Number(block.recv(i) & 1n)
  }
  sink.value += sum
}

function readCapnpTs(bytes: Uint8Array): void {
  const block = new Message(bytes, false).getRoot(SchemaBlock)
  const records = block.getRecords()
  const types = block.getTypes()
  const names = Array.from({ length: types.getLength() }, (_, i) => types.get(i).getName())
  const symbols = block.getSymbols().toArray()
  let sum = 0
  for (let i = 0; i < records.getLength(); i++) {
    const record = records.get(i)
    sum += Number(record.getNumber()) + Number(record.getSequence())
    sum += names[record.getType()]!.length + symbols[record.getSymbol()]!.length
    sum += record.getPayload().toUint8Array().length + record.getForm()
    sum += Number(record.getRecv() & 1n)
  }
  sink.value += sum
}

export async function benchWire(): Promise<Row[]> {
  return [
    ...benchKind('trade', plainBlock('trade', 'trades', trade)),
    ...benchKind('snapshot', plainBlock('orderbook_snapshot', 'orderbook', snapshot)),
  ]
}
