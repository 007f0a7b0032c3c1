// The resources as the last commit has them.

import type { Resources } from '#crds/located.ts'
import { mergeResources, parseResources } from '#crds/parse.ts'
import { isResourceFile } from '#crds/resources.ts'
import type { Git } from './git.ts'

/** None in a repository without a commit. */
export async function resourcesAtHead(git: Git): Promise<Resources> {
  const texts = await git.filesAtHead(
    (file) => isResourceFile(file) && !/(^|\/)schemas\//.test(file)
  )
  return mergeResources([...texts].map(([file, text]) => parseResources(text, file)))
}
