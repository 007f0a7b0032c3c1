// Reads one recording, line by line, from a bounded read-ahead: whatever its size, a few megabytes are in
// memory. Two forms: `{"recv_ms":…,"event":{…}}` and the lines of an ssmd archive. What cannot be read is told
// as a problem with its place; all before it is given.
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { emptyScan, type Scan, scanFrame, shiftScan } from './scan.ts'

const NEWLINE = 10
const CLOSE = 125
const QUOTE = 34
const BACKSLASH = 92
const CHUNK_BYTES = 1024 * 1024
// A line that is longer is no frame of any exchange; without a bound one bad file takes all memory.
const LINE_LIMIT_BYTES = 64 * 1024 * 1024

const SAMPLE_HEAD = Buffer.from('{"recv_ms":')
const SAMPLE_EVENT = Buffer.from(',"event":')
const ARCHIVE_HEAD = Buffer.from('{"recv":"')
const ARCHIVE_CONN = Buffer.from('","conn":"')
const ARCHIVE_N = Buffer.from('","n":')
const ARCHIVE_TYPE = Buffer.from(',"type":')
const ARCHIVE_SYMBOL = Buffer.from(',"symbol":')
const ARCHIVE_FRAME = Buffer.from(',"frame":')
const ARCHIVE_PAD = Buffer.from(',"pad":')
const PAD_END = Buffer.from('],"frame":')

/** Gives frame after frame; the current one's bytes are good until `fill`. */
export type FrameReader = {
  /** Receive time in ms with its fraction; number in its connection, where the recording tells them. */
  readonly recv: number
  readonly number: number
  readonly connection: string
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  readonly scan: Scan
  /** Goes to the next frame in memory. False: `fill` has to be called first. */
  next(): boolean
  /** Reads on. False: the end. */
  fill(): Promise<boolean>
  close(): void
}

export type RecordingProblem = { readonly line: number; readonly message: string }

const startsWith = (bytes: Buffer, at: number, head: Buffer): boolean => {
  for (let i = 0; i < head.length; i++) if (bytes[at + i] !== head[i]) return false
  return true
}

/** The position behind a member whose value is a text, or `at` if another one stands there. */
const afterText = (bytes: Buffer, at: number, key: Buffer): number => {
  if (!startsWith(bytes, at, key)) return at
  let i = at + key.length + 1
  while (i < bytes.length && bytes[i] !== QUOTE && bytes[i] !== NEWLINE)
    i += bytes[i] === BACKSLASH ? 2 : 1
  return i + 1
}

/** Two texts; null where it is none of ours: then the frame is played without. */
function readPad(text: string): readonly [string, string] | null {
  try {
    const [before, after] = JSON.parse(text) as unknown[]
    return typeof before === 'string' && typeof after === 'string' ? [before, after] : null
  } catch {
    return null
  }
}

export class Recording implements FrameReader {
  readonly file: string
  recv = 0
  number = 0
  connection = ''
  bytes: Buffer = Buffer.alloc(0)
  start = 0
  end = 0
  readonly scan: Scan = emptyScan()
  /** Lines read, those that are no frames included. */
  lines = 0
  /** Frames that were not JSON objects with a type, or were text or bytes: not played. */
  odd = 0
  problem: RecordingProblem | null = null
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  #rest: Buffer = Buffer.alloc(0)
  #stream: Readable | null = null
  #chunks: AsyncIterator<Buffer> | null = null
  #ahead: Promise<IteratorResult<Buffer>> | null = null
  #ended = false
  #day = ''
  #dayMs = 0
  /** White space around the current frame, where the archive has it beside. */
  #pad: readonly [string, string] | null = null

  constructor(file: string) {
    this.file = file
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
    try {
      JSON.parse(last.toString('utf8'))
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

  /** Takes the line bytes[start, stop) apart; false: it holds nothing to play. */
  #read(bytes: Buffer, start: number, stop: number): boolean {
    this.#pad = null
    const frameAt = startsWith(bytes, start, SAMPLE_HEAD)
      ? this.#readSample(bytes, start)
      : startsWith(bytes, start, ARCHIVE_HEAD)
        ? this.#readArchive(bytes, start)
        : -1
    const end = bytes[stop - 1] === 13 ? stop - 2 : stop - 1
    if (frameAt < 0 || bytes[end] !== CLOSE) {
      // Events of a connection are lines too, and no frames.
      if (
        !bytes.toString('latin1', start, Math.min(stop, start + 200)).includes(',"event":{"kind":')
      )
        this.odd++
      return false
    }
    if (!scanFrame(bytes, frameAt, end, this.scan)) {
      this.odd++
      return false
    }
    this.bytes = bytes
    this.start = frameAt
    this.end = end
    if (this.#pad !== null) this.#surround(this.#pad)
    return true
  }

  /** The frame as it was received, in bytes of its own. */
  #surround([before, after]: readonly [string, string]): void {
    const frame = this.bytes.subarray(this.start, this.end)
    const shift = before.length - this.start
    this.bytes = Buffer.concat([Buffer.from(before), frame, Buffer.from(after)])
    shiftScan(this.scan, shift)
    this.start = 0
    this.end = this.bytes.length
  }

  #readSample(bytes: Buffer, start: number): number {
    let at = start + SAMPLE_HEAD.length
    let recv = 0
    for (; (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57; at++)
      recv = recv * 10 + (bytes[at] as number) - 48
    if (!startsWith(bytes, at, SAMPLE_EVENT)) return -1
    this.recv = recv
    this.number = this.lines
    return at + SAMPLE_EVENT.length
  }

  #readArchive(bytes: Buffer, start: number): number {
    const timeAt = start + ARCHIVE_HEAD.length
    const timeEnd = bytes.indexOf(QUOTE, timeAt)
    if (timeEnd < 0 || !startsWith(bytes, timeEnd, ARCHIVE_CONN)) return -1
    const connectionAt = timeEnd + ARCHIVE_CONN.length
    const connectionEnd = bytes.indexOf(QUOTE, connectionAt)
    if (connectionEnd < 0 || !startsWith(bytes, connectionEnd, ARCHIVE_N)) return -1
    let at = connectionEnd + ARCHIVE_N.length
    let number = 0
    for (; (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57; at++)
      number = number * 10 + (bytes[at] as number) - 48
    // Lines of format 1 have neither.
    at = afterText(bytes, afterText(bytes, at, ARCHIVE_TYPE), ARCHIVE_SYMBOL)
    let frameAt = at + ARCHIVE_FRAME.length
    if (startsWith(bytes, at, ARCHIVE_PAD)) {
      const padEnd = bytes.indexOf(PAD_END, at)
      if (padEnd < 0) return -1
      this.#pad = readPad(bytes.toString('utf8', at + ARCHIVE_PAD.length, padEnd + 1))
      frameAt = padEnd + PAD_END.length
    } else if (!startsWith(bytes, at, ARCHIVE_FRAME)) return -1
    const recv = this.#time(bytes, timeAt, timeEnd)
    if (Number.isNaN(recv)) return -1
    this.recv = recv
    this.number = number
    this.connection = bytes.toString('latin1', connectionAt, connectionEnd)
    return frameAt
  }

  /** RFC 3339 in UTC with up to nine decimals, as milliseconds with a fraction. */
  #time(bytes: Buffer, at: number, end: number): number {
    const day = bytes.toString('latin1', at, at + 10)
    if (day !== this.#day) {
      this.#day = day
      this.#dayMs = Date.parse(`${day}T00:00:00Z`)
    }
    const two = (place: number): number =>
      ((bytes[at + place] as number) - 48) * 10 + (bytes[at + place + 1] as number) - 48
    let fraction = 0
    let scale = 100
    for (let i = at + 20; i < end - 1; i++, scale /= 10)
      fraction += ((bytes[i] as number) - 48) * scale
    return this.#dayMs + two(11) * 3_600_000 + two(14) * 60_000 + two(17) * 1000 + fraction
  }
}
