// A frame on its way to the clients: the bytes as they were recorded or made, and where in them `sid` and
// `seq` stand, so that each connection's own numbers are put in without touching any other byte.
import type { Channel } from './channels.ts'

/** One object is filled again for each frame; whoever keeps a frame copies its bytes. */
export type Frame = {
  bytes: Buffer
  start: number
  end: number
  /** Digits of the sid, as offsets into `bytes`; -1 where the frame has none. Equal: there are none yet. */
  sidAt: number
  sidEnd: number
  seqAt: number
  seqEnd: number
  channel: Channel
  /** Empty where the frame is of no market. */
  market: string
}

export const emptyFrame = (channel: Channel): Frame => ({
  bytes: Buffer.alloc(0),
  start: 0,
  end: 0,
  sidAt: -1,
  sidEnd: -1,
  seqAt: -1,
  seqEnd: -1,
  channel,
  market: '',
})

/** A frame with bytes of its own, to be kept. */
export const copyFrame = (frame: Frame): Frame => {
  const shift = (at: number): number => (at < 0 ? -1 : at - frame.start)
  return {
    ...frame,
    bytes: Buffer.from(frame.bytes.subarray(frame.start, frame.end)),
    start: 0,
    end: frame.end - frame.start,
    sidAt: shift(frame.sidAt),
    sidEnd: shift(frame.sidEnd),
    seqAt: shift(frame.seqAt),
    seqEnd: shift(frame.seqEnd),
  }
}
