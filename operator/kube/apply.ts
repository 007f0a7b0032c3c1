// Brings a live object to its desired fields, and writes only if it differs. One server-side apply reverts changes of others
// and removes fields that we no longer want. Nothing is written if every desired field has its value and the hash of the last
// apply equals the hash of the desired object.

import { hashOf, isSameValue } from '#crds/canonical.ts'
import { SsmdError } from '#crds/errors.ts'
import type { ApplyGuard } from './apply-guard.ts'
import type { Client } from './client.ts'
import { findDrift } from './drift.ts'
import { immutableFields, isConflict, isNotFound } from './errors.ts'
import { type KubeObject, keyOf, type Resource } from './objects.ts'
import { remember, rememberPair } from './remember.ts'
import type { Call } from './transport.ts'

/** The desired object: only the fields that we own, newly built, never a copy of a live object. */
export type Desired = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: KubeObject['metadata']
  readonly [field: string]: unknown
}

export type Applied<T extends KubeObject = KubeObject> = {
  readonly outcome: /** It was as wanted: no call was made. */
    | 'unchanged'
    | 'created'
    | 'updated'
    /** It is being deleted, and can be created again only afterwards. */
    | 'terminating'
    /** The object of this status was deleted, or another has its name. */
    | 'gone'
    /** Read-only: this is what would have been written. */
    | 'wouldCreate'
    | 'wouldUpdate'
  /** As the API server returned it, or unchanged. */
  readonly object: T | undefined
  /** The paths that differed; `metadata.annotations` if only the hash of the last apply differs. */
  readonly drift: readonly string[]
  /** Fields that another manager had set, and its name. */
  readonly takenOver: readonly { readonly field: string; readonly from: string }[]
}

/** An apply loop: no write for `retryAfterMs`. */
export class ApplyLoop extends SsmdError {
  readonly reason = 'ApplyLoop'
  readonly retryAfterMs: number
  readonly drift: readonly string[]

  constructor(what: string, retryAfterMs: number, drift: readonly string[]) {
    super(
      'SSMD_E_KUBERNETES',
      `${what} does not stay as applied: ${drift.slice(0, 3).join(', ') || 'it disappears'} changes back each time`,
      { hint: 'find the other writer: kubectl get -o yaml --show-managed-fields' }
    )
    this.retryAfterMs = retryAfterMs
    this.drift = drift
  }
}

/** An object of this name belongs to another owner: usually an older one that is still being collected. */
export class OwnedByOther extends SsmdError {
  readonly reason = 'OwnedByOther'

  constructor(what: string, owner: string) {
    super('SSMD_E_KUBERNETES', `${what} is owned by ${owner}`, {
      hint: 'it is deleted automatically when its owner is gone; otherwise delete or rename one of the two',
    })
  }
}

const hashOfDesired = remember<Desired, string>(hashOf)
const driftOf = rememberPair<Desired, KubeObject, readonly string[]>(findDrift)

/** Read only for a request: most calls find nothing to write, and a signal may be made when it is read. */
type CallOptions = Pick<Call, 'signal' | 'priority'>

export type ApplierOptions = {
  readonly client: Client
  readonly guard: ApplyGuard
  /** The field manager. */
  readonly manager: string
  /** The annotation that holds the hash of what was applied last. */
  readonly hashAnnotation: string
  /** Send dry runs only. */
  readonly readOnly: boolean
}

export class Applier {
  readonly #options: ApplierOptions
  /** Results of writes that the server stored differently: such a write is not repeated. */
  readonly #answered = new Map<string, { readonly hash: string; readonly version: string }>()

  constructor(options: ApplierOptions) {
    this.#options = options
  }

  /** Applies `desired` over `live`, the current object from cache or server. */
  async apply<T extends KubeObject>(
    resource: Resource<T>,
    desired: Desired,
    live: T | undefined,
    call: CallOptions = {}
  ): Promise<Applied<T>> {
    const hash = hashOfDesired(desired)
    const id = `${resource.plural}.${resource.group}/${keyOf(desired)}`
    const answered = this.#answered.get(id)
    if (live?.metadata.deletionTimestamp)
      return { outcome: 'terminating', object: live, drift: [], takenOver: [] }
    if (live && answered?.hash === hash && answered.version === versionOf(live))
      return { outcome: 'unchanged', object: live, drift: [], takenOver: [] }
    const { hashAnnotation } = this.#options
    if (live) checkOwner(id, desired, live)
    const drift = live ? [...driftOf(desired, live)] : []
    if (live && drift.length === 0) {
      if (live.metadata.annotations?.[hashAnnotation] === hash)
        return { outcome: 'unchanged', object: live, drift, takenOver: [] }
      // A field was removed from the desired object: only the hash shows that.
      drift.push('metadata.annotations')
    }
    return this.#write(resource, desired, live, { id, hash, drift }, call)
  }

  /** Writes the whole status, if it differs, to the object that was judged and not to a successor. */
  async applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    live: T,
    status: object,
    options: { readonly manager: string } & CallOptions
  ): Promise<Applied<T>> {
    if (isSameValue(live.status, status))
      return { outcome: 'unchanged', object: live, drift: [], takenOver: [] }
    const { name, namespace, uid } = live.metadata
    const metadata = { name, ...(namespace ? { namespace } : {}), ...(uid ? { uid } : {}) }
    let object: T
    try {
      object = await this.#options.client.apply(
        resource,
        { apiVersion: live.apiVersion, kind: live.kind, metadata, status },
        {
          manager: options.manager,
          force: true,
          dryRun: this.#options.readOnly,
          subresource: 'status',
          signal: options.signal,
          priority: options.priority,
        }
      )
    } catch (thrown) {
      if (isNotFound(thrown) || immutableFields(thrown).includes('metadata.uid'))
        return { outcome: 'gone', object: undefined, drift: [], takenOver: [] }
      throw thrown
    }
    const outcome = this.#options.readOnly ? 'wouldUpdate' : 'updated'
    return { outcome, object, drift: ['status'], takenOver: [] }
  }

  /** Forgets a deleted object; the guard remembers it, because another program may delete it again and again. */
  forget(resource: Resource, key: string): void {
    this.#answered.delete(`${resource.plural}.${resource.group}/${key}`)
  }

  async #write<T extends KubeObject>(
    resource: Resource<T>,
    desired: Desired,
    live: T | undefined,
    found: { readonly id: string; readonly hash: string; readonly drift: readonly string[] },
    call: CallOptions
  ): Promise<Applied<T>> {
    const { client, guard, manager, hashAnnotation, readOnly } = this.#options
    const { id, hash, drift } = found
    const kind = live ? 'write' : 'create'
    const waitMs = guard.waitMs(id, hash, kind)
    if (waitMs > 0) throw new ApplyLoop(id, waitMs, drift)
    const body: KubeObject = {
      ...desired,
      metadata: {
        ...desired.metadata,
        annotations: { ...desired.metadata.annotations, [hashAnnotation]: hash },
      },
    }
    if (!readOnly) guard.wrote(id, hash, kind)
    let takenOver: Applied['takenOver'] = []
    const { signal, priority } = call
    const options = { manager, dryRun: readOnly, signal, priority }
    let object: T
    try {
      // Without force first: the conflict names the other managers and their fields, for the Event.
      object = await client.apply(resource, body, { ...options, force: false })
    } catch (thrown) {
      takenOver = conflictsOf(thrown)
      if (takenOver.length === 0) throw thrown
      object = await client.apply(resource, body, { ...options, force: true })
    }
    if (readOnly) return { outcome: live ? 'wouldUpdate' : 'wouldCreate', object, drift, takenOver }
    const isIdle = live !== undefined && versionOf(live) === versionOf(object)
    if (isIdle || findDrift(body, object).length > 0)
      this.#answered.set(id, { hash, version: versionOf(object) })
    else this.#answered.delete(id)
    if (isIdle) return { outcome: 'unchanged', object, drift, takenOver }
    return { outcome: live ? 'updated' : 'created', object, drift, takenOver }
  }
}

const versionOf = (object: KubeObject): string =>
  `${object.metadata.uid}/${object.metadata.resourceVersion}`

/** Fields and their managers, from the conflict of a server-side apply. */
export function conflictsOf(thrown: unknown): { field: string; from: string }[] {
  if (!isConflict(thrown)) return []
  return (thrown.details?.causes ?? [])
    .filter((cause) => cause.reason === 'FieldManagerConflict')
    .map((cause) => ({
      field: (cause.field ?? '').replace(/^\./, ''),
      from: /conflict with "([^"]+)"/.exec(cause.message ?? '')?.[1] ?? 'another manager',
    }))
}

function checkOwner(id: string, desired: Desired, live: KubeObject): void {
  const wanted = desired.metadata.ownerReferences?.find((reference) => reference.controller)
  const held = live.metadata.ownerReferences?.find((reference) => reference.controller)
  if (wanted && held && wanted.uid !== held.uid)
    throw new OwnedByOther(id, `${held.kind} ${held.name} (${held.uid})`)
}
