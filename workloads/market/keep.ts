// What a builder keeps, saved as a list of values and restored from it. Each class has one method, `keep`, that hands over its fields in one
// order and takes them back: so what is saved and what is restored cannot differ.

export type Kept = string | number

export abstract class Keeper {
  /** Of any value: NaN and -0 too. */
  abstract number(value: number): number
  abstract big(value: bigint): bigint
  abstract text<T extends string>(value: T): T
  abstract floats(column: Float64Array): Float64Array<ArrayBuffer>
  abstract ints(column: Int32Array): Int32Array<ArrayBuffer>
  abstract bytes(column: Uint8Array): Uint8Array<ArrayBuffer>

  flag(value: boolean): boolean {
    return this.number(value ? 1 : 0) === 1
  }

  /** As many as there are, or were: `make` is called for each that is restored. */
  each<T>(
    existing: readonly (readonly [feed: string, symbol: string, one: T])[],
    make: (feed: string, symbol: string) => T,
    keep: (one: T) => void
  ): void {
    const length = this.number(existing.length)
    for (let i = 0; i < length; i++) {
      const [feed = '', symbol = '', one] = existing[i] ?? []
      const [ofFeed, ofSymbol] = [this.text(feed), this.text(symbol)]
      keep(one ?? make(ofFeed, ofSymbol))
    }
  }
}

const ODD: ReadonlyMap<string, number> = new Map(
  [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((one) => [String(one), one])
)

export class Saving extends Keeper {
  /** As JSON can carry them. */
  readonly values: Kept[] = []

  number(value: number): number {
    this.values.push(Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : value) : String(value))
    return value
  }

  big(value: bigint): bigint {
    this.values.push(String(value))
    return value
  }

  text<T extends string>(value: T): T {
    this.values.push(value)
    return value
  }

  floats(column: Float64Array): Float64Array<ArrayBuffer> {
    return this.#column(column) as Float64Array<ArrayBuffer>
  }

  ints(column: Int32Array): Int32Array<ArrayBuffer> {
    return this.#column(column) as Int32Array<ArrayBuffer>
  }

  bytes(column: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.#column(column) as Uint8Array<ArrayBuffer>
  }

  #column<C extends Float64Array | Int32Array | Uint8Array>(column: C): C {
    const { buffer, byteOffset, byteLength } = column
    this.values.push(Buffer.from(buffer, byteOffset, byteLength).toString('base64'))
    return column
  }
}

export class Restoring extends Keeper {
  readonly #values: readonly Kept[]
  #next = 0

  constructor(values: readonly Kept[]) {
    super()
    this.#values = values
  }

  number(): number {
    const value = this.#take()
    if (typeof value === 'number') return value
    return value === '-0' ? -0 : (ODD.get(value) ?? this.#refuse())
  }

  big(): bigint {
    return BigInt(this.#text())
  }

  text<T extends string>(): T {
    return this.#text() as T
  }

  floats(): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#column())
  }

  ints(): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#column())
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#column())
  }

  /** All was taken. */
  end(): void {
    if (this.#next !== this.#values.length) this.#refuse()
  }

  #take(): Kept {
    return this.#values[this.#next++] ?? this.#refuse()
  }

  #text(): string {
    const value = this.#take()
    return typeof value === 'string' ? value : this.#refuse()
  }

  /** A buffer of its own, which a view of numbers can stand on. */
  #column(): ArrayBuffer {
    return Uint8Array.from(Buffer.from(this.#text(), 'base64')).buffer
  }

  #refuse(): never {
    throw new RangeError('what was saved does not fit what it is restored to')
  }
}

type Column = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>

/** The part of a ring that is in use: what has the numbers from `first` to `next` - 1. The ring has `room` places, a power of two. */
export function keepRing<C extends Column>(
  ring: C,
  room: number,
  first: number,
  next: number,
  keep: (part: C) => C
): C {
  const Typed = ring.constructor as new (length: number) => C
  const part = new Typed(next - first)
  const mask = ring.length - 1
  if (ring.length === room) {
    for (let n = first; n < next; n++) part[n - first] = ring[n & mask]!
  }
  const kept = keep(part)
  const made = new Typed(room)
  for (let n = first; n < next; n++) made[n & (room - 1)] = kept[n - first]!
  return made
}
