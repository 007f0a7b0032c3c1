// The archive that `ssmd data-api --demo` serves, written by the archive's own writer from the committed recordings: simulated Kalshi
// markets over a midnight, with a connection lost in the middle, and a minute of Binance. Run as a program, it writes `workloads/data/demo`.

import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { encodeBlock, eventRecord, type TestRecord } from '#archive/testing/blocks.ts'
import { openWriter, STREAM, temporaryFolder } from '#archive/testing/folders.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import { BINANCE, KALSHI, kalshiEventFiles, linesOf } from '#testing/recordings.ts'
import { Block } from '#wire/block.ts'

export const DEMO = join(import.meta.dirname, '../demo')

const MS = 1_000_000n
const SECOND = 1000n * MS
const RECORDS_OF_A_BLOCK = 200
/** The connection of the simulated exchange is lost here, and this long. */
const LOST_AT = BigInt(Date.parse('2026-11-24T00:00:40Z')) * MS
const LOST_FOR = 8n * SECOND

type Captured = {
  readonly feed: string
  readonly exchange: string
  readonly simulated: boolean
  readonly proof: Readonly<Record<string, string>>
  readonly endpoint: string
  /** A connection each. */
  readonly connections: readonly (readonly TestRecord[])[]
}

function kalshi(): Captured {
  const [own] = KALSHI
  const frames = kalshiEventFiles(own)
    .flatMap(linesOf)
    .map((line): TestRecord & { readonly seq: number } => {
      const { recv_ms: ms, event } = JSON.parse(line) as { recv_ms: number; event: Frame }
      const payload = line.slice(line.indexOf('"event":') + 8, -1)
      const symbol = event.msg?.market_ticker ?? ''
      const group = event.type === 'trade' ? 'trades' : 'orderbook'
      return {
        recv: BigInt(ms) * MS,
        payload,
        type: event.type,
        symbol,
        group,
        seq: event.seq ?? 0,
      }
    })
    .sort((a, b) => (a.recv < b.recv ? -1 : a.recv > b.recv ? 1 : a.seq - b.seq))
  return {
    feed: 'kalshi',
    exchange: 'kalshi',
    simulated: true,
    proof: { orderbook_delta: 'frames', trade: 'nothing' },
    endpoint: 'ws://localhost:8980/trade-api/ws/v2',
    connections: [
      frames.filter(({ recv }) => recv < LOST_AT),
      frames.filter(({ recv }) => recv >= LOST_AT + LOST_FOR),
    ],
  }
}

type Frame = {
  readonly type: string
  readonly seq?: number
  readonly msg?: { readonly market_ticker?: string }
}

function binance(): Captured {
  const records = linesOf(BINANCE[0]!).map((line): TestRecord => {
    const [nanos = '', ...rest] = line.split(' ')
    const payload = rest.join(' ')
    // What was fetched over HTTP names no stream: it is a snapshot of the one book there is.
    const { stream = 'btcusdt@depthSnapshot' } = JSON.parse(payload) as { stream?: string }
    const at = stream.indexOf('@')
    const [symbol, channel] = [stream.slice(0, at), stream.slice(at + 1)]
    const [type, group] = TYPES[channel] ?? ['unknown', 'other']
    return { recv: BigInt(nanos), payload, type, group, symbol: symbol.toUpperCase() }
  })
  return {
    feed: 'binance',
    exchange: 'binance',
    simulated: false,
    proof: { 'depth@100ms': 'book', trade: 'trades', bookTicker: 'nothing' },
    endpoint: 'wss://stream.binance.com:9443/stream',
    connections: [records],
  }
}

const TYPES: Readonly<Record<string, readonly [type: string, group: string]>> = {
  'depth@100ms': ['depthUpdate', 'orderbook'],
  depth: ['depthUpdate', 'orderbook'],
  depthSnapshot: ['depthSnapshot', 'orderbook'],
  trade: ['trade', 'trades'],
  bookTicker: ['bookTicker', 'tickers'],
}

async function archive(root: string, captured: Captured): Promise<void> {
  const { feed, connections } = captured
  const last = connections.at(-1)!.at(-1)!.recv
  // Long after: everything ended.
  const nowMs = (): number => Number(last / MS) + 3 * 86_400_000
  const writer = await openWriter(root, {
    feed,
    archive: 'demo',
    environment: 'demo',
    nowMs,
    level: 9,
    maxAgeMs: 900_000,
  })
  writer.bind({ ...STREAM, name: `demo_${feed}` })
  let sequence = 1
  for (const block of blocksOf({ ...captured, connections: [...connections, nextDay(captured)] }))
    writer.add(block, sequence++)
  // Each commit starts what waits to be sealed.
  for (let i = 0; i < 10; i++) {
    await writer.commit()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await writer.close()
}

/** A record of each group on the day after: with it the segments before are known to be over. It is not kept. */
function nextDay({ connections }: Captured): TestRecord[] {
  const last = connections.at(-1)!
  const day = 86_400n * SECOND
  const recv = (last.at(-1)!.recv / day + 1n) * day + 3600n * SECOND
  return [...new Map(last.map((record) => [record.group, record])).values()].map((record, i) => ({
    ...record,
    recv: recv + BigInt(i) * MS,
  }))
}

function* blocksOf({
  feed,
  exchange,
  endpoint,
  simulated,
  proof,
  connections,
}: Captured): Generator<Block> {
  let before: object | undefined
  for (const [c, records] of connections.entries()) {
    const connection = `01demo${feed}${c}`
    const first = records[0]!.recv
    const end = records.at(-1)!.recv
    const symbols = new Set(records.map(({ symbol }) => symbol)).size
    const open = {
      kind: 'open',
      exchange,
      endpoint,
      adapter: exchange,
      symbols,
      ...(before ? { follows: before } : {}),
    }
    const close =
      c < connections.length - 2
        ? {
            kind: 'close',
            cause: 'disconnected',
            fault: 'network',
            code: 1006,
            reason: 'the connection was lost',
          }
        : {
            kind: 'close',
            cause: 'connector-stopped',
            fault: 'user',
            code: 1000,
            reason: 'the recording ends',
          }
    const all = [
      eventRecord(first - 2n * MS, open),
      eventRecord(first - MS, { kind: 'ready', symbols, complete: true } as { kind: string }),
      ...records,
      eventRecord(end + MS, { kind: 'counts', proof, types: {} } as { kind: string }),
      eventRecord(end + 2n * MS, close),
    ]
    before = { connection, number: all.length, recv: rfc3339(end + 2n * MS) }
    for (let at = 0; at < all.length; at += RECORDS_OF_A_BLOCK) {
      const part = all.slice(at, at + RECORDS_OF_A_BLOCK)
      const block = {
        connection,
        first: at + 1,
        records: part,
        feed,
        environment: 'demo',
        simulated,
      }
      yield Block.read(encodeBlock(block))
    }
  }
}

/** Writes both feeds below `to`, without what is private to the archiver. */
export async function makeDemo(to: string): Promise<void> {
  using folder = temporaryFolder()
  for (const captured of [kalshi(), binance()]) {
    await archive(folder.path, captured)
    const feed = join(folder.path, captured.feed)
    const last = rfc3339(captured.connections.at(-1)!.at(-1)!.recv).slice(0, 10)
    for (const day of readdirSync(feed).filter((name) => /^\d/.test(name) && name <= last)) {
      mkdirSync(join(to, captured.feed, day), { recursive: true })
      cpSync(join(feed, day), join(to, captured.feed, day), { recursive: true })
    }
  }
}

if (import.meta.main) {
  for (const feed of ['kalshi', 'binance'])
    rmSync(join(DEMO, feed), { recursive: true, force: true })
  await makeDemo(DEMO)
}
