// Reduces objects for the cache. Half of a Deployment is managedFields, which only the API server reads. A Secret's values are
// never kept in memory: metadata and a hash of the used keys show a change (cert-manager#4722: 30,000 Secrets took more than
// 8 GB).

import { createHash } from 'node:crypto'
import type { KubeObject } from './objects.ts'

export type Transform<T extends KubeObject> = (object: T) => T

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Without managedFields and kubectl's copy of what was applied. */
export function trimmed<T extends KubeObject>(object: T): T {
  const { managedFields, annotations, ...metadata } = object.metadata
  if (managedFields === undefined && annotations?.[LAST_APPLIED] === undefined) return object
  const { [LAST_APPLIED]: _dropped, ...kept } = annotations ?? {}
  return {
    ...object,
    metadata: annotations === undefined ? metadata : { ...metadata, annotations: kept },
  }
}

/** Where `hashedData` puts what it kept of `data`. */
export type HashedData = { readonly dataHashes: Readonly<Record<string, string>> }

/**
 * Of a Secret or ConfigMap: metadata, and for each key that `used` names a hash, salted with the object's
 * uid: an annotation made of it is read by far more people than the Secret, and they do not see the uid.
 */
export const hashedData =
  <T extends KubeObject>(used: (object: T) => readonly string[]): Transform<T> =>
  (object) => {
    const data = { ...(object.data as object), ...(object.binaryData as object) } as Record<
      string,
      string
    >
    const dataHashes: Record<string, string> = {}
    for (const key of used(object)) {
      const value = data[key]
      if (value !== undefined) dataHashes[key] = saltedHash(object.metadata.uid ?? '', value)
    }
    const { apiVersion, kind } = object
    return { apiVersion, kind, metadata: trimmed(object).metadata, dataHashes } as KubeObject as T
  }

/** 16 hexadecimal characters: enough to see a change. The salt is what keeps a short password from being guessed. */
export const saltedHash = (salt: string, value: string): string =>
  createHash('sha256').update(salt).update('\0').update(value).digest('hex').slice(0, 16)

/** Freezes an object recursively, so that tests find code that changes a cached object. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
