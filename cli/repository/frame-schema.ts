// JSON Schemas that frames are held against: those of the folder `schemas`, and their copies in Feeds.

import { SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Located } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { makeFrameCheck } from '#exchanges/generic/frame-check.ts'
import {
  fileOf,
  findSchema,
  hashOfBytes,
  type LocatedSchema,
  readBytes,
  readSchemas,
} from './schemas.ts'

/** A JSON Schema of the folder `schemas`, whose file is the one that was registered. Rejects with what is wrong with it. */
export async function frameSchema(
  folder: string,
  asked: string
): Promise<{ readonly name: string; readonly source: string }> {
  const { schemas, problems } = await readSchemas(folder)
  if (problems[0] !== undefined) throw problems[0]
  const { located, version } = findSchema(schemas, asked)
  const { schema } = located
  const one = version ?? schema.versions.at(-1)!
  const name = `${schema.name}:${one.name}`
  if (schema.format !== 'json_schema')
    throw new SsmdError('SSMD_E_USAGE', `${name} is ${schema.format}: no program reads it`, {
      hint: 'frames are held against a JSON Schema: ssmd schema register <name> --file <name>.json',
    })
  const file = fileOf(folder, schema, one)
  const bytes = await readBytes(file)
  if (hashOfBytes(bytes) !== one.hash)
    throw new SsmdError(
      'SSMD_E_RESOURCE_INVALID',
      `${file} is not the file that was registered as ${name}`,
      {
        hint: 'restore it from git, or register what it holds now as a new version',
      }
    )
  const source = bytes.toString('utf8')
  makeFrameCheck(name, source)
  return { name, source }
}

/** What is wrong with the schemas in Feeds: no JSON Schema, not registered, or another text than the registered one. */
export function frameSchemaProblems(
  feeds: readonly Located<Feed>[],
  schemas: readonly LocatedSchema[]
): Problem[] {
  return feeds.flatMap((located): Problem[] => {
    const { schema } = located.resource.spec
    if (schema === undefined) return []
    const found = problemOf(schema, schemas)
    if (found === undefined) return []
    const field = `spec.schema.${found.field}`
    const { line, column } = located.fieldAt(field)
    const { file, resource } = located
    const name = resource.metadata.name
    const { code, message, hint } = found
    return [{ code, file, line, column, kind: 'Feed', name, field, message, hint }]
  })
}

type Found = Pick<Problem, 'code' | 'field' | 'message' | 'hint'>

function problemOf(
  { name, source }: NonNullable<Feed['spec']['schema']>,
  schemas: readonly LocatedSchema[]
): Found | undefined {
  try {
    makeFrameCheck(name, source)
  } catch (thrown) {
    const { code, message, hint = '' } = thrown as SsmdError
    return { code, field: 'source', message, hint }
  }
  const [of, versionName] = name.split(':')
  const registered = schemas
    .find(({ schema }) => schema.name === of)
    ?.schema.versions.find((one) => one.name === versionName)
  const again = `ssmd feed update <feed> --schema ${name} copies it again`
  if (registered === undefined)
    return {
      ...{ code: 'SSMD_E_REFERENCE', field: 'name' },
      message: `there is no schema ${name} in the folder schemas`,
      hint: `ssmd schema register ${of} --file ${of}.json registers it`,
    }
  if (hashOfBytes(Buffer.from(source)) === registered.hash) return undefined
  return {
    ...{ code: 'SSMD_E_RESOURCE_INVALID', field: 'source' },
    message: `it is another text than the one that was registered as ${name}`,
    hint: again,
  }
}
