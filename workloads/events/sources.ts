// The sources of a reading in order of their next rows. A few tables are open at a time and take turns after some rows, so a sorted
// list is quicker than a heap: the first one seldom moves far.

import type { EventBatch } from '#market/columns.ts'
import { compareSources, type Source } from './source.ts'

export class Sources {
  readonly #list: Source[] = []

  get first(): Source | undefined {
    return this.#list[0]
  }

  add(source: Source): void {
    if (source.isOver) return
    let at = 0
    while (at < this.#list.length && compareSources(this.#list[at]!, source) < 0) at++
    this.#list.splice(at, 0, source)
  }

  remove(source: Source): void {
    const at = this.#list.indexOf(source)
    if (at >= 0) this.#list.splice(at, 1)
  }

  /** Appends what the first one has before the next row of any other. */
  take(batch: EventBatch, rows: number): void {
    const list = this.#list
    const first = list[0]!
    first.take(batch, list[1], rows)
    if (first.isOver) {
      list.shift()
      return
    }
    let at = 1
    for (; at < list.length && compareSources(list[at]!, first) < 0; at++) list[at - 1] = list[at]!
    list[at - 1] = first
  }
}
