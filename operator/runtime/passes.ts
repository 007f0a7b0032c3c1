// Remembers of each key what its last complete pass looked at, so that a pass over the same inputs ends at once: nothing is
// rendered, hashed or compared. Sound only if `inputs` names everything the pass depends on, time included.

import type { Key } from '../kube/objects.ts'

/**
 * What a pass depends on, in a fixed order. Objects of a cache stand for themselves: they are never changed in place, so
 * the same object is the same value.
 */
export type PassInputs = readonly unknown[]

/** `more`: what the kind wants to have at hand when it looks again. */
export type Remembered<T> = {
  readonly inputs: PassInputs
  /** When time itself makes a pass worth doing, such as for a write that was held back. */
  readonly untilMs: number
  readonly more: T
}

export class Passes<T = undefined> {
  readonly #seen = new Map<Key, Remembered<T>>()

  /** The last complete pass, if it looked at exactly these and its time is not over. */
  same(key: Key, inputs: PassInputs, nowMs: number): Remembered<T> | undefined {
    const seen = this.#seen.get(key)
    if (!seen || nowMs >= seen.untilMs || seen.inputs.length !== inputs.length) return undefined
    for (let i = 0; i < inputs.length; i++)
      if (!Object.is(seen.inputs[i], inputs[i])) return undefined
    return seen
  }

  /** The pass is complete: everything was found as wanted. `inputs` as they were when it began. */
  complete(key: Key, remembered: Remembered<T>): void {
    this.#seen.set(key, remembered)
  }

  forget(key: Key): void {
    this.#seen.delete(key)
  }
}
