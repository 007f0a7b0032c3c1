// Reads the YAML of an original and makes the files of a repository from it, one after the other: what exists is kept, what cannot be
// made is named with its reason, and the rest is made.

import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse, stringify } from 'yaml'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Kind } from '#crds/kinds.ts'
import { mergeResources, parseResources } from '#crds/parse.ts'
import { readRegular } from '#crds/regular-file.ts'
import { MAX_FILE_BYTES, readYaml } from '#crds/yaml-documents.ts'
import { FOLDERS } from '../repository/folder.ts'
import { added, apply, listed, listOf, type Repository } from '../repository/repository.ts'
import { hashOfBytes, readBytes, SCHEMAS } from '../repository/schemas.ts'
import { environmentSpecs } from './environment.ts'
import { exchangeNamed, feedName, feedSpec } from './feed.ts'
import { type Fields, fieldsOf, isFields, type Note, textOf } from './note.ts'
import { schemaFiles, schemaOf } from './schema.ts'

export type Imported = {
  /** The file that is written, or the one of the original if none could be. */
  readonly file: string
  readonly from: string
  readonly state: 'written' | 'kept' | 'refused'
  readonly reason?: string
  readonly notes: readonly Note[]
}

type Job = { readonly repository: Repository; readonly isDry: boolean }

/** Imports feeds, then the environments that name them, then schemas. */
export async function* importResources(
  folder: string,
  { repository: start, isDry }: Job
): AsyncGenerator<Imported> {
  let repository = start
  for (const from of await yamlFiles(join(folder, 'feeds'))) {
    const notes: Note[] = []
    const file = await attempt(from, notes, async () => {
      const original = await readOriginal(from)
      const name = feedName(original, notes)
      const spec = feedSpec(original, await templateSpec(exchangeNamed(name)), notes)
      return { kind: 'Feed' as const, name, spec }
    })
    if ('state' in file) yield file
    else {
      const made = await make(file, { repository, isDry }, from, notes)
      repository = made.repository
      yield made.imported
    }
  }
  for (const from of await yamlFiles(join(folder, 'environments'))) {
    const notes: Note[] = []
    const specs = await attempt(from, notes, async () =>
      environmentSpecs(await readOriginal(from), notes)
    )
    if ('state' in specs) {
      yield specs
      continue
    }
    const name = String(fieldsOf(specs.archive.environmentRef).name)
    const environment = { kind: 'Environment' as const, name, spec: specs.environment }
    const archive = { kind: 'Archive' as const, name, spec: specs.archive }
    for (const [one, own] of [
      [environment, notes],
      [archive, []],
    ] as const) {
      const made = await make(one, { repository, isDry }, from, own)
      repository = made.repository
      yield made.imported
      if (made.imported.state === 'refused') break
    }
  }
  for (const from of await yamlFiles(join(folder, SCHEMAS))) {
    const notes: Note[] = []
    const done = await attempt(from, notes, () => importSchema(from, { repository, isDry }, notes))
    yield done
  }
}

async function yamlFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return []
    throw thrown
  })
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name))
}

/** What is wrong with one file is told of it, and the others are imported. */
async function attempt<T>(
  from: string,
  notes: readonly Note[],
  work: () => Promise<T>
): Promise<T | Imported> {
  try {
    return await work()
  } catch (thrown) {
    return { file: from, from, state: 'refused', reason: reasonOf(thrown), notes }
  }
}

function reasonOf(thrown: unknown): string {
  const { code, message } = toSsmdError(thrown)
  if (code === 'SSMD_E_INTERNAL') throw thrown
  return `${message} (${code})`
}

async function readOriginal(from: string): Promise<Fields> {
  const text = (await readRegular(from, MAX_FILE_BYTES)).toString('utf8')
  const { documents, flaws } = readYaml(text)
  const [flaw] = flaws
  if (flaw !== undefined) {
    throw new SsmdError('SSMD_E_RESOURCE_SYNTAX', `line ${flaw.line}: ${flaw.message}`, {
      hint: flaw.hint,
    })
  }
  const value = documents[0]?.value
  if (!isFields(value) || textOf(value.name) === undefined) {
    const isOurs = isFields(value) && value.apiVersion !== undefined
    throw new SsmdError(
      'SSMD_E_RESOURCE_SYNTAX',
      isOurs ? 'it is a resource of ssmd already' : 'it has no name',
      { hint: 'copy resources of ssmd as they are' }
    )
  }
  return value
}

/** The spec that `ssmd feed create` starts from. */
async function templateSpec(exchange: string): Promise<Fields> {
  const path = new URL(`../templates/feeds/${exchange}.yaml`, import.meta.url)
  return fieldsOf((parse(await readFile(path, 'utf8')) as Fields).spec)
}

/** A Feed of an exchange that ssmd knows, for frames of a feed of that name; null if it knows none. */
export async function templateFeed(name: string): Promise<Feed | null> {
  const exchange = exchangeNamed(name)
  if (exchange === 'generic') return null
  const path = new URL(`../templates/feeds/${exchange}.yaml`, import.meta.url)
  const { feeds } = parseResources(await readFile(path, 'utf8'), path.pathname)
  return feeds[0]?.resource ?? null
}

type Made = { readonly kind: Kind; readonly name: string; readonly spec: Fields }

async function make(
  { kind, name, spec }: Made,
  { repository, isDry }: Job,
  from: string,
  notes: readonly Note[]
): Promise<{ readonly repository: Repository; readonly imported: Imported }> {
  const file = join(repository.folder, FOLDERS[kind], `${name}.yaml`)
  const taken = listOf(repository, kind).some(({ resource }) => resource.metadata.name === name)
  if (taken) return { repository, imported: { file, from, state: 'kept', notes: [] } }
  const head = `# Imported from ${FOLDERS[kind]}/${basename(from)} of the original ssmd.\n`
  const resource = { apiVersion: 'ssmd.io/v1alpha1', kind, metadata: { name }, spec }
  const text = head + stringify(resource, { version: '1.1', lineWidth: 0 })
  const change = await attempt(from, notes, () => added(repository, kind, name, text))
  if ('state' in change) return { repository, imported: change }
  const listing = await listed(repository, change)
  if (!isDry) await apply(change)
  if (!isDry && listing !== undefined) await apply(listing)
  const resources = mergeResources([repository.resources, parseResources(text, file)])
  return {
    repository: { ...repository, resources },
    imported: { file, from, state: 'written', notes },
  }
}

async function importSchema(
  from: string,
  { repository, isDry }: Job,
  notes: Note[]
): Promise<Imported> {
  const original = await readOriginal(from)
  const to = join(repository.folder, SCHEMAS)
  const file = join(to, `${String(original.name)}.yaml`)
  const files = new Map<string, Buffer>()
  for (const name of schemaFiles(original)) {
    if (name !== basename(name)) {
      throw new SsmdError('SSMD_E_RESOURCE_INVALID', `schema_file: ${name} is not beside it`, {
        hint: 'put it beside the description',
      })
    }
    const bytes = await readBytes(join(from, '..', name)).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') throw thrown
    })
    if (bytes !== undefined) files.set(name, bytes)
  }
  const hashes = new Map([...files].map(([name, bytes]) => [name, hashOfBytes(bytes)]))
  const schema = schemaOf(original, hashes, notes)
  if (await exists(file)) return { file, from, state: 'kept', notes: [] }
  for (const [name, bytes] of files) {
    const path = join(to, name)
    if ((await exists(path)) && !(await readBytes(path)).equals(bytes)) {
      throw new SsmdError('SSMD_E_USAGE', `${path} exists already, and is another file`, {
        hint: 'rename one of the two',
      })
    }
    if (!isDry) await apply({ file: path, before: null, after: bytes.toString('utf8') })
  }
  if (!isDry) {
    await apply({ file, before: null, after: stringify(schema, { version: '1.1', lineWidth: 0 }) })
  }
  return { file, from, state: 'written', notes }
}

const exists = (path: string): Promise<boolean> =>
  readBytes(path).then(
    () => true,
    (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return false
      throw thrown
    }
  )
