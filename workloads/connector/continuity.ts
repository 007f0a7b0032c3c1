// Whether the exchange's own counts continue without holes: one counter a scope, plus one a frame. It starts wherever
// the exchange starts. A jump opens a hole, a late frame fills it; a number that comes again changes nothing.

import { crc32 } from 'node:zlib'

type Scope = {
  first: number
  last: number
  /** Numbers that have not come, as first and last in turn, ascending. */
  readonly holes: number[]
  /** crc32 of the first frames, by their distance from `first`: tells a restarted count from a redelivery. */
  opening: number[]
  /** A run of numbers below the last: its first, what would continue it, its length, and whether it cannot be a redelivery. */
  low: number
  next: number
  inRow: number
  isNew: boolean
}

/** Frames in a row that count on from a number that is no redelivery: the exchange restarted its count. */
const RESTART_FRAMES = 3
/** More numbers in a row than these are redelivered by no exchange: the count restarted in the middle. */
const REDELIVERY_FRAMES = 1000
const OPENING = 4
/** Holes that late frames can fill; older ones stay what they are. */
const MAX_HOLES = 256
/** More scopes than these in one connection are not followed. */
export const MAX_SCOPES = 20_000
/** Where counters of 16, 31, 32 and 53 bits end and begin again. */
const WRAPS: readonly number[] = [0xffff, 0x7fff_ffff, 0xffff_ffff, Number.MAX_SAFE_INTEGER]

export const SEEN = {
  fine: 0,
  first: 1,
  jump: 2,
  /** The number had come before. */
  repeat: 3,
  restart: 4,
  /** It fills a hole, and takes it back. */
  late: 5,
  /** It is below the first number of its scope, and fills no hole that was told. */
  early: 6,
  /** The scope has a count, and the frame no number. */
  uncounted: 7,
  /** There are too many scopes: this one is not followed. */
  crowded: 8,
} as const
export type Seen = (typeof SEEN)[keyof typeof SEEN]

export class Continuity {
  readonly #scopes = new Map<number, Scope>()
  /** After a jump or a restart: the number before it. */
  before = 0
  /** After a late frame: how many holes more there are, -1 where it filled one wholly, 1 where it cut one in two. */
  moreHoles = 0

  /**
   * Judges one frame, which stands for the numbers from `first` to `sequence`. `sequence` -1: it carries none, and only
   * the scope is noted.
   */
  see(scope: number, sequence: number, payload: Uint8Array, first = sequence): Seen {
    const known = this.#scopes.get(scope)
    if (known === undefined) {
      if (this.#scopes.size >= MAX_SCOPES) return SEEN.crowded
      this.#scopes.set(scope, newScope(first, sequence, payload))
      return SEEN.first
    }
    const { last } = known
    if (first === last + 1 && sequence !== 0) {
      known.last = sequence
      known.inRow = 0
      if (sequence - known.first < OPENING) known.opening[sequence - known.first] = crc32(payload)
      return SEEN.fine
    }
    if (sequence === -1) return last === -1 ? SEEN.fine : SEEN.uncounted
    if (last === -1 || (sequence <= 1 && WRAPS.includes(last))) {
      this.#scopes.set(scope, newScope(first, sequence, payload))
      return SEEN.fine
    }
    if (sequence > last) {
      known.inRow = 0
      // It begins with what is known: nothing is missing.
      if (first <= last) {
        known.last = sequence
        return SEEN.fine
      }
      this.before = last
      known.holes.push(last + 1, first - 1)
      if (known.holes.length > 2 * MAX_HOLES) known.holes.splice(0, 2)
      known.last = sequence
      return SEEN.jump
    }
    return this.#lower(scope, known, first, sequence, payload)
  }

  /** The first number of a scope, or -1. */
  first(scope: number): number {
    return this.#scopes.get(scope)?.first ?? -1
  }

  /** The last number of a scope, or -1. */
  last(scope: number): number {
    return this.#scopes.get(scope)?.last ?? -1
  }

  /** All scopes that have come. */
  scopes(): Iterable<number> {
    return this.#scopes.keys()
  }

  forget(scope: number): void {
    this.#scopes.delete(scope)
  }

  /** Numbers that cannot be read went by: the next one that can be read says nothing of them. 0: of any scope. */
  unsure(scope: number): void {
    if (scope === 0) for (const known of this.#scopes.values()) known.last = -1
    else {
      const known = this.#scopes.get(scope)
      if (known !== undefined) known.last = -1
    }
  }

  #lower(scope: number, known: Scope, first: number, sequence: number, payload: Uint8Array): Seen {
    const continues = known.inRow > 0 && first === known.next
    known.inRow = continues ? known.inRow + 1 : 1
    if (!continues) known.low = first
    known.next = sequence + 1
    known.isNew = (continues && known.isNew) || isNew(known, sequence, payload)
    const most = known.isNew ? RESTART_FRAMES - 1 : REDELIVERY_FRAMES
    if (known.inRow > most) {
      this.before = known.last
      const fresh = newScope(first, sequence, payload)
      fresh.first = known.low
      fresh.opening = []
      this.#scopes.set(scope, fresh)
      return SEEN.restart
    }
    if (sequence < known.first) return SEEN.early
    const holes = known.holes.length
    if (known.isNew || !fill(known.holes, first, sequence)) return SEEN.repeat
    this.moreHoles = (known.holes.length - holes) / 2
    return SEEN.late
  }
}

function newScope(first: number, sequence: number, payload: Uint8Array): Scope {
  const opening: number[] = []
  if (sequence !== -1 && sequence - first < OPENING) opening[sequence - first] = crc32(payload)
  return { first, last: sequence, holes: [], opening, low: -1, next: -1, inRow: 0, isNew: false }
}

/** True for a frame that never came under this number, or came as another: no redelivery. */
function isNew({ first, opening }: Scope, sequence: number, payload: Uint8Array): boolean {
  if (sequence < first) return true
  const known = opening[sequence - first]
  return known !== undefined && known !== crc32(payload)
}

/** Takes numbers out of the hole that has them all; false if none does. */
function fill(holes: number[], from: number, to: number): boolean {
  for (let i = holes.length - 2; i >= 0; i -= 2) {
    const first = holes[i]!
    const last = holes[i + 1]!
    if (to > last) return false
    if (from < first) continue
    if (first === from && last === to) holes.splice(i, 2)
    else if (from === first) holes[i] = to + 1
    else if (to === last) holes[i + 1] = from - 1
    else holes.splice(i + 1, 0, from - 1, to + 1)
    return true
  }
  return false
}
