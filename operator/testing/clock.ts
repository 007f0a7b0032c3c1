// A clock that stands until a test moves it. Timers fire in order of their time; promises that follow from one are
// settled before the next.

import type { Timers } from '../kube/timers.ts'

type Entry = { readonly at: number; readonly order: number; readonly run: () => void }

export class ManualClock implements Timers {
  #now = 0
  #wallOffset = Date.parse('2026-01-01T00:00:00Z')
  #order = 0
  #entries: Entry[] = []

  now(): number {
    return this.#now
  }

  wallMs(): number {
    return this.#now + this.#wallOffset
  }

  /** Sets the wall clock forward or back; the monotonic one stays. */
  stepWall(ms: number): void {
    this.#wallOffset += ms
  }

  /** Lets time pass while nothing runs, as for a stopped process: timers that are due fire with the next `advance`. */
  freeze(ms: number): void {
    this.#now += ms
  }

  after(ms: number, run: () => void): { cancel(): void } {
    const entry = { at: this.#now + Math.max(0, ms), order: this.#order++, run }
    this.#entries.push(entry)
    return {
      cancel: () => {
        this.#entries = this.#entries.filter((other) => other !== entry)
      },
    }
  }

  get pending(): number {
    return this.#entries.length
  }

  /** Moves on by `ms`, firing what is due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settle()
      const next = this.#entries
        .filter((entry) => entry.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0]
      if (!next) break
      this.#entries = this.#entries.filter((entry) => entry !== next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = Math.max(this.#now, end)
    await settle()
  }
}

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}
