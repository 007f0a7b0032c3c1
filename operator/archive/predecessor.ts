// An archive that takes over the claim of a deleted one, for instance after a rename, waits until the other's pod has ended.
// The lock in the folder would also stop a second writer, but its pod would fail without a clear reason.

import type { Archive } from '#crds/archive.gen.ts'
import { DEPLOYMENTS, type KubeObject } from '../kube/objects.ts'
import { type Context, childrenOf } from '../reconcile/context.ts'
import { archiverName } from '../render/names.ts'

const ARCHIVE = 'ssmd.io/archive'

/** Names what still mounts the claim of this archive for a deleted Archive; undefined if nothing does. */
export function predecessorOf(
  context: Context,
  namespace: string,
  archive: Archive
): string | undefined {
  const { name } = archive.metadata
  const claim = archive.spec.storage.claim?.name ?? archiverName(name)
  const isLeft = (object: KubeObject): boolean => {
    const owner = object.metadata.labels?.[ARCHIVE]
    if (owner === undefined || owner === name) return false
    const live = context.archives.store.get(`${namespace}/${owner}`)
    return !live || live.metadata.deletionTimestamp !== undefined
  }
  const key = `${namespace}/${claim}`
  const pod = context.pods.store.by('claim', key).find(isLeft)
  const left = pod ?? childrenOf(context, DEPLOYMENTS).store.by('claim', key).find(isLeft)
  if (!left) return undefined
  const what = pod ? 'pod' : 'Deployment'
  return `claim ${claim} is in use by ${what} ${left.metadata.name} of archive ${left.metadata.labels?.[ARCHIVE]}, which is gone`
}
