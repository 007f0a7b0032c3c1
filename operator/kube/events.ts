// Kubernetes Events for people. Repetitions on the same object are one Event with a count, and each object has a small burst,
// so that a crash loop cannot flood etcd. Recording never waits and never fails a pass: an event that cannot be written is
// counted and dropped.

import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Client } from './client.ts'
import { isNotFound } from './errors.ts'
import { microTime } from './lease-machine.ts'
import { EVENTS, type KubeObject } from './objects.ts'
import { PRIORITY } from './queue.ts'
import { sleep, type Timers } from './timers.ts'

export type EventType = 'Normal' | 'Warning'

export type RecorderOptions = {
  readonly client: Client
  readonly timers: Timers
  readonly log: Logger
  /** Domain-prefixed name of the program, such as `ssmd.io/operator`. */
  readonly controller: string
  /** This process. */
  readonly instance: string
}

type Series = {
  readonly regarding: KubeObject
  readonly type: EventType
  readonly reason: string
  readonly action: string
  note: string
  /** Name and namespace of the Event on the server, once written. */
  written: { readonly namespace: string; readonly name: string } | undefined
  count: number
  /** What the server knows. */
  reported: number
  lastAt: number
  queued: boolean
}

// As client-go: a burst of 25 for one object, then one in five minutes.
const BURST = 25
const REFILL_MS = 300_000
// After this pause a new series begins: the API server keeps an Event for an hour.
const SERIES_MS = 600_000
const MAX_SERIES = 4096
const MAX_QUEUED = 1000
// Repetitions within this time are one write.
const REPEAT_MS = 10_000
const NOTE_LIMIT = 1024
// Events whose notes begin alike are one series: counters and times stand at the end.
const PREFIX = 64

export class Recorder {
  readonly #options: RecorderOptions
  readonly #series = new Map<string, Series>()
  readonly #budgets = new Map<string, { tokens: number; at: number }>()
  readonly #timers = new Set<{ cancel(): void }>()
  #queue: Series[] = []
  #running: Promise<void> | undefined
  readonly #stop = new AbortController()
  #dropped = 0

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** Events that were not written: too many, or refused. */
  get dropped(): number {
    return this.#dropped
  }

  record(
    regarding: KubeObject,
    event: { type: EventType; reason: string; action: string; note: string }
  ): void {
    const now = this.#options.timers.now()
    const note = event.note.slice(0, NOTE_LIMIT)
    const id = [regarding.metadata.uid, event.type, event.reason, note.slice(0, PREFIX)].join('\0')
    let series = this.#series.get(id)
    if (!series || now - series.lastAt > SERIES_MS) {
      series = {
        regarding,
        type: event.type,
        reason: event.reason,
        action: event.action,
        note,
        written: undefined,
        count: 0,
        reported: 0,
        lastAt: now,
        queued: false,
      }
    }
    // The newest stands last: the oldest is what a full table forgets.
    this.#series.delete(id)
    this.#series.set(id, series)
    if (this.#series.size > MAX_SERIES)
      this.#series.delete(this.#series.keys().next().value as string)
    series.count++
    series.lastAt = now
    series.note = note
    if (series.queued) return
    if (series.written) {
      series.queued = true
      this.#later(series)
    } else this.#enqueue(series)
  }

  /** Writes what is left, for at most `ms`. */
  async flush(ms: number): Promise<void> {
    for (const timer of this.#timers) timer.cancel()
    this.#queue = [...this.#series.values()].filter((series) => series.count > series.reported)
    const timer = this.#options.timers.after(ms, () =>
      this.#stop.abort(new Error('flush time is over'))
    )
    try {
      this.#start()
      await this.#running
    } finally {
      timer.cancel()
      this.#stop.abort(new Error('closed'))
    }
  }

  #later(series: Series): void {
    const timer = this.#options.timers.after(REPEAT_MS, () => {
      this.#timers.delete(timer)
      this.#enqueue(series)
    })
    this.#timers.add(timer)
  }

  #enqueue(series: Series): void {
    if (this.#stop.signal.aborted) return
    if (this.#queue.length >= MAX_QUEUED || !this.#spend(series.regarding)) {
      series.queued = false
      this.#dropped++
      return
    }
    series.queued = true
    this.#queue.push(series)
    this.#start()
  }

  #start(): void {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
    })
  }

  async #work(): Promise<void> {
    // In the next turn, so that an event costs its pass nothing.
    await Promise.resolve()
    for (let series = this.#queue.shift(); series; series = this.#queue.shift()) {
      series.queued = false
      if (this.#stop.signal.aborted) return
      try {
        await this.#write(series)
      } catch (err) {
        this.#dropped++
        this.#options.log.warn({ err, reason: series.reason }, 'cannot write an event')
        try {
          // Slow down: one refusal is often followed by others.
          await sleep(this.#options.timers, 200, this.#stop.signal)
        } catch {
          return
        }
      }
    }
  }

  async #write(series: Series): Promise<void> {
    const { client, timers } = this.#options
    const { signal } = this.#stop
    const { count } = series
    if (count === series.reported) return
    if (series.written) {
      const { namespace, name } = series.written
      try {
        await client.patch(
          EVENTS,
          `${namespace}/${name}`,
          {
            kind: 'merge',
            value: {
              note: series.note,
              series: { count, lastObservedTime: microTime(timers.wallMs()) },
            },
          },
          { signal, priority: PRIORITY.resync }
        )
        series.reported = count
        return
      } catch (thrown) {
        // The server keeps Events for an hour; this one is a new one then.
        if (!isNotFound(thrown)) throw thrown
      }
    }
    const event = this.#event(series, count)
    await client.create(EVENTS, event, { signal, priority: PRIORITY.resync })
    series.written = { namespace: event.metadata.namespace ?? '', name: event.metadata.name }
    series.reported = count
  }

  #event(series: Series, count: number): KubeObject {
    const { regarding } = series
    const { name, namespace, uid, resourceVersion } = regarding.metadata
    const now = microTime(this.#options.timers.wallMs())
    const suffix = randomBytes(8).toString('hex')
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${name.slice(0, 230)}.${suffix}`, namespace: namespace ?? 'default' },
      eventTime: now,
      ...(count > 1 ? { series: { count, lastObservedTime: now } } : {}),
      reportingController: this.#options.controller,
      reportingInstance: this.#options.instance.slice(0, 128),
      action: series.action,
      reason: series.reason,
      type: series.type,
      note: series.note,
      regarding: {
        apiVersion: regarding.apiVersion,
        kind: regarding.kind,
        name,
        ...(namespace ? { namespace } : {}),
        ...(uid ? { uid } : {}),
        ...(resourceVersion ? { resourceVersion } : {}),
      },
    }
  }

  #spend(regarding: KubeObject): boolean {
    const now = this.#options.timers.now()
    const id = regarding.metadata.uid ?? regarding.metadata.name
    const budget = this.#budgets.get(id) ?? { tokens: BURST, at: now }
    const tokens = Math.min(BURST, budget.tokens + (now - budget.at) / REFILL_MS)
    this.#budgets.delete(id)
    this.#budgets.set(id, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    if (this.#budgets.size > MAX_SERIES)
      this.#budgets.delete(this.#budgets.keys().next().value as string)
    return tokens >= 1
  }
}
