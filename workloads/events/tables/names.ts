// Names of a segment as codes: each is numbered when it is met first, whatever it is of.

export class Names {
  readonly names: string[] = []
  readonly #codes = new Map<string, number>()

  code(name: string): number {
    let code = this.#codes.get(name)
    if (code === undefined) {
      code = this.names.push(name) - 1
      this.#codes.set(name, code)
    }
    return code
  }
}

/** Codes of one sort of name: most probably the same as the last time. */
export class LastName {
  readonly #names: Names
  #last = ''
  #code: number

  constructor(names: Names) {
    this.#names = names
    this.#code = names.code('')
  }

  code(name: string): number {
    if (name !== this.#last) {
      this.#code = this.#names.code(name)
      this.#last = name
    }
    return this.#code
  }
}
