// The budget of REST requests that all connections of a feed share. Binance counts weight by address and minute; here no
// stretch of 60 s takes more than its part, so that no minute of Binance's clock can, whatever the clocks say. What the exchange
// reports counts too: other programs may use the same address.

export type WeightOptions = { readonly perMinute: number; readonly part: number }

const MINUTE_MS = 60_000

export class Weights {
  readonly #most: number
  /** What was asked within the last minute, oldest first. */
  readonly #asked: { readonly atMs: number; readonly weight: number }[] = []
  #sum = 0
  #reported = { used: 0, atMs: Number.NEGATIVE_INFINITY }
  #heldUntilMs = Number.NEGATIVE_INFINITY

  constructor({ perMinute, part }: WeightOptions) {
    this.#most = Math.floor(perMinute * part)
  }

  /** Takes the weight of one request and returns 0; or returns when to try again. */
  take(weight: number, nowMs: number): number {
    const asked = this.#asked
    while (asked.length > 0 && asked[0]!.atMs <= nowMs - MINUTE_MS) {
      this.#sum -= asked.shift()!.weight
    }
    if (nowMs < this.#heldUntilMs) return this.#heldUntilMs
    if (this.#sum + weight > this.#most && asked.length > 0) return asked[0]!.atMs + MINUTE_MS
    const { used, atMs } = this.#reported
    if (atMs > nowMs - MINUTE_MS && used + this.#since(atMs) + weight > this.#most) {
      return atMs + MINUTE_MS
    }
    asked.push({ atMs: nowMs, weight })
    this.#sum += weight
    return 0
  }

  /** The exchange says that so much of the minute is used. */
  reported(used: number, nowMs: number): void {
    this.#reported = { used, atMs: nowMs }
  }

  /** Nothing is asked until then. */
  hold(untilMs: number): void {
    this.#heldUntilMs = Math.max(this.#heldUntilMs, untilMs)
  }

  #since(atMs: number): number {
    let sum = 0
    for (let i = this.#asked.length - 1; i >= 0 && this.#asked[i]!.atMs > atMs; i--) {
      sum += this.#asked[i]!.weight
    }
    return sum
  }
}
