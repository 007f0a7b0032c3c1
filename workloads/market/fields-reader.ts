// Reads the values at fields: decimals, times, names. The first that does not fit is remembered, with its
// field; the rest of the frame is then not worth reading.

import { type Frame, unescaped } from './bytes.ts'
import { DecimalReader, NOT_A_DECIMAL } from './decimal.ts'
import type { MarketEvent } from './event.ts'
import { type Field, KIND } from './json-shape.ts'
import type { Symbols } from './symbols.ts'
import { NOT_A_TIME, TimeReader, type Unit } from './time.ts'

export const MISSING = 'missing'
export const NO_TEXT = 'not a text'
export const ESCAPES = 'an id with escapes'

export class FieldsReader {
  readonly decimal = new DecimalReader()
  readonly time = new TimeReader()
  /** The field that did not fit, and why; empty if all did. */
  what = ''
  why = ''
  readonly #frame: Frame

  /** `frame`: the JsonReader that has read it. */
  constructor(frame: Frame) {
    this.#frame = frame
  }

  /** Starts with a frame that a JsonReader has read. */
  begin(): void {
    this.what = ''
    this.why = ''
  }

  /**
   * The integer of the decimal at a field, a number or a text; its scale is `decimal.scale`. NaN if it does not fit, and then
   * `why` says so; also NaN, without that, if it is optional and missing, null or an empty text.
   */
  number(field: Field, need: 'needed' | 'optional' = 'needed'): number {
    const kind = field.kind
    if (kind !== KIND.text && kind !== KIND.number) {
      if (need === 'needed' || (kind !== KIND.none && kind !== KIND.null)) {
        this.fail(field, kind === KIND.none ? MISSING : NOT_A_DECIMAL)
      }
      this.decimal.scale = 0
      return Number.NaN
    }
    const start = field.start
    const end = field.end
    if (start === end && need === 'optional') {
      this.decimal.scale = 0
      return Number.NaN
    }
    const mantissa = this.decimal.read(this.#frame.bytes, start, end)
    if (Number.isNaN(mantissa)) this.fail(field, this.decimal.reason)
    return mantissa
  }

  /**
   * Reads the time at a field into `time`: a number or a text of digits in `unit`, or RFC 3339. False if it does not fit.
   * If it is missing, null or an empty text, `time.ms` is -1.
   */
  when(field: Field, unit: Unit): boolean {
    const kind = field.kind
    const start = field.start
    const end = field.end
    const time = this.time
    if (kind === KIND.none || kind === KIND.null || (kind === KIND.text && start === end)) {
      time.clear()
      return true
    }
    if (kind !== KIND.number && kind !== KIND.text) return this.fail(field, NOT_A_TIME)
    const isRead =
      kind === KIND.number || this.#frame.bytes[start + 4] !== 0x2d
        ? time.number(this.#frame, start, end, unit)
        : time.iso(this.#frame.bytes, start, end)
    return isRead || this.fail(field, time.reason)
  }

  /** The name at a field; empty, with `why`, if there is none. */
  name(field: Field, symbols: Symbols): string {
    const kind = field.kind
    const start = field.start
    const end = field.end
    if (kind === KIND.text && start !== end) return symbols.get(this.#frame, start, end)
    if (kind === KIND.escaped) return unescaped(this.#frame.bytes, start, end)
    this.fail(field, kind === KIND.none ? MISSING : NO_TEXT)
    return ''
  }

  /** The number of the frame stands at a field: digits or a text. */
  takeSequence(event: MarketEvent, field: Field): void {
    if (!this.#isPlain(field)) return
    event.sequenceStart = field.start
    event.sequenceEnd = field.end
  }

  /** The id of the event stands at a field: digits or a text. */
  takeId(event: MarketEvent, field: Field): void {
    if (!this.#isPlain(field)) return
    event.idStart = field.start
    event.idEnd = field.end
  }

  /** Whether bytes of the frame can be taken as they are. None need to be present. */
  #isPlain(field: Field): boolean {
    const { kind } = field
    if (kind === KIND.number || kind === KIND.text) return true
    if (kind !== KIND.none && kind !== KIND.null) {
      this.fail(field, kind === KIND.escaped ? ESCAPES : NO_TEXT)
    }
    return false
  }

  /** Remembers the first field that does not fit. */
  fail(field: Field, why: string): false {
    if (this.why !== '') return false
    this.what = field.name
    this.why = why
    return false
  }
}
