// Archives whose folders lie inside each other: what one writes would be a foreign file in a feed's folder of the other. Pure. Archives that
// share a folder for the same feed are refused by operator/archive/policies.ts already.

import { posix } from 'node:path'
import type { Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'

export function folderProblems({ archives }: Resources): Problem[] {
  const owners = new Map<string, string>()
  for (const { resource } of archives) {
    const { path } = resource.spec.storage
    if (path === undefined) continue
    for (const feed of resource.spec.feeds)
      owners.set(posix.join(path, feed), `${resource.metadata.name} keeps feed ${feed}`)
  }
  return archives.flatMap((archive) => {
    const { path } = archive.resource.spec.storage
    if (path === undefined) return []
    for (let folder = posix.join(path, '.'); ; folder = posix.dirname(folder)) {
      const owner = owners.get(folder.replace(/(?<=.)\/$/, ''))
      if (owner !== undefined) {
        const message = `expected a folder of its own, found one inside ${folder}, where archive ${owner}`
        const hint = 'give one of the two another folder'
        return problemAt(archive, 'spec.storage.path', 'SSMD_E_RESOURCE_INVALID', message, hint)
      }
      if (posix.dirname(folder) === folder) return []
    }
  })
}
