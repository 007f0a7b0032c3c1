// How often a status is written: at once when a condition flips, as long as that does not become a habit, and figures at
// most twice a minute. What is held back is written when its time has come.

import type { Key } from './kube/objects.ts'

export const FIGURES_MS = 30_000
/** Flips in a row that are told at once; afterwards one in half a minute, until it calms down. */
const BURST = 8

type Entry = { at: number; tokens: number; refilledAt: number }

export class Pace {
  /** The shortest time between two writes of figures. */
  readonly figuresMs: number
  readonly #nowMs: () => number
  readonly #entries = new Map<Key, Entry>()

  constructor(nowMs: () => number, figuresMs: number = FIGURES_MS) {
    this.#nowMs = nowMs
    this.figuresMs = figuresMs
  }

  /** How long a change of this weight has to wait; 0 is now, and then `wrote` has to follow. */
  waitMs(key: Key, change: 'generation' | 'contract' | 'figures'): number {
    const entry = this.#entries.get(key)
    if (!entry || change === 'generation') return 0
    const now = this.#nowMs()
    const sinceRefill = now - entry.refilledAt
    const gained = Math.floor(sinceRefill / this.figuresMs)
    if (change === 'contract') {
      if (entry.tokens + gained >= 1) return 0
      return this.figuresMs - (sinceRefill % this.figuresMs)
    }
    return Math.max(0, entry.at + this.figuresMs - now)
  }

  /** Whether figures may be written now. */
  isDue(key: Key): boolean {
    const entry = this.#entries.get(key)
    return !entry || this.#nowMs() >= entry.at + this.figuresMs
  }

  wrote(key: Key): void {
    const now = this.#nowMs()
    const entry = this.#entries.get(key) ?? { at: now, tokens: BURST, refilledAt: now }
    const gained = Math.floor((now - entry.refilledAt) / this.figuresMs)
    entry.tokens = Math.max(0, Math.min(BURST, entry.tokens + gained) - 1)
    entry.refilledAt += gained * this.figuresMs
    entry.at = now
    this.#entries.set(key, entry)
  }

  forget(key: Key): void {
    this.#entries.delete(key)
  }
}
