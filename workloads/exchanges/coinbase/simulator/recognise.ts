// What a recorded frame is: market data is played, with the numbers of the connection that it goes to; answers, heartbeats and errors
// are not, for each client has its own.

import type { Frame } from '../../simulation/frame.ts'
import { LastText } from '../../simulation/last-text.ts'
import type { Recognised } from '../../simulation/venue.ts'
import { channelOnWire, HEARTBEATS, STATUS } from './channels.ts'

const CHANNEL = Buffer.from('"channel":"')
const SEQUENCE = Buffer.from('"sequence_num":')
const PRODUCT = Buffer.from('"product_id":"')
const PRODUCT_OF_STATUS = Buffer.from('"id":"')
const ERROR = Buffer.from('{"type":"error"')
const QUOTE = 0x22

const names = new LastText()
const products = new LastText()

export function recognise(frame: Frame): Recognised {
  const { bytes, start, end } = frame
  const channelAt = after(bytes, start, end, CHANNEL)
  if (channelAt < 0) return bytes.indexOf(ERROR, start) === start ? 'unplayed' : 'odd'
  const channel = channelOnWire(names.of(bytes, channelAt, bytes.indexOf(QUOTE, channelAt)))
  const at = after(bytes, start, end, SEQUENCE)
  if (channel === undefined || channel === HEARTBEATS || at < 0) return 'unplayed'
  const isText = bytes[at] === QUOTE
  let digits = isText ? at + 1 : at
  frame.seqAt = digits
  while (bytes[digits]! >= 0x30 && bytes[digits]! <= 0x39) digits++
  frame.seqEnd = digits
  const productAt = after(bytes, start, end, channel === STATUS ? PRODUCT_OF_STATUS : PRODUCT)
  frame.market = productAt < 0 ? '' : products.of(bytes, productAt, bytes.indexOf(QUOTE, productAt))
  frame.channel = channel
  frame.provable = digits > frame.seqAt
  return frame.provable ? 'frame' : 'unplayed'
}

/** Behind the first place of `text` in the frame, or -1. */
function after(bytes: Buffer, start: number, end: number, text: Buffer): number {
  const at = bytes.subarray(start, end).indexOf(text)
  return at < 0 ? -1 : start + at + text.length
}
