// A frame on its way to the clients: the bytes as they were recorded or made, and where in them a client's own numbers
// stand, so that they are written without touching any other byte. One object is filled again for each frame; a caller that
// keeps a frame copies its bytes.

/**
 * What a client subscribes to, as one object for each channel for the life of the process. Two channels with one name are
 * variants that differ in their bytes, such as books of different depth; a fault names both.
 */
export type Channel = {
  readonly name: string
  /** Place among the channels of its exchange; the key of hot tables. */
  readonly index: number
}

export type Frame = {
  bytes: Buffer
  start: number
  end: number
  /**
   * The part that a bare route is sent; all of the frame, unless the exchange has an envelope that some connections go
   * without.
   */
  bodyAt: number
  bodyEnd: number
  /** Digits to replace with the route's id, as offsets into `bytes`; -1 where there are none. Equal: there are none yet. */
  idAt: number
  idEnd: number
  /** Digits to replace with the route's next number. */
  seqAt: number
  seqEnd: number
  channel: Channel
  /** Empty where the frame is of no single market. */
  market: string
  /** Whether a client can see that this frame is missing, doubled or out of order. */
  provable: boolean
}

export const emptyFrame = (channel: Channel): Frame => ({
  bytes: Buffer.alloc(0),
  start: 0,
  end: 0,
  bodyAt: 0,
  bodyEnd: 0,
  idAt: -1,
  idEnd: -1,
  seqAt: -1,
  seqEnd: -1,
  channel,
  market: '',
  provable: false,
})

/** Moves every offset of the frame. */
export function shiftFrame(frame: Frame, by: number): void {
  frame.start += by
  frame.end += by
  frame.bodyAt += by
  frame.bodyEnd += by
  if (frame.idAt >= 0) {
    frame.idAt += by
    frame.idEnd += by
  }
  if (frame.seqAt >= 0) {
    frame.seqAt += by
    frame.seqEnd += by
  }
}

/** A frame with bytes of its own, to be kept. */
export function copyFrame(frame: Frame): Frame {
  const copy = { ...frame, bytes: Buffer.from(frame.bytes.subarray(frame.start, frame.end)) }
  shiftFrame(copy, -frame.start)
  return copy
}

/** Composes frames from text, each in the same buffer and the same object; the caller sets what is not the default. */
export class FrameMaker {
  readonly #frame: Frame
  #scratch = Buffer.allocUnsafeSlow(64 * 1024)

  constructor(channel: Channel) {
    this.#frame = emptyFrame(channel)
  }

  /** `text` is ASCII. The whole text is the body, nothing is numbered, nothing is provable. */
  fill(channel: Channel, market: string, text: string): Frame {
    if (text.length > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(text.length * 2)
    const frame = this.#frame
    frame.bytes = this.#scratch
    frame.start = frame.bodyAt = 0
    frame.end = frame.bodyEnd = this.#scratch.write(text, 0, 'latin1')
    frame.idAt = frame.idEnd = frame.seqAt = frame.seqEnd = -1
    frame.channel = channel
    frame.market = market
    frame.provable = false
    return frame
  }
}
