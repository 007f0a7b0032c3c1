// What a Kalshi frame says of itself, from its bytes alone: type, market, sid, seq, and whether the session must
// act on it. The hot path: one scan, no string made but for names met the first time.

import { isUtf8 } from 'node:buffer'
import { FORM } from '#wire/form.ts'
import { FrameScanner, VALUE } from '#wire/scanner.ts'
import { type Frame, type MessageType, UNKNOWN } from '../protocol/adapter.ts'
import { ByteTable } from '../protocol/byte-table.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { typeNamed } from './types.ts'

const TYPE = 0
const SID = 1
const SEQ = 2
const ID = 3
const MARKET = 4
const EVENT = 5
const TS_MS = 6
const PATHS = ['type', 'sid', 'seq', 'id', 'msg.market_ticker', 'msg.event_ticker', 'msg.ts_ms']

/** Real tickers are some 30 characters; what is longer is no name. */
const MAX_SYMBOL_BYTES = 200
/** Scopes are 32 bits wide on the wire. */
const MAX_SID = 0xffff_ffff

/** What stands at `sid` or `seq` where no count can be read from it, by VALUE. */
const found = (field: string, absent: string): readonly string[] => [
  absent,
  `${field} is a text and no whole number`,
  `${field} is a text and no whole number`,
  `${field} is no whole number that can be counted with`,
  `${field} is null, true, false, a list or an object`,
]
const SID_FOUND = found('sid', 'sid is missing beside seq')
/** A frame without seq may have none: older servers, and types that are not counted. */
const SEQ_FOUND = found('seq', '')

export class KalshiFrames {
  readonly frame: Frame = {
    type: UNKNOWN,
    symbol: '',
    sequence: -1,
    scope: 0,
    form: FORM.json,
    understood: false,
    unproven: '',
    control: false,
  }
  readonly #scanner = new FrameScanner(PATHS)
  readonly #types = new ByteTable<MessageType>(typeNamed, 1000)
  readonly #symbols = new ByteTable<string>((name) => name)
  readonly #declared: DeclaredTypes

  constructor(declared = new DeclaredTypes()) {
    this.#declared = declared
  }

  /** Fills `frame`. */
  look(received: Buffer): void {
    const frame = this.frame
    const scanner = this.#scanner
    // A byte order mark is no JSON: the frame is kept as a text, and read all the same.
    const isMarked = received[0] === 0xef && received[1] === 0xbb && received[2] === 0xbf
    const payload = isMarked ? received.subarray(3) : received
    if (!scanner.scan(payload)) {
      frame.form = isUtf8(payload) ? FORM.text : FORM.binary
      frame.type = UNKNOWN
      frame.symbol = ''
      frame.sequence = -1
      frame.scope = 0
      frame.understood = false
      frame.unproven = ''
      frame.control = false
      return
    }
    frame.form = isMarked || scanner.breaksInside() ? FORM.text : FORM.json
    const type = this.#typeOf(payload)
    frame.type = type
    const symbol = this.#symbolAt(payload, MARKET) || this.#symbolAt(payload, EVENT)
    frame.symbol = symbol
    this.#count(frame)
    frame.understood =
      type !== UNKNOWN &&
      frame.unproven === '' &&
      (!type.data || symbol !== '' || type.group !== 'orderbook')
    // Acks and errors; a snapshot that answers a command carries its id; markets are announced by lifecycle.
    frame.control = !type.data
      ? type !== UNKNOWN
      : type.group === 'lifecycle' || scanner.kind(ID) !== VALUE.none
    if (type === UNKNOWN) this.#declared.fill(frame, scanner.text(TYPE), payload)
  }

  /** Where the frame counts, and its number there; or why that cannot be told. */
  #count(frame: Frame): void {
    const scanner = this.#scanner
    const sid = scanner.integer(SID)
    const seq = scanner.integer(SEQ)
    const hasSid = sid > 0 && sid <= MAX_SID
    frame.scope = hasSid ? sid : 0
    frame.sequence = hasSid ? seq : -1
    frame.unproven = ''
    if (hasSid ? seq >= 0 && scanner.twice === 0 : scanner.kind(SEQ) === VALUE.none) return
    if ((scanner.twice & (1 << SID)) !== 0) frame.unproven = 'sid stands twice in one frame'
    else if ((scanner.twice & (1 << SEQ)) !== 0) frame.unproven = 'seq stands twice in one frame'
    else if (!hasSid) frame.unproven = SID_FOUND[scanner.kind(SID)]!
    else if (seq < 0) frame.unproven = SEQ_FOUND[scanner.kind(SEQ)]!
    if (frame.unproven !== '') frame.sequence = -1
  }

  exchangeMs(): number {
    return Math.max(0, this.#scanner.integer(TS_MS))
  }

  #typeOf(payload: Buffer): MessageType {
    const scanner = this.#scanner
    if (scanner.kind(TYPE) === VALUE.text) {
      return this.#types.get(payload, scanner.start(TYPE), scanner.end(TYPE))
    }
    const text = scanner.text(TYPE)
    return text === undefined ? UNKNOWN : typeNamed(text)
  }

  #symbolAt(payload: Buffer, slot: number): string {
    const scanner = this.#scanner
    switch (scanner.kind(slot)) {
      case VALUE.text: {
        const start = scanner.start(slot)
        const end = scanner.end(slot)
        if (end - start > MAX_SYMBOL_BYTES) return ''
        return this.#symbols.get(payload, start, end)
      }
      case VALUE.escapedText: {
        const text = scanner.text(slot) ?? ''
        return Buffer.byteLength(text) > MAX_SYMBOL_BYTES ? '' : text
      }
      default:
        return ''
    }
  }
}
