// A store that follows the API server and calls handlers for changes. If a handler throws, the watch continues, and the handler
// is called again with the newest object until it succeeds (pepr#3052: an event that failed once was lost until the next
// restart).

import type { Logger } from 'pino'
import { backoffMs } from './backoff.ts'
import type { Client, ListOptions } from './client.ts'
import { type Key, type KubeObject, keyOf, type Resource } from './objects.ts'
import { Reflector } from './reflector.ts'
import type { State, Step } from './reflector-machine.ts'
import { Sharer } from './share.ts'
import { type Change, type IndexFunction, Store } from './store.ts'
import { sleep, type Timers } from './timers.ts'
import { deepFreeze, type Transform, trimmed } from './transform.ts'
import type { Turns } from './turns.ts'

export type InformerOptions<T extends KubeObject> = ListOptions & {
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>
  /** What the cache keeps; default: without managedFields and kubectl's annotation. */
  readonly transform?: Transform<T>
  readonly pageSize?: number
  /** Freezes cached objects, so that a test finds code that changes one. */
  readonly freeze?: boolean
}

export type InformerDeps = {
  readonly client: Client
  readonly timers: Timers
  readonly random: () => number
  readonly log: Logger
  /** One for all informers of a process: objects of several kinds have the same labels and owners. */
  readonly sharer?: Sharer
  readonly turns?: Turns
  readonly observe?: (resource: Resource, count: NonNullable<Step['count']> | 'handler') => void
}

export type Handler<T> = (change: Change<T>) => void

type Subscriber<T> = {
  readonly handle: Handler<T>
  /** Changes that the handler threw at: the object before the first of them, and how often it was tried. */
  readonly failed: Map<Key, { readonly old: T | undefined; readonly attempts: number }>
  timer: { cancel(): void } | undefined
}

const REDELIVERY = { baseMs: 200, maxMs: 60_000 }

export class Informer<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>
  readonly store: Store<T>
  readonly #deps: InformerDeps
  readonly #reflector: Reflector<T>
  readonly #subscribers: Subscriber<T>[] = []
  #stopped = false

  constructor(resource: Resource<T>, deps: InformerDeps, options: InformerOptions<T> = {}) {
    const { indexes, transform, freeze, ...scope } = options
    this.resource = resource
    this.#deps = deps
    this.store = new Store(this.#careful(indexes ?? {}))
    const { sharer = new Sharer() } = deps
    const keep = (object: T): T => {
      try {
        return sharer.share(transform ? transform(object) : trimmed(object))
      } catch (err) {
        // The transform failed, so keep only the metadata: it may have been meant to remove a secret.
        this.#faulty(err, 'transform', object)
        const { apiVersion, kind } = object
        return { apiVersion, kind, metadata: trimmed(object).metadata } as KubeObject as T
      }
    }
    this.#reflector = new Reflector({
      ...scope,
      client: deps.client,
      resource,
      store: this.store,
      transform: freeze ? (object) => deepFreeze(keep(object)) : keep,
      timers: deps.timers,
      random: deps.random,
      ...(deps.turns ? { turns: deps.turns } : {}),
      onChanges: (changes) => this.#tell(changes),
      onTrouble: (count, cause) => this.#trouble(count, cause),
    })
  }

  get synced(): boolean {
    return this.#reflector.synced
  }

  get state(): State {
    return this.#reflector.state
  }

  /** The newest resource version that the store has seen. */
  get resourceVersion(): string | undefined {
    return this.#reflector.state.shown
  }

  get silentMs(): number {
    return this.#reflector.silentMs
  }

  /** Calls the handler for every object in the store, and for every change from now on. */
  subscribe(handle: Handler<T>): void {
    const subscriber: Subscriber<T> = { handle, failed: new Map(), timer: undefined }
    this.#subscribers.push(subscriber)
    for (const key of this.store.keys()) {
      const object = this.store.get(key) as T
      this.#deliver(subscriber, { kind: 'added', key, object, initial: true })
    }
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#reflector.run(signal)
    } finally {
      this.#stopped = true
      for (const subscriber of this.#subscribers) subscriber.timer?.cancel()
    }
  }

  /** Resolves once the store has held a whole list. */
  async untilSynced(signal: AbortSignal): Promise<void> {
    while (!this.synced) await sleep(this.#deps.timers, 10, signal)
  }

  /** An index function that throws leaves the object out of that index; the others continue. */
  #careful(indexes: Readonly<Record<string, IndexFunction<T>>>): Record<string, IndexFunction<T>> {
    return Object.fromEntries(
      Object.entries(indexes).map(([name, of]) => [
        name,
        (object: T) => {
          try {
            return of(object)
          } catch (err) {
            this.#faulty(err, `index ${name}`, object)
            return []
          }
        },
      ])
    )
  }

  #faulty(err: unknown, what: string, object: T): void {
    this.#deps.observe?.(this.resource, 'handler')
    this.#deps.log.error(
      { err, resource: this.resource.plural, key: keyOf(object), what },
      'an object could not be read as expected'
    )
  }

  #tell(changes: readonly Change<T>[]): void {
    for (const subscriber of this.#subscribers)
      for (const change of changes) this.#deliver(subscriber, change)
  }

  #deliver(subscriber: Subscriber<T>, change: Change<T>): void {
    const before = subscriber.failed.get(change.key)
    try {
      subscriber.handle(before ? sinceFailure(change, before.old) : change)
      if (before) subscriber.failed.delete(change.key)
    } catch (err) {
      const old = before ? before.old : change.kind === 'added' ? undefined : change.old
      const attempts = (before?.attempts ?? 0) + 1
      subscriber.failed.set(change.key, { old, attempts })
      this.#deps.observe?.(this.resource, 'handler')
      this.#deps.log.error(
        { err, resource: this.resource.plural, key: change.key, attempts },
        'event handler failed; it is called again'
      )
      this.#rearm(subscriber, attempts)
    }
  }

  #rearm(subscriber: Subscriber<T>, attempts: number): void {
    if (subscriber.timer || this.#stopped) return
    const wait = backoffMs(attempts, { ...REDELIVERY, random: this.#deps.random })
    subscriber.timer = this.#deps.timers.after(wait, () => {
      subscriber.timer = undefined
      for (const [key, { old }] of [...subscriber.failed]) {
        const object = this.store.get(key)
        if (object) this.#deliver(subscriber, { kind: 'added', key, object, initial: false })
        else if (old) this.#deliver(subscriber, { kind: 'deleted', key, old })
        else subscriber.failed.delete(key)
      }
    })
  }

  #trouble(count: NonNullable<Step['count']>, cause: unknown): void {
    this.#deps.observe?.(this.resource, count)
    const { failures, phase } = this.#reflector.state
    // Log the first failure of an outage, not each.
    if (failures > 1 && !Number.isInteger(Math.log2(failures))) return
    this.#deps.log.warn(
      {
        resource: this.resource.plural,
        trouble: count,
        failures,
        phase,
        ...(cause instanceof Error ? { error: cause.message } : {}),
      },
      'the watch was disturbed'
    )
  }
}

/** The change as seen by a handler that missed what came before it. */
function sinceFailure<T>(change: Change<T>, old: T | undefined): Change<T> {
  if (change.kind === 'deleted') return old ? { ...change, old } : change
  return old === undefined
    ? change
    : { kind: 'updated', key: change.key, old, object: change.object }
}
