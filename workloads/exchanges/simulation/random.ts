// Seeded chance: the same seed gives the same numbers on every machine. Not for anything secret.

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number of 32 bits (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }

  /** A whole number from 0 to limit - 1. */
  below(limit: number): number {
    return this.next() % limit
  }

  /** True `parts` times in `whole`. */
  chance(parts: number, whole: number): boolean {
    return this.next() % whole < parts
  }

  /** Text in the form of a UUID. */
  uuid(): string {
    const hex = (value: number): string => value.toString(16).padStart(8, '0')
    const [a, b, c, d] = [this.next(), this.next(), this.next(), this.next()].map(hex) as [
      string,
      string,
      string,
      string,
    ]
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`
  }
}

/** A seed for a thing that has a name, so that it does not depend on when it is made (FNV-1a). */
export function seedOf(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < name.length; i++) {
    hash ^= name.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193) >>> 0
  }
  return hash >>> 0
}
