// Tells whether bytes are one JSON text, and of which kind. No recursion and no tree: memory is one bit per level of depth,
// so neither the depth nor the length of a frame can break a reader. The bytes are known to be UTF-8.

export type JsonKind = 'object' | 'array' | 'string' | 'other'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = { object: 0x7b, array: 0x5b } as const
const CLOSE = { object: 0x7d, array: 0x5d } as const

/** What the JSON text from `start` to `end` is, or undefined if it is none. */
export function jsonKind(bytes: Uint8Array, start: number, end: number): JsonKind | undefined {
  const depth = new Depth()
  let at = afterSpace(bytes, start, end)
  const first = bytes[at]
  for (;;) {
    // A value begins here.
    const c = at < end ? bytes[at] : undefined
    let opened = false
    if (c === OPEN.object || c === OPEN.array) {
      depth.push(c === OPEN.object)
      at++
      opened = true
    } else {
      at = c === QUOTE ? afterString(bytes, at, end) : afterPlain(bytes, at, end)
      if (at < 0) return undefined
    }
    // Behind a value or an opening bracket.
    for (;;) {
      at = afterSpace(bytes, at, end)
      if (depth.size === 0) return at === end ? kindOf(first) : undefined
      const next = at < end ? bytes[at] : undefined
      if (next === (depth.isObject ? CLOSE.object : CLOSE.array)) {
        depth.pop()
        at++
        opened = false
        continue
      }
      if (!opened) {
        if (next !== 0x2c) return undefined
        at = afterSpace(bytes, at + 1, end)
      }
      if (!depth.isObject) break
      if (at >= end || bytes[at] !== QUOTE) return undefined
      at = afterString(bytes, at, end)
      if (at < 0) return undefined
      at = afterSpace(bytes, at, end)
      if (at >= end || bytes[at] !== 0x3a) return undefined
      at = afterSpace(bytes, at + 1, end)
      break
    }
  }
}

const kindOf = (first: number | undefined): JsonKind =>
  first === OPEN.object
    ? 'object'
    : first === OPEN.array
      ? 'array'
      : first === QUOTE
        ? 'string'
        : 'other'

/** Which levels are objects: a bit for each. */
class Depth {
  #bits = new Uint8Array(64)
  size = 0
  isObject = false

  push(isObject: boolean): void {
    if (this.size >>> 3 === this.#bits.length) {
      const larger = new Uint8Array(this.#bits.length * 2)
      larger.set(this.#bits)
      this.#bits = larger
    }
    const bit = 1 << (this.size & 7)
    if (isObject) this.#bits[this.size >>> 3]! |= bit
    else this.#bits[this.size >>> 3]! &= ~bit
    this.size++
    this.isObject = isObject
  }

  pop(): void {
    const below = --this.size - 1
    this.isObject = below >= 0 && (this.#bits[below >>> 3]! & (1 << (below & 7))) !== 0
  }
}

function afterSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  for (; at < end; at++) {
    const c = bytes[at]
    if (c !== 0x20 && c !== 0x09 && c !== 0x0a && c !== 0x0d) break
  }
  return at
}

/** The position behind the string that begins at `start`, or -1. */
function afterString(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    const c = bytes[at]!
    if (c === QUOTE) return at + 1
    if (c < 0x20) return -1
    if (c !== BACKSLASH) continue
    const escaped = bytes[++at]
    if (escaped === 0x75) {
      for (let i = 0; i < 4; i++) if (!isHex(bytes[++at])) return -1
    } else if (escaped === undefined || !ESCAPES.has(escaped)) return -1
  }
  return -1
}

const ESCAPES = new Set([...'"\\/bfnrt'].map((char) => char.charCodeAt(0)))
const isHex = (c: number | undefined): boolean =>
  c !== undefined && ((c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66))
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 0x30 && c <= 0x39

/** The position behind the number or word that begins at `start`, or -1. */
function afterPlain(bytes: Uint8Array, start: number, end: number): number {
  const word = bytes[start] === 0x74 ? TRUE : bytes[start] === 0x66 ? FALSE : NULL
  if (bytes[start] === word[0]) {
    for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return -1
    return start + word.length <= end ? start + word.length : -1
  }
  let at = bytes[start] === 0x2d ? start + 1 : start
  const digits = (): boolean => {
    const from = at
    while (at < end && isDigit(bytes[at])) at++
    return at > from
  }
  if (at < end && bytes[at] === 0x30) at++
  else if (!digits()) return -1
  if (at < end && bytes[at] === 0x2e) {
    at++
    if (!digits()) return -1
  }
  if (at < end && (bytes[at]! | 0x20) === 0x65) {
    at++
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++
    if (!digits()) return -1
  }
  return at
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')
