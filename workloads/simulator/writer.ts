// Composes WebSocket frames of a server (unmasked) into large buffers: whole frames only, in order, so that
// what others write to the same socket falls between frames and never into one. A client's id and number are put
// in on the way; every other byte of a frame is copied as it is.
import type { Frame } from '#exchanges/simulation/frame.ts'

const TEXT = 0x81
// Large enough that one write carries hundreds of frames, small enough to be cheap for a quiet client.
const CHUNK_BYTES = 128 * 1024
// Buffers that are free again are kept; more than these are left to the collector.
const SPARE_CHUNKS = 8
const LONGEST_HEADER = 10
const LONGEST_NUMBER = 16

/** Takes a buffer of whole frames. True: the bytes are gone and the buffer may be used again. */
export type Sink = (bytes: Buffer) => boolean

export const digitsOf = (value: number): number => {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits++
  return digits
}

/** Writes a whole number that is not negative; returns the offset behind it. */
export function writeNumber(target: Buffer, at: number, value: number): number {
  const end = at + digitsOf(value)
  let rest = value
  for (let i = end - 1; i >= at; i--) {
    const next = Math.floor(rest / 10)
    target[i] = 48 + (rest - next * 10)
    rest = next
  }
  return end
}

/** The header of an unmasked text frame; returns the offset behind it. */
export function writeHeader(target: Buffer, at: number, length: number): number {
  target[at] = TEXT
  if (length < 126) {
    target[at + 1] = length
    return at + 2
  }
  if (length < 65_536) {
    target[at + 1] = 126
    target[at + 2] = length >>> 8
    target[at + 3] = length & 255
    return at + 4
  }
  target[at + 1] = 127
  target.writeUInt32BE(0, at + 2)
  target.writeUInt32BE(length, at + 6)
  return at + 10
}

export class FrameWriter {
  readonly #sink: Sink
  #chunk: Buffer | null = null
  #used = 0
  readonly #spare: Buffer[] = []
  /** Where the last frame's payload lies, for a journal. Valid until the next call. */
  lastBytes: Buffer = Buffer.alloc(0)
  lastStart = 0
  lastEnd = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** Bytes composed and not yet handed over. */
  get pending(): number {
    return this.#used
  }

  /** An answer or a frame that is complete. */
  text(text: string): void {
    const length = Buffer.byteLength(text)
    const chunk = this.#reserve(length)
    const at = writeHeader(chunk, this.#used, length)
    chunk.write(text, at)
    this.#done(chunk, at, at + length)
  }

  /** The frame, or its body alone, with this route's numbers. */
  frame(frame: Frame, id: number, seq: number, bare = false): void {
    const { bytes, idAt, seqAt } = frame
    const start = bare ? frame.bodyAt : frame.start
    const end = bare ? frame.bodyEnd : frame.end
    const chunk = this.#reserve(end - start + 2 * LONGEST_NUMBER)
    let length = end - start
    if (idAt >= 0) length += digitsOf(id) - (frame.idEnd - idAt)
    if (seqAt >= 0) length += digitsOf(seq) - (frame.seqEnd - seqAt)
    let at = writeHeader(chunk, this.#used, length)
    const payload = at
    let from = start
    const isIdFirst = idAt < seqAt
    for (let turn = 0; turn < 2; turn++) {
      const isId = (turn === 0) === isIdFirst
      const cut = isId ? idAt : seqAt
      if (cut < 0) continue
      at += bytes.copy(chunk, at, from, cut)
      at = writeNumber(chunk, at, isId ? id : seq)
      from = isId ? frame.idEnd : frame.seqEnd
    }
    at += bytes.copy(chunk, at, from, end)
    this.#done(chunk, payload, at)
  }

  /** Hands over what is composed. */
  flush(): void {
    if (this.#used === 0 || this.#chunk === null) return
    const free = this.#sink(this.#chunk.subarray(0, this.#used))
    if (!free) this.#chunk = null
    this.#used = 0
  }

  /** Takes back a buffer that the sink kept, once its bytes are gone. */
  recycle(bytes: Buffer): void {
    if (bytes.buffer.byteLength !== CHUNK_BYTES || this.#spare.length >= SPARE_CHUNKS) return
    if (bytes.buffer === this.#chunk?.buffer) return
    this.#spare.push(Buffer.from(bytes.buffer))
  }

  #reserve(length: number): Buffer {
    const need = length + LONGEST_HEADER
    if (this.#chunk === null || this.#used + need > this.#chunk.length) {
      this.flush()
      if (this.#chunk === null || need > this.#chunk.length)
        this.#chunk =
          (need <= CHUNK_BYTES ? this.#spare.pop() : undefined) ??
          Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, need))
    }
    return this.#chunk
  }

  #done(chunk: Buffer, start: number, end: number): void {
    this.lastBytes = chunk
    this.lastStart = start
    this.lastEnd = end
    this.#used = end
  }
}
