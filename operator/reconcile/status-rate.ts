// How often a status is written: at once when a condition flips, as long as that does not become a habit, and figures at
// most twice a minute, and less often where so many have them that their writes would be all that we do. What is held back
// is written when its time has come, each in its turn.

export const FIGURES_MS = 30_000
/** Writes of figures in a second, of all resources together: half of what the client lets through. */
export const FIGURES_PER_SECOND = 50
/** Flips in a row that are told at once (a roll-out is some five); afterwards one in ten seconds, until it calms down. */
const BURST = 16
const FLIP_MS = 10_000
/** After a flip the figures that came along are those of a beginning: a third of the time later they are worth a write. */
const SETTLED = 1 / 3

type Entry = {
  at: number
  /** When figures were written for their own sake. */
  figuresAt: number
  tokens: number
  refilledAt: number
  /** When its turn to write figures comes. */
  turnAt: number | undefined
}

type Change = 'generation' | 'contract' | 'figures'

/** By kind and key: a Feed and an Environment may have the same name. */
export type RateKey = `${string}:${string}`

export const rateKey = (kind: string, key: string): RateKey => `${kind}:${key}`

export class StatusRate {
  /** The shortest time between two writes of figures. */
  readonly figuresMs: number
  readonly #nowMs: () => number
  readonly #entries = new Map<RateKey, Entry>()
  #nextTurnAt = 0

  constructor(nowMs: () => number, figuresMs: number = FIGURES_MS) {
    this.#nowMs = nowMs
    this.figuresMs = figuresMs
  }

  /** How long a change of this weight has to wait; 0 is now, and then `wrote` has to follow. */
  waitMs(key: RateKey, change: Change): number {
    if (change === 'generation') return 0
    const now = this.#nowMs()
    const entry = this.#entries.get(key)
    if (change === 'figures') return this.#figuresWaitMs(key, now)
    if (!entry) return 0
    const sinceRefill = now - entry.refilledAt
    const gained = Math.floor(sinceRefill / FLIP_MS)
    if (entry.tokens + gained >= 1) return 0
    return FLIP_MS - (sinceRefill % FLIP_MS)
  }

  wrote(key: RateKey, change: Change): void {
    const now = this.#nowMs()
    const entry = this.#entryOf(key, now)
    const gained = Math.floor((now - entry.refilledAt) / FLIP_MS)
    entry.tokens = Math.max(0, Math.min(BURST, entry.tokens + gained) - 1)
    entry.refilledAt += gained * FLIP_MS
    entry.at = now
    if (change === 'figures') entry.figuresAt = now
    entry.turnAt = undefined
  }

  forget(key: RateKey): void {
    this.#entries.delete(key)
  }

  #figuresWaitMs(key: RateKey, now: number): number {
    const entry = this.#entryOf(key, now)
    if (entry.turnAt !== undefined) return Math.max(0, entry.turnAt - now)
    const ownMs = this.#ownTurnAt(entry) - now
    if (ownMs > 0) return ownMs
    const turnAt = Math.max(now, this.#nextTurnAt)
    this.#nextTurnAt = turnAt + 1000 / FIGURES_PER_SECOND
    if (turnAt > now) entry.turnAt = turnAt
    return turnAt - now
  }

  #ownTurnAt({ at, figuresAt }: Entry): number {
    return Math.max(at + this.figuresMs * SETTLED, figuresAt + this.figuresMs)
  }

  #entryOf(key: RateKey, now: number): Entry {
    let entry = this.#entries.get(key)
    if (!entry) {
      const never = Number.NEGATIVE_INFINITY
      entry = { at: never, figuresAt: never, tokens: BURST, refilledAt: now, turnAt: undefined }
      this.#entries.set(key, entry)
    }
    return entry
  }
}
