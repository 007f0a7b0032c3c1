// Spreads symbols over places that each hold a limited number: what is placed stays where it is, what is new goes where there
// is room. Connections of a feed are filled so, and the subscriptions of a connection. One symbol costs the same
// whether a hundred or a hundred thousand are placed.

export type Place = { readonly wanted: Set<string> }

export class Placement<P extends Place> {
  readonly places: P[] = []
  readonly #make: () => P
  readonly #placeOf = new Map<string, P>()
  /** Exactly the places that have room; the last is filled first. */
  #open: P[] = []
  #limit: number

  /** `make` makes an empty place, the next of `places`. */
  constructor(limit: number, make: () => P) {
    this.#limit = limit
    this.#make = make
  }

  /** Symbols in all places. */
  get size(): number {
    return this.#placeOf.size
  }

  has(symbol: string): boolean {
    return this.#placeOf.has(symbol)
  }

  /** The place of a symbol, which gets one if it has none. */
  add(symbol: string): P {
    const known = this.#placeOf.get(symbol)
    if (known !== undefined) return known
    const place = this.#open.at(-1) ?? this.grow()
    place.wanted.add(symbol)
    this.#placeOf.set(symbol, place)
    if (place.wanted.size >= this.#limit) this.#open.pop()
    return place
  }

  /** An empty place more. */
  grow(): P {
    const place = this.#make()
    this.places.push(place)
    this.#open.push(place)
    return place
  }

  /** Takes a symbol out of its place; null if it has none. */
  remove(symbol: string): P | null {
    const place = this.#placeOf.get(symbol)
    if (place === undefined) return null
    if (place.wanted.size === this.#limit) this.#open.push(place)
    place.wanted.delete(symbol)
    this.#placeOf.delete(symbol)
    return place
  }

  /** Sets how many each place holds from now on. Returns the symbols that had to move, in their new places already. */
  lower(limit: number): readonly string[] {
    this.#limit = limit
    const moved: string[] = []
    for (const { wanted } of this.places) {
      let at = 0
      for (const symbol of wanted) if (at++ >= limit) moved.push(symbol)
    }
    for (const symbol of moved) {
      this.#placeOf.get(symbol)!.wanted.delete(symbol)
      this.#placeOf.delete(symbol)
    }
    this.#open = this.places.filter(({ wanted }) => wanted.size < limit)
    for (const symbol of moved) this.add(symbol)
    return moved
  }
}
