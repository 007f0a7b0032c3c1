// One subscription of one client: a channel, its markets, and the counter that all frames and answers of
// its sid share. No other part counts.
import type { Route } from '../../simulation/venue.ts'
import type { Channel } from './channels.ts'

export class Subscription implements Route {
  readonly bare = false
  readonly sid: number
  readonly channel: Channel
  /** null: every market of the exchange. */
  markets: Set<string> | null
  /** `ok` answers leave out the list of markets. */
  readonly quiet: boolean
  #sequence = 0
  #tokens: number
  #filledAt: number

  constructor(options: {
    sid: number
    channel: Channel
    markets: Set<string> | null
    quiet: boolean
    burst: number
    nowMs: number
  }) {
    this.sid = options.sid
    this.channel = options.channel
    this.markets = options.markets
    this.quiet = options.quiet
    this.#tokens = options.burst
    this.#filledAt = options.nowMs
  }

  get id(): number {
    return this.sid
  }

  /** The next number of this sid; the first is 1. */
  nextSequence(): number {
    return ++this.#sequence
  }

  get lastSequence(): number {
    return this.#sequence
  }

  covers(market: string): boolean {
    return this.channel.filter === 'none' || this.markets === null || this.markets.has(market)
  }

  /** Takes one command out of the allowance of this subscription; false: there is none left. */
  admit(nowMs: number, burst: number, perSecond: number): boolean {
    const elapsed = Math.max(0, nowMs - this.#filledAt)
    this.#tokens = Math.min(burst, this.#tokens + (elapsed * perSecond) / 1000)
    this.#filledAt = nowMs
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
