// Read your own writes: before the next pass over a key, the caches must have seen the writes of the previous one. Otherwise
// the pass would repeat them from stale data (KEP-5647; controller-runtime#3473).

import { isOlder, type Key, type KubeObject, keyOf, type Resource } from '../kube/objects.ts'
import type { Timers } from '../kube/timers.ts'

/** The part of an informer that this file uses. */
export type Cache = {
  readonly store: { get(key: Key): KubeObject | undefined }
  readonly resourceVersion: string | undefined
}

type Write = {
  readonly cache: Cache
  readonly key: Key
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
  readonly deleted: boolean
}

type Pending = { readonly writes: Map<string, Write>; behindSince: number | undefined }

/** After this time the watch counts as broken, and the pass reads from the server. */
const GIVE_UP_MS = 5000

export class Consistency {
  readonly #timers: Timers
  readonly #cacheOf: (resource: Resource) => Cache | undefined
  readonly #pending = new Map<Key, Pending>()

  constructor(options: {
    timers: Timers
    /** The cache of a kind; undefined if it is not watched. */
    cacheOf: (resource: Resource) => Cache | undefined
  }) {
    this.#timers = options.timers
    this.#cacheOf = options.cacheOf
  }

  /** Keys whose writes were not seen yet. */
  get size(): number {
    return this.#pending.size
  }

  /** The pass over `owner` wrote `object`, as returned by the API server. */
  wrote(owner: Key, resource: Resource, object: KubeObject): void {
    const { uid, resourceVersion } = object.metadata
    this.#remember(owner, resource, keyOf(object), { uid, resourceVersion, deleted: false })
  }

  /** The pass over `owner` deleted the object with this uid. */
  deleted(owner: Key, resource: Resource, key: Key, uid: string): void {
    this.#remember(owner, resource, key, { uid, resourceVersion: undefined, deleted: true })
  }

  /** `behind`: retry soon. `giveUp`: the cache stays behind, so read from the server. */
  check(owner: Key): 'seen' | 'behind' | 'giveUp' {
    const pending = this.#pending.get(owner)
    if (!pending) return 'seen'
    for (const [id, write] of pending.writes) if (isSeen(write)) pending.writes.delete(id)
    if (pending.writes.size === 0) {
      this.#pending.delete(owner)
      return 'seen'
    }
    const now = this.#timers.now()
    pending.behindSince ??= now
    return now - pending.behindSince >= GIVE_UP_MS ? 'giveUp' : 'behind'
  }

  forget(owner: Key): void {
    this.#pending.delete(owner)
  }

  #remember(
    owner: Key,
    resource: Resource,
    key: Key,
    write: Pick<Write, 'uid' | 'resourceVersion' | 'deleted'>
  ): void {
    const cache = this.#cacheOf(resource)
    if (!cache) return
    let pending = this.#pending.get(owner)
    if (!pending) {
      pending = { writes: new Map(), behindSince: undefined }
      this.#pending.set(owner, pending)
    }
    pending.writes.set(`${resource.plural}.${resource.group}/${key}`, { cache, key, ...write })
  }
}

function isSeen(write: Write): boolean {
  const object = write.cache.store.get(write.key)
  if (write.deleted) return object === undefined || object.metadata.uid !== write.uid
  const wanted = write.resourceVersion
  if (
    object &&
    object.metadata.uid === write.uid &&
    !isBehind(object.metadata.resourceVersion, wanted)
  )
    return true
  // A deleted object, or one outside our watch, counts as seen once the whole cache has passed its version.
  return !isBehind(write.cache.resourceVersion, wanted)
}

/** Older, or not comparable and different. */
const isBehind = (seen: string | undefined, wanted: string | undefined): boolean =>
  seen !== wanted && (isOlder(seen, wanted) || !(isNumber(seen) && isNumber(wanted)))

const isNumber = (version: string | undefined): boolean =>
  version !== undefined && /^\d+$/.test(version)
