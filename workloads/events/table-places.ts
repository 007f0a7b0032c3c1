// Where the names of a column of a table stand in the names of a batch, by their codes: found once for each batch.

import type { EventBatch } from '#market/columns.ts'

export class PlacesOf {
  readonly #names: readonly string[]
  readonly #places: Int32Array
  #batch: EventBatch | null = null
  #generation = -1

  constructor(names: readonly string[]) {
    this.#names = names
    this.#places = new Int32Array(names.length)
  }

  /** By code; -1: not found yet. */
  of(batch: EventBatch): Int32Array {
    if (batch !== this.#batch || batch.generation !== this.#generation) {
      this.#batch = batch
      this.#generation = batch.generation
      this.#places.fill(-1)
    }
    return this.#places
  }

  /** After `of`. */
  find(batch: EventBatch, code: number): number {
    const place = batch.place(this.#names[code]!)
    this.#places[code] = place
    return place
  }
}
