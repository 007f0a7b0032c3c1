// Rules of an Archive beyond its schema: its environment exists and captures its feeds, and no other archive writes to its
// files. Pure.

import type { Archive } from '#crds/archive.gen.ts'
import type { Located, Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import {
  environmentNamed,
  feedNamed,
  firstKeepers,
  keeperKey,
  rootOf,
} from '../validation/named.ts'
import { checkReference } from '../validation/references.ts'

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

function feedsAreCaptured(archive: Located<Archive>, resources: Resources): Problem[] {
  const { environmentRef, feeds } = archive.resource.spec
  const environment = environmentNamed(resources, environmentRef.name)
  const captured = new Set(environment?.spec.feeds)
  return feeds.flatMap((name, i) => {
    const field = `spec.feeds[${i}]`
    const unknown = feedNamed(resources, name)
      ? []
      : checkReference(archive, field, { kind: 'Feed', name }, resources)
    if (unknown.length > 0 || !environment) return unknown
    if (captured.has('*') || captured.has(name)) return []
    const message = `expected a feed that environment ${environmentRef.name} captures, found ${JSON.stringify(name)}`
    const hint = `add it to spec.feeds of the environment, or remove it here`
    return [problemAt(archive, field, 'SSMD_E_REFERENCE', message, hint)]
  })
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
