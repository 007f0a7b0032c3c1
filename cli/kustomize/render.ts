// A folder with a kustomization as the resources that a cluster would get. Rendered here if it uses what transform.ts knows, else by
// kubectl or kustomize. Nothing is fetched.

import { execFile } from 'node:child_process'
import { realpath, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { parse, parseAllDocuments } from 'yaml'
import { SsmdError } from '#crds/errors.ts'
import { readRegular } from '#crds/regular-file.ts'
import { MAX_FILE_BYTES } from '#crds/yaml-documents.ts'
import { type Fields, isMap } from './patch.ts'
import { checkKnown, Foreign, type Patch, transformed } from './transform.ts'

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** The file that makes a folder one, or undefined. */
export async function kustomizationOf(folder: string): Promise<string | undefined> {
  for (const name of NAMES) {
    const file = join(folder, name)
    const isThere = await stat(file).then(
      (found) => found.isFile(),
      () => false
    )
    if (isThere) return file
  }
  return undefined
}

/** Throws SsmdError: SSMD_E_TOOL_MISSING if another program has to render and is missing, else what is wrong. */
export async function renderFolder(folder: string): Promise<Fields[]> {
  try {
    return await rendered(folder, [])
  } catch (thrown) {
    if (thrown instanceof Foreign) return await renderedByProgram(folder, thrown.message)
    if (thrown instanceof SsmdError) throw thrown
    const message = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown)
    throw new SsmdError('SSMD_E_RESOURCE_INVALID', message, { cause: thrown })
  }
}

async function rendered(folder: string, above: readonly string[]): Promise<Fields[]> {
  const file = await kustomizationOf(folder)
  if (file === undefined) throw new Error(`${folder} has no kustomization.yaml`)
  const place = await realpath(folder)
  if (above.includes(place)) throw new Error(`${folder} is among its own resources`)
  const kustomization: unknown = parse(await readText(file))
  if (!isMap(kustomization)) throw new Error(`${file} is no map of fields`)
  checkKnown(kustomization)
  const resources: Fields[] = []
  for (const entry of [...listOf(kustomization, 'resources'), ...listOf(kustomization, 'bases')])
    resources.push(...(await readEntry(folder, entry, [...above, place])))
  return transformed(kustomization, resources, await readPatches(folder, kustomization))
}

function listOf(kustomization: Fields, field: string): readonly unknown[] {
  const list = kustomization[field] ?? []
  if (!Array.isArray(list)) throw new Error(`${field} is no list`)
  return list
}

async function readEntry(
  folder: string,
  entry: unknown,
  above: readonly string[]
): Promise<Fields[]> {
  if (typeof entry !== 'string')
    throw new Error(`expected a path in resources, found ${JSON.stringify(entry)}`)
  if (/:\/\/|^git@|[?]ref=/.test(entry)) throw new Foreign(`${entry}, which is elsewhere`)
  const path = join(folder, entry)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new Error(`resources names ${entry}, which does not exist`)
  if (found.isDirectory()) return rendered(path, above)
  return (await documentsOf(folder, entry)).filter(isMap)
}

async function documentsOf(folder: string, name: string): Promise<unknown[]> {
  if (relative(resolve(folder), resolve(folder, name)).startsWith('..'))
    throw new Error(
      `${name} is not in the folder of the kustomization, and kustomize reads no other`
    )
  const documents = parseAllDocuments(await readText(join(folder, name)), { merge: true })
  const bad = documents.find(({ errors }) => errors.length > 0)
  if (bad) throw new Error(`${name} is no YAML: ${bad.errors[0]?.message.split('\n')[0]}`)
  return documents.map((one) => one.toJS({ maxAliasCount: 100 }) as unknown)
}

async function readPatches(folder: string, kustomization: Fields): Promise<Patch[]> {
  const patches: Patch[] = []
  const add = async (text: unknown, path: unknown, target: unknown) => {
    const bodies =
      typeof path === 'string'
        ? await documentsOf(folder, path)
        : parseAllDocuments(String(text), { merge: true }).map((one) => one.toJS() as unknown)
    for (const body of bodies) patches.push({ body, ...(isMap(target) ? { target } : {}) })
  }
  for (const one of listOf(kustomization, 'patchesStrategicMerge')) {
    const isText = typeof one === 'string' && one.includes('\n')
    await add(one, isText ? undefined : one, undefined)
  }
  for (const one of [
    ...listOf(kustomization, 'patches'),
    ...listOf(kustomization, 'patchesJson6902'),
  ]) {
    if (!isMap(one)) throw new Error('an entry of patches is no map')
    if (one.options !== undefined) throw new Foreign('options of patches')
    await add(one.patch, one.path, one.target)
  }
  return patches
}

const readText = async (file: string): Promise<string> =>
  (await readRegular(file, MAX_FILE_BYTES)).toString('utf8')

const run = promisify(execFile)
const LIMIT_MS = 60_000

async function renderedByProgram(folder: string, why: string): Promise<Fields[]> {
  for (const [program, verb] of [
    ['kubectl', 'kustomize'],
    ['kustomize', 'build'],
  ] as const) {
    try {
      const options = { maxBuffer: 256 * 1024 * 1024, timeout: LIMIT_MS }
      const { stdout } = await run(program, [verb, folder], options)
      return parseAllDocuments(stdout).map((one) => one.toJS() as Fields)
    } catch (thrown) {
      const { code, stderr = '' } = thrown as { code?: unknown; stderr?: string }
      if (code === 'ENOENT') continue
      throw new SsmdError('SSMD_E_RESOURCE_INVALID', `${program} ${verb}: ${stderr.trim()}`, {
        cause: thrown,
      })
    }
  }
  throw new SsmdError('SSMD_E_TOOL_MISSING', `it uses ${why}, which ssmd leaves to kubectl`, {
    hint: 'install kubectl or kustomize',
  })
}
