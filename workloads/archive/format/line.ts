// Builds the lines of an archive, in format 2, by concatenation into a reused buffer. The bytes of a JSON frame are copied as
// received: nothing is parsed, and no string is made per record.

import { FORM, type Form } from '#wire/form.ts'
import { formatSecond } from './time.ts'

const START_BYTES = 640 * 1024
const TIME_AT = '{"recv":"'.length
const NANOS_AT = TIME_AT + '2026-11-24T15:01:02.'.length

const MARKS = {
  frame: Buffer.from(',"frame":'),
  text: Buffer.from(',"text":'),
  base64: Buffer.from(',"base64":"'),
  event: Buffer.from(',"event":'),
} as const
const END = Buffer.from('}\n')
/** Room for a mark and the end of a line. */
const MOST_MARKS = 16
/** Of a JSON text only white space has bytes up to this one. */
const SPACE = 0x20
const END_BASE64 = Buffer.from('"}\n')

/** '000' to '999', so that nine digits are three look-ups. */
const TRIPLES = (() => {
  const bytes = new Uint8Array(3000)
  for (let i = 0; i < 1000; i++) {
    bytes[i * 3] = 48 + Math.floor(i / 100)
    bytes[i * 3 + 1] = 48 + (Math.floor(i / 10) % 10)
    bytes[i * 3 + 2] = 48 + (i % 10)
  }
  return bytes
})()

const NO_SYMBOL = Buffer.alloc(0)

/** What lines say of their type, between number and symbol. */
export const typePart = (type: string): Buffer => Buffer.from(`,"type":${JSON.stringify(type)}`)

/** What lines say of their symbol, between type and payload: nothing of the empty one. */
export const symbolPart = (symbol: string): Buffer =>
  symbol === '' ? NO_SYMBOL : Buffer.from(`,"symbol":${JSON.stringify(symbol)}`)

/** What all lines of one connection and one second begin with; the nanoseconds are filled in by each. */
export class LineHead {
  readonly connection: string
  readonly bytes: Buffer
  #second = -1

  constructor(connection: string) {
    this.connection = connection
    this.bytes = Buffer.from(
      `{"recv":"0000-00-00T00:00:00.000000000Z","conn":${JSON.stringify(connection)},"n":`
    )
  }

  set second(second: number) {
    if (second === this.#second) return
    this.#second = second
    this.bytes.write(formatSecond(second), TIME_AT, 'latin1')
  }
}

/** A growing run of whole lines. */
export class LineBuffer {
  #bytes: Buffer
  #length = 0

  constructor(bytes: Buffer = Buffer.allocUnsafeSlow(START_BYTES)) {
    this.#bytes = bytes
  }

  get length(): number {
    return this.#length
  }

  /** The lines so far: a view, valid until the next change. */
  get lines(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  get capacity(): number {
    return this.#bytes.length
  }

  /** Makes it empty and keeps the memory. */
  clear(): void {
    this.#length = 0
  }

  /**
   * Appends the line of one record; `nanos` is the part of its time below the head's second, `type` and `symbol` are made by
   * `typePart` and `symbolPart`.
   */
  append(
    head: LineHead,
    nanos: number,
    number: number,
    type: Uint8Array,
    symbol: Uint8Array,
    form: Form,
    bytes: Uint8Array,
    start: number,
    length: number
  ): void {
    this.#begin(head, nanos, number, type, symbol, length)
    if (form === FORM.text || form === FORM.binary) {
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset + start, length)
      if (form === FORM.text) {
        const text = Buffer.from(JSON.stringify(payload.toString('utf8')))
        this.#write(MARKS.text, text, 0, text.length, END)
      } else {
        const text = Buffer.from(payload.toString('base64'))
        this.#write(MARKS.base64, text, 0, text.length, END_BASE64)
      }
      return
    }
    if (form === FORM.json && (bytes[start]! <= SPACE || bytes[start + length - 1]! <= SPACE)) {
      this.#padded(bytes, start, length)
      return
    }
    const mark = form === FORM.event ? MARKS.event : MARKS.frame
    this.#write(mark, bytes, start, length, END)
  }

  /** White space with line breaks around a JSON text stands beside it: `pad[0]`, the text and `pad[1]` are the frame. */
  #padded(bytes: Uint8Array, start: number, length: number): void {
    let from = start
    let to = start + length
    while (from < to && bytes[from]! <= SPACE) from++
    while (to > from && bytes[to - 1]! <= SPACE) to--
    const [before, after] = [
      [start, from],
      [to, start + length],
    ].map(([at, end]) => Buffer.from(bytes.subarray(at, end)).toString('latin1'))
    const pad = /[\r\n]/.test(before! + after!)
    const mark = pad
      ? Buffer.from(`,"pad":${JSON.stringify([before, after])},"frame":`)
      : MARKS.frame
    if (pad) this.#write(mark, bytes, from, to - from, END)
    else this.#write(mark, bytes, start, length, END)
  }

  /** What stands before the payload; makes room for a payload of `length` bytes, too. */
  #begin(
    head: LineHead,
    nanos: number,
    number: number,
    type: Uint8Array,
    symbol: Uint8Array,
    length: number
  ): void {
    // 16 digits are the most that a number below 2^53 has.
    const most = head.bytes.length + 16 + type.length + symbol.length + MOST_MARKS + length
    if (this.#length + most > this.#bytes.length) this.#grow(most)
    const out = this.#bytes
    let at = this.#length
    out.set(head.bytes, at)
    writeNanos(out, at + NANOS_AT, nanos)
    at = writeDecimal(out, at + head.bytes.length, number)
    out.set(type, at)
    at += type.length
    out.set(symbol, at)
    this.#length = at + symbol.length
  }

  #write(mark: Uint8Array, body: Uint8Array, start: number, length: number, end: Uint8Array): void {
    const most = mark.length + length + end.length
    if (this.#length + most > this.#bytes.length) this.#grow(most)
    const out = this.#bytes
    let at = this.#length
    for (let i = 0; i < mark.length; i++) out[at++] = mark[i]!
    if (body instanceof Buffer) body.copy(out, at, start, start + length)
    else out.set(body.subarray(start, start + length), at)
    at += length
    for (let i = 0; i < end.length; i++) out[at++] = end[i]!
    this.#length = at
  }

  #grow(more: number): void {
    let size = this.#bytes.length * 2
    while (size < this.#length + more) size *= 2
    const larger = Buffer.allocUnsafeSlow(size)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

function writeNanos(out: Uint8Array, at: number, nanos: number): void {
  const high = Math.floor(nanos / 1_000_000) * 3
  const middle = (Math.floor(nanos / 1000) % 1000) * 3
  const low = (nanos % 1000) * 3
  out[at] = TRIPLES[high]!
  out[at + 1] = TRIPLES[high + 1]!
  out[at + 2] = TRIPLES[high + 2]!
  out[at + 3] = TRIPLES[middle]!
  out[at + 4] = TRIPLES[middle + 1]!
  out[at + 5] = TRIPLES[middle + 2]!
  out[at + 6] = TRIPLES[low]!
  out[at + 7] = TRIPLES[low + 1]!
  out[at + 8] = TRIPLES[low + 2]!
}

/** Writes a whole number in decimal; returns if it ends. */
function writeDecimal(out: Uint8Array, at: number, number: number): number {
  let digits = 1
  for (let bound = 10; number >= bound; bound *= 10) digits++
  const end = at + digits
  let rest = number
  for (let i = end - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10)
    out[i] = 48 + (rest - tenth * 10)
    rest = tenth
  }
  return end
}
