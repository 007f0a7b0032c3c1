// The keys that need a pass, each at most once: level-triggered, by priority, with delays and back-off for each key.
// A key in work is not returned again until `done`; additions in between are kept. A key that is added twice keeps the higher
// priority and the earlier time. The queue holds keys, never objects.

import { backoffMs } from './backoff.ts'
import { TimeHeap } from './heap.ts'
import type { Key } from './objects.ts'
import type { Timers } from './timers.ts'

/** Edits by a person come before other changes, and those before the first list and resyncs. */
export const PRIORITY = { edit: 100, event: 0, resync: -100 } as const

/** What a pass is asked to look at: everything, or only what status is made of. `all` wins. */
export type Scope = 'all' | 'status'

export type AddOptions = {
  /** Default 0. */
  readonly priority?: number
  /** Delay in milliseconds; default 0. */
  readonly afterMs?: number
  /** Default `all`. */
  readonly scope?: Scope
}

export type Taken = { readonly key: Key; readonly priority: number; readonly scope: Scope }

/** What a metric wants to know. `depth` counts what could be taken now; delayed keys are in `size` only. */
export type QueueObserver = {
  added(priority: number): void
  depth(priority: number, delta: 1 | -1): void
  taken(waitedSeconds: number): void
  done(workedSeconds: number): void
  retried(): void
}

type Item = {
  readonly key: Key
  priority: number
  readyAt: number
  scope: Scope
  /** The bucket that it lies in, or undefined while it waits for its time. */
  bucket: number | undefined
  readySince: number
}

type Taker = { readonly least: number; readonly give: (taken: Taken | undefined) => void }

type Bucket = { readonly items: Item[]; head: number }

export type QueueOptions = {
  readonly timers: Timers
  readonly random: () => number
  /** First wait after a failure; default 200 ms. */
  readonly baseMs?: number
  /** Longest wait after failures; default 5 min. */
  readonly maxMs?: number
  readonly observe?: QueueObserver
}

export class WorkQueue {
  readonly #options: QueueOptions
  readonly #items = new Map<Key, Item>()
  readonly #buckets = new Map<number, Bucket>()
  #priorities: number[] = []
  readonly #delayed = new TimeHeap<Item>()
  readonly #processing = new Map<Key, number>()
  readonly #failures = new Map<Key, number>()
  #takers: Taker[] = []
  #idlers: (() => void)[] = []
  #timer: { readonly at: number; cancel(): void } | undefined
  #ready = 0
  #closed = false

  constructor(options: QueueOptions) {
    this.#options = options
  }

  /** Keys that wait, ready or delayed; without those that are being worked on and were not asked for again. */
  get size(): number {
    return this.#items.size
  }

  get ready(): number {
    return this.#ready
  }

  /** Times that are kept, those of keys that were taken since among them. */
  get times(): number {
    return this.#delayed.size
  }

  get processing(): number {
    return this.#processing.size
  }

  /** For how long each key that is being worked on has been, in seconds. */
  processingSeconds(): readonly number[] {
    const now = this.#options.timers.now()
    return [...this.#processing.values()].map((since) => (now - since) / 1000)
  }

  /** Failures in a row of a key. */
  failures(key: Key): number {
    return this.#failures.get(key) ?? 0
  }

  add(key: Key, options: AddOptions = {}): void {
    if (this.#closed) return
    const now = this.#options.timers.now()
    const priority = options.priority ?? PRIORITY.event
    const readyAt = now + Math.max(0, options.afterMs ?? 0)
    const scope = options.scope ?? 'all'
    this.#options.observe?.added(priority)
    const known = this.#items.get(key)
    if (!known) {
      const item: Item = { key, priority, readyAt, scope, bucket: undefined, readySince: now }
      this.#items.set(key, item)
      // A locked key comes into a bucket or the heap when it is done.
      if (!this.#processing.has(key)) this.#place(item, now)
      this.#serve()
      return
    }
    if (scope === 'all') known.scope = 'all'
    const sooner = readyAt < known.readyAt
    const higher = priority > known.priority
    if (sooner) known.readyAt = readyAt
    const moved = higher && known.bucket !== undefined
    if (moved) this.#unplace(known)
    if (higher) known.priority = priority
    if (this.#processing.has(key) || known.bucket !== undefined || !(sooner || moved)) return
    this.#place(known, now)
    this.#serve()
  }

  /** Adds a key after a failure: later each time, and never before `retryAfterMs`. */
  retry(key: Key, options: { priority?: number; retryAfterMs?: number | undefined } = {}): number {
    const failures = this.failures(key) + 1
    this.#failures.set(key, failures)
    this.#options.observe?.retried()
    const { baseMs = 200, maxMs = 300_000, random } = this.#options
    const afterMs = Math.max(
      options.retryAfterMs ?? 0,
      backoffMs(failures, { baseMs, maxMs, random })
    )
    this.add(key, { priority: options.priority ?? PRIORITY.event, afterMs })
    return afterMs
  }

  /** Ends a key's row of failures. */
  forget(key: Key): void {
    this.#failures.delete(key)
  }

  /** The next key, locked until `done`, of at least this priority; undefined once the queue is closed. */
  take(least = Number.NEGATIVE_INFINITY): Promise<Taken | undefined> {
    const next = this.#closed ? undefined : this.#next(least)
    if (next || this.#closed) return Promise.resolve(next)
    return new Promise((give) => this.#takers.push({ least, give }))
  }

  /** Unlocks a key; what was asked for it meanwhile waits for its turn again. */
  done(key: Key): void {
    const since = this.#processing.get(key)
    if (since === undefined) throw new Error(`${key} is not being worked on`)
    const now = this.#options.timers.now()
    this.#processing.delete(key)
    this.#options.observe?.done((now - since) / 1000)
    const item = this.#items.get(key)
    if (item && !this.#closed) this.#place(item, now)
    this.#serve()
    if (this.#processing.size === 0) for (const idle of this.#idlers.splice(0)) idle()
  }

  /** Hands out nothing more and takes nothing more; resolves when all that was handed out is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    this.#timer = undefined
    for (const { give } of this.#takers.splice(0)) give(undefined)
    if (this.#processing.size > 0) await new Promise<void>((resolve) => this.#idlers.push(resolve))
  }

  #next(least: number): Taken | undefined {
    this.#ripen(this.#options.timers.now())
    for (const priority of this.#priorities) {
      if (priority < least) return undefined
      const bucket = this.#buckets.get(priority) as Bucket
      while (bucket.head < bucket.items.length) {
        const item = bucket.items[bucket.head++] as Item
        if (bucket.head > 1024 && bucket.head * 2 > bucket.items.length) {
          bucket.items.splice(0, bucket.head)
          bucket.head = 0
        }
        // It was moved to another bucket since, or taken from there.
        if (item.bucket !== priority || this.#items.get(item.key) !== item) continue
        return this.#handOut(item)
      }
    }
    return undefined
  }

  #handOut(item: Item): Taken {
    const now = this.#options.timers.now()
    this.#unplace(item)
    this.#items.delete(item.key)
    this.#processing.set(item.key, now)
    this.#options.observe?.taken((now - item.readySince) / 1000)
    return { key: item.key, priority: item.priority, scope: item.scope }
  }

  /** Into its bucket if its time has come, else into the heap. */
  #place(item: Item, now: number): void {
    if (item.readyAt > now) {
      this.#delayed.push(item.readyAt, item)
      // A key that is asked for often leaves a time behind each time.
      if (this.#delayed.size > 2 * this.#items.size + 1024)
        this.#delayed.retain((other, at) => this.#waits(other) && at === other.readyAt)
      this.#arm()
      return
    }
    let bucket = this.#buckets.get(item.priority)
    if (!bucket) {
      bucket = { items: [], head: 0 }
      this.#buckets.set(item.priority, bucket)
      this.#priorities = [...this.#buckets.keys()].sort((a, b) => b - a)
    }
    item.bucket = item.priority
    item.readySince = now
    bucket.items.push(item)
    this.#ready++
    this.#options.observe?.depth(item.priority, 1)
  }

  #unplace(item: Item): void {
    if (item.bucket === undefined) return
    this.#options.observe?.depth(item.bucket, -1)
    item.bucket = undefined
    this.#ready--
  }

  /** Moves what has become due from the heap into the buckets. */
  #ripen(now: number): void {
    for (let item = this.#delayed.popUntil(now); item; item = this.#delayed.popUntil(now)) {
      // The heap may hold a key under an older, later time, or one that was taken since.
      if (!this.#waits(item)) continue
      if (this.#processing.has(item.key)) continue
      this.#place(item, now)
    }
  }

  #waits(item: Item): boolean {
    return this.#items.get(item.key) === item && item.bucket === undefined
  }

  #arm(): void {
    const at = this.#delayed.first
    if (at === undefined || this.#closed) return
    if (this.#timer && this.#timer.at <= at) return
    this.#timer?.cancel()
    const timer = this.#options.timers.after(at - this.#options.timers.now(), () => {
      this.#timer = undefined
      this.#ripen(this.#options.timers.now())
      this.#arm()
      this.#serve()
    })
    this.#timer = { at, cancel: () => timer.cancel() }
  }

  #serve(): void {
    for (let i = 0; i < this.#takers.length && this.#ready > 0; ) {
      const taker = this.#takers[i] as Taker
      const next = this.#next(taker.least)
      if (next) {
        this.#takers.splice(i, 1)
        taker.give(next)
      } else i++
    }
  }
}
