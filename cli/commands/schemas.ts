// `ssmd schema list|show|register|add-version|hash|set-status`: schemas of the repository, and proof that their files are those that were
// registered.

import { constants, copyFile, mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { SsmdError, usageError } from '#crds/errors.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { terminalWidth } from '../output.ts'
import { editYaml } from '../repository/edit.ts'
import { findExchanges } from '../repository/folder.ts'
import type { FileChange } from '../repository/repository.ts'
import type { Format, Status } from '../repository/schema-words.ts'
import {
  checkHashes,
  EXTENSIONS,
  findSchema,
  formatOfFile,
  hashOfBytes,
  type LocatedSchema,
  readBytes,
  readSchemas,
  SCHEMAS,
  type SchemaVersion,
} from '../repository/schemas.ts'
import { nextVersionName } from '../repository/version-name.ts'
import { renderTable } from '../table.ts'
import { clean } from '../text.ts'
import { factLines, type ReadFlags, showAll, showOne } from './shown.ts'
import { report, type WriteFlags } from './written.ts'

async function open(path: string | undefined) {
  const folder = await findExchanges(path, process.cwd())
  const { schemas, problems } = await readSchemas(folder)
  if (problems[0] !== undefined) throw problems[0]
  return { folder, schemas }
}

export async function runSchemaList(
  flags: ReadFlags & { readonly status?: Status }
): Promise<void> {
  const { folder, schemas } = await open(flags.path)
  const list = schemas.flatMap(({ schema }) =>
    schema.versions
      .filter(({ status }) => flags.status === undefined || status === flags.status)
      .map((version) => ({ schema: schema.name, format: schema.format, ...version }))
  )
  await showAll({ name: 'versions', folder, list }, flags.output, () =>
    list.length === 0
      ? [`${folder} has no such schema: ssmd schema register <name> --file <file> adds one`]
      : renderTable(
          [
            { title: 'SCHEMA' },
            { title: 'VERSION' },
            { title: 'STATUS' },
            { title: 'FROM' },
            { title: 'FORMAT' },
            { title: 'HASH', least: 19, spare: 1 },
          ],
          list.map((one) =>
            [one.schema, one.name, one.status, one.effectiveFrom, one.format, one.hash].map(clean)
          ),
          terminalWidth()
        )
  )
}

/** Who reads a schema of this format. */
const READ_BY: Readonly<Record<Format, string>> = {
  capnp: 'kept and hashed; connectors write block alone, and no other program reads it',
  protobuf: 'kept and hashed; no program reads it',
  json_schema: 'ssmd data verify --schema, and the connectors of Feeds that have it',
}

export async function runSchemaShow(name: string, flags: ReadFlags): Promise<void> {
  const { folder, schemas } = await open(flags.path)
  const { located, version } = findSchema(schemas, name)
  const { schema, file } = located
  const checks = await checkHashes(folder, located)
  await showOne(version ?? schema, flags.output, () => [
    ...factLines([
      ['schema', schema.name],
      ['format', schema.format],
      ['read by', schema.name === 'block' ? 'connectors and archivers' : READ_BY[schema.format]],
      ['file', file],
    ]),
    '',
    ...renderTable(
      [
        { title: 'VERSION' },
        { title: 'STATUS' },
        { title: 'FROM' },
        { title: 'TO' },
        { title: 'FILE' },
        { title: 'HASH' },
      ],
      (version === undefined ? schema.versions : [version]).map((one) =>
        [
          one.name,
          one.status,
          one.effectiveFrom,
          one.effectiveTo ?? '-',
          one.schemaFile ?? schema.schemaFile,
          checks.find((check) => check.version === one.name)?.state ?? '-',
        ].map(clean)
      ),
      terminalWidth()
    ),
  ])
}

export type RegisterFlags = WriteFlags & {
  readonly file: string
  readonly format?: Format
  readonly status?: Status
  readonly effectiveFrom?: string
}

export async function runSchemaRegister(name: string, flags: RegisterFlags): Promise<void> {
  const { folder, schemas } = await open(flags.path)
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    throw usageError(`${JSON.stringify(name)} is no name`, 'write lower-case letters and dashes')
  }
  if (schemas.some(({ schema }) => schema.name === name)) {
    throw usageError(
      `schema ${name} exists already`,
      `add a version: ssmd schema add-version ${name} --file … --effective-from …`
    )
  }
  const format = flags.format ?? formatOfFile(flags.file)
  if (format === undefined) {
    throw usageError(
      `${flags.file}: its name does not tell its format`,
      'write --format capnp, protobuf or json_schema'
    )
  }
  const bytes = await readGiven(flags.file)
  const schemaFile = `${name}.${EXTENSIONS[format]}`
  const version = {
    name: 'v1',
    status: flags.status ?? 'active',
    effectiveFrom: flags.effectiveFrom ?? utcDay(Date.now()),
    hash: hashOfBytes(bytes),
  }
  const after = stringify({ name, format, schemaFile, versions: [version] }, { version: '1.1' })
  const change = { file: join(folder, SCHEMAS, `${name}.yaml`), before: null, after }
  await writeBoth(flags, join(folder, SCHEMAS, schemaFile), change)
}

const readGiven = (file: string): Promise<Buffer> =>
  readBytes(file).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOENT') throw thrown
    throw new SsmdError('SSMD_E_NOT_FOUND', `there is no file ${file}`, { cause: thrown })
  })

/** Copies the file into the repository and writes its description, or neither. */
async function writeBoth(
  flags: RegisterFlags | AddVersionFlags,
  to: string,
  description: FileChange
): Promise<void> {
  const isCopied = !flags.dryRun && resolve(flags.file) !== resolve(to)
  if (isCopied) await copyNew(flags.file, to)
  try {
    await report(null, description, flags)
  } catch (thrown) {
    if (isCopied) await rm(to, { force: true })
    throw thrown
  }
}

async function copyNew(file: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await copyFile(file, to, constants.COPYFILE_EXCL).catch(async (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') {
      await rm(to, { force: true })
      throw thrown
    }
    throw new SsmdError('SSMD_E_USAGE', `${to} exists already and is not overwritten`, {
      hint: 'move it away, or register it itself with --file',
      cause: thrown,
    })
  })
}

export type AddVersionFlags = WriteFlags & {
  readonly file: string
  readonly effectiveFrom: string
  readonly effectiveTo?: string
  readonly status?: Status
  readonly compatibleWith?: readonly string[]
  readonly breakingChanges?: string
}

export async function runSchemaAddVersion(name: string, flags: AddVersionFlags): Promise<void> {
  const { folder, schemas } = await open(flags.path)
  const { located } = findSchema(schemas, name)
  const { schema } = located
  const bytes = await readGiven(flags.file)
  const versionName = nextVersionName(schema.versions.map((one) => one.name))
  const schemaFile = `${schema.name}-${versionName}.${EXTENSIONS[schema.format]}`
  const version: SchemaVersion = {
    name: versionName,
    status: flags.status ?? 'draft',
    effectiveFrom: flags.effectiveFrom,
    ...(flags.effectiveTo === undefined ? {} : { effectiveTo: flags.effectiveTo }),
    schemaFile,
    hash: hashOfBytes(bytes),
    ...(flags.compatibleWith === undefined ? {} : { compatibleWith: flags.compatibleWith }),
    ...(flags.breakingChanges === undefined ? {} : { breakingChanges: flags.breakingChanges }),
  }
  const change = await edited(located, ['versions', schema.versions.length], version)
  await writeBoth(flags, join(folder, SCHEMAS, schemaFile), change)
}

async function edited(
  { file }: LocatedSchema,
  path: readonly (string | number)[],
  value: unknown
): Promise<FileChange> {
  const before = (await readBytes(file)).toString('utf8')
  return { file, before, after: editYaml(before, [{ path, value }]) }
}

export type HashFlags = ReadFlags

/** Shows whether files are as registered, and fails if one is not. */
export async function runSchemaHash(name: string | undefined, flags: HashFlags): Promise<void> {
  const { folder, schemas } = await open(flags.path)
  const wanted = name === undefined ? schemas : [findSchema(schemas, name).located]
  const checks = (await Promise.all(wanted.map((one) => checkHashes(folder, one)))).flat()
  await showAll({ name: 'files', folder, list: checks }, flags.output, () =>
    renderTable(
      [{ title: 'SCHEMA' }, { title: 'VERSION' }, { title: 'FILE' }, { title: 'HASH' }],
      checks.map(({ schema, version, file, state }) => [schema, version, file, state].map(clean)),
      terminalWidth()
    )
  )
  const bad = checks.filter(({ state }) => state !== 'good')
  if (bad.length === 0) return
  const [first] = bad
  throw new SsmdError(
    'SSMD_E_RESOURCE_INVALID',
    first!.state === 'missing'
      ? `${first!.file}, the file of ${first!.schema}:${first!.version}, is missing`
      : `${first!.file} is not the file that was registered as ${first!.schema}:${first!.version}`,
    { hint: 'restore it from git, or register what it holds now as a new version' }
  )
}

export async function runSchemaSetStatus(
  name: string,
  status: Status,
  flags: WriteFlags
): Promise<void> {
  const { schemas } = await open(flags.path)
  const { located, version } = findSchema(schemas, name)
  if (version === undefined) {
    throw usageError(
      `${name} names no version`,
      `write ${name}:${located.schema.versions[0]!.name}`
    )
  }
  const index = located.schema.versions.indexOf(version)
  await report(null, await edited(located, ['versions', index, 'status'], status), flags)
}
