// Resources from files: the edge of parsing. A folder is read whole; what is wrong in one file hinders no other.

import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError, toSsmdError } from './errors.ts'
import type { Kind, ResourceOf } from './kinds.ts'
import type { Resources } from './located.ts'
import { allOf, noResources } from './located.ts'
import { mergeResources, parseResources } from './parse.ts'
import { listWords, toError } from './problems.ts'
import { readRegular } from './regular-file.ts'
import { MAX_FILE_BYTES } from './yaml-documents.ts'

export type { Located, Resources } from './located.ts'
export { parseResources } from './parse.ts'
export type { Problem } from './problems.ts'
export { describeProblem } from './problems.ts'

/** Whether a file of this name holds resources; those that `kubectl apply -f <folder>` reads. */
export const isResourceFile = (name: string): boolean => /[.](ya?ml|json)$/.test(name)

export type LoadOptions = {
  /** Sees the text of each file. */
  readonly inspect?: (text: string, file: string) => void
}

/**
 * Every resource of a file, or of all `*.yaml`, `*.yml` and `*.json` files below a folder, in the order of their paths.
 * Folders called `schemas`, `overlays` or `node_modules` and those that begin with a dot hold no resources. Throws only where
 * `path` itself cannot be read.
 */
export async function loadResources(
  path: string,
  { inspect }: LoadOptions = {}
): Promise<Resources> {
  const stats = await stat(path).catch((thrown: unknown) => {
    throw notReadable(path, thrown)
  })
  if (!stats.isDirectory()) return await readResources(path, inspect)
  const parts: Resources[] = []
  await readFolder(path, parts, inspect)
  return mergeResources(parts)
}

/** The one resource of this kind in a file, with its defaults. Throws the first problem of the file. */
export async function loadResource<K extends Kind>(kind: K, file: string): Promise<ResourceOf[K]> {
  const text = await readText(file).catch((thrown: unknown) => {
    throw notReadable(file, thrown)
  })
  const resources = parseResources(text, file)
  const problem = resources.problems[0]
  if (problem) throw toError(problem)
  const all = allOf(resources)
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

const readText = async (file: string): Promise<string> =>
  (await readRegular(file, MAX_FILE_BYTES)).toString('utf8')

type Inspect = LoadOptions['inspect']

async function readFolder(folder: string, parts: Resources[], inspect: Inspect): Promise<void> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!entry.name.startsWith('.')) await readEntry(folder, entry, parts, inspect)
    }
  } catch (thrown) {
    parts.push(unreadable(folder, thrown))
  }
}

const NO_RESOURCES: readonly string[] = ['schemas', 'node_modules', 'overlays']

async function readEntry(
  folder: string,
  entry: Dirent,
  parts: Resources[],
  inspect: Inspect
): Promise<void> {
  const path = join(folder, entry.name)
  if (entry.isDirectory()) {
    if (!NO_RESOURCES.includes(entry.name)) await readFolder(path, parts, inspect)
  } else if (isResourceFile(entry.name)) {
    parts.push(await readResources(path, inspect))
  } else if (entry.isSymbolicLink() && !NO_RESOURCES.includes(entry.name)) {
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      // A dangling link is no folder: ignore it.
      () => false
    )
    if (isFolder) parts.push(unreadable(path, linkedFolder(path)))
  }
}

/** kubectl does not look into it either, and links can lead in circles. */
const linkedFolder = (path: string): SsmdError =>
  new SsmdError('SSMD_E_IO', `${path} is a link to a folder, which kubectl does not follow`, {
    hint: 'put the folder itself there, or give its path to the command',
  })

async function readResources(file: string, inspect: Inspect): Promise<Resources> {
  try {
    const text = await readText(file)
    inspect?.(text, file)
    return parseResources(text, file)
  } catch (thrown) {
    return unreadable(file, thrown)
  }
}

/** A problem of a path that stands in a folder. */
function unreadable(path: string, thrown: unknown): Resources {
  const { code, message, hint } = notReadable(path, thrown)
  const isGone = code === 'SSMD_E_NOT_FOUND' && !path.includes('\ufffd')
  const resources = noResources()
  const nowhere = { line: 1, column: 1, kind: '', name: '', field: '' }
  resources.problems.push({
    code,
    file: path,
    ...nowhere,
    // The place before the message names the file already.
    message: message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message,
    hint: isGone ? 'it is a link that leads nowhere: remove it' : (hint ?? 'make it readable'),
  })
  return resources
}

function notReadable(path: string, thrown: unknown): SsmdError {
  const { code } = thrown as NodeJS.ErrnoException
  if (code === 'ELOOP') {
    return new SsmdError('SSMD_E_IO', `${path}: a link that leads to itself`, {
      hint: 'remove it',
      cause: thrown,
    })
  }
  if (code !== 'ENOENT') return toSsmdError(thrown)
  // The file system takes names of any bytes; those that are no UTF-8 cannot be named, and so not be opened.
  const hint = path.includes('\ufffd') ? 'its name is not UTF-8: rename it' : 'check the path'
  return new SsmdError('SSMD_E_NOT_FOUND', `${path}: there is no such file or folder`, {
    hint,
    cause: thrown,
  })
}
