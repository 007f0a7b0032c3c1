// Reads one recording, line by line, from a bounded read-ahead: whatever its size, a few megabytes are in
// memory. The forms of a line are in `line.ts`; what a frame is, the exchange knows. What cannot be read is told as a
// problem with its place; all before it is given.
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Channel, emptyFrame, type Frame } from '#exchanges/simulation/frame.ts'
import type { Recognised, Venue } from '#exchanges/simulation/venue.ts'
import { LineReader, NO_FRAME } from './line.ts'

const NEWLINE = 10
const CLOSE = 125
const CHUNK_BYTES = 1024 * 1024
// A line that is longer is no frame of any exchange; without a bound one bad file takes all memory.
const LINE_LIMIT_BYTES = 64 * 1024 * 1024

/** Knows the frames of an exchange. */
export type Recogniser = Pick<Venue, 'channels' | 'recognise'>

/** Gives frame after frame; the current one's bytes are good until `fill`. */
export type FrameReader = {
  /** Receive time in ms with its fraction; number in its connection, where the recording tells them. */
  readonly recv: number
  readonly number: number
  readonly connection: string
  readonly frame: Frame
  readonly kind: Exclude<Recognised, 'odd'>
  /** Goes to the next frame in memory. False: `fill` has to be called first. */
  next(): boolean
  /** Reads on. False: the end. */
  fill(): Promise<boolean>
  close(): void
}

export type RecordingProblem = { readonly line: number; readonly message: string }

export class Recording implements FrameReader {
  readonly file: string
  readonly frame: Frame
  kind: FrameReader['kind'] = 'unplayed'
  /** Lines read, those that are no frames included. */
  lines = 0
  /** Lines that the exchange does not recognise, and frames that were text or bytes: not played. */
  odd = 0
  problem: RecordingProblem | null = null
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  #rest: Buffer = Buffer.alloc(0)
  #stream: Readable | null = null
  #chunks: AsyncIterator<Buffer> | null = null
  #ahead: Promise<IteratorResult<Buffer>> | null = null
  #ended = false
  readonly #venue: Recogniser
  readonly #line = new LineReader()

  constructor(file: string, venue: Recogniser) {
    this.file = file
    this.#venue = venue
    this.frame = emptyFrame(venue.channels[0] as Channel)
  }

  get recv(): number {
    return this.#line.recv
  }

  get number(): number {
    return this.#line.number
  }

  get connection(): string {
    return this.#line.connection
  }

  next(): boolean {
    for (;;) {
      const stop = this.#chunk.indexOf(NEWLINE, this.#at)
      if (stop < 0) return false
      const start = this.#at
      this.#at = stop + 1
      this.lines++
      if (stop === start) continue
      if (this.#read(this.#chunk, start, stop)) return true
    }
  }

  async fill(): Promise<boolean> {
    if (this.#ended) return false
    this.#begin()
    const rest = this.#chunk.subarray(this.#at)
    this.#rest = this.#rest.length === 0 ? rest : Buffer.concat([this.#rest, rest])
    this.#chunk = Buffer.alloc(0)
    this.#at = 0
    if (this.#rest.length > LINE_LIMIT_BYTES) return this.#stop('a line without an end')
    let step: IteratorResult<Buffer>
    try {
      step = await (this.#ahead as Promise<IteratorResult<Buffer>>)
    } catch (thrown) {
      return this.#stop(thrown instanceof Error ? thrown.message : String(thrown))
    }
    if (step.done) return this.#finish()
    this.#readAhead()
    this.#chunk = this.#rest.length === 0 ? step.value : Buffer.concat([this.#rest, step.value])
    this.#rest = Buffer.alloc(0)
    return true
  }

  close(): void {
    this.#ended = true
    this.#stream?.destroy()
    this.#ahead?.catch(() => {})
    this.#ahead = null
    this.#chunk = Buffer.alloc(0)
    this.#rest = Buffer.alloc(0)
  }

  #begin(): void {
    if (this.#stream) return
    const file = createReadStream(this.file, { highWaterMark: CHUNK_BYTES / 4 })
    if (this.file.endsWith('.gz')) {
      const unzip = createGunzip({ chunkSize: CHUNK_BYTES })
      file.on('error', (error) => unzip.destroy(error))
      unzip.on('close', () => file.destroy())
      this.#stream = file.pipe(unzip)
    } else this.#stream = file
    this.#chunks = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    this.#readAhead()
  }

  #readAhead(): void {
    this.#ahead = (this.#chunks as AsyncIterator<Buffer>).next()
    // The failure is taken up when the chunk's turn comes.
    this.#ahead.catch(() => {})
  }

  /** The end of the file: the last line may lack its line break, but it has to be whole. */
  #finish(): boolean {
    const last = this.#rest
    this.#rest = Buffer.alloc(0)
    if (last.length === 0) {
      this.#ended = true
      return false
    }
    const text = last.toString('utf8')
    try {
      JSON.parse(text.slice(Math.max(0, text.search(/[[{]/))))
    } catch {
      return this.#stop('the last line is cut short')
    }
    this.#ended = true
    this.#chunk = Buffer.concat([last, Buffer.from('\n')])
    return true
  }

  #stop(message: string): false {
    this.problem ??= { line: this.lines + 1, message }
    this.close()
    return false
  }

  /** Takes the line bytes[start, stop) apart; false: it holds nothing of the exchange. */
  #read(bytes: Buffer, start: number, stop: number): boolean {
    const frameAt = this.#line.read(bytes, start, stop, this.lines)
    if (frameAt === NO_FRAME) return false
    let end = bytes[stop - 1] === 13 ? stop - 1 : stop
    if (frameAt < 0 || (this.#line.isWrapped && bytes[--end] !== CLOSE)) {
      this.odd++
      return false
    }
    this.#fill(bytes, frameAt, end)
    const kind = this.#venue.recognise(this.frame)
    if (kind === 'odd') {
      this.odd++
      return false
    }
    this.kind = kind
    return true
  }

  #fill(bytes: Buffer, start: number, end: number): void {
    const { frame } = this
    const { pad } = this.#line
    frame.bytes =
      pad === null
        ? bytes
        : Buffer.concat([Buffer.from(pad[0]), bytes.subarray(start, end), Buffer.from(pad[1])])
    frame.start = frame.bodyAt = pad === null ? start : 0
    frame.end = frame.bodyEnd = pad === null ? end : frame.bytes.length
    frame.idAt = frame.idEnd = frame.seqAt = frame.seqEnd = -1
    frame.market = ''
    frame.provable = false
  }
}
