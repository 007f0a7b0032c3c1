// Checks what a reader has no use for: where a value, a text or a name ends, exactly as JSON.parse would have it.

import { KIND } from './json-shape.ts'
import { afterEscape, afterNumber, afterWord } from './json-tokens.ts'

/** Open brackets that there is room for; deeper frames get room of their own. */
const USUAL_DEPTH = 64

export class JsonSkipper {
  /** All bytes of texts that were passed, or-ed: above 0x7f if any is. */
  high = 0
  /** Where the last value or name ended: the byte behind it; of a name, its closing quote. */
  end = 0
  /** The last text or name had escapes. */
  isEscaped = false
  /** The brackets that are open. */
  #stack = new Uint8Array(USUAL_DEPTH)

  /** The place behind the value at `p` and the white space that follows, or -1: no value. */
  value(b: Uint8Array, n: number, p: number): number {
    let depth = 0
    for (;;) {
      const c = p < n ? b[p]! : 0
      if (c === 0x22) p = 1 + this.text(b, n, p + 1)
      else if (c === 0x7b || c === 0x5b) {
        if (depth === this.#stack.length) this.#stack = twiceAsLong(this.#stack)
        p = afterSpace(b, n, p + 1)
        // The closing brackets are two behind the opening ones.
        if (p >= n || b[p] !== c + 2) {
          this.#stack[depth++] = c
          if (c === 0x7b) p = this.name(b, n, p)
          if (p < 0) return -1
          continue
        }
        p++
      } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) p = afterNumber(b, p)
      else p = afterWord(b, p)
      if (p <= 0) return -1
      for (;;) {
        this.end = p
        p = afterSpace(b, n, p)
        if (depth === 0) return p
        const open = this.#stack[depth - 1]!
        const follows = p < n ? b[p]! : 0
        if (follows === open + 2) {
          p++
          depth--
          continue
        }
        if (follows !== 0x2c) return -1
        p = afterSpace(b, n, p + 1)
        if (open === 0x7b) p = this.name(b, n, p)
        if (p < 0) return -1
        break
      }
    }
  }

  /** The place behind the colon of the name that begins at `p`, and behind white space, or -1. */
  name(b: Uint8Array, n: number, p: number): number {
    if (p >= n || b[p] !== 0x22) return -1
    const end = this.text(b, n, p + 1)
    if (end < 0) return -1
    const colon = afterSpace(b, n, end + 1)
    if (colon >= n || b[colon] !== 0x3a) return -1
    this.end = end
    return afterSpace(b, n, colon + 1)
  }

  /** The quote that ends the text whose bytes from `p` on are not read yet, or -1. */
  text(b: Uint8Array, n: number, p: number): number {
    let high = 0
    this.isEscaped = false
    while (p < n) {
      const c = b[p]!
      if (c === 0x22) break
      if (c === 0x5c || c < 0x20) {
        this.isEscaped = true
        p = afterEscape(b, p)
        if (p < 0) return -1
      } else {
        high |= c
        p++
      }
    }
    this.high |= high
    return p < n ? p : -1
  }
}

export function afterSpace(b: Uint8Array, n: number, p: number): number {
  while (p < n) {
    const c = b[p]!
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break
    p++
  }
  return p
}

/** What begins with this byte. */
export function kindOf(c: number): number {
  if (c === 0x22) return KIND.text
  if (c === 0x7b) return KIND.object
  if (c === 0x5b) return KIND.list
  if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return KIND.number
  return c === 0x74 ? KIND.true : c === 0x66 ? KIND.false : c === 0x6e ? KIND.null : KIND.none
}

function twiceAsLong(stack: Uint8Array): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(2 * stack.length)
  longer.set(stack)
  return longer
}
