// Schemas of the repository: schemas/<name>.yaml describes one, its versions and the files that hold them; each file has the sha256 that
// its version names. A published version never changes.

import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { readRegular } from '#crds/regular-file.ts'
import { nearest } from '#crds/suggest.ts'
import { FORMATS, type Format, STATUSES, type Status } from './schema-words.ts'

export type SchemaVersion = {
  readonly name: string
  readonly status: Status
  readonly effectiveFrom: string
  readonly effectiveTo?: string
  /** Of this version; else that of the schema. */
  readonly schemaFile?: string
  /** `sha256:` and 64 hexadecimal digits. */
  readonly hash: string
  readonly compatibleWith?: readonly string[]
  readonly breakingChanges?: string
}

export type SchemaResource = {
  readonly name: string
  readonly format: Format
  readonly schemaFile: string
  readonly versions: readonly SchemaVersion[]
}

export type LocatedSchema = { readonly schema: SchemaResource; readonly file: string }

export const SCHEMAS = 'schemas'
/** More than any schema has. */
const MAX_BYTES = 16 * 1024 * 1024
export const EXTENSIONS: Readonly<Record<Format, string>> = {
  capnp: 'capnp',
  protobuf: 'proto',
  json_schema: 'json',
}

export const formatOfFile = (path: string): Format | undefined =>
  FORMATS.find((format) => path.endsWith(`.${EXTENSIONS[format]}`))

export const hashOfBytes = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

export const readBytes = (path: string): Promise<Buffer> => readRegular(path, MAX_BYTES)

/** Every schema of a folder of resources, by name; what is wrong in one is its problem alone. */
export async function readSchemas(
  folder: string
): Promise<{ readonly schemas: LocatedSchema[]; readonly problems: SsmdError[] }> {
  const schemas: LocatedSchema[] = []
  const problems: SsmdError[] = []
  const names = await readdir(join(folder, SCHEMAS)).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return []
    throw thrown
  })
  for (const name of names.filter((one) => /\.ya?ml$/.test(one)).sort()) {
    const file = join(folder, SCHEMAS, name)
    try {
      const schema = checked(parse((await readBytes(file)).toString('utf8')), file)
      if (schemas.some((other) => other.schema.name === schema.name)) {
        throw misfit(file, 'name', `${schema.name} is described by another file already`)
      }
      schemas.push({ schema, file })
    } catch (thrown) {
      problems.push(toSsmdError(thrown))
    }
  }
  return { schemas, problems }
}

const misfit = (file: string, field: string, what: string): SsmdError =>
  new SsmdError('SSMD_E_RESOURCE_INVALID', `${file}: ${field}: ${what}`, {
    hint: 'see ssmd schema register --help for what a schema has',
  })

const DAY = /^\d{4}-\d{2}-\d{2}$/
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

function checked(value: unknown, file: string): SchemaResource {
  const schema = value as SchemaResource | null
  const is = (fits: boolean, field: string, what: string): void => {
    if (!fits) throw misfit(file, field, what)
  }
  is(typeof schema === 'object' && schema !== null && !Array.isArray(schema), 'file', 'no schema')
  const { name, format, schemaFile, versions } = schema as SchemaResource
  is(typeof name === 'string' && NAME.test(name), 'name', 'expected lower-case letters and dashes')
  is(FORMATS.includes(format), 'format', `expected one of ${FORMATS.join(', ')}`)
  is(isFileName(schemaFile), 'schemaFile', 'expected the name of a file beside it')
  is(Array.isArray(versions) && versions.length > 0, 'versions', 'expected at least one')
  const seen = new Set<string>()
  for (const [i, version] of versions.entries()) {
    const at = `versions[${i}]`
    is(typeof version?.name === 'string' && version.name !== '', `${at}.name`, 'expected a name')
    is(!seen.has(version.name), `${at}.name`, `${version.name} stands there twice`)
    seen.add(version.name)
    is(STATUSES.includes(version.status), `${at}.status`, `expected one of ${STATUSES.join(', ')}`)
    is(DAY.test(version.effectiveFrom), `${at}.effectiveFrom`, 'expected YYYY-MM-DD in quotes')
    is(/^sha256:[0-9a-f]{64}$/.test(version.hash), `${at}.hash`, 'expected sha256:<64 hex digits>')
    const own = version.schemaFile
    is(own === undefined || isFileName(own), `${at}.schemaFile`, 'expected the name of a file')
  }
  return schema as SchemaResource
}

const isFileName = (name: unknown): boolean =>
  typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)

/** The file of a version, beside the description. */
export const fileOf = (folder: string, schema: SchemaResource, version: SchemaVersion): string =>
  join(folder, SCHEMAS, version.schemaFile ?? schema.schemaFile)

export type HashCheck = {
  readonly schema: string
  readonly version: string
  readonly file: string
  readonly state: 'good' | 'differs' | 'missing'
  readonly hash: string | null
}

/** Compares each version with its file. */
export async function checkHashes(folder: string, { schema }: LocatedSchema): Promise<HashCheck[]> {
  const checks: HashCheck[] = []
  for (const version of schema.versions) {
    const file = fileOf(folder, schema, version)
    const hash = await readBytes(file).then(hashOfBytes, () => null)
    const state = hash === null ? 'missing' : hash === version.hash ? 'good' : 'differs'
    checks.push({ schema: schema.name, version: version.name, file, state, hash })
  }
  return checks
}

/** `name` or `name:version`. Throws SSMD_E_NOT_FOUND with the nearest. */
export function findSchema(
  schemas: readonly LocatedSchema[],
  text: string
): { readonly located: LocatedSchema; readonly version: SchemaVersion | undefined } {
  const [name = '', versionName] = text.split(':')
  const located = schemas.find(({ schema }) => schema.name === name)
  if (located === undefined) {
    const names = schemas.map(({ schema }) => schema.name)
    throw notFound(`there is no schema ${JSON.stringify(name)}`, name, names)
  }
  if (versionName === undefined) return { located, version: undefined }
  const version = located.schema.versions.find((one) => one.name === versionName)
  if (version === undefined) {
    const names = located.schema.versions.map((one) => one.name)
    throw notFound(`schema ${name} has no version ${versionName}`, versionName, names)
  }
  return { located, version }
}

function notFound(message: string, asked: string, names: readonly string[]): SsmdError {
  const near = nearest(asked, names)
  const list =
    names.length === 0 ? 'ssmd schema register adds one' : `there is: ${names.join(', ')}`
  return new SsmdError('SSMD_E_NOT_FOUND', message, {
    hint: near === undefined ? list : `did you mean ${near}?`,
  })
}
