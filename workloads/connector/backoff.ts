// When to dial again. Full jitter between 0 and a bound that doubles from 0.25 s to 32 s, and starts again
// after a minute of health; what the exchange says about waiting is obeyed; a refused key is tried rarely.

import type { Adapter, Failure } from '#exchanges/protocol/adapter.ts'
import { backoffBoundMs } from '#role/backoff.ts'

const BOUNDS = { baseMs: 250, capMs: 32_000 }
/** A connection that lived so long was healthy. */
export const HEALTHY_MS = 60_000
/** A key that is refused does not get better by trying; exchanges lock out who tries. */
const UNAUTHORIZED_MS = 10_000
/** Asked to slow down without being told for how long. */
const RATE_LIMITED_MS = 1_000
/** However long an exchange asks us to wait: a new process (`ssmd rollout`) does not know of it and dials immediately. */
export const MAX_RETRY_AFTER_MS = 3_600_000

export class Backoff {
  readonly #random: () => number
  #attempts = 0

  constructor(random: () => number) {
    this.#random = random
  }

  /** Attempts that failed in a row. */
  get attempts(): number {
    return this.#attempts
  }

  succeeded(): void {
    this.#attempts = 0
  }

  /** Milliseconds to wait. `lifeMs`: how long the connection lived; 0: it never opened. */
  next(lifeMs: number, failure: Failure | null): number {
    if (lifeMs >= HEALTHY_MS) this.#attempts = 0
    const bound = backoffBoundMs(this.#attempts, BOUNDS)
    this.#attempts++
    const jitter = this.#random() * bound
    if (failure === null) return jitter
    // Spread behind the time that was asked for, or every client comes back in the same moment.
    const asked =
      failure.retryAfterMs === null ? 0 : Math.min(failure.retryAfterMs, MAX_RETRY_AFTER_MS)
    switch (failure.kind) {
      case 'unauthorized':
        return Math.max(asked, UNAUTHORIZED_MS) + jitter
      case 'rateLimited':
        return (asked > 0 ? asked : RATE_LIMITED_MS) + jitter
      default:
        return asked + jitter
    }
  }
}

/** How many dials an exchange allows within a time. */
export type DialLimit = NonNullable<Adapter['dials']>

/**
 * One door for all connections of a feed: dials stand in line, one after the other, and a refusal that concerns all
 * (key, rate limit) holds all. Without it a feed of many connections multiplies every attempt.
 */
export class DialGate {
  readonly #spacingMs: number
  readonly #most: DialLimit | undefined
  /** The last turns, oldest first: as many as the limit has. */
  readonly #turns: number[] = []
  #next = 0
  #heldUntil = 0

  constructor(spacingMs: number, most?: DialLimit) {
    this.#spacingMs = spacingMs
    this.#most = most
  }

  /** When this dial may begin, given that it wants to at `at`. Each call takes a turn. */
  turn(at: number): number {
    let turn = Math.max(at, this.#next, this.#heldUntil)
    if (this.#most !== undefined) {
      if (this.#turns.length === this.#most.count) {
        turn = Math.max(turn, this.#turns.shift()! + this.#most.withinMs)
      }
      this.#turns.push(turn)
    }
    this.#next = turn + this.#spacingMs
    return turn
  }

  hold(until: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, until)
  }
}
