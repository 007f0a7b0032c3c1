// Brings fires to one sink, one after the other, until it took each: with back-off, as the sink asks, without limit. A fire counts as brought
// only when the sink took it, refused it for good, or took the summary that stands for it; then its place in the stream is acknowledged.
//
// A fire may also be offered before the stream has it (mode fast): that is one attempt, and the stream brings it again if it failed.

import type { SinkReport } from '#bus/report.ts'
import { parseDuration } from '#crds/quantities.ts'
import type { SignalSink } from '#crds/signal.gen.ts'
import { backoffMs, pause } from '#role/backoff.ts'
import type { Fire, Notice } from './fire.ts'
import type { Outcome } from './outcome.ts'
import { Rate } from './rate-limit.ts'

export type CourierOptions = {
  readonly sink: SignalSink
  readonly attempt: (notice: Notice) => Promise<Outcome>
  /** All fires up to this sequence of the stream are brought. */
  readonly acknowledge: (sequence: number) => void
  readonly signal: AbortSignal
  readonly random: () => number
  /** Of a clock that is never set. @default performance.now */
  readonly nowMs?: () => number
  /** The sink refused a fire for good. */
  readonly onRefused: (fire: Fire, problem: string) => void
}

/** `sequence` null: offered. */
type Item = { readonly fire: Fire; readonly sequence: number | null }

/** Fires that wait for a summary, and the last place of them. */
type Left = { count: number; readonly first: Fire; last: Fire; sequence: number }

const RETRY = { baseMs: 500, capMs: 60_000 }
/** Fires that are held; the stream has the others. */
const MOST = 1_000
/** Ids that are remembered, of fires that were offered and taken. */
const MOST_TAKEN = 10_000

export class Courier {
  readonly #o: CourierOptions
  readonly #rate: Rate
  readonly #nowMs: () => number
  #items: Item[] = []
  #left: Left | null = null
  readonly #taken = new Set<string>()
  #wake: (() => void) | undefined
  #eased: (() => void) | undefined
  #delivered = 0
  #summarised = 0
  #refused = 0
  #failures = 0
  #errors = 0
  #problem = ''

  constructor(options: CourierOptions) {
    this.#o = options
    this.#nowMs = options.nowMs ?? (() => performance.now())
    const { rateLimit } = options.sink
    this.#rate = new Rate(
      rateLimit && { most: rateLimit.fires, perMs: parseDuration(rateLimit.per) }
    )
    options.signal.addEventListener(
      'abort',
      () => {
        this.#wake?.()
        this.#eased?.()
      },
      { once: true }
    )
  }

  /** `behind`: fires of the stream that it does not have yet. */
  report(behind: number): SinkReport {
    const { name, type } = this.#o.sink
    return {
      name,
      type,
      delivered: this.#delivered,
      summarised: this.#summarised,
      refused: this.#refused,
      pending: behind + this.#items.length + (this.#left?.count ?? 0),
      problem: this.#problem,
    }
  }

  /** Attempts that failed in a row. */
  get failures(): number {
    return this.#failures
  }

  /** Attempts that failed, in all. */
  get errors(): number {
    return this.#errors
  }

  /** Takes a fire of the stream; resolves when it can take another. */
  async add(fire: Fire, sequence: number): Promise<void> {
    this.#push({ fire, sequence })
    while (this.#items.length >= MOST && !this.#o.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#eased = resolve
      })
    }
  }

  /** Tries a fire that the stream does not have yet, if nothing else is to be done. */
  offer(fire: Fire): void {
    if (this.#items.length < MOST && this.#left === null) this.#push({ fire, sequence: null })
  }

  #push(item: Item): void {
    this.#items.push(item)
    this.#wake?.()
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { signal } = this.#o
    while (!signal.aborted) {
      const waitMs = this.#rate.waitMs(this.#nowMs())
      if (this.#left !== null && waitMs === 0) await this.#summarise(this.#left)
      const item = this.#items[0]
      if (item === undefined) {
        await this.#idle(this.#left === null ? undefined : waitMs)
        continue
      }
      await this.#bring(item)
      this.#items.shift()
      this.#eased?.()
    }
  }

  async #bring({ fire, sequence }: Item): Promise<void> {
    if (sequence === null) return this.#try(fire)
    if (this.#taken.delete(fire.id)) {
      // Before those that wait for a summary nothing is acknowledged.
      if (this.#left === null) this.#o.acknowledge(sequence)
      else this.#left.sequence = sequence
      return
    }
    if (this.#rate.waitMs(this.#nowMs()) > 0) {
      const { count = 0, first = fire } = this.#left ?? {}
      this.#left = { count: count + 1, first, last: fire, sequence }
      return
    }
    const isTaken = await this.#untilTaken({ kind: 'fire', fire })
    if (isTaken === null) return
    if (isTaken) this.#delivered++
    this.#o.acknowledge(sequence)
  }

  /** One attempt. */
  async #try(fire: Fire): Promise<void> {
    if (this.#rate.waitMs(this.#nowMs()) > 0) return
    const { kind } = await this.#o.attempt({ kind: 'fire', fire })
    if (kind !== 'delivered') return
    this.#rate.sent(this.#nowMs())
    this.#delivered++
    if (this.#taken.size >= MOST_TAKEN) this.#taken.clear()
    this.#taken.add(fire.id)
  }

  async #summarise({ count, first, last, sequence }: Left): Promise<void> {
    const { signal, recv: from } = first
    const summary = { id: `${last.id}-summary`, signal, count, from, to: last.recv }
    const isTaken = await this.#untilTaken(
      count === 1 ? { kind: 'fire', fire: last } : { kind: 'summary', summary }
    )
    if (isTaken === null) return
    if (isTaken && count === 1) this.#delivered++
    else if (isTaken) this.#summarised += count
    this.#left = null
    this.#o.acknowledge(sequence)
  }

  /** False: refused for good. Null: the signal aborted before. */
  async #untilTaken(notice: Notice): Promise<boolean | null> {
    const { attempt, signal, random, onRefused } = this.#o
    for (let tries = 0; !signal.aborted; tries++) {
      const outcome = await attempt(notice)
      if (signal.aborted && outcome.kind === 'retry') return null
      if (outcome.kind !== 'retry') {
        this.#failures = 0
        this.#rate.sent(this.#nowMs())
        this.#problem = outcome.kind === 'delivered' ? (outcome.problem ?? '') : outcome.problem
        if (outcome.kind === 'delivered') return true
        this.#refused++
        if (notice.kind === 'fire') onRefused(notice.fire, outcome.problem)
        return false
      }
      this.#failures++
      this.#errors++
      this.#problem = outcome.problem
      const waitMs = Math.max(outcome.afterMs ?? 0, backoffMs(tries, RETRY, random))
      await pause(waitMs, signal)
    }
    return null
  }

  /** Until there is something to bring, or a summary is due. */
  async #idle(ms: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (ms !== undefined) timer = setTimeout(resolve, ms)
    })
    clearTimeout(timer)
    this.#wake = undefined
  }
}
