// Fires as they are kept: one line of canonical JSON each, with an id that follows from the signal and the event.

import { createHash } from 'node:crypto'
import { canonical } from '#crds/canonical.ts'
import type { RawFire } from './messages.ts'

export type FireLine = {
  /** Number of its event among those that were read. */
  readonly at: number
  readonly text: string
}

export class FireLines {
  readonly #signal: string
  readonly #hash = createHash('sha256')
  readonly #lines: FireLine[] = []
  /** What the last fire was of, and how many were of it before. */
  #last = ''
  #repeated = 0

  /** `signal`: SHA-256 of its source. */
  constructor(signal: string) {
    this.#signal = signal
  }

  get lines(): readonly FireLine[] {
    return this.#lines
  }

  /** SHA-256 of all lines. */
  hash(): string {
    return this.#hash.copy().digest('hex')
  }

  add({ at, feed, symbol, recv, time, payload }: RawFire): void {
    const of = `${this.#signal} ${feed} ${symbol} ${recv}`
    this.#repeated = of === this.#last ? this.#repeated + 1 : 0
    this.#last = of
    const id = createHash('sha256').update(`${of} ${this.#repeated}`).digest('hex')
    const fire = { id, feed, symbol, recv, time: time === '' ? null : time }
    const text = canonical({ ...fire, payload: JSON.parse(payload) as unknown })
    this.#hash.update(`${text}\n`)
    this.#lines.push({ at, text })
  }
}
