// How often a status is written: at once when a condition flips, as long as that does not become a habit, and figures at
// most twice a minute, and less often where so many have them that their writes would be all that we do. What is held back
// is written when its time has come, each in its turn.

export const FIGURES_MS = 30_000
/** Writes of figures in a second, of all resources together: half of what the client lets through. */
export const FIGURES_PER_SECOND = 50
/** Flips in a row that are told at once; afterwards one in half a minute, until it calms down. */
const BURST = 8

type Entry = {
  at: number
  tokens: number
  refilledAt: number
  /** When its turn to write figures comes. */
  turnAt: number | undefined
}

/** By kind and key: a Feed and an Environment may have the same name. */
export type PaceKey = `${string}:${string}`

export class Pace {
  /** The shortest time between two writes of figures. */
  readonly figuresMs: number
  readonly #nowMs: () => number
  readonly #entries = new Map<PaceKey, Entry>()
  #nextTurnAt = 0

  constructor(nowMs: () => number, figuresMs: number = FIGURES_MS) {
    this.#nowMs = nowMs
    this.figuresMs = figuresMs
  }

  /** How long a change of this weight has to wait; 0 is now, and then `wrote` has to follow. */
  waitMs(key: PaceKey, change: 'generation' | 'contract' | 'figures'): number {
    if (change === 'generation') return 0
    const now = this.#nowMs()
    const entry = this.#entries.get(key)
    if (change === 'figures') return this.#figuresWaitMs(key, now)
    if (!entry) return 0
    const sinceRefill = now - entry.refilledAt
    const gained = Math.floor(sinceRefill / this.figuresMs)
    if (entry.tokens + gained >= 1) return 0
    return this.figuresMs - (sinceRefill % this.figuresMs)
  }

  /** Whether figures may be worth a write now; without taking a turn. */
  isDue(key: PaceKey): boolean {
    const entry = this.#entries.get(key)
    return !entry || this.#nowMs() >= (entry.turnAt ?? entry.at + this.figuresMs)
  }

  wrote(key: PaceKey): void {
    const now = this.#nowMs()
    const entry = this.#entryOf(key, now)
    const gained = Math.floor((now - entry.refilledAt) / this.figuresMs)
    entry.tokens = Math.max(0, Math.min(BURST, entry.tokens + gained) - 1)
    entry.refilledAt += gained * this.figuresMs
    entry.at = now
    entry.turnAt = undefined
  }

  forget(key: PaceKey): void {
    this.#entries.delete(key)
  }

  #figuresWaitMs(key: PaceKey, now: number): number {
    const entry = this.#entryOf(key, now)
    if (entry.turnAt !== undefined) return Math.max(0, entry.turnAt - now)
    const ownMs = entry.at + this.figuresMs - now
    if (ownMs > 0) return ownMs
    const turnAt = Math.max(now, this.#nextTurnAt)
    this.#nextTurnAt = turnAt + 1000 / FIGURES_PER_SECOND
    if (turnAt > now) entry.turnAt = turnAt
    return turnAt - now
  }

  #entryOf(key: PaceKey, now: number): Entry {
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = { at: Number.NEGATIVE_INFINITY, tokens: BURST, refilledAt: now, turnAt: undefined }
      this.#entries.set(key, entry)
    }
    return entry
  }
}

export const paceKey = (kind: string, key: string): PaceKey => `${kind}:${key}`
