// Recorded frames of every exchange, with names much as a connector gives them.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BINANCE, linesOf } from '#testing/recordings.ts'
import { kalshiTestFrames } from './archives.ts'
import type { TestFrame } from './capture.ts'

const ALL = process.env.SSMD_FAULTS === 'all'
/** One of how many frames is taken. */
const EVERY = ALL ? 1 : 5
const MOST = ALL ? 20_000 : 2_000
/** Short recordings are repeated: the rows must be equal, whatever the frames say. */
const LEAST = 300

const OWN = join(import.meta.dirname, '../../testing/recordings')
const BESIDE = join(
  process.env.SSMD_DATA ?? join(import.meta.dirname, '../../../../shared/data'),
  'tickvault'
)

type Json = { readonly channel?: string; readonly stream?: string; readonly method?: string }

export const RECORDED: Readonly<Record<string, () => TestFrame[]>> = {
  kalshi: () => kalshiTestFrames(EVERY, MOST),
  binance: () =>
    BINANCE.flatMap((file) => linesOf(file).map((line) => line.slice(line.indexOf(' ') + 1)))
      .filter((_, i) => i % EVERY === 0)
      .slice(0, MOST)
      .map((payload) => {
        const [symbol = '', type = 'response'] = (json(payload).stream ?? '').split('@')
        return { type, symbol: symbol.toUpperCase(), payload }
      }),
  kraken: () => short('kraken/book.jsonl', 'kraken_book.jsonl'),
  coinbase: () => short('coinbase/level2.jsonl', 'coinbase_l2.jsonl'),
}

function short(own: string, beside: string): TestFrame[] {
  const files = [join(OWN, own), ...[join(BESIDE, beside)].filter((file) => existsSync(file))]
  const frames = files.flatMap(linesOf).map((payload): TestFrame => {
    const { channel, method } = json(payload)
    return { type: channel ?? method ?? 'unknown', symbol: '', payload }
  })
  const repeated = [...frames]
  while (repeated.length < LEAST) repeated.push(...frames)
  return repeated.slice(0, MOST)
}

const json = (text: string): Json => JSON.parse(text) as Json
