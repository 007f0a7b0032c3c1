// The verbs of the Kubernetes API on raw JSON objects, without caches and without retries of whole passes.

import { withoutManagedFields } from './managed-fields.ts'
import {
  apiVersionOf,
  type Key,
  type KubeList,
  type KubeObject,
  pathOf,
  type Resource,
  splitKey,
} from './objects.ts'
import type { Call, Stream, Transport } from './transport.ts'

export type ListOptions = {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

export type ApplyOptions = {
  /** The field manager: one fixed name for each role. */
  readonly manager: string
  /** Take fields that others hold. */
  readonly force: boolean
  /** Ask only: nothing is changed. */
  readonly dryRun?: boolean
  readonly subresource?: string
} & Pick<Call, 'signal' | 'priority'>

type WriteOptions = Pick<Call, 'signal' | 'pool' | 'timeoutMs' | 'attempts' | 'priority'>

export class Client {
  readonly transport: Transport

  constructor(transport: Transport) {
    this.transport = transport
  }

  async get<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    options: WriteOptions = {}
  ): Promise<T> {
    const answer = await this.transport.request({
      method: 'GET',
      path: pathOf(resource, splitKey(key)),
      ...options,
    })
    return answer.body as T
  }

  /** One page, its objects without managedFields; see the reflector for whole collections. */
  async list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions & {
      readonly limit?: number
      readonly continue?: string | undefined
      readonly resourceVersion?: string | undefined
      readonly resourceVersionMatch?: string | undefined
      readonly signal?: AbortSignal
    } = {}
  ): Promise<KubeList<T>> {
    const { namespace, signal, ...query } = options
    const answer = await this.transport.request({
      method: 'GET',
      path: pathOf(resource, { namespace }),
      query,
      timeoutMs: 30_000,
      attempts: 1,
      read: readObjects,
      // Not throttled: each kind lists one page after the other, and everything waits for its first list.
      priority: 'unlimited',
      ...(signal ? { signal } : {}),
    })
    return answer.body as KubeList<T>
  }

  async watch(
    resource: Resource,
    options: ListOptions & {
      readonly resourceVersion: string
      readonly timeoutSeconds: number
      readonly signal: AbortSignal
    }
  ): Promise<Stream> {
    const { namespace, signal, ...query } = options
    return this.transport.stream({
      method: 'GET',
      path: pathOf(resource, { namespace }),
      query: { ...query, watch: true, allowWatchBookmarks: true },
      signal,
    })
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: KubeObject,
    options: WriteOptions = {}
  ): Promise<T> {
    const answer = await this.transport.request({
      method: 'POST',
      path: pathOf(resource, { namespace: object.metadata.namespace }),
      body: object,
      ...options,
    })
    return answer.body as T
  }

  /** Replaces the object; with a resourceVersion only if it was not changed meanwhile. */
  async replace<T extends KubeObject>(
    resource: Resource<T>,
    object: KubeObject,
    options: WriteOptions = {}
  ): Promise<T> {
    const answer = await this.transport.request({
      method: 'PUT',
      path: pathOf(resource, nameOf(object)),
      body: object,
      ...options,
    })
    return answer.body as T
  }

  /** Server-side apply: the object holds the fields that `manager` wants, all of them and no others. */
  async apply<T extends KubeObject>(
    resource: Resource<T>,
    object: KubeObject,
    options: ApplyOptions
  ): Promise<T> {
    const answer = await this.transport.request({
      method: 'PATCH',
      path: pathOf(resource, {
        ...nameOf(object),
        ...(options.subresource ? { subresource: options.subresource } : {}),
      }),
      query: {
        fieldManager: options.manager,
        force: options.force || undefined,
        dryRun: options.dryRun ? 'All' : undefined,
        fieldValidation: 'Strict',
      },
      contentType: 'application/apply-patch+yaml',
      body: { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind },
      signal: options.signal,
      priority: options.priority,
    })
    return answer.body as T
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch:
      | { readonly kind: 'merge'; readonly value: unknown }
      | { readonly kind: 'json'; readonly value: readonly unknown[] },
    options: WriteOptions & {
      readonly subresource?: string
      readonly manager?: string
      /** Ask only: nothing is changed. */
      readonly dryRun?: boolean
    } = {}
  ): Promise<T> {
    const { subresource, manager, dryRun, ...call } = options
    const answer = await this.transport.request({
      method: 'PATCH',
      path: pathOf(resource, { ...splitKey(key), ...(subresource ? { subresource } : {}) }),
      query: { fieldManager: manager, dryRun: dryRun ? 'All' : undefined },
      contentType: `application/${patch.kind}-patch+json`,
      body: patch.value,
      ...call,
    })
    return answer.body as T
  }

  /** Deletes exactly this object: a newer one of the same name stays (Sieve's stale deletes). */
  async delete(
    resource: Resource,
    key: Key,
    options: WriteOptions & {
      readonly uid: string
      readonly resourceVersion?: string
      readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
    }
  ): Promise<void> {
    const { uid, resourceVersion, propagation, ...call } = options
    await this.transport.request({
      method: 'DELETE',
      path: pathOf(resource, splitKey(key)),
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid, ...(resourceVersion ? { resourceVersion } : {}) },
        propagationPolicy: propagation ?? 'Background',
      },
      ...call,
    })
  }
}

const readObjects = (bytes: Buffer): unknown =>
  JSON.parse(withoutManagedFields(bytes).toString('utf8'))

const nameOf = (object: KubeObject): { namespace: string | undefined; name: string } => ({
  namespace: object.metadata.namespace,
  name: object.metadata.name,
})
