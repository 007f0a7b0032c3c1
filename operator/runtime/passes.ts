// Remembers of each key what its last complete pass looked at, so that a pass over the same inputs ends at once: nothing is
// rendered, hashed or compared. Sound only if `inputs` names everything the pass depends on, time included.

import type { Key, KubeObject } from '../kube/objects.ts'

/** A cached object (by uid and resourceVersion), a text, or that something is absent. */
export type PassInput = KubeObject | string | undefined

export class Passes {
  readonly #seen = new Map<Key, string>()

  /** Whether the last complete pass over the key looked at exactly these. */
  same(key: Key, inputs: readonly PassInput[]): boolean {
    return this.#seen.get(key) === textOf(inputs)
  }

  /** The pass is complete: everything was found or made as wanted. */
  complete(key: Key, inputs: readonly PassInput[]): void {
    this.#seen.set(key, textOf(inputs))
  }

  forget(key: Key): void {
    this.#seen.delete(key)
  }
}

function textOf(inputs: readonly PassInput[]): string {
  let text = ''
  for (const input of inputs) {
    if (typeof input === 'string') text += `"${input}`
    else if (input) text += `${input.metadata.uid}:${input.metadata.resourceVersion}`
    text += '\n'
  }
  return text
}
