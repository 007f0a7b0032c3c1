// The newest known objects of one kind, with indexes that always match them. The reflector is the only writer. Objects are
// never changed in place: an object is a value, and two reads that return the same object mean that nothing changed.

import { type Key, type KubeObject, keyOf } from './objects.ts'

/** The values under which an object is found in an index. */
export type IndexFunction<T> = (object: T) => readonly string[]

export type Change<T> =
  | { readonly kind: 'added'; readonly key: Key; readonly object: T; readonly initial: boolean }
  | { readonly kind: 'updated'; readonly key: Key; readonly old: T; readonly object: T }
  | { readonly kind: 'deleted'; readonly key: Key; readonly old: T }

/** One key under a value is kept as it is: ten thousand owners have one child of a kind each, and a set takes 200 bytes. */
type Filed = Map<string, Key | Set<Key>>

export class Store<T extends KubeObject = KubeObject> {
  readonly #objects = new Map<Key, T>()
  readonly #indexes: readonly {
    readonly name: string
    readonly of: IndexFunction<T>
    readonly keys: Filed
  }[]

  constructor(indexes: Readonly<Record<string, IndexFunction<T>>> = {}) {
    this.#indexes = Object.entries(indexes).map(([name, of]) => ({ name, of, keys: new Map() }))
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: Key): T | undefined {
    return this.#objects.get(key)
  }

  values(): IterableIterator<T> {
    return this.#objects.values()
  }

  keys(): IterableIterator<Key> {
    return this.#objects.keys()
  }

  /** Keys of the objects that an index files under `value`. */
  keysBy(index: string, value: string): readonly Key[] {
    const found = this.#indexes.find((other) => other.name === index)
    if (!found) throw new Error(`no index ${index}`)
    const filed = found.keys.get(value)
    if (filed === undefined) return []
    return typeof filed === 'string' ? [filed] : [...filed]
  }

  by(index: string, value: string): readonly T[] {
    return this.keysBy(index, value).map((key) => this.#objects.get(key) as T)
  }

  /** Puts one object in. A new uid under an old key is another object: the old one is deleted first. */
  set(object: T): readonly Change<T>[] {
    const key = keyOf(object)
    const old = this.#objects.get(key)
    if (old && old.metadata.uid !== object.metadata.uid) {
      this.#put(key, old, object)
      return [
        { kind: 'deleted', key, old },
        { kind: 'added', key, object, initial: false },
      ]
    }
    this.#put(key, old, object)
    return old
      ? [{ kind: 'updated', key, old, object }]
      : [{ kind: 'added', key, object, initial: false }]
  }

  delete(key: Key): readonly Change<T>[] {
    const old = this.#objects.get(key)
    if (!old) return []
    this.#put(key, old, undefined)
    return [{ kind: 'deleted', key, old }]
  }

  /**
   * Replaces the contents with these objects, in one step. Missing objects are reported as deleted, even if a successor has the
   * same name; objects with the same resourceVersion are not reported.
   */
  replace(objects: Iterable<T>): readonly Change<T>[] {
    const initial = this.#objects.size === 0
    const changes: Change<T>[] = []
    const seen = new Set<Key>()
    for (const object of objects) {
      const key = keyOf(object)
      seen.add(key)
      const old = this.#objects.get(key)
      if (!old) {
        this.#put(key, undefined, object)
        changes.push({ kind: 'added', key, object, initial })
      } else if (
        old.metadata.uid !== object.metadata.uid ||
        old.metadata.resourceVersion !== object.metadata.resourceVersion
      )
        changes.push(...this.set(object))
    }
    if (seen.size < this.#objects.size)
      for (const key of [...this.#objects.keys()])
        if (!seen.has(key)) changes.push(...this.delete(key))
    return changes
  }

  #put(key: Key, old: T | undefined, object: T | undefined): void {
    // All index values are computed before anything is changed: a throwing function leaves no half step.
    const from = this.#indexes.map(({ of }) => (old ? of(old) : NOTHING))
    const to = this.#indexes.map(({ of }) => (object ? of(object) : NOTHING))
    if (object) this.#objects.set(key, object)
    else this.#objects.delete(key)
    this.#indexes.forEach(({ keys }, i) => {
      refile(keys, key, from[i] ?? NOTHING, to[i] ?? NOTHING)
    })
  }
}

const NOTHING: readonly string[] = []

function refile(keys: Filed, key: Key, from: readonly string[], to: readonly string[]): void {
  for (const value of from) {
    if (to.includes(value)) continue
    const filed = keys.get(value)
    if (filed === key) keys.delete(value)
    else if (typeof filed === 'object') {
      filed.delete(key)
      if (filed.size === 0) keys.delete(value)
    }
  }
  for (const value of to) {
    const filed = keys.get(value)
    if (filed === undefined) keys.set(value, key)
    else if (typeof filed === 'object') filed.add(key)
    else if (filed !== key) keys.set(value, new Set([filed, key]))
  }
}
