// How often a caller may ask: a bucket of tokens for each key, filled at a steady rate. Each answer says what is left
// (draft-ietf-httpapi-ratelimit-headers), so that a program can slow down before it is refused.

/** Requests in a burst, and a second over time. */
export type Rate = { readonly burst: number; readonly perSecond: number }

export type Allowance = {
  readonly isAllowed: boolean
  /** RateLimit-Policy and RateLimit, and Retry-After of a refusal. */
  readonly headers: Readonly<Record<string, string>>
}

/** Callers that are remembered: the oldest is forgotten, as if it had never asked. */
const MOST = 10_000

export class RateLimiter {
  readonly #rate: Rate
  readonly #policy: string
  /** By caller, the one that asked last at the end. */
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()

  constructor(rate: Rate) {
    this.#rate = rate
    this.#policy = `"default";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perSecond)}`
  }

  /** Takes `cost` tokens of a caller's, if there are at most this many. `nowMs` is of a clock that never goes back. */
  take(caller: string, cost: number, nowMs: number): Allowance {
    const { burst, perSecond } = this.#rate
    const known = this.#buckets.get(caller)
    const filled = known ? known.tokens + ((nowMs - known.atMs) / 1000) * perSecond : burst
    const before = Math.min(burst, filled)
    const isAllowed = before >= cost
    const tokens = isAllowed ? before - cost : before
    this.#buckets.delete(caller)
    this.#buckets.set(caller, { tokens, atMs: nowMs })
    if (this.#buckets.size > MOST) this.#buckets.delete(this.#buckets.keys().next().value!)
    const headers: Record<string, string> = {
      'RateLimit-Policy': this.#policy,
      RateLimit: `"default";r=${Math.floor(tokens)};t=${Math.ceil((burst - tokens) / perSecond)}`,
    }
    // Rounded up: a caller that comes at that time is answered.
    if (!isAllowed) headers['Retry-After'] = String(Math.ceil((cost - tokens) / perSecond))
    return { isAllowed, headers }
  }
}
