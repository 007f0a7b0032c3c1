// Finds type, sid, seq and market in a frame's bytes without parsing it: a fast path for the key order that
// Kalshi sends today, a tokenizer for any other, and never an error: what is odd has no type.

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const COMMA = 44
const OPEN = 123
const CLOSE = 125

const TYPE_HEAD = Buffer.from('{"type":"')
const SID_HEAD = Buffer.from(',"sid":')
const SEQ_HEAD = Buffer.from(',"seq":')
const MARKET_HEAD = Buffer.from(',"msg":{"market_ticker":"')

/** What was found; offsets into the bytes that were scanned, -1 where there is none. */
export type Scan = {
  typeAt: number
  typeEnd: number
  sidAt: number
  sidEnd: number
  seqAt: number
  seqEnd: number
  marketAt: number
  marketEnd: number
}

export const emptyScan = (): Scan => ({
  typeAt: -1,
  typeEnd: -1,
  sidAt: -1,
  sidEnd: -1,
  seqAt: -1,
  seqEnd: -1,
  marketAt: -1,
  marketEnd: -1,
})

/** The same finds in bytes that stand elsewhere. */
export function shiftScan(scan: Scan, by: number): void {
  for (const key of Object.keys(scan) as (keyof Scan)[]) if (scan[key] >= 0) scan[key] += by
}

const startsWith = (bytes: Buffer, at: number, head: Buffer): boolean => {
  for (let i = 0; i < head.length; i++) if (bytes[at + i] !== head[i]) return false
  return true
}

const digitsEnd = (bytes: Buffer, at: number): number => {
  let end = at
  while ((bytes[end] as number) >= 48 && (bytes[end] as number) <= 57) end++
  return end
}

/** Scans the JSON object in bytes[start, end) into `into`; false: it is not an object with a type. */
export function scanFrame(bytes: Buffer, start: number, end: number, into: Scan): boolean {
  into.sidAt = into.sidEnd = into.seqAt = into.seqEnd = into.marketAt = into.marketEnd = -1
  if (bytes[end - 1] !== CLOSE) return false
  if (startsWith(bytes, start, TYPE_HEAD)) {
    into.typeAt = start + TYPE_HEAD.length
    let at = into.typeAt
    while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++
    into.typeEnd = at++
    if (startsWith(bytes, at, SID_HEAD)) {
      into.sidAt = at + SID_HEAD.length
      at = into.sidEnd = digitsEnd(bytes, into.sidAt)
      if (startsWith(bytes, at, SEQ_HEAD)) {
        into.seqAt = at + SEQ_HEAD.length
        at = into.seqEnd = digitsEnd(bytes, into.seqAt)
      }
      if (startsWith(bytes, at, MARKET_HEAD)) {
        into.marketAt = at + MARKET_HEAD.length
        let stop = into.marketAt
        while (stop < end && bytes[stop] !== QUOTE && bytes[stop] !== BACKSLASH) stop++
        into.marketEnd = stop
        if (bytes[stop] === QUOTE) return true
      }
    }
  }
  return scanAnyOrder(bytes, start, end, into)
}

/** End of the JSON string whose opening quote stands at `at`: the offset of the closing quote, or -1. */
function stringEnd(bytes: Buffer, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    if (bytes[i] === BACKSLASH) i++
    else if (bytes[i] === QUOTE) return i
  }
  return -1
}

/** Offset behind the JSON value at `at`, or -1 where it does not end. */
function valueEnd(bytes: Buffer, at: number, end: number): number {
  let depth = 0
  for (let i = at; i < end; i++) {
    const byte = bytes[i] as number
    if (byte === QUOTE) {
      i = stringEnd(bytes, i, end)
      if (i < 0) return -1
      if (depth === 0) return i + 1
    } else if (byte === OPEN || byte === 91) depth++
    else if (byte === CLOSE || byte === 93) {
      if (depth === 0) return i
      if (--depth === 0) return i + 1
    } else if (byte === COMMA && depth === 0) return i
  }
  return -1
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 32 || byte === 9 || byte === 10 || byte === 13

/** Calls `found` for each key of the object at `start`; false where it is not a whole object. */
function eachKey(
  bytes: Buffer,
  start: number,
  end: number,
  found: (key: string, at: number, stop: number) => void
): boolean {
  let at = start
  const space = (): void => {
    while (at < end && isSpace(bytes[at])) at++
  }
  space()
  if (bytes[at++] !== OPEN) return false
  space()
  if (bytes[at] === CLOSE) return true
  while (at < end) {
    space()
    if (bytes[at] !== QUOTE) return false
    const keyEnd = stringEnd(bytes, at, end)
    if (keyEnd < 0) return false
    const key = bytes.toString('latin1', at + 1, keyEnd)
    at = keyEnd + 1
    space()
    if (bytes[at++] !== COLON) return false
    space()
    const stop = valueEnd(bytes, at, end)
    if (stop < 0) return false
    let last = stop
    while (isSpace(bytes[last - 1])) last--
    found(key, at, last)
    at = stop
    space()
    if (bytes[at] === CLOSE) return true
    if (bytes[at++] !== COMMA) return false
  }
  return false
}

function scanAnyOrder(bytes: Buffer, start: number, end: number, into: Scan): boolean {
  into.typeAt =
    into.sidAt =
    into.sidEnd =
    into.seqAt =
    into.seqEnd =
    into.marketAt =
    into.marketEnd =
      -1
  let whole = true
  const inMsg = (key: string, at: number, stop: number): void => {
    if ((key === 'market_ticker' || key === 'ticker') && bytes[at] === QUOTE && into.marketAt < 0) {
      into.marketAt = at + 1
      into.marketEnd = stop - 1
    }
  }
  const inFrame = (key: string, at: number, stop: number): void => {
    if (key === 'type' && bytes[at] === QUOTE) {
      into.typeAt = at + 1
      into.typeEnd = stop - 1
    } else if (key === 'sid' && digitsEnd(bytes, at) === stop) {
      into.sidAt = at
      into.sidEnd = stop
    } else if (key === 'seq' && digitsEnd(bytes, at) === stop) {
      into.seqAt = at
      into.seqEnd = stop
    } else if (key === 'msg' && bytes[at] === OPEN) {
      whole &&= eachKey(bytes, at, stop, inMsg)
    }
  }
  whole = eachKey(bytes, start, end, inFrame) && whole
  return whole && into.typeAt >= 0
}
