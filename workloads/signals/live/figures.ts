// What is counted of a signal, for its report and metrics. Days are UTC days of receive times, so that a restart counts no fire twice.

import { createHash, type Hash } from 'node:crypto'
import { utcDay } from '#crds/rfc3339.ts'

export type FiguresState = {
  readonly day: string
  readonly today: number
  readonly lastFireMs: number | null
}

export class Figures {
  events = 0
  fires = 0
  errors = 0
  late = 0
  lagMs: number | null = null
  #day = ''
  #today = 0
  #lastFireMs: number | null = null

  get state(): FiguresState {
    return { day: this.#day, today: this.#today, lastFireMs: this.#lastFireMs }
  }

  /** Continues with what was stored. */
  restore({ day, today, lastFireMs }: FiguresState): void {
    this.#day = day
    this.#today = today
    this.#lastFireMs = lastFireMs
  }

  /** A fire of an event that was received then; not new if this process has counted it. */
  fired(recvMs: number, isNew: boolean): void {
    if (isNew) this.fires++
    const day = utcDay(recvMs)
    if (day > this.#day) {
      this.#day = day
      this.#today = 0
    }
    if (day === this.#day) this.#today++
    this.#lastFireMs = Math.max(this.#lastFireMs ?? 0, recvMs)
  }

  firesToday(nowMs: number): number {
    return utcDay(nowMs) === this.#day ? this.#today : 0
  }

  get lastFireMs(): number | null {
    return this.#lastFireMs
  }
}

/** The reading of what the streams held when the runner began. */
export class CatchUp {
  readonly #hash: Hash = createHash('sha256')
  from: number | null = null
  to: number | null = null
  done = false
  events = 0
  fires = 0

  /** Events that were handled, from the first to the last receive time. */
  handled(events: number, firstMs: number, lastMs: number): void {
    this.from ??= firstMs
    this.to = lastMs
    this.events += events
  }

  fired(line: string): void {
    this.fires++
    this.#hash.update(`${line}\n`)
  }

  get firesHash(): string {
    return this.#hash.copy().digest('hex')
  }
}
