// Reads a frame from its bytes, for normalisers: forward, without strings or objects. Accepts what JSON.parse
// accepts, and never throws: after the first byte that does not fit, every call fails, and `error` says why.
//
//   reader.begin(frame)
//   if (!reader.object(FIELDS) || !reader.finish()) …reader.error
//   FIELDS.kind(PRICE), FIELDS.starts[PRICE], FIELDS.ends[PRICE]
// Lists: `seek(start)`, `list()`, then `while (more())` with `value`, `object`, `list` or `pair`; or in one pass, with
// `open` and `key`.

import { isUtf8 } from 'node:buffer'
import { unescaped } from './bytes.ts'
import { NAME_TWICE, NO_LIST, NO_OBJECT, NO_PAIR, NOT_JSON } from './json-reasons.ts'
import { type Field, isNamed, KIND, type Shape } from './json-shape.ts'
import { afterSpace, JsonSkipper, kindOf } from './json-skipper.ts'
import { afterNumber } from './json-tokens.ts'

/** `key`: the object is over. */
export const END = null
/** `key`: a member that is not wanted. */
export const OTHER = undefined

/** `,"` and `}}` as the two lower bytes of a word. */
const [COMMA_AND_QUOTE, TWO_BRACES] = [0x222c, 0x7d7d] as const
/** Bytes that there is room for at first. */
const USUAL_FRAME = 1 << 16
/** Zeros behind the frame. */
const TAIL = 256

export class JsonReader {
  /** The frame, copied: behind it stand zeros, which end every loop, and words of four bytes can be read anywhere. */
  bytes: Uint8Array = new Uint8Array(USUAL_FRAME)
  /** The same bytes. */
  view = new DataView(this.bytes.buffer)
  /** Why the frame cannot be read; empty as long as it can. */
  error = ''
  /** The last scalar of `value`, or the first of `pair`; texts without their quotes. */
  start = 0
  end = 0
  /** The second of `pair`. */
  start2 = 0
  end2 = 0
  kind: number = KIND.none
  kind2: number = KIND.none
  #p = 0
  #n = 0
  /** Directly behind an opening bracket: no comma comes first. */
  #first = false
  /** Where `until` ends the reading of an object, and whether it did. */
  #stop: Field | null = null
  #isStopped = false
  readonly #skipper = new JsonSkipper()

  /** Starts with a frame. A byte order mark is skipped. */
  begin(frame: Uint8Array): void {
    const n = frame.length
    if (n + TAIL > this.bytes.length) {
      this.bytes = new Uint8Array(2 * n + TAIL)
      this.view = new DataView(this.bytes.buffer)
    }
    const bytes = this.bytes
    bytes.set(frame)
    this.view.setFloat64(n, 0)
    this.view.setFloat64(n + 8, 0)
    this.error = ''
    this.#n = n
    this.#first = false
    this.#p = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    this.#p = afterSpace(bytes, this.#n, this.#p)
    this.#skipper.high = 0
  }

  /** Nothing is left, and every text was UTF-8. */
  finish(): boolean {
    if (this.error !== '') return false
    if (this.#p !== this.#n) return this.#fail(NOT_JSON)
    return (
      (this.#skipper.high & 0x80) === 0 ||
      isUtf8(this.bytes.subarray(0, this.#n)) ||
      this.#fail(NOT_JSON)
    )
  }

  /** Goes to a value that was read before: `starts` of an object or list. */
  seek(position: number): void {
    if (this.error === '') this.#p = position
  }

  /** Where the cursor stands, for `seek`. */
  get position(): number {
    return this.#p
  }

  /** What comes next, without reading it; KIND.text for any text. */
  peek(): number {
    return this.#p < this.#n ? kindOf(this.bytes[this.#p]!) : KIND.none
  }

  /** Reads a whole object: which of the wanted members it has, and where. Others are checked and skipped. */
  object(shape: Shape): boolean {
    const b = this.bytes
    const view = this.view
    const stamp = ++shape.stamp
    const lastBefore = shape.last
    shape.last = null
    let p = this.#p
    if (b[p] !== 0x7b) return this.#fail(NO_OBJECT)
    if (b[++p]! <= 0x20) p = afterSpace(b, this.#n, p)
    let field = shape.before
    let isAsBefore = true
    while (b[p] !== 0x7d) {
      // --- a name: most probably the one that came here in the last object
      const guess = field.next
      const length = guess.length
      let isWanted: boolean
      if (length < 8) {
        isWanted =
          view.getInt32(p, true) === guess.head &&
          view.getInt32(p + length - 4, true) === guess.tail
      } else {
        isWanted =
          view.getFloat64(p, true) === guess.head &&
          view.getFloat64(p + length - 8, true) === guess.tail
        for (let k = 8; isWanted && k < length - 8; k++) isWanted = guess.token[k] === b[p + k]
      }
      if (isWanted) {
        field = guess
        p = (p + length) | 0
      } else {
        this.#p = p
        isAsBefore = false
        const found = this.#name(shape)
        if (this.error !== '') return false
        p = this.#p
        if (found !== null) {
          field.next = found
          field = found
          isWanted = true
        }
      }
      // --- its value
      let c = b[p]!
      if (c <= 0x20) {
        p = afterSpace(b, this.#n, p)
        c = b[p]!
      }
      if (!isWanted) {
        p = this.#skipper.value(b, this.#n, p)
        if (p < 0) return this.#fail(NOT_JSON)
      } else {
        if (field.stamp === stamp) return this.#fail(NAME_TWICE)
        field.stamp = stamp
        if (field.inner !== null && c !== 0x7b) field.inner.clear()
        if (c === 0x22) {
          p = (p + 1) | 0
          field.start = p
          field.kind = KIND.text
          let word = 0
          let stop = 0
          let odd = 0
          for (;;) {
            // Four bytes at a time. A quote or a control character is below 0x21 when 2 is flipped.
            word = view.getInt32(p, true)
            const low = word ^ 0x02020202
            odd |= word | ((word ^ 0x5c5c5c5c) - 0x01010101)
            stop = (low - 0x21212121) & ~low & 0x80808080
            if (stop !== 0) break
            p = (p + 4) | 0
          }
          const bits = (31 - Math.clz32(stop & -stop)) & 24
          p = (p + (bits >> 3)) | 0
          if ((odd & 0x80808080) !== 0 || ((word >>> bits) & 0xff) !== 0x22) {
            // Perhaps a backslash, or no ASCII; perhaps only behind the quote.
            p = this.#skipper.text(b, this.#n, field.start)
            if (p < 0) return this.#fail(NOT_JSON)
            if (this.#skipper.isEscaped) field.kind = KIND.escaped
          }
          field.end = p
          p = (p + 1) | 0
        } else if (c >= 0x31 && c <= 0x39) {
          field.start = p
          field.kind = KIND.number
          do {
            p = (p + 1) | 0
            c = b[p]!
          } while (c >= 0x30 && c <= 0x39)
          if (c === 0x2e || (c | 0x20) === 0x65) p = afterNumber(b, field.start)
          if (p < 0) return this.#fail(NOT_JSON)
          field.end = p
        } else if (c === 0x7b && field.inner !== null) {
          field.start = p
          field.kind = KIND.object
          this.#p = p
          if (!this.object(field.inner)) return false
          p = this.#p
          field.end = p
        } else {
          field.start = p
          field.kind = kindOf(c)
          if (c === 0x5b && field === this.#stop) {
            this.#isStopped = true
            if (!isAsBefore || field !== lastBefore) shape.sweep()
            shape.last = field
            shape.at = field
            this.#p = p
            return true
          }
          p = this.#skipper.value(b, this.#n, p)
          if (p < 0) return this.#fail(NOT_JSON)
          field.end = this.#skipper.end
        }
      }
      // --- what follows it: most probably a comma and the next name, without white space
      const follows = view.getInt32(p, true) & 0xffff
      if (follows === COMMA_AND_QUOTE) {
        p = (p + 1) | 0
        continue
      }
      if (follows === TWO_BRACES) break
      p = afterSpace(b, this.#n, p)
      if (b[p] === 0x7d) break
      if (b[p] !== 0x2c) return this.#fail(NOT_JSON)
      p = afterSpace(b, this.#n, p + 1)
      // No comma stands before the end.
      if (b[p] !== 0x22) return this.#fail(NOT_JSON)
    }
    // The same members as in the last object: those that it lacks are absent already.
    if (!isAsBefore || field !== lastBefore) shape.sweep()
    shape.last = field
    return this.#close(p)
  }

  /**
   * Reads an object as far as the list at `field`, and stands before that: it is to be read, and then the rest of the object
   * with `key`. False if there is no such list: the object has been read to its end, or `error` says why not.
   */
  until(shape: Shape, field: Field): boolean {
    this.#stop = field
    this.#isStopped = false
    this.object(shape)
    this.#stop = null
    return this.#isStopped
  }

  /** Enters an object, to be read with `key`. */
  open(shape: Shape): boolean {
    shape.clear()
    shape.stamp++
    shape.at = shape.before
    if (this.bytes[this.#p] !== 0x7b || this.error !== '') return this.#fail(NO_OBJECT)
    this.#p = afterSpace(this.bytes, this.#n, this.#p + 1)
    this.#first = true
    return true
  }

  /** The next member, OTHER or END. Its value must be read or skipped before the next call; `field.kind` and `start` are set. */
  key(shape: Shape): Field | typeof OTHER | typeof END {
    if (!this.#another(0x7d)) return END
    let field: Field | null = shape.at.next
    // Most probably the one that came here in the last object.
    if (isNamed(this.bytes, this.view, this.#p, field)) {
      const p = this.#p + field.length
      this.#p = this.bytes[p]! <= 0x20 ? afterSpace(this.bytes, this.#n, p) : p
    } else {
      field = this.#name(shape)
      if (this.error !== '') return END
      if (field === null) return OTHER
      shape.at.next = field
    }
    shape.at = field
    if (field.stamp === shape.stamp) {
      this.#fail(NAME_TWICE)
      return END
    }
    field.stamp = shape.stamp
    shape.last = null
    field.kind = this.peek()
    field.start = this.#p
    return field
  }

  /** Enters a list, to be read with `more`. */
  list(): boolean {
    if (this.#p >= this.#n || this.bytes[this.#p] !== 0x5b) return this.#fail(NO_LIST)
    this.#p = afterSpace(this.bytes, this.#n, this.#p + 1)
    this.#first = true
    return true
  }

  /** Whether another value comes in the list; false at its end, and after an error. */
  more(): boolean {
    return this.#another(0x5d)
  }

  /** Reads a scalar: `kind`, `start`, `end`. An object or a list is checked and skipped. KIND.none after an error. */
  value(): number {
    this.kind = this.#scalar()
    return this.kind
  }

  /** Checks and skips whatever comes. */
  skip(): boolean {
    return this.#scalar() !== KIND.none
  }

  /** Reads a list of two scalars, as levels of books are: `["0.48","12"]`. */
  pair(): boolean {
    if (!this.list()) return false
    if (!this.more()) return this.#fail(NO_PAIR)
    const kind = this.#scalar()
    const start = this.start
    const end = this.end
    if (!this.more()) return this.#fail(NO_PAIR)
    this.kind2 = this.#scalar()
    this.start2 = this.start
    this.end2 = this.end
    this.kind = kind
    this.start = start
    this.end = end
    if (this.more()) return this.#fail(NO_PAIR)
    return this.error === ''
  }

  /** Whether something comes before `close`, which is then the cursor's place; a comma comes first but for the first. */
  #another(close: number): boolean {
    if (this.error !== '') return false
    const c = this.#p < this.#n ? this.bytes[this.#p]! : 0
    if (c === close) {
      this.#close(this.#p)
      return false
    }
    if (!this.#first) {
      if (c !== 0x2c) return this.#fail(NOT_JSON)
      this.#p = afterSpace(this.bytes, this.#n, this.#p + 1)
    }
    this.#first = false
    return true
  }

  #close(p: number): boolean {
    this.#p = afterSpace(this.bytes, this.#n, p + 1)
    this.#first = false
    return true
  }

  /** Reads `"name":` and finds it among the wanted ones; null: it is another one, or no name at all. */
  #name(shape: Shape): Field | null {
    const b = this.bytes
    const p = this.#p
    const after = this.#skipper.name(b, this.#n, p)
    if (after < 0) {
      this.#fail(NOT_JSON)
      return null
    }
    const end = this.#skipper.end
    this.#p = after
    for (const field of shape.fields) {
      // The token has a colon behind the quote.
      if (field.length !== end - p + 2) continue
      let k = 1
      while (p + k < end && field.token[k] === b[p + k]) k++
      if (p + k === end) return field
    }
    if (!this.#skipper.isEscaped) return null
    const name = unescaped(b, p + 1, end)
    return shape.fields.find((field) => field.name === name) ?? null
  }

  #scalar(): number {
    if (this.error !== '') return KIND.none
    const b = this.bytes
    const n = this.#n
    const skipper = this.#skipper
    let p = this.#p
    let kind = kindOf(b[p]!)
    this.start = p
    if (kind === KIND.text) {
      this.start = ++p
      p = skipper.text(b, n, p)
      if (skipper.isEscaped) kind = KIND.escaped
      this.end = p
      if (p >= 0) p = afterSpace(b, n, p + 1)
    } else {
      p = skipper.value(b, n, p)
      this.end = skipper.end
    }
    if (p < 0) {
      this.#fail(NOT_JSON)
      return KIND.none
    }
    this.#p = p
    return kind
  }

  #fail(reason: string): false {
    if (this.error === '') this.error = reason
    // Whatever is read next fails too.
    this.#p = this.#n
    return false
  }
}
