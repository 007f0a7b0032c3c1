// Resources from files: the edge of parsing. A folder is read whole; what is wrong in one file hinders no other.

import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError, toSsmdError } from './errors.ts'
import type { Kind, ResourceOf } from './kinds.ts'
import type { Resources } from './located.ts'
import { noResources } from './located.ts'
import { mergeResources, parseResources } from './parse.ts'
import { listWords, toError } from './problems.ts'

export type { Located, Resources } from './located.ts'
export { parseResources } from './parse.ts'
export type { Problem } from './problems.ts'
export { describeProblem } from './problems.ts'

/**
 * Every resource of a file, or of all `*.yaml` and `*.yml` files below a folder, in the order of their paths.
 * Folders called `schemas` and those that begin with a dot hold no resources. Throws only where `path` itself is not there.
 */
export async function loadResources(path: string): Promise<Resources> {
  const stats = await stat(path).catch((thrown: unknown) => {
    throw notReadable(path, thrown)
  })
  return stats.isDirectory() ? mergeResources(await readFolder(path)) : await readResources(path)
}

/** The one resource of this kind in a file, with its defaults. Throws the first problem of the file. */
export async function loadResource<K extends Kind>(kind: K, file: string): Promise<ResourceOf[K]> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw notReadable(file, thrown)
  })
  const resources = parseResources(text, file)
  const problem = resources.problems[0]
  if (problem) throw toError(problem)
  const all = [...resources.feeds, ...resources.environments, ...resources.archives]
  const names = all
    .filter(({ resource }) => resource.kind === kind)
    .map(({ resource }) => resource.metadata.name)
  const only = all.find(({ resource }) => resource.kind === kind)
  if (only && names.length === 1) return only.resource as ResourceOf[K]
  const found = names.length > 1 ? `${names.length}: ${listWords(names, 'and')}` : kindsOf(all)
  throw new SsmdError('SSMD_E_RESOURCE_INVALID', `${file}: expected one ${kind}, found ${found}`, {
    hint: `give a file with the ${kind} alone`,
  })
}

const kindsOf = (all: readonly { readonly resource: { readonly kind: Kind } }[]): string =>
  all.length === 0 ? 'no resource' : listWords([...new Set(all.map((l) => l.resource.kind))], 'and')

async function readFolder(folder: string): Promise<Resources[]> {
  try {
    const parts: Resources[] = []
    const entries = await readdir(folder, { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      if (entry.name.startsWith('.') || (entry.isDirectory() && entry.name === 'schemas')) continue
      if (entry.isDirectory()) parts.push(...(await readFolder(path)))
      else if (/[.]ya?ml$/.test(entry.name)) parts.push(await readResources(path))
    }
    return parts
  } catch (thrown) {
    return [unreadable(folder, thrown)]
  }
}

async function readResources(file: string): Promise<Resources> {
  try {
    return parseResources(await readFile(file, 'utf8'), file)
  } catch (thrown) {
    return unreadable(file, thrown)
  }
}

function unreadable(path: string, thrown: unknown): Resources {
  const { code, message } = notReadable(path, thrown)
  const resources = noResources()
  const nowhere = { line: 1, column: 1, kind: '', name: '', field: '' }
  resources.problems.push({ code, file: path, ...nowhere, message, hint: 'make it readable' })
  return resources
}

function notReadable(path: string, thrown: unknown): SsmdError {
  const isMissing = (thrown as NodeJS.ErrnoException).code === 'ENOENT'
  if (!isMissing) return toSsmdError(thrown)
  return new SsmdError('SSMD_E_NOT_FOUND', `${path}: there is no such file or folder`, {
    hint: 'check the path',
    cause: thrown,
  })
}
