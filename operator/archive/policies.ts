// Rules of an Archive beyond its schema: its environment exists and captures its feeds, and no other archive writes to its
// files. Pure.

import type { Archive } from '#crds/archive.gen.ts'
import type { Located, Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { firstKeepers, keeperKey, rootOf } from '../validation/named.ts'
import { checkReference, feedsAreCaptured } from '../validation/references.ts'

/** Every problem of the archive among these resources. */
export function checkArchive(archive: Located<Archive>, resources: Resources): Problem[] {
  const { environmentRef } = archive.resource.spec
  const environment = { kind: 'Environment', name: environmentRef.name } as const
  return [
    ...checkReference(archive, 'spec.environmentRef.name', environment, resources),
    ...feedsAreCaptured(archive, resources),
    ...filesAreItsOwn(archive, resources),
  ]
}

/** Two archivers cannot share files: the newer archive is refused. */
function filesAreItsOwn(archive: Located<Archive>, resources: Resources): Problem[] {
  const root = rootOf(archive.resource)
  if (root === undefined) return []
  return archive.resource.spec.feeds.flatMap((name, i) => {
    const other = firstKeepers(resources).get(keeperKey(root, name))
    if (other === undefined || other.metadata.name === archive.resource.metadata.name) return []
    return problemAt(
      archive,
      `spec.feeds[${i}]`,
      'SSMD_E_RESOURCE_INVALID',
      `expected files of its own, found that archive ${other.metadata.name} keeps feed ${name} in the same ${root}`,
      'give one of the two another storage, or take the feed out of one'
    )
  })
}
