// The resources of a repository, for the commands that write them. A command writes a file only if the repository is no worse for it:
// a new problem refuses the change, and nothing is written. Files are replaced as a whole, by rename.

import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, normalize, relative } from 'node:path'
import { parse } from 'yaml'
import { SsmdError } from '#crds/errors.ts'
import type { Kind, ResourceOf } from '#crds/kinds.ts'
import { type Located, ofKind, type Resources } from '#crds/located.ts'
import { mergeResources, parseResources } from '#crds/parse.ts'
import { describeProblem, type Problem } from '#crds/problems.ts'
import { readRegular } from '#crds/regular-file.ts'
import { isResourceFile, loadResources } from '#crds/resources.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { nearest } from '#crds/suggest.ts'
import { MAX_FILE_BYTES } from '#crds/yaml-documents.ts'
import { checkAll } from '../validate/checks.ts'
import { type Edit, editYaml } from './edit.ts'
import { FOLDERS, findExchanges } from './folder.ts'

export type Repository = {
  /** As it is shown: relative to the current folder, or as given. */
  readonly folder: string
  readonly resources: Resources
}

/** A file as it is, and as it is to be; `before` is null for a new one. */
export type FileChange = {
  readonly file: string
  readonly before: string | null
  readonly after: string
}

export async function openRepository(path: string | undefined): Promise<Repository> {
  const folder = await findExchanges(path, process.cwd())
  return { folder, resources: await loadResources(folder) }
}

/** All resources of a kind, by name. */
export function listOf<K extends Kind>(
  { resources }: Repository,
  kind: K
): readonly Located<ResourceOf[K]>[] {
  return ofKind(resources, kind).toSorted((a, b) =>
    a.resource.metadata.name < b.resource.metadata.name ? -1 : 1
  )
}

/** Throws SSMD_E_NOT_FOUND, with the nearest name; a resource with problems is named as such. */
export function find<K extends Kind>(
  repository: Repository,
  kind: K,
  name: string
): Located<ResourceOf[K]> {
  const all = listOf(repository, kind)
  const found = all.find(({ resource }) => resource.metadata.name === name)
  if (found !== undefined) return found
  const { folder, resources } = repository
  const problem = resources.problems.find((one) => one.kind === kind && one.name === name)
  if (problem !== undefined) {
    throw new SsmdError(problem.code, describeProblem(problem), { hint: 'correct it first' })
  }
  const message = `${folder} has no ${kind} ${JSON.stringify(name)}`
  const unread = resources.problems.find(({ code }) => code === 'SSMD_E_RESOURCE_SYNTAX')
  if (unread !== undefined) {
    const hint = `or it is in a file that cannot be read: ${describeProblem(unread)}`
    throw new SsmdError('SSMD_E_NOT_FOUND', message, { hint })
  }
  const names = all.map(({ resource }) => resource.metadata.name)
  const near = nearest(name, names)
  const list = names.length > 0 ? `there is: ${names.join(', ')}` : `${folder} has none yet`
  throw new SsmdError('SSMD_E_NOT_FOUND', message, {
    hint: near === undefined ? list : `did you mean ${near}?`,
  })
}

/** The change that writes a new resource. Throws SSMD_E_USAGE if the name or the file is taken. */
export async function added(
  repository: Repository,
  kind: Kind,
  name: string,
  text: string
): Promise<FileChange> {
  const taken = listOf(repository, kind).find(({ resource }) => resource.metadata.name === name)
  const file = join(repository.folder, FOLDERS[kind], `${name}.yaml`)
  const exists = await readFileIfThere(file)
  if (taken !== undefined || exists !== undefined) {
    const where = taken === undefined ? file : `${taken.file}:${taken.line}`
    throw new SsmdError('SSMD_E_USAGE', `${kind} ${name} exists already: ${where}`, {
      hint: `change it with ssmd ${kind === 'Environment' ? 'env' : kind.toLowerCase()} update ${name}`,
    })
  }
  const change = { file, before: null, after: text }
  checkChange(repository, change)
  return change
}

/** The change that lists a new file in the kustomization of the folder; undefined if there is none, or it lists the file. */
export async function listed(
  { folder }: Pick<Repository, 'folder'>,
  { file }: FileChange
): Promise<FileChange | undefined> {
  const kustomization = join(folder, 'kustomization.yaml')
  const before = await readFileIfThere(kustomization)
  if (before === undefined) return undefined
  const { resources } = parse(before) as { readonly resources?: unknown }
  const entry = relative(folder, file)
  const list = Array.isArray(resources) ? (resources as unknown[]) : []
  if (list.some((one) => typeof one === 'string' && normalize(one) === entry)) return undefined
  const edit =
    list.length === 0
      ? { path: ['resources'], value: [entry] }
      : { path: ['resources', list.length], value: entry }
  return { file: kustomization, before, after: editYaml(before, [edit]) }
}

/** The change that edits a resource in place. */
export async function edited(
  repository: Repository,
  { resource, file }: Located<ResourceOf[Kind]>,
  edits: readonly Edit[]
): Promise<FileChange> {
  const { kind, metadata } = resource
  const before = await readText(file)
  const isMeant = (value: unknown): boolean => {
    const one = value as { kind?: unknown; metadata?: { name?: unknown } } | null
    return one?.kind === kind && one.metadata?.name === metadata.name
  }
  const after = editYaml(before, edits, isMeant)
  const change = { file, before, after }
  checkChange(repository, change)
  return change
}

/** Writes it, unless it is a dry run; nothing to change is fine. */
export async function apply({ file, before, after }: FileChange): Promise<void> {
  if (before === after) return
  if (before !== null && (await readText(file)) !== before) {
    throw new SsmdError('SSMD_E_IO', `${file} was changed by another program meanwhile`, {
      hint: 'run the command again',
    })
  }
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  try {
    await writeFile(temporary, after, { flag: 'wx' })
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Refuses a change with the first problem that it adds. */
function checkChange({ folder, resources }: Repository, { file, before, after }: FileChange): void {
  const day = utcDay(Date.now())
  const known = new Set(problemsOf(resources, day).map(keyOf))
  const others = without(resources, file)
  const next = mergeResources([others, parseResources(after, file)])
  const found = problemsOf(next, day).find((problem) => !known.has(keyOf(problem)))
  if (found === undefined) return
  const what = before === null ? `${file} would not be valid` : `the change of ${file} is refused`
  throw new SsmdError(found.code, `${what}: ${describeProblem(found)}`, {
    hint: `nothing was written; see ssmd validate ${folder}`,
  })
}

const problemsOf = (resources: Resources, day: string): readonly Problem[] =>
  checkAll(resources, day).problems

/** Lines move when a file is edited. */
const keyOf = ({ file, kind, name, field, message }: Problem): string =>
  [file, kind, name, field, message].join('\n')

function without(resources: Resources, file: string): Resources {
  const isOther = (one: { readonly file: string }): boolean => one.file !== file
  return {
    feeds: resources.feeds.filter(isOther),
    environments: resources.environments.filter(isOther),
    archives: resources.archives.filter(isOther),
    signals: resources.signals.filter(isOther),
    problems: resources.problems.filter(isOther),
    notes: resources.notes.filter(isOther),
  }
}

async function readText(file: string): Promise<string> {
  return (await readRegular(file, MAX_FILE_BYTES)).toString('utf8')
}

async function readFileIfThere(file: string): Promise<string | undefined> {
  if (!isResourceFile(file)) return undefined
  return readText(file).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })
}
