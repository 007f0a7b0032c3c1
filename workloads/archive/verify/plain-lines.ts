// Reads the lines that nearly all are, on bytes alone, without a text or an object for each: of the same connection as the one
// before, with names that occurred before, and a frame. It takes only lines without a problem; every other line is checked in
// full, which says what is wrong with it (lines.ts).

import { jsonKind } from './json-text.ts'
import type { LineNames } from './names.ts'

const FRAME = Buffer.from('"frame":')
const TYPE = Buffer.from('"type":"')
const SYMBOL = Buffer.from('"symbol":"')
const QUOTE = 0x22
const COMMA = 0x2c
const BRACE = 0x7d
const ZERO = 0x30
const POINT = 0x2e
const COLON = 0x3a
/** More digits may not be exact as a number. */
const MOST_DIGITS = 15
/** Beyond this number of names, all are forgotten and learnt again. */
const MOST_NAMES = 16_384
const SECOND = 1_000_000_000

/** Type and symbol, with their bytes in a line. */
type Names = {
  readonly bytes: Buffer
  /** JSON texts; the symbol is empty if lines have none. */
  readonly type: string
  readonly symbol: string
  /** Lines of the present member. */
  lines: number
}

export class PlainLines {
  readonly #day: string
  readonly #hasNames: boolean
  /** What lines of the day begin with. */
  readonly #head: Buffer
  /** What stands between time and number in lines of the present connection. */
  #connection: Buffer | null = null
  readonly #known = new Map<number, Names>()
  /** Of the line before. */
  #last: Names | null = null
  /** Those that occur in the present member. */
  #present: Names[] = []
  /** Earliest and latest of the present member, in nanoseconds of the day. */
  #from = Number.POSITIVE_INFINITY
  #to = -1
  /** Of the last line that was taken. */
  number = 0

  /** Of a day that exists; `hasNames` in format 2. */
  constructor(day: string, hasNames: boolean) {
    this.#day = day
    this.#hasNames = hasNames
    this.#head = Buffer.from(`{"recv":"${day}T`)
  }

  /** Takes the line from `start` to its line feed at `end`; false if it has to be checked in full. */
  take(raw: Buffer, start: number, end: number): boolean {
    const connection = this.#connection
    const timeAt = start + this.#head.length
    if (connection === null || raw[end - 1] !== BRACE || !holds(raw, start, this.#head))
      return false
    // A line feed is no part of what is compared, so nothing beyond the line is read as part of it.
    const time = timeOfDay(raw, timeAt)
    if (time < 0 || !holds(raw, timeAt + TIME_BYTES, connection)) return false
    let at = timeAt + TIME_BYTES + connection.length
    const digitsAt = at
    let number = 0
    for (let digit = raw[at]! - ZERO; digit >= 0 && digit <= 9; digit = raw[++at]! - ZERO) {
      number = number * 10 + digit
    }
    if (at - digitsAt > MOST_DIGITS || raw[digitsAt] === ZERO || number === 0) return false
    if (raw[at] !== COMMA) return false
    at++
    const names = this.#hasNames ? this.#find(raw, at, end) : null
    if (names === undefined) return false
    if (names !== null) at += names.bytes.length
    if (!holds(raw, at, FRAME)) return false
    if (jsonKind(raw, at + FRAME.length, end - 1) === undefined) return false
    if (names !== null && names.lines++ === 0) this.#present.push(names)
    if (time < this.#from) this.#from = time
    if (time > this.#to) this.#to = time
    this.number = number
    return true
  }

  /** A line was checked in full and is of this connection: those like it may be taken. */
  learnConnection(connection: string): void {
    this.#connection = Buffer.from(`Z","conn":"${connection}","n":`)
  }

  /** Names that were checked in full, from their first byte to the comma behind them. */
  learnNames(raw: Buffer, start: number, end: number, { type, symbol }: LineNames): void {
    const hash = hashOf(raw, start, end)
    if (this.#known.size >= MOST_NAMES) this.#known.clear()
    // Of two with the same hash the later one is known; lines of the other are checked in full.
    this.#known.set(hash, {
      bytes: Buffer.from(raw.subarray(start, end)),
      type,
      symbol,
      lines: 0,
    })
  }

  /** The times of the lines taken since the last call, as texts; null if there were none. Counts their names into `names`. */
  endMember(names: LineNames): { readonly from: string; readonly to: string } | null {
    for (const known of this.#present) {
      names.add(known.type, known.symbol, known.lines)
      known.lines = 0
    }
    this.#present = []
    if (this.#to < 0) return null
    const times = { from: this.#text(this.#from), to: this.#text(this.#to) }
    this.#from = Number.POSITIVE_INFINITY
    this.#to = -1
    return times
  }

  /** The known names at `start`. */
  #find(raw: Buffer, start: number, end: number): Names | undefined {
    // Lines of one instrument stand together more often than not.
    const last = this.#last
    if (last !== null && holds(raw, start, last.bytes)) return last
    if (!holds(raw, start, TYPE)) return undefined
    let at = endOfText(raw, start + TYPE.length, end)
    if (at < 0) return undefined
    if (holds(raw, at + 1, SYMBOL)) {
      at = endOfText(raw, at + 1 + SYMBOL.length, end)
      if (at < 0) return undefined
    }
    const known = this.#known.get(hashOf(raw, start, at + 1))
    if (known?.bytes.length !== at + 1 - start || !holds(raw, start, known.bytes)) return undefined
    this.#last = known
    return known
  }

  #text(time: number): string {
    const seconds = Math.floor(time / SECOND)
    const nanos = String(time - seconds * SECOND).padStart(9, '0')
    const [hour, minute, second] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) =>
      String(Math.floor(part)).padStart(2, '0')
    )
    return `${this.#day}T${hour}:${minute}:${second}.${nanos}Z`
  }
}

/** `15:04:05.123456789` */
const TIME_BYTES = 18

/** Nanoseconds of the day, or -1. */
function timeOfDay(raw: Buffer, at: number): number {
  if (raw[at + 2] !== COLON || raw[at + 5] !== COLON || raw[at + 8] !== POINT) return -1
  const hour = pair(raw, at)
  const minute = pair(raw, at + 3)
  const second = pair(raw, at + 6)
  if (!(hour < 24 && minute < 60 && second < 60)) return -1
  let nanos = 0
  for (let i = at + 9; i < at + TIME_BYTES; i++) {
    const digit = raw[i]! - ZERO
    if (!(digit >= 0 && digit <= 9)) return -1
    nanos = nanos * 10 + digit
  }
  return (hour * 3600 + minute * 60 + second) * SECOND + nanos
}

/** Two digits as a number; NaN if they are none. */
function pair(raw: Buffer, at: number): number {
  const tens = raw[at]! - ZERO
  const ones = raw[at + 1]! - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function holds(raw: Buffer, at: number, bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) if (raw[at + i] !== bytes[i]) return false
  return true
}

/** The position of the comma behind a text without quotes in it, or -1. */
function endOfText(raw: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && raw[at] !== QUOTE) at++
  return raw[at + 1] === COMMA ? at + 1 : -1
}

/** Of the bytes that differ: names stand in the same frame of keys. */
function hashOf(raw: Buffer, start: number, end: number): number {
  let hash = 0
  for (let at = start + TYPE.length; at < end; at++) hash = (Math.imul(hash, 31) + raw[at]!) | 0
  return hash
}
