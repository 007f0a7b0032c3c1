// Token buckets that protect the API server from us: a burst is sent immediately, further requests at a steady rate, by
// priority and then by arrival. Edits by a person have an additional bucket, so that they never wait behind a storm of passes.

import { PRIORITY } from './queue.ts'
import type { Timers } from './timers.ts'

type Waiter = { readonly priority: number; readonly go: () => void }

export class Throttle {
  readonly #timers: Timers
  readonly #common: Bucket
  /** For edits only; they use it before the common one. */
  readonly #edits: Bucket
  #waiting: Waiter[] = []
  #timer: { readonly at: number; cancel(): void } | undefined

  constructor(options: { timers: Timers; perSecond: number; burst: number }) {
    this.#timers = options.timers
    const now = options.timers.now()
    this.#common = new Bucket(options.perSecond, options.burst, now)
    this.#edits = new Bucket(2 * options.perSecond, 2 * options.burst, now)
  }

  /** Resolves when the caller may go; rejects when the signal aborts first. */
  async take(priority: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const head = this.#waiting[0]
    if ((!head || head.priority < priority) && this.#spend(priority)) return
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter)
        reject(signal?.reason)
      }
      const waiter: Waiter = {
        priority,
        go: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      const after = this.#waiting.findIndex((other) => other.priority < priority)
      this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, waiter)
      this.#arm()
    })
  }

  #spend(priority: number): boolean {
    const now = this.#timers.now()
    return (priority >= PRIORITY.edit && this.#edits.take(now)) || this.#common.take(now)
  }

  #arm(): void {
    const [head] = this.#waiting
    if (!head) return
    const now = this.#timers.now()
    const common = this.#common.msUntilNext(now)
    const ms =
      head.priority >= PRIORITY.edit ? Math.min(common, this.#edits.msUntilNext(now)) : common
    if (this.#timer && this.#timer.at <= now + ms) return
    this.#timer?.cancel()
    const timer = this.#timers.after(ms, () => {
      this.#timer = undefined
      for (
        let next = this.#waiting[0];
        next && this.#spend(next.priority);
        [next] = this.#waiting
      ) {
        this.#waiting.shift()
        next.go()
      }
      this.#arm()
    })
    this.#timer = { at: now + ms, cancel: () => timer.cancel() }
  }
}

class Bucket {
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #filledAt: number

  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#tokens = burst
    this.#filledAt = now
  }

  take(now: number): boolean {
    this.#fill(now)
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  msUntilNext(now: number): number {
    this.#fill(now)
    // One more millisecond than computed, so that rounding does not wake us for nothing.
    return Math.ceil((Math.max(0, 1 - this.#tokens) / this.#perSecond) * 1000) + 1
  }

  #fill(now: number): void {
    const gained = ((now - this.#filledAt) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#burst, this.#tokens + gained)
    this.#filledAt = now
  }
}
