// What the readers of one reading share: where tables come from, the threads that build them, how much is opened ahead.

import { LookAhead } from './look-ahead.ts'
import { BuildPool } from './tables/build-pool.ts'
import type { TableCache } from './tables/cache.ts'

export type ReadingOptions = {
  /**
   * Tables of sealed segments are read there, and kept there if most of a segment is needed. Null: all are built from lines, from
   * those members alone that can hold what is asked for. @default null
   */
  readonly cache?: TableCache | null | undefined
  /** Threads that are shared with other readings. @default its own, started once there is much to build */
  readonly pool?: BuildPool | undefined
  /** Ends the reading: its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

export class Reading implements AsyncDisposable {
  readonly ahead: LookAhead
  readonly open: {
    readonly cache: TableCache | null
    readonly pool: BuildPool
    readonly signal: AbortSignal
  }
  readonly #end = new AbortController()
  readonly #ownPool: BuildPool | null

  constructor({ cache = null, pool, signal }: ReadingOptions) {
    this.#ownPool = pool === undefined ? new BuildPool() : null
    const used = pool ?? this.#ownPool!
    this.ahead = new LookAhead(Math.max(1, used.threads))
    const { signal: end } = this.#end
    const signals = signal === undefined ? end : AbortSignal.any([signal, end])
    this.open = { cache, pool: used, signal: signals }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    await this.#ownPool?.[Symbol.asyncDispose]()
  }
}
