// Runs passes: some workers take keys from the queue, wait until the caches have seen what the key's last pass wrote,
// call the reconcile function with a time limit, and decide whether the key is requeued. A key never has two passes at the
// same time, even if a pass that timed out has not returned yet.

import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Key } from '../kube/objects.ts'
import { PRIORITY, type Taken, type WorkQueue } from '../kube/queue.ts'
import { sleep, type Timers, yieldToLoop } from '../kube/timers.ts'
import type { ControllerMetrics } from './metrics.ts'
import { outcomeOf, PassTimeout } from './outcome.ts'
import { Pass, type PassDeps } from './pass.ts'

/** `requeueAfterMs`: the time until the next pass without a change. Ignored if the pass failed. */
// biome-ignore lint/suspicious/noConfusingVoidType: a pass that has nothing to say returns nothing
export type Reconcile = (pass: Pass) => Promise<{ readonly requeueAfterMs?: number } | void>

export type ControllerOptions = {
  readonly name: string
  readonly queue: WorkQueue
  readonly reconcile: Reconcile
  readonly deps: PassDeps
  readonly metrics: ControllerMetrics
  readonly log: Logger
  readonly timers: Timers
  readonly random: () => number
  /**
   * Passes at the same time; default 8 (32 were slower, because they queue in the API server). The same number again is
   * reserved for edits, so that a person does not wait behind a storm of passes.
   */
  readonly workers?: number
  /** Time limit of one pass; default 30 s. */
  readonly timeoutMs?: number
  /** Interval of passes over a key without a change; default 10 min. */
  readonly resyncMs?: number
  readonly allKeys: () => Iterable<Key>
}

export const DEFAULT_WORKERS = 8
const BEHIND_RETRY_MS = 50
// The longest run of passes before I/O and timers get their turn.
const SLICE_MS = 8

export class Controller {
  readonly name: string
  readonly queue: WorkQueue
  readonly #options: ControllerOptions
  readonly #passes = new AbortController()
  #sliceStart = 0
  #pause: Promise<void> | undefined

  constructor(options: ControllerOptions) {
    this.name = options.name
    this.queue = options.queue
    this.#options = options
  }

  get workers(): number {
    return this.#options.workers ?? DEFAULT_WORKERS
  }

  /** Runs passes until `stop`, or until the signal aborts those in flight. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#passes.abort(signal.reason), { once: true })
    const over = new AbortController()
    const resync = this.#resync(AbortSignal.any([signal, over.signal]))
    const crew = Array.from({ length: this.workers }, () => [
      this.#work(undefined),
      this.#work(PRIORITY.edit),
    ])
    await Promise.all(crew.flat())
    over.abort()
    await resync
  }

  /** Starts no more passes; those in flight have `graceMs` before their signal aborts. */
  async stop(graceMs: number): Promise<void> {
    const timer = this.#options.timers.after(graceMs, () =>
      this.#passes.abort(new Error('the operator is stopping'))
    )
    await this.queue.close()
    timer.cancel()
  }

  async #work(least: number | undefined): Promise<void> {
    for (;;) {
      const taken = await this.queue.take(least)
      if (!taken) return
      try {
        await this.#one(taken)
      } finally {
        this.queue.done(taken.key)
      }
      await this.#yield()
    }
  }

  async #one(taken: Taken): Promise<void> {
    const { key, priority, scope } = taken
    const { deps, metrics } = this.#options
    const seen = deps.consistency.check(key)
    if (seen === 'behind') {
      metrics.staleSkip()
      this.queue.add(key, { priority, scope, afterMs: BEHIND_RETRY_MS })
      return
    }
    const { timers, log, reconcile } = this.#options
    const started = timers.now()
    const timeoutMs = this.#options.timeoutMs ?? 30_000
    const late = new AbortController()
    const timer = timers.after(timeoutMs, () => late.abort(new PassTimeout(key, timeoutMs)))
    const id = randomUUID()
    const pass = new Pass(deps, {
      key,
      scope,
      priority,
      id,
      behind: seen === 'giveUp',
      make: {
        signal: () => AbortSignal.any([this.#passes.signal, late.signal]),
        log: () => log.child({ controller: this.name, key, reconcileID: id }),
      },
    })
    metrics.active(1)
    try {
      const result = await reconcile(pass)
      // It may have returned without checking its signal.
      late.signal.throwIfAborted()
      this.queue.forget(key)
      if (result?.requeueAfterMs === undefined) metrics.result('success')
      else {
        metrics.result('requeue_after')
        this.queue.add(key, { priority: PRIORITY.event, afterMs: result.requeueAfterMs })
      }
    } catch (thrown) {
      this.#failed(pass, late.signal.aborted ? late.signal.reason : thrown, timers.now() - started)
    } finally {
      timer.cancel()
      metrics.active(-1)
      metrics.seconds((timers.now() - started) / 1000)
    }
  }

  #failed(pass: Pass, thrown: unknown, durationMs: number): void {
    const { metrics } = this.#options
    // An abort by `stop` is not a failure of the key.
    if (this.#passes.signal.aborted) return
    const outcome = outcomeOf(thrown)
    const { key } = pass
    switch (outcome.kind) {
      case 'wait':
        metrics.result('requeue_after')
        this.queue.forget(key)
        this.queue.add(key, { priority: PRIORITY.event, afterMs: outcome.retryAfterMs })
        return
      case 'refused':
        this.queue.retry(key, { priority: PRIORITY.resync })
        return
      case 'terminal':
        metrics.result('error')
        metrics.error()
        metrics.terminal()
        this.queue.forget(key)
        pass.log.error({ err: thrown, durationMs }, 'pass failed; waits for a change')
        return
      case 'panic':
        metrics.panic()
        break
      case 'timeout':
        metrics.timeout()
        break
      case 'retry':
        break
    }
    metrics.result('error')
    metrics.error()
    const retryInMs = Math.round(
      this.queue.retry(key, {
        retryAfterMs: outcome.kind === 'retry' ? outcome.retryAfterMs : undefined,
      })
    )
    const failures = this.queue.failures(key)
    pass.log.error({ err: thrown, durationMs, failures, retryInMs }, 'pass failed')
  }

  async #resync(signal: AbortSignal): Promise<void> {
    const { timers, random, allKeys, resyncMs = 600_000 } = this.#options
    try {
      for (;;) {
        await sleep(timers, resyncMs * (0.9 + random() / 5), signal)
        for (const key of allKeys()) this.queue.add(key, { priority: PRIORITY.resync })
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    }
  }

  /** Yields to I/O and timers: ten thousand idle passes in a row would block them for a few hundred milliseconds. */
  async #yield(): Promise<void> {
    const now = performance.now()
    if (now - this.#sliceStart < SLICE_MS) return
    this.#pause ??= yieldToLoop().then(() => {
      this.#pause = undefined
      this.#sliceStart = performance.now()
    })
    await this.#pause
  }
}
