// Texts of symbols and types out of bytes, without making a new one for each frame: most frames repeat the last.

export class LastText {
  readonly #known = new Map<string, string>()
  #bytes: Buffer = Buffer.alloc(0)
  #text = ''

  of(bytes: Buffer, at: number, end: number): string {
    const length = end - at
    if (length === this.#bytes.length) {
      let i = 0
      while (i < length && bytes[at + i] === this.#bytes[i]) i++
      if (i === length) return this.#text
    }
    const text = bytes.toString('latin1', at, end)
    const known = this.#known.get(text) ?? text
    if (known === text) this.#known.set(text, text)
    this.#text = known
    this.#bytes = Buffer.from(bytes.subarray(at, end))
    return known
  }
}
