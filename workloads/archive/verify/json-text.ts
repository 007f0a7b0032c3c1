// Tells whether bytes are one JSON text, and of which kind. No recursion and no tree: memory is one bit per level of depth,
// so neither the depth nor the length of a frame can break a reader. The bytes are known to be UTF-8.

export type JsonKind = 'object' | 'array' | 'string' | 'other'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = { object: 0x7b, array: 0x5b } as const
const CLOSE = { object: 0x7d, array: 0x5d } as const
/** Levels of depth that one number holds, a bit for each: below 2^31, where integers are cheapest. */
const LEVELS = 30

/** What the JSON text from `start` to `end` is, or undefined if it is none. */
export function jsonKind(bytes: Uint8Array, start: number, end: number): JsonKind | undefined {
  let size = 0
  // A bit of each open level, the innermost lowest: 1 for an object. Made when it is first needed: most frames are flat.
  let levels = 0
  let outer: number[] | undefined
  let at = afterSpace(bytes, start, end)
  const first = bytes[at]
  for (;;) {
    // A value begins here.
    const c = at < end ? bytes[at]! : 0
    let opened = false
    if (c === QUOTE) {
      at = afterString(bytes, at, end)
      if (at < 0) return undefined
    } else if (c === OPEN.object || c === OPEN.array) {
      if (size > 0 && size % LEVELS === 0) {
        outer ??= []
        outer.push(levels)
        levels = 0
      }
      size++
      levels = (levels << 1) | (c === OPEN.object ? 1 : 0)
      at++
      opened = true
    } else {
      at = afterPlain(bytes, at, end)
      if (at < 0) return undefined
    }
    // Behind a value or an opening bracket.
    for (;;) {
      if (at < end && bytes[at]! <= 0x20) at = afterSpace(bytes, at, end)
      if (size === 0) return at === end ? kindOf(first) : undefined
      const isObject = (levels & 1) === 1
      const next = at < end ? bytes[at]! : 0
      if (next === (isObject ? CLOSE.object : CLOSE.array)) {
        size--
        levels = size > 0 && size % LEVELS === 0 ? outer!.pop()! : levels >>> 1
        at++
        opened = false
        continue
      }
      if (!opened) {
        if (next !== COMMA) return undefined
        at++
        if (at < end && bytes[at]! <= 0x20) at = afterSpace(bytes, at, end)
      }
      if (!isObject) break
      if (at >= end || bytes[at] !== QUOTE) return undefined
      at = afterString(bytes, at, end)
      if (at < 0) return undefined
      if (at < end && bytes[at]! <= 0x20) at = afterSpace(bytes, at, end)
      if (at >= end || bytes[at] !== COLON) return undefined
      at++
      if (at < end && bytes[at]! <= 0x20) at = afterSpace(bytes, at, end)
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

function afterSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  for (; at < end; at++) {
    const c = bytes[at]
    if (c !== 0x20 && c !== 0x09 && c !== 0x0a && c !== 0x0d) break
  }
  return at
}

const PLAIN = 1
const DIGIT = 2
const HEX = 4
const ESCAPED = 8
/** What each byte may be: plain inside a string, a digit, a hex digit, or what a backslash may stand before. */
const CLASS = new Uint8Array(256)
for (let c = 0x20; c < 256; c++) if (c !== QUOTE && c !== BACKSLASH) CLASS[c]! |= PLAIN
for (const char of '0123456789') CLASS[char.charCodeAt(0)]! |= DIGIT
for (const char of '0123456789abcdefABCDEF') CLASS[char.charCodeAt(0)]! |= HEX
for (const char of '"\\/bfnrt') CLASS[char.charCodeAt(0)]! |= ESCAPED

/** The position behind the string that begins at `start`, or -1. */
function afterString(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    const c = bytes[at]!
    if ((CLASS[c]! & PLAIN) !== 0) continue
    if (c === QUOTE) return at + 1
    if (c !== BACKSLASH || ++at >= end) return -1
    const escaped = bytes[at]!
    if (escaped === 0x75) {
      if (at + 4 >= end) return -1
      for (let i = 0; i < 4; i++) if ((CLASS[bytes[++at]!]! & HEX) === 0) return -1
    } else if ((CLASS[escaped]! & ESCAPED) === 0) return -1
  }
  return -1
}

/** The position behind the number or word that begins at `start`, or -1. */
function afterPlain(bytes: Uint8Array, start: number, end: number): number {
  const c = bytes[start]
  if (c === 0x74) return afterWord(bytes, start, end, TRUE)
  if (c === 0x66) return afterWord(bytes, start, end, FALSE)
  if (c === 0x6e) return afterWord(bytes, start, end, NULL)
  let at = c === 0x2d ? start + 1 : start
  if (at < end && bytes[at] === 0x30) at++
  else {
    const from = at
    at = afterDigits(bytes, at, end)
    if (at === from) return -1
  }
  if (at < end && bytes[at] === 0x2e) {
    const from = at + 1
    at = afterDigits(bytes, from, end)
    if (at === from) return -1
  }
  if (at < end && (bytes[at]! | 0x20) === 0x65) {
    at++
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++
    const from = at
    at = afterDigits(bytes, at, end)
    if (at === from) return -1
  }
  return at
}

function afterDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && (CLASS[bytes[at]!]! & DIGIT) !== 0) at++
  return at
}

function afterWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): number {
  if (start + word.length > end) return -1
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return -1
  return start + word.length
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')
