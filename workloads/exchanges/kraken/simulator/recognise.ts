// What a recorded frame of Kraken is: its channel and its symbol. Answers, heartbeats and the status are not played: the
// simulator has its own.

import type { Frame } from '../../simulation/frame.ts'
import { LastText } from '../../simulation/last-text.ts'
import type { Recognised } from '../../simulation/venue.ts'
import { BOOKS, INSTRUMENT, TICKERS, TRADE, type Variant } from './channels.ts'

/** Recordings say nothing of depth and trigger in their frames: they are played as these, whatever a client asked for. */
export const PLAYED_BOOK = BOOKS[0]!
export const PLAYED_TICKER = TICKERS[0]

const CHANNELS: Readonly<Record<string, Variant>> = {
  book: PLAYED_BOOK,
  ticker: PLAYED_TICKER,
  trade: TRADE,
  instrument: INSTRUMENT,
}
const CHANNEL = Buffer.from('"channel":"')
const METHOD = Buffer.from('"method":"')
const SYMBOL = Buffer.from('"symbol":"')
const QUOTE = 0x22

const channels = new LastText()
const symbols = new LastText()

export function recognise(frame: Frame): Recognised {
  const { bytes, start, end } = frame
  const at = behind(bytes, CHANNEL, start, end)
  // An answer names its channel too, behind its method.
  const method = behind(bytes, METHOD, start, end)
  if (method >= 0 && (at < 0 || method < at)) return 'unplayed'
  if (at < 0) return 'odd'
  const name = channels.of(bytes, at, bytes.indexOf(QUOTE, at))
  const channel = Object.hasOwn(CHANNELS, name) ? CHANNELS[name] : undefined
  if (channel === undefined) return 'unplayed'
  frame.channel = channel
  const symbolAt = channel === INSTRUMENT ? -1 : behind(bytes, SYMBOL, at, end)
  frame.market = symbolAt < 0 ? '' : symbols.of(bytes, symbolAt, bytes.indexOf(QUOTE, symbolAt))
  // Whether the loss of a change shows depends on what comes next; trades are counted.
  frame.provable = channel === TRADE
  return 'frame'
}

/** The place behind a text between two places, or -1. */
function behind(bytes: Buffer, text: Buffer, start: number, end: number): number {
  const at = bytes.indexOf(text, start)
  return at < 0 || at >= end ? -1 : at + text.length
}
