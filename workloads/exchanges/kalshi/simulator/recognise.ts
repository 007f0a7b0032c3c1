// What a recorded frame is: its channel, its market, and where sid and seq stand in it. Answers to commands are not played.

import type { Frame } from '../../simulation/frame.ts'
import { LastText } from '../../simulation/last-text.ts'
import type { Recognised } from '../../simulation/venue.ts'
import { channelOfType } from './channels.ts'
import { emptyScan, scanFrame } from './scan.ts'

const scan = emptyScan()
const types = new LastText()
const markets = new LastText()

export function recognise(frame: Frame): Recognised {
  const { bytes } = frame
  if (!scanFrame(bytes, frame.start, frame.end, scan)) return 'odd'
  const channel = channelOfType(types.of(bytes, scan.typeAt, scan.typeEnd))
  if (channel === undefined) return 'unplayed'
  frame.idAt = scan.sidAt
  frame.idEnd = scan.sidEnd
  frame.seqAt = scan.seqAt
  frame.seqEnd = scan.seqEnd
  frame.provable = scan.seqAt >= 0
  frame.channel = channel
  const isOfMarket = channel.filter !== 'none' && scan.marketAt >= 0
  frame.market = isOfMarket ? markets.of(bytes, scan.marketAt, scan.marketEnd) : ''
  return 'frame'
}
