// Reads the lines of an inflated member one after the other, without an object or a string for each: where the payload stands, and
// the rest as numbers and as names that are made once. What few lines have (format 1, texts, base64, pads) LineReader reads.

import { lineKey } from '#archive/read/merge.ts'
import { SsmdError } from '#crds/errors.ts'
import { headOf, viewOf } from '#market/bytes.ts'
import { Symbols } from '#market/symbols.ts'
import { LineReader } from '../line.ts'
import { wordsOf } from './growing.ts'

const RECV_AT = '{"recv":"'.length
/** The second of a receive time has 19 characters, and its nanoseconds begin behind the point. */
const NANOS_AT = RECV_AT + 20
const CONN_AT = RECV_AT + '2026-11-24T15:01:02.123456789Z","conn":"'.length
const NUMBER_AFTER_QUOTE = '","n":'.length
/** Bytes up to the number, if the connection has one letter. */
const LEAST = CONN_AT + 1 + NUMBER_AFTER_QUOTE + 1
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const LINE_FEED = 0x0a

const TYPE = wordOf('"type":"')
const SYMBOL = wordOf(',"symbol')
const SYMBOL_LENGTH = ',"symbol":"'.length
const FRAME = wordOf('"frame":')
const EVENT = wordOf('"event":')

/** Eight bytes as one number. */
function wordOf(text: string): number {
  return headOf(viewOf(Buffer.from(text)), 0, text.length)
}

/** Where the name of a symbol stands next. */
class Find {
  readonly #text: Buffer
  #at = -1

  constructor(symbol: string) {
    // The frame may say it too, in a line of another one: that line is read, and left out. Quotes are the commonest of bytes, and
    // what begins with one is found much more slowly.
    this.#text = Buffer.from(`l":${JSON.stringify(symbol)},`)
  }

  from(bytes: Buffer, start: number): number {
    if (this.#at < start) {
      const at = bytes.indexOf(this.#text, start)
      this.#at = at < 0 ? bytes.length : at
    }
    return this.#at
  }
}

export class LineScan {
  /** Of the last line. */
  recvMs = 0
  recvNs = 0
  recvLow = 0
  recvHigh = 0
  conn = ''
  n = 0
  type = ''
  symbol = ''
  isEvent = false
  /** Where the payload stands: bytes from `start` to `end`. */
  payload: Buffer = Buffer.alloc(0)
  start = 0
  end = 0
  #bytes: Buffer = Buffer.alloc(8)
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length)
  #at = 0
  #finds: readonly Find[] | null = null
  /** The second of the last line, as its bytes, and as times. */
  #second0 = Number.NaN
  #second8 = Number.NaN
  #second15 = 0
  #secondMs = 0
  #secondLow = 0
  #secondHigh = 0
  /** Where `conn` stands in these lines. */
  #connAt = 0
  #connLength = 0
  readonly #texts = new Symbols()
  readonly #escaped = new Map<string, string>()
  readonly #lines = new LineReader()
  readonly #frame = { bytes: this.#bytes as Uint8Array, view: this.#view }

  /**
   * Starts with the lines of a member. With `symbols`, of which each line must say its own, lines of others may be left out; they
   * are not looked at.
   */
  begin(lines: Buffer, symbols: readonly string[] | null = null): void {
    this.#bytes = lines
    this.#view = new DataView(lines.buffer, lines.byteOffset, lines.length)
    this.#frame.bytes = lines
    this.#frame.view = this.#view
    this.#at = 0
    this.#connLength = 0
    this.#finds = symbols?.map((symbol) => new Find(symbol)) ?? null
  }

  /** The beginning of the next line that may be wanted. */
  #seek(finds: readonly Find[]): number {
    const at = this.#at
    const bytes = this.#bytes
    let first = bytes.length
    for (const find of finds) first = Math.min(first, find.from(bytes, at))
    if (first === bytes.length) return first
    const feed = bytes.lastIndexOf(LINE_FEED, first)
    return feed < at ? at : feed + 1
  }

  /** Reads the next line. False: there is none. Throws if it is no line of format 1 or 2. */
  next(): boolean {
    const start = this.#finds === null ? this.#at : this.#seek(this.#finds)
    const bytes = this.#bytes
    if (start >= bytes.length) return false
    const view = this.#view
    const feed = bytes.indexOf(LINE_FEED, start)
    const end = feed < 0 ? bytes.length : feed
    this.#at = end + 1
    // Shorter than any line: nothing of it is read.
    if (end - start < LEAST) return this.#readOther(start, end)
    this.#readTime(start)
    let at = this.#readConnection(start, end)
    let n = 0
    for (; at < end && bytes[at] !== COMMA; at++) n = n * 10 + (bytes[at]! - 0x30)
    this.n = n
    at++
    // Words are read within the line alone: behind the last one there may be no byte.
    const last = end - 8
    if (at > last || view.getFloat64(at, true) !== TYPE) return this.#readOther(start, end)
    const typeEnd = this.#endOfText(at + 8, last)
    this.type = this.#textOf(at + 8, typeEnd)
    at = typeEnd + 1
    if (at <= last && view.getFloat64(at, true) === SYMBOL) {
      const symbolEnd = this.#endOfText(at + SYMBOL_LENGTH, last)
      this.symbol = this.#textOf(at + SYMBOL_LENGTH, symbolEnd)
      at = symbolEnd + 1
    } else this.symbol = ''
    at++
    if (at >= last) return this.#readOther(start, end)
    const what = view.getFloat64(at, true)
    if (what !== FRAME && what !== EVENT) return this.#readOther(start, end)
    this.isEvent = what === EVENT
    this.payload = bytes
    this.start = at + 8
    this.end = end - 1
    return true
  }

  #readTime(start: number): void {
    const view = this.#view
    const at = start + RECV_AT
    const a = view.getFloat64(at, true)
    const b = view.getFloat64(at + 8, true)
    const c = view.getInt32(at + 15, true)
    if (a !== this.#second0 || b !== this.#second8 || c !== this.#second15) {
      this.#second0 = a
      this.#second8 = b
      this.#second15 = c
      this.#secondMs = Date.parse(`${this.#bytes.toString('latin1', at, at + 19)}Z`)
      const { low, high } = wordsOf(this.#secondMs)
      this.#secondLow = low
      this.#secondHigh = high
    }
    const bytes = this.#bytes
    let nanos = 0
    for (let i = start + NANOS_AT; i < start + NANOS_AT + 9; i++) {
      nanos = (Math.imul(nanos, 10) + bytes[i]! - 0x30) | 0
    }
    const ms = Math.floor(nanos / 1e6)
    this.recvMs = this.#secondMs + ms
    this.recvNs = nanos - ms * 1e6
    const low = this.#secondLow + nanos
    this.recvLow = low | 0
    this.recvHigh = low < 4_294_967_296 ? this.#secondHigh : this.#secondHigh + 1
  }

  /** Returns where the number begins. */
  #readConnection(start: number, end: number): number {
    const at = start + CONN_AT
    const bytes = this.#bytes
    // Most probably the same as that of the line before.
    const length = this.#connLength
    if (length > 0 && bytes[at + length] === QUOTE) {
      const before = this.#connAt
      let i = 0
      while (i < length && bytes[at + i] === bytes[before + i]) i++
      if (i === length) return at + length + NUMBER_AFTER_QUOTE
    }
    let quote = at
    while (quote < end - 8 && bytes[quote] !== QUOTE) quote++
    this.#connAt = at
    this.#connLength = quote - at
    this.conn = this.#texts.get(this.#frame, at, quote)
    return quote + NUMBER_AFTER_QUOTE
  }

  #readOther(start: number, end: number): boolean {
    const key = lineKey.of(this.#bytes.subarray(start, end + 1))
    const read = this.#lines
    if (!read.read(key)) {
      throw new SsmdError(
        'SSMD_E_ARCHIVE_INVALID',
        `record ${key.number} of connection ${key.connection} is no line of format 1 or 2`,
        { hint: 'see `ssmd data verify`' }
      )
    }
    this.type = read.type
    this.symbol = read.symbol
    this.isEvent = read.isEvent
    this.payload = Buffer.from(read.payload.buffer, read.payload.byteOffset, read.payload.length)
    this.start = 0
    this.end = read.payload.length
    return true
  }

  /** Of a text that is not over at `end`, `end`. */
  #endOfText(start: number, end: number): number {
    const bytes = this.#bytes
    let at = start
    while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
    return Math.min(at, end)
  }

  #textOf(start: number, end: number): string {
    const text = this.#texts.get(this.#frame, start, end)
    return text.includes('\\') ? this.#unescaped(text) : text
  }

  #unescaped(text: string): string {
    let name = this.#escaped.get(text)
    if (name === undefined) {
      name = JSON.parse(`"${text}"`) as string
      this.#escaped.set(text, name)
    }
    return name
  }
}
