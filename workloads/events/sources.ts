// The sources of a reading in order of their next rows. A few tables are open at a time and take turns after some rows, so a sorted
// list is quicker than a heap: the first one seldom moves far.

import { compareSources, type Source } from './source.ts'

export class Sources<S extends Source> {
  readonly #list: S[] = []

  get first(): S | undefined {
    return this.#list[0]
  }

  add(source: S): void {
    if (source.isOver) return
    let at = 0
    while (at < this.#list.length && compareSources(this.#list[at]!, source) < 0) at++
    this.#list.splice(at, 0, source)
  }

  remove(source: S): void {
    const at = this.#list.indexOf(source)
    if (at >= 0) this.#list.splice(at, 1)
  }

  /** The one whose next row comes behind that of the first. */
  get second(): S | undefined {
    return this.#list[1]
  }

  /** Puts the first one into its new place, after some of its rows were taken. */
  settle(): void {
    const list = this.#list
    const first = list[0]!
    if (first.isOver) {
      list.shift()
      return
    }
    let at = 1
    for (; at < list.length && compareSources(list[at]!, first) < 0; at++) list[at - 1] = list[at]!
    list[at - 1] = first
  }
}
