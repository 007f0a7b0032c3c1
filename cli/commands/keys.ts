// `ssmd key list|show|check|verify`: what an Environment says of its keys, and whether they can be read here. No value of a key is printed,
// stored or sent anywhere.

import type { Environment } from '#crds/environment.gen.ts'
import { SsmdError } from '#crds/errors.ts'
import { nearest } from '#crds/suggest.ts'
import { terminalWidth } from '../output.ts'
import { find, openRepository } from '../repository/repository.ts'
import { renderTable } from '../table.ts'
import { clean } from '../text.ts'
import { factLines, type ReadFlags, showAll, showOne } from './shown.ts'

type Key = NonNullable<Environment['spec']['keys']>[string]

/** One field of a key: where it comes from, and whether it is set. */
type Field = {
  readonly key: string
  readonly field: string
  readonly source: string
  /** `unknown`: only the cluster can tell. */
  readonly state: 'set' | 'missing' | 'empty' | 'unknown'
}

async function keysOf(path: string | undefined, environment: string) {
  const repository = await openRepository(path)
  const { resource } = find(repository, 'Environment', environment)
  return { folder: repository.folder, keys: resource.spec.keys ?? {} }
}

export async function runKeyList(environment: string, flags: ReadFlags): Promise<void> {
  const { folder, keys } = await keysOf(flags.path, environment)
  const list = Object.entries(keys).map(([name, key]) => ({ name, ...key }))
  await showAll({ name: 'keys', folder, list }, flags.output, () =>
    list.length === 0
      ? [`Environment ${environment} has no key: ssmd env add-key ${environment} <key> adds one`]
      : renderTable(
          [
            { title: 'KEY' },
            { title: 'TYPE' },
            { title: 'FIELDS' },
            { title: 'SOURCE', least: 12 },
          ],
          list.map((key) => [key.name, key.type, key.fields.join(' '), sourceText(key)].map(clean)),
          terminalWidth()
        )
  )
}

const sourceText = ({ fields, source }: Key): string =>
  source.secret === undefined
    ? `env:${fields.map((field) => source.env?.[field] ?? '?').join(',')}`
    : `secret:${source.secret.name}`

export async function runKeyShow(
  environment: string,
  name: string,
  flags: ReadFlags
): Promise<void> {
  const { keys } = await keysOf(flags.path, environment)
  const key = Object.hasOwn(keys, name) ? keys[name] : undefined
  if (key === undefined) {
    const names = Object.keys(keys)
    const near = nearest(name, names)
    const list = names.length === 0 ? 'it has none' : `it has: ${names.join(', ')}`
    throw new SsmdError('SSMD_E_NOT_FOUND', `Environment ${environment} has no key ${name}`, {
      hint: near === undefined ? list : `did you mean ${near}?`,
    })
  }
  await showOne({ name, ...key }, flags.output, () =>
    factLines([
      ['key', name],
      ['type', key.type],
      ['fields', key.fields.join(', ')],
      ['source', sourceText(key)],
    ])
  )
}

export type CheckFlags = ReadFlags & { readonly key?: string }

/** Shows what can be read; `mustBeSet` makes a field that is missing an error. */
export async function runKeyCheck(
  environment: string,
  flags: CheckFlags,
  mustBeSet: boolean
): Promise<void> {
  const { folder, keys } = await keysOf(flags.path, environment)
  const list = Object.entries(keys)
    .filter(([name]) => flags.key === undefined || name === flags.key)
    .flatMap(([name, key]) => fieldsOf(name, key, process.env))
  await showAll({ name: 'fields', folder, list }, flags.output, () =>
    list.length === 0
      ? [`Environment ${environment} has no key to check`]
      : renderTable(
          [
            { title: 'KEY' },
            { title: 'FIELD' },
            { title: 'SOURCE', least: 12 },
            { title: 'STATE' },
          ],
          list.map(({ key, field, source, state }) => [key, field, source, state].map(clean)),
          terminalWidth()
        )
  )
  const missing = list.filter(({ state }) => state === 'missing' || state === 'empty')
  if (!mustBeSet || missing.length === 0) return
  const names = missing.map(({ source }) => source.replace(/^env:/, ''))
  throw new SsmdError('SSMD_E_CREDENTIALS', `not set here: ${names.join(', ')}`, {
    hint: `export them in the shell that starts ssmd, such as export ${names[0]}=…`,
  })
}

/** Of a Secret only the cluster knows: kubectl get secret, or the condition CredentialsReady of the Feed. */
export function fieldsOf(
  key: string,
  { fields, source }: Key,
  env: Readonly<Record<string, string | undefined>>
): Field[] {
  return fields.map((field) => {
    if (source.secret !== undefined) {
      return { key, field, source: `secret:${source.secret.name}`, state: 'unknown' }
    }
    const variable = source.env?.[field] ?? ''
    const value = env[variable]
    const state = value === undefined ? 'missing' : value.trim() === '' ? 'empty' : 'set'
    return { key, field, source: `env:${variable}`, state }
  })
}
