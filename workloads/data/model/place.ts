// A place in a stream of rows that come in the order of their receive time: a time, and how many rows of that time were answered. Times
// may be equal, so a cursor needs both.

import { timeText } from '#market/time.ts'
import { splitTime } from './plain-rows.ts'
import type { Position } from './rows.ts'

export class Place {
  #ms = -1
  #ns = 0
  #count = 0
  readonly #after: { readonly ms: number; readonly ns: number } | undefined
  /** Rows of that time that are still to be passed over. */
  #left: number

  /** `after`: where the answer before ended. */
  constructor(after: Position | null) {
    const [time = '', count = 0] = after ?? []
    this.#after = splitTime(String(time))
    this.#left = Number(count)
  }

  /** Whether the answer before had the next row, which is then passed. */
  isAnswered(ms: number, ns: number): boolean {
    const after = this.#after
    if (after === undefined || ms > after.ms) return false
    if (ms < after.ms || ns < after.ns) return true
    if (ns > after.ns || this.#left === 0) return false
    this.#left--
    this.pass(ms, ns)
    return true
  }

  /** The next row is part of this answer. */
  pass(ms: number, ns: number): void {
    if (ms === this.#ms && ns === this.#ns) this.#count++
    else {
      this.#ms = ms
      this.#ns = ns
      this.#count = 1
    }
  }

  /** Behind the last row that was passed. */
  position(): Position {
    return [timeText(this.#ms, this.#ns), this.#count]
  }
}
