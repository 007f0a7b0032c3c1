// Fires as they are kept: one line of canonical JSON each, with an id that follows from the signal and the record.

import { createHash } from 'node:crypto'
import { canonical } from '#crds/canonical.ts'
import type { RawFire } from './messages.ts'

export type FireLine = {
  /** Number of its event among those that its process handled. */
  readonly at: number
  readonly recv: string
  readonly text: string
}

/** `signal`: SHA-256 of its source. */
export function fireId(signal: string, fire: RawFire): string {
  const { symbol, connection, number, row, nth } = fire
  const of = [signal, symbol, connection, number, row, nth].join('\n')
  return createHash('sha256').update(of).digest('hex')
}

/** `signal`: SHA-256 of its source. */
export function fireLine(signal: string, fire: RawFire): FireLine {
  const { at, feed, symbol, recv, time, payload } = fire
  const id = fireId(signal, fire)
  const line = { id, feed, symbol, recv, time: time === '' ? null : time }
  return { at, recv, text: canonical({ ...line, payload: JSON.parse(payload) as unknown }) }
}

export class FireLines {
  readonly #signal: string
  readonly #hash = createHash('sha256')
  readonly #lines: FireLine[] = []

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

  add(fire: RawFire): void {
    const line = fireLine(this.#signal, fire)
    this.#hash.update(`${line.text}\n`)
    this.#lines.push(line)
  }
}
