// A feed being captured: its symbols spread over connections, each connection kept alive, new symbols added live. It
// knows nothing of NATS but the publisher that blocks go to, and of exchanges only what an adapter says.

import type { Found } from '#bus/alarms.ts'
import type { Failure } from '#exchanges/protocol/adapter.ts'
import { matchesGlob, type SymbolFilter } from '#exchanges/protocol/globs.ts'
import { type Place, Placement } from '#exchanges/protocol/placement.ts'
import { type Share, slotOf } from '#wire/shards.ts'
import { globTrouble, refusalTroubles, waitTrouble } from './capture-troubles.ts'
import { type DiscoveryAnswer, keepDiscovering } from './discovery.ts'
import { shareOf } from './share.ts'
import { Slot } from './slot.ts'
import type { SlotDeps } from './slot-deps.ts'
import { type Census, GIVE_UP_AFTER, MAX_BEYOND, SymbolSet } from './symbol-set.ts'

export type CaptureOptions = {
  readonly deps: Omit<SlotDeps, 'onFound' | 'onChange' | 'suspects' | 'shards' | 'isComplete'>
  readonly filter: SymbolFilter
  /** Which of the feed's symbols are this connector's. */
  readonly share: Share
  readonly discoverMs: number
  readonly symbolsPerConnection: number
  readonly maxConnections: number
  /** Something changed that health and report should show. */
  onChange(): void
}

/** Announcements and pages that come within this are placed together. */
const GATHER_MS = 25
/** Symbols placed in one turn of the event loop. */
const SYMBOLS_PER_TURN = 2_000
/** At most one log line in this about symbols that come one by one. */
const LOG_MS = 10_000
/** No data for so long is worth a word, although a quiet market may be the reason. */
const QUIET_MS = 30_000

/** What the tables of a slot need to know about a change. */
type Change = { added: string[]; removed: string[]; resumed: Map<string, number> }

export class Capture {
  readonly #o: CaptureOptions
  readonly #set: SymbolSet
  readonly #slots: Slot[] = []
  /** One place a slot. */
  readonly #placement: Placement<Place>
  /** Symbols that found no place. */
  readonly #left = new Set<string>()
  readonly #running: Promise<void>[] = []
  #signal: AbortSignal | null = null
  #known = false
  /** Every slot has been told that it knows all its symbols. */
  #toldAll = false
  /** What discovery could not have; empty if its last answer is whole. */
  #discovery = ''
  /** Patterns that match no symbol at present. */
  readonly #unmatched: Set<string>
  /** Patterns that match a symbol of another shard, or did. */
  readonly #elsewhere = new Set<string>()
  /** A whole answer has listed what there is. */
  #isListed = false
  #gathering: NodeJS.Timeout | null = null
  #loggedMs = Number.NEGATIVE_INFINITY

  constructor(options: CaptureOptions) {
    this.#o = options
    const { filter, share } = options
    this.#unmatched = new Set(filter.globs)
    this.#set = new SymbolSet(shareOf(filter, share, (symbol) => this.#isElsewhere(symbol)))
    this.#placement = new Placement(options.symbolsPerConnection, () => ({ wanted: new Set() }))
  }

  get slots(): readonly Slot[] {
    return this.#slots
  }

  get symbols(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.symbols, 0)
  }

  /** Symbols that match and are not captured, because there are too many. */
  get symbolsBeyondLimit(): number {
    return this.#left.size + this.#set.beyond
  }

  /** The last answer of discovery was not whole. */
  get discoveryFailed(): boolean {
    return this.#discovery !== ''
  }

  /** All that can be captured is being captured; troubles name the rest. */
  get ready(): boolean {
    return this.#known && this.#slots.every((slot) => slot.ready)
  }

  /** What hinders it, for people; empty where nothing does. */
  message(nowMs: number): string {
    const failed = this.#slots.find((slot) => !slot.connected && slot.failure !== null)
    if (failed?.failure) {
      const { message, hint } = failed.failure
      const times = failed.attempts > 1 ? `, attempt ${failed.attempts}` : ''
      return `${message}${times}${hint === undefined ? '' : ` (${hint})`}`
    }
    const { filter, share } = this.#o
    const { globs } = filter
    if (this.#known && share.of > 1 && this.symbols === 0) {
      return `no symbol belongs to shard ${share.index} of ${share.of} at present`
    }
    if (this.#known && globs.length > 0 && this.symbols === 0) {
      return `no symbol matches ${globs.join(', ')} at present`
    }
    const last = this.lastDataMs
    if (this.ready && last !== null && nowMs - last > QUIET_MS) {
      return `no data for ${Math.floor((nowMs - last) / 1000)} s, although every connection is open`
    }
    return ''
  }

  /** What of the feed is not captured at present. */
  troubles(): readonly Found[] {
    const { nowMs, steadyMs } = this.#o.deps
    const drift = nowMs() - steadyMs()
    const refusals = this.#slots.flatMap(({ refusals: some }) => some)
    const found = [...refusalTroubles(refusals, (ms) => ms + drift)]
    for (const { index, wait } of this.#slots) {
      if (wait !== null) found.push(waitTrouble(`connection ${index}`, wait))
    }
    if (this.#isListed) for (const glob of this.#unmatched) found.push(globTrouble(glob))
    return found
  }

  /** Why it is not ready, for /readyz. */
  notReady(): string {
    const open = this.#slots.filter((slot) => !slot.ready).length
    if (!this.#known) return this.#discovery || 'it is not known yet which symbols there are'
    return `${open} of ${this.#slots.length} connections are not ready`
  }

  get lastFrameMs(): number | null {
    return latest(this.#slots.map((slot) => slot.lastFrameNanos))
  }

  get lastDataMs(): number | null {
    return latest(this.#slots.map((slot) => slot.lastDataNanos))
  }

  /** Every connection is closed in an orderly way and dialled again. */
  renew(reason: string): void {
    for (const slot of this.#slots) slot.renew(reason)
  }

  /** Captures until `signal` aborts; resolves once all that was received is handed to the publisher. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    // Names need no discovery.
    this.#place()
    await keepDiscovering(
      {
        exchange: this.#o.deps.exchange,
        set: this.#set,
        intervalMs: this.#o.discoverMs,
        random: this.#o.deps.random,
        nowMs: this.#o.deps.steadyMs,
        onPage: () => this.#gather(),
        onAnswer: (answer) => this.#answered(answer),
      },
      signal
    )
    // Shards that discovery added later are in the list too.
    await new Promise<void>((resolve) => {
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    clearTimeout(this.#gathering ?? undefined)
    await Promise.all(this.#running)
  }

  #answered({ known, failures, census }: DiscoveryAnswer): void {
    this.#known = known
    this.#isListed ||= census !== null
    const { alarms } = this.#o.deps
    this.#discovery = failures.length > 0 ? describe(failures) : ''
    alarms.say('discovery', 'DiscoveryFailed', this.#discovery || doubt(census))
    this.#place()
    this.#o.onChange()
  }

  /** Places what is new, soon. */
  #gather(): void {
    if (this.#signal?.aborted) return
    this.#gathering ??= setTimeout(() => this.#place(), GATHER_MS)
  }

  /** Hands each slot what changed for it; its cost is that of the change. */
  #place(): void {
    clearTimeout(this.#gathering ?? undefined)
    this.#gathering = null
    const { maxConnections, symbolsPerConnection } = this.#o
    const { added, removed, resumed } = this.#set.take(SYMBOLS_PER_TURN)
    this.#matchGlobs(added, removed)
    const changes = new Map<Place, Change>()
    const changeOf = (place: Place): Change => {
      const change = changes.get(place) ?? newChange()
      changes.set(place, change)
      return change
    }
    for (const symbol of removed) {
      const place = this.#placement.remove(symbol)
      if (place !== null) changeOf(place).removed.push(symbol)
      else this.#left.delete(symbol)
    }
    for (const symbol of added) this.#left.add(symbol)
    for (const symbol of this.#left) {
      if (this.#placement.size >= symbolsPerConnection * maxConnections) break
      this.#left.delete(symbol)
      const change = changeOf(this.#placement.add(symbol))
      change.added.push(symbol)
      const since = resumed.get(symbol)
      if (since !== undefined) change.resumed.set(symbol, since)
    }
    // The first connection exists even without symbols: whole channels come on it, and the key is tried.
    if (this.#placement.places.length === 0) this.#placement.grow()
    for (const { wanted } of this.#placement.places.slice(this.#slots.length)) this.#start(wanted)
    const all = this.#known && this.#set.taken
    const extent = all ? 'all' : 'some'
    for (const [index, place] of this.#placement.places.entries()) {
      const change = changes.get(place)
      if (change !== undefined) this.#slots[index]!.want({ ...change, extent })
    }
    if (all && !this.#toldAll) this.#tellAll()
    if (!this.#set.taken) this.#gather()
    this.#o.deps.alarms.say('symbols', 'SymbolLimit', this.#tooMany())
    this.#log(added.length, removed.length)
  }

  #matchGlobs(added: readonly string[], removed: readonly string[]): void {
    const matchesOne = (glob: string, symbols: readonly string[]) =>
      symbols.some((symbol) => matchesGlob(glob, symbol))
    for (const glob of this.#unmatched) if (matchesOne(glob, added)) this.#unmatched.delete(glob)
    if (removed.length === 0) return
    for (const glob of this.#o.filter.globs) {
      if (matchesOne(glob, removed) && !this.#set.some((symbol) => matchesGlob(glob, symbol))) {
        if (!this.#elsewhere.has(glob)) this.#unmatched.add(glob)
      }
    }
  }

  /** A symbol of another shard is found: that its pattern matches none is not for this one to say. */
  #isElsewhere(symbol: string): void {
    if (this.#elsewhere.size === this.#o.filter.globs.length) return
    for (const glob of this.#o.filter.globs) {
      if (this.#elsewhere.has(glob) || !matchesGlob(glob, symbol)) continue
      this.#elsewhere.add(glob)
      this.#unmatched.delete(glob)
    }
  }

  /** A slot that got no symbol of late does not know yet that it has them all. */
  #tellAll(): void {
    this.#toldAll = true
    for (const slot of this.#slots) slot.want({ ...newChange(), extent: 'all' })
    this.#o.deps.log.info({ symbols: this.#set.size }, 'symbols to capture')
  }

  #tooMany(): string {
    const { maxConnections, symbolsPerConnection } = this.#o
    const advice = 'name fewer under symbols.include, or split the feed'
    if (this.#left.size > 0) {
      return `${this.#left.size} symbols do not fit into ${maxConnections} connections of ${symbolsPerConnection} symbols and are not captured; ${advice}`
    }
    const { beyond, limit } = this.#set
    if (beyond === 0) return ''
    const many = beyond === MAX_BEYOND ? `${beyond} or more` : String(beyond)
    return `symbols.include matches more than ${limit} symbols, which is the limit; ${many} are not captured; ${advice}`
  }

  #log(added: number, removed: number): void {
    const { log, steadyMs } = this.#o.deps
    if (!this.#known || added + removed === 0 || steadyMs() - this.#loggedMs < LOG_MS) return
    this.#loggedMs = steadyMs()
    log.info({ added, removed, symbols: this.#set.size }, 'symbols changed')
  }

  #start(wanted: ReadonlySet<string>): void {
    const { deps, share } = this.#o
    const slot = new Slot(slotOf(share.index, this.#slots.length), wanted, {
      ...deps,
      shards: share.of,
      isComplete: () => this.ready,
      suspects: this.#set.suspects,
      onFound: (symbol) => {
        if (this.#set.found(symbol)) this.#gather()
      },
      onChange: this.#o.onChange,
    })
    this.#slots.push(slot)
    this.#running.push(slot.run(this.#signal!))
  }
}

const newChange = (): Change => ({ added: [], removed: [], resumed: new Map() })

/** What could not be had, in one line. */
function describe(failures: readonly Failure[]): string {
  const [{ message, hint }, ...more] = failures as [Failure, ...Failure[]]
  const others = more.length === 0 ? '' : ` (and ${more.length} more questions without an answer)`
  const advice = hint === undefined ? '' : ` (${hint})`
  return `cannot ask which symbols there are: ${message}${advice}${others}; symbols stay subscribed, and it is asked again`
}

/** A list that lacks most of what is captured is told before it is believed. */
function doubt(census: Census | null): string {
  if (census === null || census.listed * 2 >= census.captured) return ''
  return `the exchange lists ${census.listed} of ${census.captured} captured symbols; the others stay subscribed until ${GIVE_UP_AFTER} answers in a row lack them and they send nothing`
}

function latest(nanos: readonly bigint[]): number | null {
  let most = 0n
  for (const one of nanos) if (one > most) most = one
  return most === 0n ? null : Number(most / 1_000_000n)
}
