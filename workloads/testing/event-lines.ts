// Market events as lines of text, to be compared with those of an independent program: a Python script beside the exchange,
// standard library only. `event_lines.py` writes the same lines.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { decimalText } from '#market/decimal.ts'
import { EVENT, EVENT_NAMES, FLAG, type MarketEvent, SIDE } from '#market/event.ts'

const LETTERS = { F: FLAG.first, L: FLAG.last, E: FLAG.empty, C: FLAG.change, H: FLAG.history }

/** Separated by tabs: kind, symbol, receive time in ms, exchange time, sequence, id, and what the kind has. */
export function eventLine(event: MarketEvent): string {
  return [
    EVENT_NAMES[event.kind],
    event.symbol,
    event.recvMs,
    event.timeText,
    event.sequence,
    event.id,
    ...ownOf(event),
  ].join('\t')
}

function ownOf(event: MarketEvent): string[] {
  const price = decimalText(event.price, event.priceScale)
  const size = decimalText(event.size, event.sizeScale)
  const side = (buy: string, sell: string): string =>
    event.side === SIDE.none ? '' : event.side === SIDE.buy ? buy : sell
  switch (event.kind) {
    case EVENT.trade:
      return [side('buy', 'sell'), price, size, flagsOf(event)]
    case EVENT.bookSnapshot:
    case EVENT.bookChange:
      return [side('bid', 'ask'), price, size, flagsOf(event)]
    case EVENT.quote:
      return [
        decimalText(event.bid, event.bidScale),
        decimalText(event.bidSize, event.bidSizeScale),
        decimalText(event.ask, event.askScale),
        decimalText(event.askSize, event.askSizeScale),
        decimalText(event.last, event.lastScale),
        decimalText(event.lastSize, event.lastSizeScale),
        decimalText(event.volume, event.volumeScale),
      ]
    case EVENT.instrument: {
      const said = Object.entries(event.instrument ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
      return [JSON.stringify(Object.fromEntries(said))]
    }
    default:
      return []
  }
}

const flagsOf = (event: MarketEvent): string =>
  Object.entries(LETTERS)
    .filter(([, bit]) => (event.flags & bit) !== 0)
    .map(([letter]) => letter)
    .join('')

/** What a Python script makes of frames, given to it as lines of receive time in ms, a tab and the frame. */
export function pythonLines(script: string, frames: readonly string[]): string[] {
  const done = spawnSync('python3', [script], {
    input: frames.map((frame, i) => `${recvMsOf(i)}\t${frame}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, PYTHONPATH: join(import.meta.dirname), PYTHONDONTWRITEBYTECODE: '1' },
  })
  if (done.status !== 0) throw new Error(`${script} ended with ${done.status}: ${done.stderr}`)
  return done.stdout.split('\n').slice(0, -1)
}

/** The receive time of a frame in these comparisons. */
export const recvMsOf = (i: number): number => 1_786_000_000_000 + i
