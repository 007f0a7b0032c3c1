// One pass over the bytes of a frame: decides whether they are one valid JSON text, exactly as JSON.parse
// would, and remembers where the values of a few wanted paths stand. Allocates nothing a frame, but for odd ones:
// escapes in the name of a member that may be wanted, and very deep nesting.

import { isUtf8 } from 'node:buffer'
import { afterEscape, afterNumber, afterWord } from '#market/json-tokens.ts'
import { match, matchEscaped, type Name, type Names, namesOf } from './scanner-names.ts'

/** What stood at a path: nothing, a text, a number, or something else (object, array, true, false, null). */
export const VALUE = { none: 0, text: 1, escapedText: 2, number: 3, other: 4 } as const

/** Open brackets that a scanner has room for; a deeper frame gets room of its own. */
const USUAL_DEPTH = 512
const OBJECT = 1

export class FrameScanner {
  /** A raw CR or LF stood between or around the tokens of the last frame. */
  lineBreak = false
  /** Paths that stand more than once in the last frame, as bits; the last value counts, as in JSON.parse. */
  twice = 0
  readonly #root: Names
  readonly #kinds: Uint8Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #stack = new Uint8Array(USUAL_DEPTH + 1)
  #bytes: Uint8Array = new Uint8Array(0)

  /** `paths`: `seq`, or `msg.market_ticker`: names at the top, or one level below. At most 31. */
  constructor(paths: readonly string[]) {
    this.#kinds = new Uint8Array(paths.length)
    this.#starts = new Int32Array(paths.length)
    this.#ends = new Int32Array(paths.length)
    this.#root = namesOf(paths)
  }

  /** True where `bytes` are UTF-8 that JSON.parse accepts. The values are then those of this frame. */
  scan(bytes: Uint8Array): boolean {
    this.#bytes = bytes
    this.lineBreak = false
    this.twice = 0
    this.#kinds.fill(0)
    if (this.#tokens(bytes)) return true
    this.#kinds.fill(0)
    return false
  }

  /** Whether the JSON text of the last frame is broken by a line: white space around it does not count. Seldom needed. */
  breaksInside(): boolean {
    return this.lineBreak && breaksInside(this.#bytes)
  }

  kind(slot: number): number {
    return this.#kinds[slot]!
  }

  /** Where the value begins; of a text, behind its quote. Not of true, false and null. */
  start(slot: number): number {
    return this.#starts[slot]!
  }

  end(slot: number): number {
    return this.#ends[slot]!
  }

  /** The text at a path, or undefined where there is none. */
  text(slot: number): string | undefined {
    const kind = this.#kinds[slot]!
    if (kind !== VALUE.text && kind !== VALUE.escapedText) return undefined
    const raw = toText(this.#bytes, this.#starts[slot]!, this.#ends[slot]!)
    return kind === VALUE.text ? raw : (JSON.parse(`"${raw}"`) as string)
  }

  /** The whole number at a path, as a number or as a text of digits, or -1: not there, negative, a fraction, or beyond 2^53. */
  integer(slot: number): number {
    const kind = this.#kinds[slot]
    if (kind !== VALUE.number) return kind === VALUE.none ? -1 : digits(this.text(slot))
    const bytes = this.#bytes
    const end = this.#ends[slot]!
    let value = 0
    for (let i = this.#starts[slot]!; i < end; i++) {
      const digit = bytes[i]! - 0x30
      if (digit < 0 || digit > 9) return wholeNumber(toText(bytes, this.#starts[slot]!, end))
      value = value * 10 + digit
    }
    return value <= Number.MAX_SAFE_INTEGER ? value : -1
  }

  /** Whether `b` is one JSON text. A flat loop, because a call for each token would double its cost. */
  #tokens(b: Uint8Array): boolean {
    const n = b.length
    let stack = this.#stack
    const root = this.#root
    let names: Names | null = null // wanted names of the object we are in
    let second: Names | null = null // the same of the object one level down, to come back to
    let p = 0
    let depth = 0
    let slot = -1 // where the next value belongs, if it is wanted
    let inner: Names | null = null // wanted names inside the next value, if it is an object
    let high = 0 // any byte of a string above 0x7f
    let c = 0

    for (;;) {
      // --- a value begins here
      if (b[p]! <= 0x20) p = this.#afterSpace(b, p)
      if (p >= n) return false
      c = b[p]!
      let opened = false
      if (c === 0x22) {
        const start = ++p
        let escaped = false
        for (;;) {
          while (p < n) {
            c = b[p]!
            if (c === 0x22 || c === 0x5c || c < 0x20) break
            high |= c
            p++
          }
          if (p >= n) return false
          if (b[p] === 0x22) break
          p = afterEscape(b, p)
          if (p < 0) return false
          escaped = true
        }
        if (slot >= 0) {
          this.#kinds[slot] = escaped ? VALUE.escapedText : VALUE.text
          this.#starts[slot] = start
          this.#ends[slot] = p
        }
        p++
      } else if (c === 0x7b || c === 0x5b) {
        if (slot >= 0) {
          this.#kinds[slot] = VALUE.other
          this.#starts[slot] = p
        }
        if (++depth === stack.length) stack = twiceAsLong(stack)
        stack[depth] = c === 0x7b ? OBJECT : 0
        names = c === 0x7b ? (depth === 1 ? root : inner) : null
        if (depth === 2) second = names
        p++
        opened = true
      } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
        const start = p
        p = afterNumber(b, p)
        if (p < 0) return false
        if (slot >= 0) {
          this.#kinds[slot] = VALUE.number
          this.#starts[slot] = start
          this.#ends[slot] = p
        }
      } else {
        p = afterWord(b, p)
        if (p < 0) return false
        if (slot >= 0) this.#kinds[slot] = VALUE.other
      }
      slot = -1
      inner = null

      // --- after a value, or after an opening bracket
      for (;;) {
        if (b[p]! <= 0x20) p = this.#afterSpace(b, p)
        if (depth === 0) return p === n && ((high & 0x80) === 0 || isUtf8(b))
        if (p >= n) return false
        c = b[p]!
        const isObject = stack[depth] === OBJECT
        if (c === (isObject ? 0x7d : 0x5d)) {
          p++
          depth--
          opened = false
          names = depth === 1 ? (stack[1] === OBJECT ? root : null) : depth === 2 ? second : null
          continue
        }
        if (!opened) {
          if (c !== 0x2c) return false
          p++
        }
        opened = false
        if (!isObject) break // the next value of an array
        if (b[p]! <= 0x20) p = this.#afterSpace(b, p)
        if (p >= n || b[p] !== 0x22) return false
        const start = ++p
        let escaped = false
        for (;;) {
          while (p < n) {
            c = b[p]!
            if (c === 0x22 || c === 0x5c || c < 0x20) break
            high |= c
            p++
          }
          if (p >= n) return false
          if (b[p] === 0x22) break
          p = afterEscape(b, p)
          if (p < 0) return false
          escaped = true
        }
        if (names !== null) {
          const name: Name | null = escaped
            ? matchEscaped(names, b, start, p)
            : match(names, b, start, p)
          if (name !== null) {
            slot = name.slot
            if (slot >= 0 && this.#kinds[slot] !== VALUE.none) this.twice |= 1 << slot
            inner = name.children
            // A name that comes twice counts with its last value, as in JSON.parse.
            if (inner !== null) this.#forget(inner)
          }
        }
        p++
        if (b[p]! <= 0x20) p = this.#afterSpace(b, p)
        if (p >= n || b[p] !== 0x3a) return false
        p++
        break
      }
    }
  }

  /** White space is rare in frames: out of line. */
  #afterSpace(b: Uint8Array, p: number): number {
    for (; p < b.length; p++) {
      const c = b[p]!
      if (c === 10 || c === 13) this.lineBreak = true
      else if (c !== 0x20 && c !== 9) break
    }
    return p
  }

  #forget(names: Names): void {
    for (const sameLength of names) {
      for (const name of sameLength ?? []) if (name.slot >= 0) this.#kinds[name.slot] = VALUE.none
    }
  }
}

/** Between the first and the last byte of the JSON text itself. In a string neither CR nor LF can stand. */
function breaksInside(bytes: Uint8Array): boolean {
  let start = 0
  let end = bytes.length
  while (start < end && isSpace(bytes[start]!)) start++
  while (end > start && isSpace(bytes[end - 1]!)) end--
  return [10, 13].some((feed) => {
    const at = bytes.indexOf(feed, start)
    return at >= 0 && at < end
  })
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 10 || byte === 13 || byte === 9

function toText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
}

/** Exchanges turn numbers into texts and back: `"17"` is 17, and `"017"`, `" 17"` and `"17.0"` are no count. */
function digits(text: string | undefined): number {
  return text !== undefined && /^(0|[1-9]\d{0,15})$/.test(text) ? wholeNumber(text) : -1
}

function wholeNumber(text: string): number {
  const value = Number(text)
  return Number.isSafeInteger(value) && value >= 0 ? value : -1
}

function twiceAsLong(stack: Uint8Array): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(2 * stack.length)
  longer.set(stack)
  return longer
}
