// Recorded frames of every exchange whose frames are normalised, with the names that a connector gives them.

import { BINANCE, linesOf } from '#testing/recordings.ts'
import { kalshiTestFrames } from './archives.ts'
import type { TestFrame } from './capture.ts'

const ALL = process.env.SSMD_FAULTS === 'all'

/** `share`: one of how many frames is taken; with SSMD_FAULTS=all every one. */
export const RECORDED: readonly { readonly exchange: string; readonly share: number }[] = [
  { exchange: 'kalshi', share: ALL ? 1 : 5 },
  { exchange: 'binance', share: ALL ? 1 : 5 },
]

const MOST = ALL ? 100_000 : 3_000

export function framesOf(exchange: string, share: number): TestFrame[] {
  return exchange === 'kalshi' ? kalshiTestFrames(share, MOST) : binanceFrames(share)
}

function binanceFrames(share: number): TestFrame[] {
  const frames: TestFrame[] = []
  for (const file of BINANCE) {
    linesOf(file).forEach((line, i) => {
      if (i % share !== 0 || frames.length >= MOST) return
      const payload = line.slice(line.indexOf(' ') + 1)
      const { stream = '' } = JSON.parse(payload) as { stream?: string }
      const [symbol = '', type = 'response'] = stream.split('@')
      frames.push({ type, symbol: symbol.toUpperCase(), payload })
    })
  }
  return frames
}
