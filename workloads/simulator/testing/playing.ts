// What the tests of a play share: small recordings made for the occasion, a simulator that plays them, and a
// client's view of what came.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import type { TestClient } from '#exchanges/kalshi/simulator/testing/dial.ts'
import { until, within } from '#testing/deadline.ts'
import { type Running, runningSimulator } from './running.ts'

export const T0 = 1_786_400_000_000
export const ID = '31185e50-0db4-4c57-b95d-0123f5c07ec8'
export const book = (
  market: string,
  seq: number,
  levels = '"yes_dollars_fp":[["0.4000","100.00"]]'
) =>
  `{"type":"orderbook_snapshot","sid":1,"seq":${seq},"msg":{"market_ticker":"${market}","market_id":"${ID}",${levels}}}`
export const delta = (market: string, seq: number, change = '1.00') =>
  `{"type":"orderbook_delta","sid":1,"seq":${seq},"msg":{"market_ticker":"${market}","market_id":"${ID}","price_dollars":"0.4000","delta_fp":"${change}","side":"yes","ts":"2026-08-11T01:15:15.566273Z","ts_ms":${T0 + seq}}}`
export const trade = (market: string, seq: number) =>
  `{"type":"trade","sid":2,"seq":${seq},"msg":{"trade_id":"e0689eae-74d2-776c-57f3-8eef6b5c1c4c","market_ticker":"${market}","count_fp":"1.00"}}`

/** A folder for the recordings of one test file; removed with the process. */
export type Recorder = {
  readonly folder: string
  record(
    frames: readonly string[],
    options?: { step?: number; from?: number; cut?: number }
  ): string
}

export function createRecorder(): Recorder {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-play-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  let recordings = 0
  return {
    folder,
    record(frames, { step = 1, from = 0, cut } = {}) {
      const path = join(folder, `${++recordings}.ndjson${cut ? '.gz' : ''}`)
      const text = frames
        .map((frame, i) => `{"recv_ms":${T0 + from + i * step},"event":${frame}}\n`)
        .join('')
      writeFileSync(path, cut ? gzipSync(text, { level: 0 }).subarray(0, cut) : text)
      return path
    },
  }
}

export const MARKET = 'KX-A-1'
/** A snapshot and then deltas and trades of one market. */
export const busy = (count: number, market = MARKET) => [
  book(market, 100),
  ...Array.from({ length: count - 1 }, (_, i) =>
    i % 5 === 4 ? trade(market, 500 + i) : delta(market, 101 + i)
  ),
]

export type Deps = Parameters<typeof runningSimulator>[1]
export async function playing(
  options: Parameters<typeof runningSimulator>[0],
  use: (simulator: Running) => Promise<void>,
  deps: Deps = {}
): Promise<void> {
  const simulator = await runningSimulator({ speed: 'max', ...options }, { settleMs: 150, ...deps })
  try {
    await use(simulator)
  } finally {
    await within(10_000, 'stopped', simulator.stop())
  }
}

export const subscribeTo = (
  client: TestClient,
  markets: string[],
  channels = ['orderbook_delta', 'trade'],
  id = 1
) => client.send({ id, cmd: 'subscribe', params: { channels, market_tickers: markets } })
export const dataOf = (client: TestClient) =>
  client.frames.filter((t) => !/"type":"(subscribed|ok|error|unsubscribed)"/.test(t))
export const done = (simulator: Running) =>
  until(20_000, 'played', () => simulator.status().replay?.done === true)
export type Numbered = { type: string; sid: number; seq: number }

/** All frames of each sid, acks too, number from 1 without a hole. */
export function assertNumbered(frames: readonly string[]): void {
  const last = new Map<number, number>()
  for (const text of frames) {
    const { sid, seq } = JSON.parse(text) as Numbered
    if (seq === undefined) continue
    assert.is(seq, (last.get(sid) ?? 0) + 1, text)
    last.set(sid, seq)
  }
}

export async function received(client: TestClient, count: number): Promise<string[]> {
  await until(20_000, `${count} frames`, () => dataOf(client).length >= count)
  return dataOf(client)
}
