// Records the shipped simulator's generated exchange as one client of it would: a few markets across a UTC midnight and the
// change of windows. The same seed makes the same frames; run as a program, it writes the files beside it.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ORDERBOOK, TRADE } from '#exchanges/kalshi/simulator/channels.ts'
import { GeneratedMarkets } from '#exchanges/kalshi/simulator/generated.ts'
import type { Channel, Frame } from '#exchanges/simulation/frame.ts'
import { FrameWriter } from '../../simulator/writer.ts'

const SEED = 20_261_124
const MARKETS = 3
const FROM_MS = Date.parse('2026-11-23T23:57:00Z')
const MIDNIGHT_MS = Date.parse('2026-11-24T00:00:00Z')
/** By then the markets of the window before are settled, and those of the next one are subscribed to. */
const SETTLED_MS = MIDNIGHT_MS + 10_000
const TO_MS = MIDNIGHT_MS + 90_000
const BEFORE_MIDNIGHT = 3000
const AFTER_MIDNIGHT = 1500
/** From the exchange's clock to ours. */
const LATENCY_MS = 40
const SIDS = new Map<Channel, number>([
  [ORDERBOOK, 1],
  [TRADE, 2],
])

/** Path to text: `events/<market>_<day>.ndjson` and `metadata/<event>.json`. */
export function makeKalshiRecording(): ReadonlyMap<string, string> {
  const exchange = new GeneratedMarkets({ seed: SEED, markets: MARKETS, startMs: FROM_MS })
  const files = new Map<string, string>()
  const subscribed = new Set<string>()
  const sequences = new Map<Channel, number>()
  const writer = new FrameWriter(() => true)
  const keep = (market: string, frame: string): void => {
    const recv = exchange.nowMs + LATENCY_MS
    const path = `events/${market}_${new Date(recv).toISOString().slice(0, 10)}.ndjson`
    files.set(path, `${files.get(path) ?? ''}{"recv_ms":${recv},"event":${frame}}\n`)
  }
  const next = (channel: Channel): number => {
    const seq = (sequences.get(channel) ?? 0) + 1
    sequences.set(channel, seq)
    return seq
  }
  const deliver = {
    wants: (channel: Channel, market: string) => SIDS.has(channel) && subscribed.has(market),
    frame(frame: Frame): void {
      writer.frame(frame, SIDS.get(frame.channel) ?? 0, next(frame.channel))
      keep(frame.market, writer.lastBytes.toString('utf8', writer.lastStart, writer.lastEnd))
      writer.flush()
    },
  }
  const subscribe = (): void => {
    for (const { ticker, eventTicker, status, record } of exchange.rest.markets()) {
      if (status !== 'active') continue
      subscribed.add(ticker)
      const head = `{"type":"orderbook_snapshot","sid":${SIDS.get(ORDERBOOK)},"seq":${next(ORDERBOOK)}`
      keep(ticker, `${head},"msg":${exchange.snapshot(ticker)}}`)
      const response = { event: exchange.rest.event(eventTicker), markets: [record()] }
      const body = { fetched_at_ms: exchange.nowMs, response }
      files.set(`metadata/${eventTicker}.json`, `${JSON.stringify(body, undefined, 2)}\n`)
    }
  }
  subscribe()
  exchange.advance(MIDNIGHT_MS - 1, BEFORE_MIDNIGHT, deliver)
  exchange.advance(SETTLED_MS, 0, deliver)
  subscribe()
  exchange.advance(TO_MS, AFTER_MIDNIGHT, deliver)
  return files
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, 'kalshi')
  for (const part of ['events', 'metadata']) {
    rmSync(join(folder, part), { recursive: true, force: true })
    mkdirSync(join(folder, part), { recursive: true })
  }
  for (const [path, text] of makeKalshiRecording()) {
    if (path.endsWith('.json')) writeFileSync(join(folder, path), text)
    else writeFileSync(join(folder, `${path}.gz`), gzipSync(text, { level: 9 }))
  }
}
