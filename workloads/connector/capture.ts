// A feed being captured: its symbols spread over connections, each connection kept alive, new symbols added live. It
// knows nothing of NATS but the outlet that blocks go to, and of exchanges only what an adapter says.

import type { Found } from '#role/alarms.ts'
import type { Failure } from './adapter.ts'
import {
  discoveryTrouble,
  globTrouble,
  limitTrouble,
  refusalTroubles,
  waitTrouble,
} from './capture-troubles.ts'
import { keepDiscovering, SymbolSet } from './discovery.ts'
import { matchesGlob, type SymbolFilter } from './globs.ts'
import { type Place, place } from './placement.ts'
import { Shard, type ShardDeps } from './shard.ts'

export type CaptureOptions = {
  readonly deps: Omit<ShardDeps, 'onFound' | 'onChange'>
  readonly filter: SymbolFilter
  readonly discoverMs: number
  readonly symbolsPerConnection: number
  readonly maxConnections: number
  /** Something changed that health and report should show. */
  onChange(): void
}

/** No data for so long is worth a word, although a quiet market may be the reason. */
const QUIET_MS = 30_000

export class Capture {
  readonly #o: CaptureOptions
  readonly #set: SymbolSet
  readonly #shards: Shard[] = []
  readonly #places: Place[] = []
  readonly #running: Promise<void>[] = []
  #signal: AbortSignal | null = null
  #known = false
  #left = 0
  /** Discovery has answered at least once. */
  #answered = false
  #discoveryFailure: Failure | null = null
  /** Patterns that match no symbol, as of the last answer. */
  #unmatched: readonly string[] = []

  constructor(options: CaptureOptions) {
    this.#o = options
    this.#set = new SymbolSet(options.filter)
  }

  get shards(): readonly Shard[] {
    return this.#shards
  }

  get symbols(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.symbols, 0)
  }

  /** All that can be captured is being captured; `troubles` names the rest. */
  get ready(): boolean {
    return this.#known && this.#shards.every((shard) => shard.ready)
  }

  /** What hinders it, for people; empty where nothing does. */
  message(nowMs: number): string {
    const failed = this.#shards.find((shard) => !shard.connected && shard.failure !== null)
    if (failed?.failure) {
      const { message, hint } = failed.failure
      const times = failed.attempts > 1 ? `, attempt ${failed.attempts}` : ''
      return `${message}${times}${hint === undefined ? '' : ` (${hint})`}`
    }
    if (this.#discoveryFailure !== null) {
      return `cannot ask which symbols there are: ${this.#discoveryFailure.message}`
    }
    if (this.#left > 0) {
      return `${this.#left} symbols do not fit into ${this.#o.maxConnections} connections`
    }
    const { globs } = this.#o.filter
    if (this.#answered && this.symbols === 0) {
      return `no symbol matches ${globs.join(', ')} at present`
    }
    const last = this.lastDataMs
    if (this.ready && last !== null && nowMs - last > QUIET_MS) {
      return `no data for ${Math.floor((nowMs - last) / 1000)} s, although the exchange is there`
    }
    return ''
  }

  /** What of the feed is not captured at present. */
  troubles(): readonly Found[] {
    const { nowMs, steadyMs } = this.#o.deps
    const drift = nowMs() - steadyMs()
    const refusals = this.#shards.flatMap(({ refusals: some }) => some)
    const found = [...refusalTroubles(refusals, (ms) => ms + drift)]
    for (const { index, wait } of this.#shards) {
      if (wait !== null) found.push(waitTrouble(`connection ${index}`, wait))
    }
    if (this.#discoveryFailure !== null) found.push(discoveryTrouble(this.#discoveryFailure))
    if (this.#left > 0) found.push(limitTrouble(this.#left, this.#o.maxConnections))
    for (const glob of this.#unmatched) found.push(globTrouble(glob))
    return found
  }

  /** Why it is not ready, for /readyz. */
  notReady(): string {
    const open = this.#shards.filter((shard) => !shard.ready).length
    if (!this.#known) return 'it is not known yet which symbols there are'
    return `${open} of ${this.#shards.length} connections are not ready`
  }

  get lastFrameMs(): number | null {
    return latest(this.#shards.map((shard) => shard.lastFrameNanos))
  }

  get lastDataMs(): number | null {
    return latest(this.#shards.map((shard) => shard.lastDataNanos))
  }

  /** Every connection is closed in an orderly way and dialled anew. */
  renew(reason: string): void {
    for (const shard of this.#shards) shard.renew(reason)
  }

  /** Captures until `signal` aborts; resolves once all that was received is handed to the outlet. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    // Names need no discovery.
    this.#place(this.#o.filter.exact)
    const discovering = keepDiscovering(
      {
        exchange: this.#o.deps.exchange,
        set: this.#set,
        intervalMs: this.#o.discoverMs,
        random: this.#o.deps.random,
        onSymbols: (symbols) => this.#want(symbols),
        onFailure: (failure) => this.#discovered(failure),
      },
      signal
    )
    await discovering
    // Shards that discovery added later are in the list too.
    await new Promise<void>((resolve) => {
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.all(this.#running)
  }

  #discovered(failure: Failure | null): void {
    if (failure?.message !== this.#discoveryFailure?.message) {
      const { log } = this.#o.deps
      if (failure === null) log.info('it can be asked again which symbols there are')
      else {
        const { message, status, hint } = failure
        log.warn({ status: status || undefined, hint, reason: message }, 'discovery failed')
      }
    }
    this.#discoveryFailure = failure
    this.#answered ||= failure === null
    if (failure === null) this.#unmatched = this.#globsWithout(this.#set.symbols)
    this.#o.onChange()
  }

  #globsWithout(symbols: readonly string[]): readonly string[] {
    return this.#o.filter.globs.filter(
      (glob) => !symbols.some((symbol) => matchesGlob(glob, symbol))
    )
  }

  #want(symbols: readonly string[]): void {
    this.#known = true
    this.#o.deps.log.info({ symbols: symbols.length }, 'symbols to capture')
    this.#place(symbols)
    this.#o.onChange()
  }

  #place(symbols: readonly string[]): void {
    const { symbolsPerConnection, maxConnections } = this.#o
    const fits = symbols.slice(0, symbolsPerConnection * maxConnections)
    this.#left = symbols.length - fits.length
    place(this.#places, fits, symbolsPerConnection)
    // The first connection is there even without symbols: whole channels come on it, and the key is tried.
    if (this.#places.length === 0) this.#places.push({ wanted: new Set() })
    while (this.#shards.length < this.#places.length) this.#start()
    const extent = this.#known ? 'all' : 'some'
    for (const [index, { wanted }] of this.#places.entries()) {
      this.#shards[index]!.want([...wanted], extent)
    }
  }

  #start(): void {
    const shard = new Shard(this.#shards.length, {
      ...this.#o.deps,
      onFound: (symbol) => {
        if (!this.#set.announced(symbol)) return
        this.#unmatched = this.#unmatched.filter((glob) => !matchesGlob(glob, symbol))
        this.#want(this.#set.symbols)
      },
      onChange: this.#o.onChange,
    })
    this.#shards.push(shard)
    this.#running.push(shard.run(this.#signal!))
  }
}

function latest(nanos: readonly bigint[]): number | null {
  let most = 0n
  for (const one of nanos) if (one > most) most = one
  return most === 0n ? null : Number(most / 1_000_000n)
}
