// The objects of the fake API server with their versions and history: what etcd and the watch cache are to the real one.

import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { canonical } from '#crds/canonical.ts'
import { type Json, leavesOf, merge } from './field-sets.ts'

export type FakeObject = {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    uid: string
    resourceVersion: string
    generation?: number
    creationTimestamp?: string
    deletionTimestamp?: string
    finalizers?: string[]
    [field: string]: unknown
  }
  [field: string]: unknown
}

/** As a client sends it: the server adds uid and version. */
export type NewObject = {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly [field: string]: unknown
}

export type FakeEvent = {
  readonly version: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** group/version/plural */
  readonly collection: string
  readonly object: FakeObject
}

/** A refusal as the server would answer it. */
export class Refusal extends Error {
  readonly code: number
  readonly reason: string
  readonly details: Record<string, unknown>

  constructor(
    code: number,
    reason: string,
    message: string,
    details: Record<string, unknown> = {}
  ) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }
}

export class FakeStore {
  readonly changes = new EventEmitter<{ event: [FakeEvent] }>()
  readonly #objects = new Map<string, Map<string, FakeObject>>()
  readonly #owners = new Map<string, Map<string, Set<string>>>()
  #history: FakeEvent[] = []
  #version = 1000
  #compacted = 0

  constructor() {
    this.changes.setMaxListeners(0)
  }

  get version(): number {
    return this.#version
  }

  get compacted(): number {
    return this.#compacted
  }

  /** Raises the version as writes to other kinds would. */
  tick(by = 1): void {
    this.#version += by
  }

  /** Forgets all history up to now. */
  compact(): void {
    this.#compacted = this.#version
    this.#history = []
  }

  since(collection: string, version: number): readonly FakeEvent[] {
    return this.#history.filter(
      (event) => event.collection === collection && event.version > version
    )
  }

  all(collection: string, namespace?: string): FakeObject[] {
    const objects = [...(this.#objects.get(collection)?.values() ?? [])]
    return objects
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  }

  get(collection: string, namespace: string | undefined, name: string): FakeObject {
    const found = this.find(collection, namespace, name)
    if (!found) throw new Refusal(404, 'NotFound', `${collection} "${name}" not found`)
    return found
  }

  find(collection: string, namespace: string | undefined, name: string): FakeObject | undefined {
    return this.#objects.get(collection)?.get(`${namespace ?? ''}/${name}`)
  }

  create(collection: string, body: NewObject, manager = 'unknown'): FakeObject {
    const { name, namespace } = body.metadata
    if (this.find(collection, namespace, name))
      throw new Refusal(409, 'AlreadyExists', `${collection} "${name}" already exists`)
    const object = {
      ...body,
      metadata: {
        ...body.metadata,
        uid: randomUUID() as string,
        generation: 1,
        creationTimestamp: new Date().toISOString(),
      },
    } as FakeObject
    this.#own(collection, object, manager, undefined)
    return this.#store(collection, 'ADDED', object)
  }

  /** PUT or merge patch: the whole object as it is to be. `status` is changed only through its subresource. */
  update(
    collection: string,
    next: FakeObject,
    options: { manager?: string; subresource?: string | undefined } = {}
  ): FakeObject {
    const { name, namespace } = next.metadata
    const old = this.get(collection, namespace, name)
    const { uid, resourceVersion } = next.metadata
    if (uid && uid !== old.metadata.uid)
      throw new Refusal(409, 'Conflict', `${name}: uid precondition failed`)
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
      throw new Refusal(409, 'Conflict', `${name}: the object has been modified`)
    const merged: FakeObject =
      options.subresource === 'status'
        ? { ...old, status: next.status }
        : { ...next, ...('status' in old ? { status: old.status } : {}) }
    const object: FakeObject = {
      ...merged,
      metadata: {
        ...merged.metadata,
        uid: old.metadata.uid,
        resourceVersion: old.metadata.resourceVersion,
        ...(old.metadata.generation === undefined ? {} : { generation: old.metadata.generation }),
      },
    }
    if (canonical(object) === canonical(old)) return old
    const specChanged = canonical({ ...object, ...SYSTEM }) !== canonical({ ...old, ...SYSTEM })
    if (specChanged) object.metadata.generation = (old.metadata.generation ?? 0) + 1
    this.#own(collection, object, options.manager ?? 'unknown', old)
    if (object.metadata.deletionTimestamp && !object.metadata.finalizers?.length)
      return this.#remove(collection, object)
    return this.#store(collection, 'MODIFIED', object)
  }

  apply(
    collection: string,
    body: FakeObject,
    options: { manager: string; force: boolean; dryRun: boolean; subresource?: string | undefined }
  ): { object: FakeObject; created: boolean } {
    const { name, namespace, uid } = body.metadata
    const old = this.find(collection, namespace, name)
    if (!old && (options.subresource || uid))
      throw uid && !options.subresource
        ? new Refusal(409, 'Conflict', `${name}: uid precondition failed`)
        : new Refusal(404, 'NotFound', `${collection} "${name}" not found`)
    if (old && uid && uid !== old.metadata.uid)
      throw new Refusal(422, 'Invalid', `${name}: metadata.uid: field is immutable`, {
        causes: [{ field: 'metadata.uid', message: 'field is immutable' }],
      })
    const id = `${collection}/${namespace ?? ''}/${name}`
    const owners = this.#owners.get(id) ?? new Map<string, Set<string>>()
    const wanted = leavesOf(body as unknown as Json)
    const live = old ? leavesOf(old as unknown as Json) : new Map<string, Json>()
    const conflicts: { reason: string; message: string; field: string }[] = []
    for (const [path, value] of wanted)
      for (const [other, paths] of owners)
        if (
          other !== options.manager &&
          paths.has(path) &&
          canonical(live.get(path)) !== canonical(value)
        )
          conflicts.push({
            reason: 'FieldManagerConflict',
            message: `conflict with "${other}"`,
            field: `.${path.replaceAll('\0', '.')}`,
          })
    if (conflicts.length > 0 && !options.force)
      throw new Refusal(409, 'Conflict', `Apply failed with ${conflicts.length} conflict`, {
        causes: conflicts,
      })
    const mine = owners.get(options.manager) ?? new Set()
    const heldByOthers = (path: string) =>
      [...owners].some(([other, paths]) => other !== options.manager && paths.has(path))
    const removed = [...mine].filter((path) => !wanted.has(path) && !heldByOthers(path))
    const base = (old ?? {
      apiVersion: body.apiVersion,
      kind: body.kind,
      metadata: { name, ...(namespace ? { namespace } : {}) },
    }) as unknown as Json
    const next = merge(base, wanted, removed) as unknown as FakeObject
    if (options.dryRun) return { object: next, created: !old }
    for (const [other, paths] of owners)
      if (other !== options.manager)
        for (const path of wanted.keys())
          if (canonical(live.get(path)) !== canonical(wanted.get(path))) paths.delete(path)
    owners.set(options.manager, new Set(wanted.keys()))
    this.#owners.set(id, owners)
    const saved = old
      ? this.update(collection, next, { manager: NOBODY, subresource: options.subresource })
      : this.create(collection, next, NOBODY)
    return { object: saved, created: !old }
  }

  delete(
    collection: string,
    namespace: string | undefined,
    name: string,
    preconditions: { uid?: string; resourceVersion?: string } = {}
  ): FakeObject {
    const old = this.get(collection, namespace, name)
    const { uid, resourceVersion } = preconditions
    if (
      (uid && uid !== old.metadata.uid) ||
      (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
    )
      throw new Refusal(409, 'Conflict', `${name}: precondition failed`)
    if (old.metadata.finalizers?.length) {
      const deletionTimestamp = new Date().toISOString()
      const object = { ...old, metadata: { ...old.metadata, deletionTimestamp } }
      return this.#store(collection, 'MODIFIED', object)
    }
    return this.#remove(collection, old)
  }

  #remove(collection: string, old: FakeObject): FakeObject {
    this.#owners.delete(`${collection}/${idOf(old)}`)
    const object = this.#store(collection, 'DELETED', old)
    return object
  }

  #store(collection: string, type: FakeEvent['type'], next: FakeObject): FakeObject {
    const version = ++this.#version
    const object = { ...next, metadata: { ...next.metadata, resourceVersion: String(version) } }
    let objects = this.#objects.get(collection)
    if (!objects) {
      objects = new Map()
      this.#objects.set(collection, objects)
    }
    if (type === 'DELETED') objects.delete(idOf(object))
    else objects.set(idOf(object), object)
    const event: FakeEvent = { version, type, collection, object }
    this.#history.push(event)
    this.changes.emit('event', event)
    return object
  }

  /** Who changed a leaf by other means than apply owns it from now on. */
  #own(collection: string, next: FakeObject, manager: string, old: FakeObject | undefined): void {
    if (manager === NOBODY) return
    const id = `${collection}/${idOf(next)}`
    const owners = this.#owners.get(id) ?? new Map<string, Set<string>>()
    const before = old ? leavesOf(old as unknown as Json) : new Map<string, Json>()
    const mine = owners.get(manager) ?? new Set()
    for (const [path, value] of leavesOf(next as unknown as Json)) {
      if (before.has(path) && canonical(before.get(path)) === canonical(value)) continue
      for (const paths of owners.values()) paths.delete(path)
      mine.add(path)
    }
    owners.set(manager, mine)
    this.#owners.set(id, owners)
  }
}

const NOBODY = ''
const SYSTEM = { metadata: undefined, status: undefined }

const idOf = ({ metadata }: FakeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`
