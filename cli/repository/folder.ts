// Finds the folder of resources the way git finds its root: a command works in any folder of a repository.

import { stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { Kind } from '#crds/kinds.ts'

export const EXCHANGES = 'exchanges'

/** Where a new resource of each kind is written, below the folder of resources. */
export const FOLDERS: Readonly<Record<Kind, string>> = {
  Feed: 'feeds',
  Environment: 'environments',
  Archive: 'archives',
  Signal: 'signals',
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false
  )

/** Whether `path` is itself a folder of resources, from whose inside a command was called. */
async function holdsResources(path: string): Promise<boolean> {
  const has = await Promise.all(Object.values(FOLDERS).map((name) => isFolder(join(path, name))))
  return has.filter(Boolean).length >= 2
}

/**
 * The folder of resources, as a path relative to `current`: `given`, or the nearest `exchanges` in `current` or above.
 * Throws SSMD_E_NOT_FOUND.
 */
export async function findExchanges(given: string | undefined, current: string): Promise<string> {
  if (given !== undefined) {
    if (await isFolder(resolve(current, given))) return given
    throw new SsmdError('SSMD_E_NOT_FOUND', `${given} is not a folder of resources`, {
      hint: 'give the folder that holds feeds/ and environments/, or run ssmd init to create one',
    })
  }
  for (let folder = resolve(current); ; folder = dirname(folder)) {
    const below = join(folder, EXCHANGES)
    if (await isFolder(below)) return relative(current, below) || '.'
    if (await holdsResources(folder)) return relative(current, folder) || '.'
    if (dirname(folder) === folder) break
  }
  throw new SsmdError(
    'SSMD_E_NOT_FOUND',
    `there is no folder ${EXCHANGES} in ${resolve(current)} or above it`,
    { hint: 'run ssmd init to create one here, or name it with --path' }
  )
}
