// `ssmd env list|show|create|update|add-key`: Environments as files of the repository.

import { readFile } from 'node:fs/promises'
import type { Environment } from '#crds/environment.gen.ts'
import { feedsOf, isSimulated } from '#crds/environments.ts'
import { usageError } from '#crds/errors.ts'
import { terminalWidth } from '../output.ts'
import { type Edit, editYaml } from '../repository/edit.ts'
import { camel, sourceOf } from '../repository/key-source.ts'
import {
  added,
  edited,
  find,
  listOf,
  openRepository,
  type Repository,
} from '../repository/repository.ts'
import { renderTable } from '../table.ts'
import { clean, plural } from '../text.ts'
import { type FeedNameFlags, feedEdits } from './feed-names.ts'
import { factLines, type ReadFlags, showAll, showOne } from './shown.ts'
import { report, type WriteFlags } from './written.ts'

export async function runEnvList(flags: ReadFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const environments = listOf(repository, 'Environment').map(({ resource }) => resource)
  const { folder } = repository
  await showAll({ name: 'environments', folder, list: environments }, flags.output, () =>
    environments.length === 0
      ? [`${folder} has no environment yet: ssmd env create local --feed <feed> writes one`]
      : tableOf(repository, environments)
  )
}

const tableOf = (repository: Repository, environments: readonly Environment[]): string[] =>
  renderTable(
    [
      { title: 'ENVIRONMENT', least: 8 },
      { title: 'STATE' },
      { title: 'FEEDS', least: 10 },
      { title: 'SIMULATED', least: 9, spare: 1 },
      { title: 'NATS', least: 16, spare: 2 },
    ],
    environments.map((environment) =>
      [
        environment.metadata.name,
        environment.spec.suspend ? 'suspended' : 'active',
        environment.spec.feeds.join(' ') || '-',
        simulatedIn(repository, environment).join(' ') || '-',
        environment.spec.transport.url,
      ].map(clean)
    ),
    terminalWidth()
  )

/** The feeds that it simulates. */
const simulatedIn = (repository: Repository, environment: Environment): string[] =>
  feedsOf(
    environment,
    listOf(repository, 'Feed').map(({ resource }) => resource)
  )
    .filter((feed) => isSimulated(environment, feed))
    .map(({ metadata }) => metadata.name)

export async function runEnvShow(name: string, flags: ReadFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Environment', name)
  const environment = located.resource
  const { spec } = environment
  const { stream } = spec.transport
  const archives = listOf(repository, 'Archive')
    .map(({ resource }) => resource)
    .filter((archive) => archive.spec.environmentRef.name === name)
    .map(({ metadata }) => metadata.name)
  await showOne(environment, flags.output, () =>
    factLines([
      ['environment', name],
      ['state', spec.suspend ? 'suspended' : 'active'],
      ['feeds', spec.feeds.join(', ') || '-'],
      ['simulated', simulatedIn(repository, environment).join(', ') || 'none'],
      ['archives', archives.join(', ') || 'none'],
      ['nats', spec.transport.url],
      ['stream', `${stream.maxAge}, ${stream.maxBytes}, ${plural(stream.replicas, 'server')}`],
      ['connectors', `${spec.connector.shards ?? 1} of each feed`],
      ['keys', Object.keys(spec.keys ?? {}).join(', ') || 'none'],
      ['file', `${located.file}:${located.line}`],
    ])
  )
}

export type EnvFlags = WriteFlags &
  FeedNameFlags & {
    readonly simulate?: readonly string[]
    readonly schema?: string
    readonly natsUrl?: string
    readonly suspend?: boolean
    readonly timezone?: string
    readonly dayStart?: string
    readonly dayEnd?: string
  }

export async function runEnvCreate(name: string, flags: EnvFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const template = await readFile(new URL('../templates/environment.yaml', import.meta.url), 'utf8')
  const feeds = [...(flags.feed ?? []), ...(flags.addFeed ?? [])]
  if (feeds.length === 0) {
    throw usageError('no feed was given', `write --feed <name>; see ssmd feed list`)
  }
  const edits = [
    { path: ['metadata', 'name'], value: name },
    { path: ['spec', 'feeds'], value: feeds },
    ...editsOf(flags),
  ]
  const change = await added(repository, 'Environment', name, editYaml(template, edits))
  await report(repository, change, flags, [
    `ssmd archive create ${name} --environment ${name} --feed ${feeds[0]}    keep what it captures`,
    `ssmd up --environment ${name}    run it on this computer`,
  ])
}

/** The schema of blocks is written `block:v1`, as schemas are; the resource names its version alone. */
function schemaOf(text: string): string {
  const [, version = text] = /^block:(.+)$/.exec(text) ?? []
  if (version === 'v1') return version
  throw usageError(
    `--schema ${text}: connectors write blocks by block:v1 alone`,
    `write --schema block:v1; what frames have to fit is said of their Feed: ssmd feed update <feed> --schema ${text}`
  )
}

function editsOf(flags: EnvFlags): Edit[] {
  const edits: Edit[] = []
  const set = (path: readonly string[], value: unknown): void => {
    if (value !== undefined) edits.push({ path: ['spec', ...path], value })
  }
  set(['transport', 'url'], flags.natsUrl)
  set(['simulator', 'feeds'], flags.simulate)
  set(['schema'], flags.schema === undefined ? undefined : schemaOf(flags.schema))
  set(['suspend'], flags.suspend)
  set(['schedule', 'timezone'], flags.timezone)
  set(['schedule', 'dayStart'], flags.dayStart)
  set(['schedule', 'dayEnd'], flags.dayEnd)
  return edits
}

export async function runEnvUpdate(name: string, flags: EnvFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Environment', name)
  const { feeds } = located.resource.spec
  const edits = [...editsOf(flags), ...feedEdits(`Environment ${name}`, feeds, flags)]
  if (edits.length === 0) {
    throw usageError('nothing to update was given', 'see ssmd help env update')
  }
  await report(repository, await edited(repository, located, edits), flags)
}

export type AddKeyFlags = WriteFlags & {
  readonly type: 'apiKey'
  readonly fields: string
  readonly source: string
}

export async function runEnvAddKey(name: string, key: string, flags: AddKeyFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Environment', name)
  if (located.resource.spec.keys?.[key] !== undefined) {
    throw usageError(`Environment ${name} has a key ${key} already`, `edit it in ${located.file}`)
  }
  const fields = flags.fields.split(',').map((field) => camel(field.trim()))
  const value = { type: flags.type, fields, source: sourceOf(flags.source, fields) }
  const edits = [{ path: ['spec', 'keys', key], value }]
  await report(repository, await edited(repository, located, edits), flags, [
    `ssmd key check ${name}    see whether it can be read here`,
  ])
}
