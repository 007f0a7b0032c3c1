// Rules of an Archive beyond its schema: its environment exists and captures its feeds, and no other archive writes to its
// files. Pure.

import { posix } from 'node:path'
import type { Archive } from '#crds/archive.gen.ts'
import type { Located, Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
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
  const before = resources.archives.slice(0, resources.archives.indexOf(archive))
  return archive.resource.spec.feeds.flatMap((name, i) => {
    const other = before.find(
      ({ resource }) => rootOf(resource) === root && resource.spec.feeds.includes(name)
    )
    if (!other) return []
    return problemAt(
      archive,
      `spec.feeds[${i}]`,
      'SSMD_E_RESOURCE_INVALID',
      `expected files of its own, found that archive ${other.resource.metadata.name} keeps feed ${name} in the same ${root}`,
      'give one of the two another storage, or take the feed out of one'
    )
  })
}

/** The folder or claim of the archive if another archive can name it too; a claim that we create belongs to one archive. */
function rootOf(archive: Archive): string | undefined {
  const { path, claim } = archive.spec.storage
  if (path !== undefined) return `path ${posix.normalize(`${path}/`).replace(/(?<=.)\/$/, '')}`
  return claim?.name === undefined ? undefined : `claim ${claim.name}`
}
