// An archive that takes over the claim of one that is gone, such as after it was renamed, waits until the pod of the other has
// ended. The lock in the folder would stop two writers too; but then one of them fails, and nobody is told why.

import type { Archive } from '#crds/archive.gen.ts'
import { DEPLOYMENTS, type KubeObject } from '../kube/objects.ts'
import { type Context, childrenOf } from '../reconcile/context.ts'
import { archiverName } from '../render/names.ts'

const ARCHIVE = 'ssmd.io/archive'

/** What still mounts the claim of this archive for an Archive that there is no more, in words; undefined if nothing. */
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
