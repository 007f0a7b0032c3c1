// What the lines of format 2 say of type and symbol, counted, and compared with what index and manifest say of them.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const TYPE = Buffer.from('"type":')
const SYMBOL = Buffer.from('"symbol":')
/** What a segment calls its symbols beyond those that it tells apart. */
const OTHERS = '\u0000others'

/** Lines by type, and the symbols that occur; the empty text stands for none. */
export class LineNames {
  /** By the JSON text of the name. */
  readonly #types = new Map<string, number>()
  readonly #symbols = new Set<string>()
  /** JSON texts of the last line. */
  type = ''
  symbol = ''

  /** Reads the names between a line's number and its payload; gives the position behind their comma, or what is wrong. */
  read(raw: Buffer, start: number, end: number): number | string {
    const typeEnd = endOfText(raw, start, end, TYPE)
    if (typeEnd < 0) return 'has no type behind its number'
    this.type = raw.toString('latin1', start + TYPE.length, typeEnd)
    const symbolAt = typeEnd + 1
    const symbolEnd = endOfText(raw, symbolAt, end, SYMBOL)
    const symbol = symbolEnd < 0 ? '' : raw.toString('latin1', symbolAt + SYMBOL.length, symbolEnd)
    this.symbol = symbol
    if (symbol === '""') return 'has an empty symbol, which is left out'
    const count = this.#types.get(this.type)
    if (count === undefined && !isName(this.type)) return `its type ${this.type} is no JSON text`
    if (!this.#symbols.has(symbol)) {
      if (symbol !== '' && !isName(symbol)) return `its symbol ${symbol} is no JSON text`
      this.#symbols.add(symbol)
    }
    this.#types.set(this.type, (count ?? 0) + 1)
    return (symbolEnd < 0 ? typeEnd : symbolEnd) + 1
  }

  /** Counts lines of names that were read before, as their JSON texts. */
  add(type: string, symbol: string, lines: number): void {
    this.#symbols.add(symbol)
    this.#types.set(type, (this.#types.get(type) ?? 0) + lines)
  }

  join(other: LineNames): void {
    for (const [type, count] of other.#types) {
      this.#types.set(type, (this.#types.get(type) ?? 0) + count)
    }
  }

  /** Where counts by type differ from the lines; undefined if nowhere. */
  differenceOfTypes(said: Readonly<Record<string, unknown>>): string | undefined {
    const found = new Map([...this.#types].map(([text, count]) => [nameOf(text), count]))
    for (const [type, count] of Object.entries(said)) {
      if (found.get(type) !== count) return difference(type, count, found.get(type))
      found.delete(type)
    }
    for (const [type, count] of found) return difference(type, 0, count)
    return undefined
  }

  /** Where a set of symbols differs from the lines; undefined if nowhere. */
  differenceOfSymbols(said: ReadonlySet<string>): string | undefined {
    const found = new Set([...this.#symbols].map((text) => (text === '' ? '' : nameOf(text))))
    for (const symbol of found) {
      if (!said.has(symbol) && !said.has(OTHERS)) {
        return `symbols leave out ${JSON.stringify(symbol)}, which occurs`
      }
    }
    for (const symbol of said) {
      if (!found.has(symbol) && symbol !== OTHERS) {
        return `symbols name ${JSON.stringify(symbol)}, which does not occur`
      }
    }
    return undefined
  }
}

const difference = (type: string, said: unknown, found: number | undefined): string =>
  `types say ${String(said)} of ${JSON.stringify(type)}, found ${found ?? 0}`

/** The position behind the text of a member that ends with a comma, or -1. */
function endOfText(raw: Buffer, start: number, end: number, key: Buffer): number {
  for (let i = 0; i < key.length; i++) if (raw[start + i] !== key[i]) return -1
  let at = start + key.length
  if (raw[at] !== QUOTE) return -1
  for (at++; at < end; at++) {
    const c = raw[at]
    if (c === BACKSLASH) at++
    else if (c === QUOTE) return raw[at + 1] === COMMA ? at + 1 : -1
  }
  return -1
}

/** True for a name as JSON.stringify writes it: readers may compare the bytes. */
function isName(text: string): boolean {
  try {
    return Buffer.from(JSON.stringify(nameOf(text))).toString('latin1') === text
  } catch {
    return false
  }
}

/** The name of a JSON text whose bytes are the characters. */
const nameOf = (text: string): string =>
  JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as string

/** The names of the symbols of each member, from the lines of an index. */
export class IndexSymbols {
  readonly #names: string[] = []

  /** Those of the next member. */
  next({ names, symbols }: { readonly names: unknown; readonly symbols: unknown }): Set<string> {
    for (const name of Array.isArray(names) ? (names as unknown[]) : []) {
      this.#names.push(String(name))
    }
    return new Set(numbersOf(symbols).map((number) => this.#names[number] ?? `number ${number}`))
  }
}

/** A list of numbers, or a bit for each in base64, lowest first. */
function numbersOf(symbols: unknown): readonly number[] {
  if (Array.isArray(symbols)) return symbols as number[]
  if (typeof symbols !== 'string') return []
  const numbers: number[] = []
  for (const [i, byte] of Buffer.from(symbols, 'base64').entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) numbers.push(i * 8 + bit)
  }
  return numbers
}
