// Finds where type, sid, seq and market stand in a frame, so that others can be written in their places: with the scanner
// that the connector reads frames with. What is odd has no type.

import { FrameScanner, VALUE } from '#wire/scanner.ts'

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

const scanner = new FrameScanner(['type', 'sid', 'seq', 'msg.market_ticker', 'msg.ticker'])
const [TYPE, SID, SEQ, MARKET, TICKER] = [0, 1, 2, 3, 4] as const

/** Scans the JSON object in bytes[start, end) into `into`; false: it is not an object with a type. */
export function scanFrame(bytes: Buffer, start: number, end: number, into: Scan): boolean {
  const isFrame = scanner.scan(bytes.subarray(start, end)) && isText(TYPE)
  into.typeAt = isFrame ? start + scanner.start(TYPE) : -1
  into.typeEnd = isFrame ? start + scanner.end(TYPE) : -1
  const hasSid = isFrame && isCount(bytes, start, SID)
  into.sidAt = hasSid ? start + scanner.start(SID) : -1
  into.sidEnd = hasSid ? start + scanner.end(SID) : -1
  const hasSeq = isFrame && isCount(bytes, start, SEQ)
  into.seqAt = hasSeq ? start + scanner.start(SEQ) : -1
  into.seqEnd = hasSeq ? start + scanner.end(SEQ) : -1
  const market = isText(MARKET) ? MARKET : TICKER
  const hasMarket = isFrame && isText(market)
  into.marketAt = hasMarket ? start + scanner.start(market) : -1
  into.marketEnd = hasMarket ? start + scanner.end(market) : -1
  return isFrame
}

const isText = (slot: number): boolean =>
  scanner.kind(slot) === VALUE.text || scanner.kind(slot) === VALUE.escapedText

/** A number of digits alone: no sign, fraction or exponent. */
function isCount(bytes: Buffer, start: number, slot: number): boolean {
  if (scanner.kind(slot) !== VALUE.number) return false
  const end = start + scanner.end(slot)
  for (let i = start + scanner.start(slot); i < end; i++) {
    const byte = bytes[i]!
    if (byte < 0x30 || byte > 0x39) return false
  }
  return true
}
