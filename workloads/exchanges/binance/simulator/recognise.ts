// What a recorded frame is: frames of combined streams are played, snapshots over REST are answers to come, and what was said
// about commands is not played.

import type { Frame } from '../../simulation/frame.ts'
import { LastText } from '../../simulation/last-text.ts'
import type { Recognised } from '../../simulation/venue.ts'
import { BOOK_TICKER, type StreamName, streamOf } from './channels.ts'

const HEAD = Buffer.from('{"stream":"')
const DATA = Buffer.from('","data":')
const QUOTE = 0x22
const SNAPSHOT = Buffer.from('{"lastUpdateId":')
/** Answers, announcements, and events of raw streams, which do not say what was subscribed to. */
const UNPLAYED = ['{"result"', '{"id"', '{"error"', '{"code"', '{"e"', '{"u"', '{"symbol"'].map(
  (text) => Buffer.from(text)
)

const names = new LastText()
const streams = new Map<string, StreamName | null>()

export function recognise(frame: Frame): Recognised {
  const { bytes, start, end } = frame
  if (!begins(bytes, start, end, HEAD)) {
    if (begins(bytes, start, end, SNAPSHOT)) return 'aside'
    return UNPLAYED.some((head) => begins(bytes, start, end, head)) ? 'unplayed' : 'odd'
  }
  const from = start + HEAD.length
  const to = bytes.indexOf(QUOTE, from)
  if (to < 0 || to > end || !begins(bytes, to, end, DATA)) return 'odd'
  const name = names.of(bytes, from, to)
  let stream = streams.get(name)
  if (stream === undefined) {
    stream = streamOf(name)
    streams.set(name, stream)
  }
  if (stream === null) return 'unplayed'
  frame.channel = stream.channel
  frame.market = stream.market
  frame.provable = stream.channel !== BOOK_TICKER
  frame.bodyAt = to + DATA.length
  frame.bodyEnd = bytes.lastIndexOf(0x7d, end - 1)
  return 'frame'
}

function begins(bytes: Buffer, at: number, end: number, head: Buffer): boolean {
  if (end - at < head.length) return false
  for (let i = 0; i < head.length; i++) if (bytes[at + i] !== head[i]) return false
  return true
}
