// Reads a line of an archive, of either format: its time, its names and its payload, whose bytes stay where they are unless the
// line holds them as a text.

import { namesInFormat1 } from '#archive/read/format-1.ts'
import type { KeyedLine } from '#archive/read/reader.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const TYPE = Buffer.from('"type":"')
const SYMBOL = Buffer.from(',"symbol":"')
/** What stands before a payload, by what it is. */
const FRAME = Buffer.from('"frame":')
const EVENT = Buffer.from('"event":')
const TEXT = Buffer.from('"text":')
const BASE64 = Buffer.from('"base64":"')
const PAD = Buffer.from('"pad":')

const NANOS_AT = 20

export class LineReader {
  ms = 0
  ns = 0
  type = ''
  symbol = ''
  /** True if the payload is the event of a connection, and no frame. */
  isEvent = false
  /** A view of the line, or bytes made from its text. White space around a frame is left out: it says nothing. */
  payload: Uint8Array = Buffer.alloc(0)
  #second = ''
  #secondMs = 0

  /** False if it is no line of a format that is known. */
  read({ recv, bytes, namesAt }: KeyedLine): boolean {
    this.time(recv)
    let at = namesAt
    const hasNames = stands(TYPE, bytes, at)
    if (hasNames) {
      const end = endOfText(bytes, at + TYPE.length)
      this.type = textOf(bytes, at + TYPE.length, end)
      at = end + 1
      this.symbol = ''
      if (stands(SYMBOL, bytes, at)) {
        const start = at + SYMBOL.length
        const behind = endOfText(bytes, start)
        this.symbol = textOf(bytes, start, behind)
        at = behind + 1
      }
      at++
    }
    if (!this.#readPayload(bytes, at)) return false
    if (!hasNames) {
      const { type, symbol } = namesInFormat1(bytes)
      this.type = type
      this.symbol = symbol
    }
    return true
  }

  /** Reads a receive time as a line has it: RFC 3339 with nine decimals. */
  time(recv: string): void {
    const second = recv.slice(0, 19)
    if (second !== this.#second) {
      this.#second = second
      this.#secondMs = Date.parse(`${second}Z`)
    }
    let nanos = 0
    for (let i = NANOS_AT; i < NANOS_AT + 9; i++) nanos = nanos * 10 + (recv.charCodeAt(i) - 0x30)
    this.ns = nanos % 1e6
    this.ms = this.#secondMs + (nanos - this.ns) / 1e6
  }

  #readPayload(bytes: Buffer, from: number): boolean {
    let at = from
    const end = bytes.length - (bytes[bytes.length - 1] === 10 ? 2 : 1)
    if (stands(PAD, bytes, at)) at = bytes.indexOf(FRAME, at)
    this.isEvent = stands(EVENT, bytes, at)
    if (this.isEvent) this.payload = bytes.subarray(at + EVENT.length, end)
    else if (at >= 0 && stands(FRAME, bytes, at)) {
      this.payload = bytes.subarray(at + FRAME.length, end)
    } else if (stands(TEXT, bytes, at)) {
      this.payload = Buffer.from(
        JSON.parse(bytes.toString('utf8', at + TEXT.length, end)) as string
      )
    } else if (stands(BASE64, bytes, at)) {
      this.payload = Buffer.from(bytes.toString('latin1', at + BASE64.length, end - 1), 'base64')
    } else return false
    return true
  }
}

function stands(wanted: Buffer, bytes: Buffer, at: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false
  return true
}

/** The position of the quote that ends the JSON text that `start` is in. */
function endOfText(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++
    else if (bytes[at] === QUOTE) return at
  }
  return bytes.length
}

function textOf(bytes: Buffer, start: number, end: number): string {
  for (let i = start; i < end; i++) {
    if (bytes[i] === BACKSLASH || bytes[i]! > 127) {
      return JSON.parse(`"${bytes.toString('utf8', start, end)}"`) as string
    }
  }
  return bytes.toString('latin1', start, end)
}
