// Text on its way out as bytes in one reused buffer: numbers, times and plain text are written as digits and letters, without a
// string between.

const ZERO = 0x30
const POINT = 0x2e
const MINUS = 0x2d
/** Room for one more value of a fixed width. */
const SLACK = 64

export class TextBuffer {
  bytes: Buffer
  length = 0
  /** The second whose text stands in `#secondText`. */
  #second = Number.NaN
  readonly #secondText = Buffer.alloc(20)

  constructor(capacity = 64 * 1024) {
    this.bytes = Buffer.allocUnsafe(capacity)
  }

  clear(): void {
    this.length = 0
  }

  view(): Buffer {
    return this.bytes.subarray(0, this.length)
  }

  #room(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const bytes = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more))
    this.bytes.copy(bytes, 0, 0, this.length)
    this.bytes = bytes
  }

  byte(value: number): void {
    this.#room(1)
    this.bytes[this.length++] = value
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Any text, as UTF-8. */
  text(text: string): void {
    this.#room(text.length * 3)
    // Most texts are short names of plain letters: a call into native code costs more than they do.
    const { bytes } = this
    const start = this.length
    if (text.length > 48) {
      this.length += bytes.write(text, start, 'utf8')
      return
    }
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) {
        this.length = start + bytes.write(text, start, 'utf8')
        return
      }
      bytes[start + i] = code
    }
    this.length = start + text.length
  }

  /** A text as JSON, with its quotes. */
  jsonText(text: string): void {
    const start = this.length
    this.#room(text.length + 2)
    const { bytes } = this
    let at = start
    bytes[at++] = 0x22
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) {
        this.text(JSON.stringify(text))
        return
      }
      bytes[at++] = code
    }
    bytes[at++] = 0x22
    this.length = at
  }

  /** A whole number, exact below 2^53. */
  integer(value: number): void {
    this.#room(SLACK)
    if (value < 0) {
      this.bytes[this.length++] = MINUS
      value = -value
    }
    this.#digits(value, countDigits(value))
  }

  /** `value` units of 10^-scale, all digits of the scale: 12300 and 3 → 12.300. */
  decimal(value: number, scale: number): void {
    this.#room(SLACK + scale)
    if (value < 0) {
      this.bytes[this.length++] = MINUS
      value = -value
    }
    const digits = Math.max(countDigits(value), scale + 1)
    this.#digits(value, digits)
    if (scale === 0) return
    const point = this.length - scale
    this.bytes.copyWithin(point + 1, point, this.length)
    this.bytes[point] = POINT
    this.length++
  }

  /** RFC 3339 with nine decimals. */
  time(ms: number, ns: number): void {
    this.#room(SLACK)
    const second = Math.floor(ms / 1000)
    if (second !== this.#second) {
      this.#secondText.write(new Date(second * 1000).toISOString().slice(0, 19), 0, 'latin1')
      this.#secondText[19] = POINT
      this.#second = second
    }
    this.bytes.set(this.#secondText, this.length)
    this.length += 20
    this.#digits((ms - second * 1000) * 1_000_000 + ns, 9)
    this.bytes[this.length++] = 0x5a
  }

  /** Nanoseconds since 1970: more digits than a number holds. */
  nanos(ms: number, ns: number): void {
    this.#room(SLACK)
    if (ms < 0) {
      this.text((BigInt(ms) * 1_000_000n + BigInt(ns)).toString())
      return
    }
    if (ms > 0) {
      this.#digits(ms, countDigits(ms))
      this.#digits(ns, 6)
    } else this.#digits(ns, countDigits(ns))
  }

  #digits(value: number, count: number): void {
    const { bytes } = this
    let at = this.length + count
    this.length = at
    let left = value
    // Whole numbers of 32 bits divide much quicker.
    while (left > 0xffffffff) {
      const next = Math.floor(left / 10)
      bytes[--at] = ZERO + (left - next * 10)
      left = next
      count--
    }
    let small = left >>> 0
    for (; count > 0; count--) {
      const next = (small / 10) >>> 0
      bytes[--at] = ZERO + (small - next * 10)
      small = next
    }
  }
}

function countDigits(value: number): number {
  let digits = 1
  for (let bound = 10; value >= bound && digits < 16; bound *= 10) digits++
  return digits
}
