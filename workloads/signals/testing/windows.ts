// Recorded windows of Kalshi as an archive, received when they were recorded, with what the exchange's metadata says about their ends;
// in the middle the connection is lost for some seconds.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventRecord, makeBlock, type TestRecord } from '#archive/testing/blocks.ts'
import { openWriter, STREAM } from '#archive/testing/folders.ts'
import { kalshiEventFiles, linesOf, type Recordings } from '#testing/recordings.ts'

type Market = {
  readonly ticker: string
  readonly result: string
  readonly close_time: string
  readonly settlement_ts?: string
  readonly settlement_value_dollars?: string
  readonly price_ranges: readonly object[]
}
type Frame = { readonly recv: number; readonly text: string }

const LOST_MS = 5_000
const OF_BLOCK = 500

/** Of the first and the last frame, milliseconds. */
export type Windows = { readonly fromMs: number; readonly toMs: number }

export async function archiveWindows(root: string, recordings: Recordings): Promise<Windows> {
  const frames = kalshiEventFiles(recordings).flatMap(framesOf)
  const recorded = [...frames].sort((a, b) => a.recv - b.recv)
  const markets = marketsOf(recordings)
  const all = [...frames, ...markets.flatMap((one, i) => endOf(one, i))].sort(
    (a, b) => a.recv - b.recv
  )
  const ends = all.findIndex(
    ({ text }, i) => i > all.length / 3 && text.includes('"orderbook_snapshot"')
  )
  const backMs = all[ends]?.recv ?? Number.POSITIVE_INFINITY
  const first = all.filter(({ recv }) => recv < backMs - LOST_MS)
  const second = all.slice(ends)
  const writer = await openWriter(root, { feed: 'kalshi', chunkBytes: 64_000 })
  writer.bind(STREAM)
  let sequence = 0
  const put = (connection: string, records: readonly TestRecord[]): void => {
    for (let i = 0; i < records.length; i += OF_BLOCK) {
      const some = records.slice(i, i + OF_BLOCK)
      writer.add(makeBlock({ connection, first: i + 1, records: some, feed: 'kalshi' }), ++sequence)
    }
  }
  const nanos = (ms: number): bigint => BigInt(ms) * 1_000_000n
  const [begins, lostMs] = [first[0]!.recv, first.at(-1)!.recv + 1]
  const lost = { cause: 'disconnected', fault: 'network', code: 1006, reason: 'x' }
  put('01a', [
    eventRecord(nanos(begins), { kind: 'open', exchange: 'kalshi' } as never),
    eventRecord(nanos(begins), { kind: 'ready' }),
    ...first.map(record),
    eventRecord(nanos(lostMs), { kind: 'close', ...lost } as never),
  ])
  put('01b', [
    eventRecord(nanos(backMs), { kind: 'open', exchange: 'kalshi' } as never),
    eventRecord(nanos(backMs), { kind: 'ready' }),
    ...second.map(record),
  ])
  await writer.close()
  return { fromMs: recorded[0]!.recv, toMs: recorded.at(-1)!.recv }
}

function framesOf(file: string): Frame[] {
  return linesOf(file).map((line) => {
    const [, recv = ''] = /^\{"recv_ms":(\d+)/.exec(line) ?? []
    return { recv: Number(recv), text: line.slice(line.indexOf('"event":') + 8, -1) }
  })
}

type Named = { readonly type: string; readonly msg: { readonly market_ticker: string } }

function record({ recv, text }: Frame): TestRecord {
  const { type, msg } = JSON.parse(text) as Named
  return {
    recv: BigInt(recv) * 1_000_000n,
    payload: text,
    type,
    group: 'all',
    symbol: msg.market_ticker,
  }
}

function marketsOf({ folder }: Recordings): Market[] {
  const names = readdirSync(join(folder, 'metadata')).sort()
  return names.flatMap((name) => {
    const text = readFileSync(join(folder, 'metadata', name), 'utf8')
    return (JSON.parse(text) as { response: { markets: Market[] } }).response.markets
  })
}

/** How a market ended, as the exchange sends it. A made-up recording has markets without an end: every third of them ends with yes. */
function endOf(market: Market, place: number): Frame[] {
  const { ticker, close_time, settlement_ts = close_time } = market
  const isOver = market.result !== ''
  if (!isOver && place % 3 !== 0) return []
  const result = isOver ? market.result : 'yes'
  const value = isOver ? market.settlement_value_dollars : '1.0000'
  const recv = Date.parse(settlement_ts)
  const msg = {
    event_type: 'determined',
    market_ticker: ticker,
    result,
    settlement_value: value,
    determination_ts: Math.floor(recv / 1000),
  }
  return [
    { recv, text: JSON.stringify({ type: 'market_lifecycle_v2', sid: 9, seq: 1 + place, msg }) },
  ]
}
