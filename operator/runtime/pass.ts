// What a reconcile function uses in one pass over one key: reads from caches, writes that are skipped if nothing differs and
// recorded otherwise, Events, and a signal that enforces the time limit.

import type { Logger } from 'pino'
import type { Applied, Applier, Desired } from '../kube/apply.ts'
import type { Client } from '../kube/client.ts'
import { isConflict, isNotFound } from '../kube/errors.ts'
import type { EventType, Recorder } from '../kube/events.ts'
import type { Informer } from '../kube/informer.ts'
import { type Key, type KubeObject, keyOf, type Resource, splitKey } from '../kube/objects.ts'
import type { Scope } from '../kube/queue.ts'
import type { Consistency } from './consistency.ts'

export type PassEvent = {
  readonly type: EventType
  /** CamelCase, such as `FieldTakenOver`. */
  readonly reason: string
  /** The action, a CamelCase verb such as `Apply`. */
  readonly action: string
  readonly note: string
}

export type PassDeps = {
  readonly client: Client
  readonly applier: Applier
  readonly recorder: Pick<Recorder, 'record'>
  readonly consistency: Consistency
  readonly informerOf: <T extends KubeObject>(resource: Resource<T>) => Informer<T> | undefined
  readonly statusManager: string
  readonly readOnly: boolean
}

export class Pass {
  readonly key: Key
  readonly namespace: string | undefined
  readonly name: string
  /** `status` if only the status of owned objects changed since the last pass. */
  readonly scope: Scope
  /** The priority of the key in the queue, used for the requests of the pass too. */
  readonly priority: number
  readonly id: string
  /** The caches have missed our own writes for seconds: `get` reads from the server. */
  readonly behind: boolean
  readonly #deps: PassDeps
  readonly #make: { signal(): AbortSignal; log(): Logger }
  #signal: AbortSignal | undefined
  #log: Logger | undefined
  #writes = 0

  constructor(
    deps: PassDeps,
    fields: {
      key: Key
      scope: Scope
      priority: number
      id: string
      behind: boolean
      /** Created on first use, because most passes find nothing to do and need neither. */
      make: { signal(): AbortSignal; log(): Logger }
    }
  ) {
    this.#deps = deps
    this.key = fields.key
    const { namespace, name } = splitKey(fields.key)
    this.namespace = namespace
    this.name = name
    this.scope = fields.scope
    this.priority = fields.priority
    this.id = fields.id
    this.behind = fields.behind
    this.#make = fields.make
  }

  /** Aborts when the pass times out or the operator stops. */
  get signal(): AbortSignal {
    this.#signal ??= this.#make.signal()
    return this.#signal
  }

  /** With controller, key and id of this pass. */
  get log(): Logger {
    this.#log ??= this.#make.log()
    return this.#log
  }

  /** Requests that changed something, or would have in a dry run. */
  get writes(): number {
    return this.#writes
  }

  /** The object from the cache; from the server if there is no cache, or it is behind. */
  async get<T extends KubeObject>(resource: Resource<T>, key: Key): Promise<T | undefined> {
    const informer = this.#deps.informerOf(resource)
    return informer && !this.behind ? informer.store.get(key) : this.getLive(resource, key)
  }

  /** The object from the server, for decisions that cannot be reverted. */
  async getLive<T extends KubeObject>(resource: Resource<T>, key: Key): Promise<T | undefined> {
    try {
      const { signal, priority } = this
      return await this.#deps.client.get(resource, key, { signal, priority })
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined
      throw thrown
    }
  }

  /** Applies the object, without a request if it is as desired; fields taken over from others become an Event of `owner`. */
  async apply<T extends KubeObject>(
    resource: Resource<T>,
    desired: Desired,
    owner: KubeObject
  ): Promise<Applied<T>> {
    const live = await this.get(resource, keyOf(desired))
    // With itself, so that only a request makes the signal.
    const applied = await this.#deps.applier.apply(resource, desired, live, this)
    const what = `${resource.kind} ${desired.metadata.name}`
    this.#wrote(resource, applied, what)
    if (applied.takenOver.length > 0) {
      const fields = applied.takenOver.map(({ field, from }) => `${field} from ${from}`).join(', ')
      this.event(owner, {
        type: 'Warning',
        reason: 'FieldTakenOver',
        action: 'Apply',
        note: `${what}: took ${fields}`,
      })
    }
    return applied
  }

  /** Writes the whole status of the key's object, if it differs. */
  async applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    status: object,
    options: { readonly priority?: number } = {}
  ): Promise<Applied<T>> {
    const applied = await this.#deps.applier.applyStatus(resource, object, status, {
      manager: this.#deps.statusManager,
      signal: this.signal,
      priority: options.priority ?? this.priority,
    })
    this.#wrote(resource, applied, `status of ${resource.kind} ${object.metadata.name}`)
    return applied
  }

  /**
   * Deletes an unwanted object. Reads it from the server first, because a cache may be stale, and `unwanted` judges that
   * version; a successor of the same name stays. True if it was deleted.
   */
  async delete<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    unwanted: (live: T) => boolean
  ): Promise<boolean> {
    const live = await this.getLive(resource, key)
    if (!live || live.metadata.deletionTimestamp || !unwanted(live)) return false
    const { uid = '', resourceVersion } = live.metadata
    this.#writes++
    if (this.#deps.readOnly) {
      this.log.info({ action: `would delete ${resource.kind} ${key}` }, 'read-only')
      return false
    }
    try {
      await this.#deps.client.delete(resource, key, {
        uid,
        ...(resourceVersion ? { resourceVersion } : {}),
        signal: this.signal,
        priority: this.priority,
      })
    } catch (thrown) {
      // Deleted or changed since it was judged: the next pass judges it again.
      if (isNotFound(thrown) || isConflict(thrown)) return false
      throw thrown
    }
    this.#deps.consistency.deleted(this.key, resource, key, uid)
    this.#deps.applier.forget(resource, key)
    this.log.info({ action: `deleted ${resource.kind} ${key}` }, 'deleted')
    return true
  }

  event(regarding: KubeObject, event: PassEvent): void {
    if (this.#deps.readOnly) this.log.info({ event }, 'read-only: would record')
    else this.#deps.recorder.record(regarding, event)
  }

  #wrote<T extends KubeObject>(resource: Resource<T>, applied: Applied<T>, what: string): void {
    const { outcome, object, drift } = applied
    switch (outcome) {
      case 'unchanged':
      case 'terminating':
      case 'gone':
        return
      case 'created':
      case 'updated':
        this.#writes++
        if (object) this.#deps.consistency.wrote(this.key, resource, object)
        this.log.info({ action: `${outcome} ${what}`, drift }, 'applied')
        return
      case 'wouldCreate':
      case 'wouldUpdate':
        this.#writes++
        this.log.info({ action: `${outcome} ${what}`, drift }, 'read-only')
    }
  }
}
