// Names of a segment as codes: each is numbered when it is met first, whatever it is of.

export class Names {
  readonly names: string[] = []
  readonly #codes = new Map<string, number>()
  #last = ''
  #lastCode = -1

  code(name: string): number {
    // Most probably the same as the last time.
    if (name === this.#last && this.#lastCode >= 0) return this.#lastCode
    let code = this.#codes.get(name)
    if (code === undefined) {
      code = this.names.push(name) - 1
      this.#codes.set(name, code)
    }
    this.#last = name
    this.#lastCode = code
    return code
  }
}
