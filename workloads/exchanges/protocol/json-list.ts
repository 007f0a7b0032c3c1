// Reads a JSON object that holds one long list, piece by piece as it comes from a socket: each entry of the list is
// parsed on its own, so that memory and the time without a break depend on the largest entry, not on the answer.

/** Why a text is not such an object; the message says what was found. */
export class JsonListError extends Error {}

export type JsonListOptions = {
  /** Name of the member that is the list. */
  readonly list: string
  /** Names of other members to keep. All others are passed over. */
  readonly keep: readonly string[]
  /** Bytes of one entry, one kept member or one name, at most. */
  readonly maxBytes: number
  onItem(item: unknown): void
}

const STATES = ['object', 'name', 'colon', 'value', 'comma', 'item', 'itemComma', 'end'] as const
type State = (typeof STATES)[number]

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPENING = [0x7b, 0x5b]
const CLOSING = [0x7d, 0x5d]

export class JsonList {
  /** What the member that should be the list was. */
  found: 'nothing' | 'null' | 'list' | 'other' = 'nothing'
  readonly kept = new Map<string, unknown>()
  readonly #o: JsonListOptions
  #state: State = 'object'
  /** An entry or a name may also be the end of its list or object: it is the first, with no comma before it. */
  #first = true
  #name = ''
  readonly #names = new Set<string>()
  /** The value being read: brackets open, inside a string, behind a backslash. */
  #reading = false
  #depth = 0
  #inString = false
  #escaped = false
  #isScalar = false
  /** Its bytes of earlier pieces. */
  #held: Uint8Array[] = []
  #heldBytes = 0

  constructor(options: JsonListOptions) {
    this.#o = options
  }

  /** Throws JsonListError where the text cannot become such an object. */
  write(piece: Uint8Array): void {
    let from = 0
    for (let i = 0; i < piece.length; ) {
      if (!this.#reading) {
        const c = piece[i]!
        if (isSpace(c)) i++
        else if (this.#structure(c)) i++
        else from = i // a value begins with this byte
        continue
      }
      const end = this.#endOfValue(piece, i)
      if (end < 0) break
      this.#hold(piece.subarray(from, end))
      this.#reading = false
      this.#value()
      i = end
    }
    // Copied: the piece is the socket's.
    if (this.#reading && this.#isKept) this.#hold(piece.slice(from))
  }

  /** The text is over. */
  end(): void {
    if (this.#state !== 'end') throw new JsonListError('JSON that ends in the middle')
  }

  /** One byte between values: true where it is taken, false where a value begins with it. */
  #structure(c: number): boolean {
    switch (this.#state) {
      case 'object':
        if (c !== OPENING[0]) throw new JsonListError(describe(c))
        this.#to('name')
        return true
      case 'name':
        if (c === CLOSING[0] && this.#first) return this.#to('end')
        if (c !== QUOTE) throw notJson()
        return this.#begin(c)
      case 'colon':
        if (c !== 0x3a) throw notJson()
        return this.#to('value')
      case 'value':
        if (this.#name === this.#o.list && c === OPENING[1]) {
          this.found = 'list'
          return this.#to('item')
        }
        return this.#begin(c)
      case 'comma':
        if (c === CLOSING[0]) return this.#to('end')
        if (c !== COMMA) throw notJson()
        return this.#to('name', false)
      case 'item':
        if (c === CLOSING[1] && this.#first) return this.#to('comma')
        return this.#begin(c)
      case 'itemComma':
        if (c === CLOSING[1]) return this.#to('comma')
        if (c !== COMMA) throw notJson()
        return this.#to('item', false)
      case 'end':
        throw new JsonListError('JSON with something behind it')
    }
  }

  #to(state: State, first = true): true {
    this.#state = state
    this.#first = first
    return true
  }

  #begin(c: number): false {
    if (CLOSING.includes(c) || c === COMMA || c === 0x3a) throw notJson()
    this.#reading = true
    this.#depth = 0
    this.#inString = false
    this.#escaped = false
    this.#isScalar = c !== QUOTE && !OPENING.includes(c)
    this.#held = []
    this.#heldBytes = 0
    return false
  }

  /** Where the value ends, or -1 if it continues in the next piece. */
  #endOfValue(piece: Uint8Array, from: number): number {
    for (let i = from; i < piece.length; i++) {
      const c = piece[i]!
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (c === BACKSLASH) this.#escaped = true
        else if (c === QUOTE) {
          this.#inString = false
          if (this.#depth === 0) return i + 1
        }
      } else if (this.#isScalar) {
        if (c === COMMA || isSpace(c) || c === CLOSING[0] || c === CLOSING[1]) return i
      } else if (c === QUOTE) this.#inString = true
      else if (c === OPENING[0] || c === OPENING[1]) this.#depth++
      else if ((c === CLOSING[0] || c === CLOSING[1]) && --this.#depth === 0) return i + 1
    }
    return -1
  }

  get #isKept(): boolean {
    return this.#state !== 'value' || this.#name === this.#o.list || this.#keeps
  }

  get #keeps(): boolean {
    return this.#o.keep.includes(this.#name)
  }

  #hold(bytes: Uint8Array): void {
    if (!this.#isKept) return // passed over
    this.#heldBytes += bytes.length
    if (this.#heldBytes > this.#o.maxBytes) {
      throw new JsonListError(`a value larger than ${this.#o.maxBytes} bytes`)
    }
    this.#held.push(bytes)
  }

  /** A value has ended. */
  #value(): void {
    const value = this.#isKept ? parse(this.#held) : undefined
    this.#held = []
    switch (this.#state) {
      case 'name':
        this.#name = value as string
        if (this.#names.has(this.#name)) throw new JsonListError(`${quote(this.#name)} twice`)
        if (this.#names.size < MAX_NAMES) this.#names.add(this.#name)
        else throw new JsonListError(`an object of more than ${MAX_NAMES} names`)
        this.#to('colon')
        return
      case 'item':
        this.#to('itemComma')
        this.#o.onItem(value)
        return
      default:
        if (this.#name === this.#o.list) this.found = value === null ? 'null' : 'other'
        else if (this.#keeps) this.kept.set(this.#name, value)
        this.#to('comma')
    }
  }
}

/** Names of the outer object. */
const MAX_NAMES = 1_000

const isSpace = (c: number): boolean => c === 0x20 || c === 10 || c === 13 || c === 9

const notJson = () => new JsonListError('something that is not JSON')

const describe = (c: number): string =>
  c === 0x5b || c === 0x22 || (c >= 0x30 && c <= 0x39) || c === 0x6e || c === 0x74 || c === 0x66
    ? 'something that is not an object'
    : 'something that is not JSON'

function parse(parts: readonly Uint8Array[]): unknown {
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    throw notJson()
  }
}

/** A text of the exchange as messages show it. */
export const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
