// The symbols of a segment. Its index names each one once, at the first member that holds it; each member's line lists the
// numbers of its symbols, the same however the records were cut into members.

/** Numbers of symbols, ascending; or, if that is shorter, a bit for each in base64, lowest bit first. */
export type SymbolNumbers = readonly number[] | string

/** No exchange can name a symbol so: a NUL ends no name in JSON, on NATS or in a path. */
export const OTHER_SYMBOLS = '\u0000others'

/** Which symbols a member holds. */
export class SymbolSet {
  #bits = new Uint8Array(32)

  add(number: number): void {
    const byte = number >>> 3
    if (byte >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2))
      larger.set(this.#bits)
      this.#bits = larger
    }
    this.#bits[byte]! |= 1 << (number & 7)
  }

  join(numbers: SymbolNumbers): void {
    for (const number of listNumbers(numbers)) this.add(number)
  }

  encode(): SymbolNumbers {
    const numbers = listNumbers(this.#bits)
    const bytes = ((numbers.at(-1) ?? -1) >>> 3) + 1
    const text = Buffer.from(this.#bits.subarray(0, numbers.length === 0 ? 0 : bytes)).toString(
      'base64'
    )
    return JSON.stringify(numbers).length <= text.length + 2 ? numbers : text
  }
}

/** The numbers as a list. */
export function listNumbers(numbers: SymbolNumbers | Uint8Array): readonly number[] {
  if (Array.isArray(numbers)) return numbers
  const bits =
    typeof numbers === 'string' ? Buffer.from(numbers, 'base64') : (numbers as Uint8Array)
  const listed: number[] = []
  for (let byte = 0; byte < bits.length; byte++) {
    const value = bits[byte]!
    for (let bit = 0; value >>> bit !== 0; bit++) {
      if ((value >>> bit) & 1) listed.push(byte * 8 + bit)
    }
  }
  return listed
}
