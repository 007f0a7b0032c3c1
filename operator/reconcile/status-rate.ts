// Limits status writes: a changed condition is written immediately, unless it flaps; figures at most twice a minute, and less
// often if many resources have them. Postponed changes are written when they are due.

export const FIGURES_MS = 30_000
/** Writes of figures per second, over all resources: half of the client's rate limit. */
export const FIGURES_PER_SECOND = 50
/** Condition changes in a row that are written immediately (a roll-out has about five); then one every ten seconds. */
const BURST = 16
const FLIP_MS = 10_000
/** Figures right after a condition change are early ones: they are due again after a third of the usual interval. */
const SETTLED = 1 / 3

type Entry = {
  at: number
  /** When figures were last written without a changed condition. */
  figuresAt: number
  tokens: number
  refilledAt: number
  /** When its figures are due. */
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

  /** How long a change of this weight must wait; after 0 the caller writes and calls `wrote`. */
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
