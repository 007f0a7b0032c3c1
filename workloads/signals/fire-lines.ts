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
  /** Fires of the present receive time, by feed and symbol: instruments may take turns within it. */
  #recv = ''
  readonly #repeated = new Map<string, number>()

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
    if (recv !== this.#recv) this.#repeated.clear()
    this.#recv = recv
    const of = `${this.#signal} ${feed} ${symbol} ${recv}`
    const before = this.#repeated.get(of) ?? 0
    this.#repeated.set(of, before + 1)
    const id = createHash('sha256').update(`${of} ${before}`).digest('hex')
    const fire = { id, feed, symbol, recv, time: time === '' ? null : time }
    const text = canonical({ ...fire, payload: JSON.parse(payload) as unknown })
    this.#hash.update(`${text}\n`)
    this.#lines.push({ at, text })
  }
}
