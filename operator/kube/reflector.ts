// Keeps a store equal to the API server: lists in pages, watches, and follows reflector-machine.ts after each fault. It runs
// until its signal aborts. This file does the I/O and decides nothing.

import type { Client, ListOptions } from './client.ts'
import {
  ApiError,
  isForbidden,
  isGone,
  isNotFound,
  isTooLargeResourceVersion,
  isUnauthorized,
} from './errors.ts'
import { apiVersionOf, type KubeObject, keyOf, type Resource } from './objects.ts'
import {
  type Failure,
  type Input,
  inactivityMs,
  initialState,
  type ListFrom,
  type State,
  type Step,
  step,
  type WatchEnd,
  watchSeconds,
} from './reflector-machine.ts'
import type { Change, Store } from './store.ts'
import { sleep, type Timers, yieldToLoop } from './timers.ts'
import type { Transform } from './transform.ts'
import { Turns } from './turns.ts'
import { readEvents, type WatchEvent } from './watch-lines.ts'

export type ReflectorOptions<T extends KubeObject> = ListOptions & {
  readonly client: Client
  readonly resource: Resource<T>
  readonly store: Store<T>
  readonly transform: Transform<T>
  readonly timers: Timers
  readonly random: () => number
  /** Called after the store has changed, in the order of the changes; must not throw. */
  readonly onChanges: (changes: readonly Change<T>[]) => void
  /** Told what is not the ordinary course, with the error where there was one. */
  readonly onTrouble: (count: NonNullable<Step['count']>, cause: unknown) => void
  /** Default 100: a page of Deployments is then read and kept in about five milliseconds. */
  readonly pageSize?: number
  /** Shared by all lists of a process; default: a turn of its own. */
  readonly turns?: Turns
}

// A watch that ends sooner than this without an event is reopened only after a pause.
const SHORT_WATCH_MS = 1000
// Changes of a list that are passed on in one slice.
const SLICE = 500
// A server that does not end a watch at its timeout has lost us.
const KILL_AFTER_MS = 5000

export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>
  #state: State = initialState
  #aliveAt: number
  #synced = false

  constructor(options: ReflectorOptions<T>) {
    this.#options = options
    this.#aliveAt = options.timers.now()
  }

  get state(): State {
    return this.#state
  }

  /** Whether the store has held a whole list at least once. */
  get synced(): boolean {
    return this.#synced
  }

  /** Milliseconds since the last byte that was worth something: a page, an event, a bookmark. */
  get silentMs(): number {
    return this.#options.timers.now() - this.#aliveAt
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const { phase, plan } = this.#state
        if (phase === 'stopped') return
        if (plan.kind === 'list') await this.#list(plan.from, signal)
        else await this.#watch(plan.resourceVersion, signal)
      } catch (thrown) {
        if (!signal.aborted) throw thrown
      }
    }
    this.#state = step(this.#state, { kind: 'stop' }, this.#options.random).state
  }

  async #list(from: ListFrom, signal: AbortSignal): Promise<void> {
    const { client, resource, store, transform, timers, turns = new Turns(1) } = this.#options
    const items: T[] = []
    let resourceVersion = ''
    let next: string | undefined
    try {
      do {
        using _turn = await turns.take()
        const page = await client.list(resource, {
          ...this.#scope(),
          limit: this.#options.pageSize ?? 100,
          continue: next,
          // A continued list keeps its own version and may name none.
          ...(from.kind === 'notOlderThan' && next === undefined
            ? { resourceVersion: from.resourceVersion, resourceVersionMatch: 'NotOlderThan' }
            : {}),
          signal,
        })
        this.#aliveAt = timers.now()
        for (const item of page.items) items.push(transform(this.#named(item)))
        resourceVersion = page.metadata.resourceVersion ?? ''
        next = page.metadata.continue || undefined
        await yieldToLoop()
      } while (next !== undefined)
    } catch (thrown) {
      signal.throwIfAborted()
      await this.#follow({ kind: 'listFailed', failure: failureOf(thrown) }, signal, thrown)
      return
    }
    const taken = this.#step({ kind: 'listed', resourceVersion, from })
    if (taken.take) {
      const changes = store.replace(items)
      // In slices: ten thousand changes in a row would block the event loop for tens of milliseconds.
      for (let i = 0; i < changes.length; i += SLICE) {
        this.#options.onChanges(changes.slice(i, i + SLICE))
        await yieldToLoop()
      }
      this.#synced = true
    }
    if (taken.count) this.#options.onTrouble(taken.count, undefined)
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, resource, timers, random } = this.#options
    const timeoutSeconds = watchSeconds(random)
    const quietMs = inactivityMs(this.#state, timeoutSeconds)
    const startedAt = timers.now()
    const over = new AbortController()
    let end: WatchEnd | undefined
    let events = 0
    let signs = 0
    const finish = (because: WatchEnd) => {
      end ??= because
      over.abort()
    }
    const quiet = () =>
      timers.after(quietMs, () => finish({ kind: 'silent', eventless: events === 0 }))
    let inactivity = quiet()
    const kill = timers.after(timeoutSeconds * 1000 + KILL_AFTER_MS, () =>
      finish({ kind: 'silent', eventless: false })
    )
    let cause: unknown
    try {
      const stream = await client.watch(resource, {
        ...this.#scope(),
        resourceVersion,
        timeoutSeconds,
        signal: AbortSignal.any([signal, over.signal]),
      })
      over.signal.addEventListener('abort', () => stream.close(), { once: true })
      const alive = () => {
        signs++
        inactivity.cancel()
        inactivity = quiet()
        this.#aliveAt = timers.now()
      }
      for await (const event of readEvents(stream.chunks, alive)) {
        if (event.type === 'ERROR') {
          finish(endOf(event))
          break
        }
        if (event.type !== 'BOOKMARK') events++
        this.#take(event)
      }
      end ??= {
        kind: 'closed',
        shortLived: signs === 0 && timers.now() - startedAt < SHORT_WATCH_MS,
      }
    } catch (thrown) {
      signal.throwIfAborted()
      cause = thrown
      end ??= isGone(thrown) ? { kind: 'expired' } : { kind: 'failed', failure: failureOf(thrown) }
    } finally {
      inactivity.cancel()
      kill.cancel()
      over.abort()
    }
    await this.#follow({ kind: 'watchEnded', end }, signal, cause)
  }

  #take(event: WatchEvent): void {
    const object = event.object as unknown as T
    const resourceVersion = object.metadata.resourceVersion ?? ''
    // Version and store move in one step: nothing is shown that a new watch would not follow.
    this.#step({ kind: 'progress', resourceVersion, event: event.type !== 'BOOKMARK' })
    if (event.type === 'BOOKMARK') return
    const { store, transform, onChanges } = this.#options
    const changes =
      event.type === 'DELETED' ? store.delete(keyOf(object)) : store.set(transform(object))
    if (changes.length > 0) onChanges(changes)
  }

  async #follow(input: Input, signal: AbortSignal, cause: unknown): Promise<void> {
    const { waitMs, count } = this.#step(input)
    if (count) this.#options.onTrouble(count, cause)
    if (waitMs === undefined) return
    await sleep(this.#options.timers, waitMs, signal)
    this.#step({ kind: 'waited' })
  }

  #step(input: Input): Step {
    const taken = step(this.#state, input, this.#options.random)
    this.#state = taken.state
    return taken
  }

  /** Items of built-in lists come without apiVersion and kind; events come with them. */
  #named(item: T): T {
    const { resource } = this.#options
    return item.kind === undefined
      ? { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }
      : item
  }

  #scope(): ListOptions {
    const { namespace, labelSelector, fieldSelector } = this.#options
    return { namespace, labelSelector, fieldSelector }
  }
}

function endOf(event: WatchEvent): WatchEnd {
  const { code, details } = event.object as {
    code?: number
    details?: { retryAfterSeconds?: number }
  }
  if (code === 410) return { kind: 'expired' }
  return details?.retryAfterSeconds === undefined
    ? { kind: 'errorEvent' }
    : { kind: 'errorEvent', retryAfterMs: details.retryAfterSeconds * 1000 }
}

function failureOf(thrown: unknown): Failure {
  const kind = isGone(thrown)
    ? 'expired'
    : isTooLargeResourceVersion(thrown)
      ? 'tooLarge'
      : isForbidden(thrown) || isUnauthorized(thrown)
        ? 'forbidden'
        : isNotFound(thrown)
          ? 'absent'
          : 'transient'
  const retryAfterMs = thrown instanceof ApiError ? thrown.retryAfterMs : undefined
  return retryAfterMs === undefined ? { kind } : { kind, retryAfterMs }
}
