// A token bucket in front of the API server: a burst is served at once, more than that in order of arrival
// at a steady rate. It protects the server from us, whatever we do wrong.

import type { Timers } from './timers.ts'

type Waiter = { readonly go: () => void }

export class Throttle {
  readonly #timers: Timers
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #filledAt: number
  #waiting: Waiter[] = []
  #timer: { cancel(): void } | undefined

  constructor(options: { timers: Timers; perSecond: number; burst: number }) {
    this.#timers = options.timers
    this.#perSecond = options.perSecond
    this.#burst = options.burst
    this.#tokens = options.burst
    this.#filledAt = options.timers.now()
  }

  /** Resolves when the caller may go; rejects when the signal aborts first. */
  async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#fill()
    if (this.#waiting.length === 0 && this.#tokens >= 1) {
      this.#tokens -= 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter)
        reject(signal?.reason)
      }
      const waiter: Waiter = {
        go: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiter)
      this.#arm()
    })
  }

  #fill(): void {
    const now = this.#timers.now()
    this.#tokens = Math.min(
      this.#burst,
      this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond
    )
    this.#filledAt = now
  }

  #arm(): void {
    if (this.#timer || this.#waiting.length === 0) return
    const missing = Math.max(0, 1 - this.#tokens)
    // One more millisecond than computed, so that rounding does not wake us for nothing.
    this.#timer = this.#timers.after(Math.ceil((missing / this.#perSecond) * 1000) + 1, () => {
      this.#timer = undefined
      this.#fill()
      while (this.#tokens >= 1 && this.#waiting.length > 0) {
        this.#tokens -= 1
        this.#waiting.shift()?.go()
      }
      this.#arm()
    })
  }
}
