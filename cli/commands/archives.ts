// `ssmd archive list|show|create|update`: Archives as files of the repository.

import { readFile } from 'node:fs/promises'
import type { Archive } from '#crds/archive.gen.ts'
import { usageError } from '#crds/errors.ts'
import { terminalWidth } from '../output.ts'
import { type Edit, editYaml } from '../repository/edit.ts'
import { added, edited, find, listOf, openRepository } from '../repository/repository.ts'
import { renderTable } from '../table.ts'
import { clean } from '../text.ts'
import { type FeedNameFlags, feedEdits } from './feed-names.ts'
import { factLines, type ReadFlags, showAll, showOne } from './shown.ts'
import { report, type WriteFlags } from './written.ts'

export async function runArchiveList(flags: ReadFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const archives = listOf(repository, 'Archive').map(({ resource }) => resource)
  const { folder } = repository
  await showAll({ name: 'archives', folder, list: archives }, flags.output, () =>
    archives.length === 0
      ? [`${folder} has no archive yet: ssmd archive create local --environment local writes one`]
      : tableOf(archives)
  )
}

const tableOf = (archives: readonly Archive[]): string[] =>
  renderTable(
    [
      { title: 'ARCHIVE', least: 8 },
      { title: 'ENVIRONMENT', least: 8 },
      { title: 'FEEDS', least: 10 },
      { title: 'STORAGE', least: 10 },
      { title: 'KEEPS', align: 'right', spare: 1 },
      { title: 'ROTATION', spare: 2 },
    ],
    archives.map(({ metadata, spec }) =>
      [
        metadata.name,
        spec.environmentRef.name,
        spec.feeds.join(' '),
        storageText(spec.storage),
        spec.retention === undefined ? 'all' : `${spec.retention.days} days`,
        `${spec.rotation.maxAge} or ${spec.rotation.maxBytes}`,
      ].map(clean)
    ),
    terminalWidth()
  )

function storageText({ path, claim }: Archive['spec']['storage']): string {
  if (path !== undefined) return path
  return claim?.name === undefined ? `claim of ${claim?.size ?? '?'}` : `claim ${claim.name}`
}

export async function runArchiveShow(name: string, flags: ReadFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Archive', name)
  const { spec } = located.resource
  await showOne(located.resource, flags.output, () =>
    factLines([
      ['archive', name],
      ['environment', spec.environmentRef.name],
      ['feeds', spec.feeds.join(', ')],
      ['types', spec.types?.join(', ') ?? 'all'],
      ['storage', storageText(spec.storage)],
      ['rotation', `${spec.rotation.maxAge} or ${spec.rotation.maxBytes}`],
      ['commit', `every ${spec.commitInterval}`],
      ['compression', `gzip level ${spec.compression.level}`],
      ['keeps', spec.retention === undefined ? 'all days' : `${spec.retention.days} days`],
      ['on deletion', spec.deletionPolicy],
      ['file', `${located.file}:${located.line}`],
    ])
  )
}

export type ArchiveFlags = WriteFlags &
  FeedNameFlags & {
    readonly environment?: string
    readonly folder?: string
    readonly claimSize?: string
    readonly claim?: string
    readonly maxAge?: string
    readonly maxBytes?: string
    readonly commitInterval?: string
    readonly retentionDays?: number
  }

function editsOf(flags: ArchiveFlags): Edit[] {
  const edits: Edit[] = []
  const set = (path: readonly string[], value: unknown): void => {
    if (value !== undefined) edits.push({ path: ['spec', ...path], value })
  }
  const places = [flags.folder, flags.claimSize, flags.claim].filter((one) => one !== undefined)
  if (places.length > 1) {
    throw usageError('more than one place for the files was given', 'an Archive has one storage')
  }
  set(['environmentRef', 'name'], flags.environment)
  if (flags.folder !== undefined) set(['storage'], { path: flags.folder })
  if (flags.claimSize !== undefined) set(['storage'], { claim: { size: flags.claimSize } })
  if (flags.claim !== undefined) set(['storage'], { claim: { name: flags.claim } })
  set(['rotation', 'maxAge'], flags.maxAge)
  set(['rotation', 'maxBytes'], flags.maxBytes)
  set(['commitInterval'], flags.commitInterval)
  set(['retention', 'days'], flags.retentionDays)
  return edits
}

export async function runArchiveCreate(name: string, flags: ArchiveFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const template = await readFile(new URL('../templates/archive.yaml', import.meta.url), 'utf8')
  const environment = flags.environment ?? name
  const feeds = flags.feed ?? find(repository, 'Environment', environment).resource.spec.feeds
  const edits = [
    { path: ['metadata', 'name'], value: name },
    { path: ['spec', 'feeds'], value: feeds },
    ...editsOf({ ...flags, environment }),
  ]
  const change = await added(repository, 'Archive', name, editYaml(template, edits))
  await report(repository, change, flags, [
    `ssmd up --environment ${environment}    capture and archive here`,
  ])
}

export async function runArchiveUpdate(name: string, flags: ArchiveFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Archive', name)
  const { feeds } = located.resource.spec
  const edits = [...editsOf(flags), ...feedEdits(`Archive ${name}`, feeds, flags)]
  if (edits.length === 0) {
    throw usageError('nothing to update was given', 'see ssmd help archive update')
  }
  await report(repository, await edited(repository, located, edits), flags)
}
