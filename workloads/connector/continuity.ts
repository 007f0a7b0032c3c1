// Whether the exchange's own counts go on without holes: one counter a scope, plus one a frame. It starts
// wherever the exchange starts. A jump is a gap; a number that comes again is counted and changes nothing.

type Scope = {
  last: number
  /** Where a count that went back would go on, and for how long it did. */
  restart: number
  inRow: number
}

/** So many frames in a row that count on from a lower number: the exchange started its count anew. */
const RESTART_FRAMES = 3

export const SEEN = { fine: 0, first: 1, jump: 2, repeat: 3, restart: 4 } as const
export type Seen = (typeof SEEN)[keyof typeof SEEN]

export class Continuity {
  readonly #scopes = new Map<number, Scope>()
  /** After a jump or a restart: the number before it. */
  before = 0

  /** Judges one frame. `sequence` -1: it carries none, and only the scope is noted. */
  see(scope: number, sequence: number): Seen {
    const known = this.#scopes.get(scope)
    if (known === undefined) {
      this.#scopes.set(scope, { last: sequence, restart: -1, inRow: 0 })
      return SEEN.first
    }
    if (sequence === -1) return SEEN.fine
    const last = known.last
    if (sequence === last + 1 || last === -1) {
      known.last = sequence
      known.inRow = 0
      return SEEN.fine
    }
    if (sequence > last) {
      this.before = last
      known.last = sequence
      known.inRow = 0
      return SEEN.jump
    }
    known.inRow = sequence === known.restart ? known.inRow + 1 : 1
    known.restart = sequence + 1
    if (known.inRow < RESTART_FRAMES) return SEEN.repeat
    this.before = last
    known.last = sequence
    known.inRow = 0
    return SEEN.restart
  }

  /** The last number of a scope, or -1. */
  last(scope: number): number {
    return this.#scopes.get(scope)?.last ?? -1
  }

  forget(scope: number): void {
    this.#scopes.delete(scope)
  }
}
