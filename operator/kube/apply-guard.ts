// Detects an apply loop: the same write again and again, because another writer reverts it or the API server never stores it
// (hive#2943 cost six cores and other operators their leases). The guard then refuses the write until a retry is due or the
// desired object changes.

import type { Timers } from './timers.ts'

type Writes = { hash: string; readonly times: number[] }

export type GuardOptions = {
  readonly timers: Timers
  /** Default 10 min. */
  readonly windowMs?: number
  /** Default 5 writes of the same hash over an existing object. */
  readonly maxWrites?: number
  /** Default 20, because a few manual deletions are no loop. */
  readonly maxCreates?: number
}

const PRUNE_AT = 10_000

export class ApplyGuard {
  readonly #options: Required<GuardOptions>
  readonly #writes = new Map<string, Writes>()
  readonly #creates = new Map<string, Writes>()
  #pruneAt = PRUNE_AT

  constructor(options: GuardOptions) {
    this.#options = { windowMs: 600_000, maxWrites: 5, maxCreates: 20, ...options }
  }

  /** 0 when `hash` may be written to `id` now; else the milliseconds until it may. */
  waitMs(id: string, hash: string, kind: 'write' | 'create'): number {
    const { timers, windowMs } = this.#options
    const { log, limit } = this.#of(kind)
    const writes = log.get(id)
    if (!writes || writes.hash !== hash) return 0
    const now = timers.now()
    while (writes.times.length > 0 && now - (writes.times[0] as number) >= windowMs)
      writes.times.shift()
    return writes.times.length < limit ? 0 : windowMs - (now - (writes.times[0] as number))
  }

  /** Remembers that `hash` is being written. */
  wrote(id: string, hash: string, kind: 'write' | 'create'): void {
    const { log } = this.#of(kind)
    const writes = log.get(id)
    const now = this.#options.timers.now()
    if (writes?.hash === hash) writes.times.push(now)
    else log.set(id, { hash, times: [now] })
    if (log.size > this.#pruneAt) this.#prune(now)
  }

  /** Forgets writes older than the window: ten thousand first writes are no loop. */
  #prune(now: number): void {
    for (const log of [this.#writes, this.#creates])
      for (const [id, { times }] of log)
        if (now - (times.at(-1) ?? 0) >= this.#options.windowMs) log.delete(id)
    this.#pruneAt = Math.max(PRUNE_AT, 2 * this.#writes.size, 2 * this.#creates.size)
  }

  #of(kind: 'write' | 'create'): { log: Map<string, Writes>; limit: number } {
    return kind === 'create'
      ? { log: this.#creates, limit: this.#options.maxCreates }
      : { log: this.#writes, limit: this.#options.maxWrites }
  }
}
