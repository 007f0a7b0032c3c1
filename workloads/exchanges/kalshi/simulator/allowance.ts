// The token bucket of Kalshi's REST side: a call costs ten tokens, which come back with time. A pure count.

export const CALL_TOKENS = 10
/** Tokens a second of the Basic tier, and the bucket of two seconds. */
export const BASIC_TOKENS = 200

export class Allowance {
  readonly #perSecond: number
  #tokens: number
  #filledAt: number

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#tokens = 2 * perSecond
    this.#filledAt = nowMs
  }

  /** Takes one call; false: too many. */
  admit(nowMs: number): boolean {
    const elapsed = Math.max(0, nowMs - this.#filledAt)
    this.#filledAt = nowMs
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + (elapsed * this.#perSecond) / 1000)
    if (this.#tokens < CALL_TOKENS) return false
    this.#tokens -= CALL_TOKENS
    return true
  }
}
