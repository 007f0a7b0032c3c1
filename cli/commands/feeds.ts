// `ssmd feed list|show|create|update|add-version|add-location`: Feeds as files of the repository.

import { readFile } from 'node:fs/promises'
import { SsmdError, usageError } from '#crds/errors.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Located } from '#crds/located.ts'
import { proofOf, proofText } from '#crds/proof.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { nearest } from '#crds/suggest.ts'
import { versionInForce } from '#crds/versions.ts'
import { terminalWidth } from '../output.ts'
import { type Edit, editYaml } from '../repository/edit.ts'
import { added, edited, find, listOf, openRepository } from '../repository/repository.ts'
import { nextVersionName } from '../repository/version-name.ts'
import { renderTable } from '../table.ts'
import { clean } from '../text.ts'
import { factLines, type ReadFlags, showAll, showOne } from './shown.ts'
import { report, type WriteFlags } from './written.ts'

type Version = Feed['spec']['versions'][number]

/** What can be said of a version on the command line. */
export type VersionFlags = {
  readonly endpoint?: string
  readonly restEndpoint?: string
  readonly authMethod?: Version['authMethod']
  readonly rateLimit?: number
}

export async function runFeedList(
  flags: ReadFlags & { readonly state?: Feed['spec']['state'] }
): Promise<void> {
  const repository = await openRepository(flags.path)
  const feeds = listOf(repository, 'Feed')
    .map(({ resource }) => resource)
    .filter(({ spec }) => flags.state === undefined || spec.state === flags.state)
  const { folder } = repository
  await showAll({ name: 'feeds', folder, list: feeds }, flags.output, () => {
    if (feeds.length > 0) return tableOf(feeds)
    const which = flags.state === undefined ? 'no feed yet' : `no ${flags.state} feed`
    return [`${folder} has ${which}: ssmd feed create kraken writes one`]
  })
}

function tableOf(feeds: readonly Feed[]): string[] {
  const day = utcDay(Date.now())
  return renderTable(
    [
      { title: 'FEED', least: 8 },
      { title: 'EXCHANGE' },
      { title: 'STATE' },
      { title: 'IN FORCE' },
      { title: 'VERSIONS', align: 'right', spare: 1 },
      { title: 'CHANNELS', least: 10, spare: 2 },
      { title: 'SYMBOLS', least: 10 },
    ],
    feeds.map((feed) =>
      [
        feed.metadata.name,
        feed.spec.exchange,
        feed.spec.state,
        versionInForce(feed, day)?.name ?? '-',
        String(feed.spec.versions.length),
        feed.spec.channels.join(' '),
        symbolsText(feed),
      ].map(clean)
    ),
    terminalWidth()
  )
}

const symbolsText = ({ spec: { symbols } }: Feed): string => symbols?.include?.join(' ') ?? 'all'

export async function runFeedShow(
  name: string,
  flags: ReadFlags & { readonly version?: string }
): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Feed', name)
  const feed = located.resource
  const asked = flags.version === undefined ? undefined : versionNamed(feed, flags.version)
  await showOne(asked ?? feed, flags.output, () => [
    ...factLines([
      ['feed', name],
      ['display name', feed.spec.displayName ?? '-'],
      ['exchange', feed.spec.exchange],
      ['state', feed.spec.state],
      ['channels', feed.spec.channels.join(', ')],
      ['symbols', symbolsText(feed)],
      ['proof', proofText(proofOf(feed)) || '-'],
      ['file', `${located.file}:${located.line}`],
    ]),
    '',
    ...versionTable(feed, asked === undefined ? feed.spec.versions : [asked]),
  ])
}

function versionTable(feed: Feed, versions: readonly Version[]): string[] {
  const day = utcDay(Date.now())
  const inForce = versionInForce(feed, day)
  return renderTable(
    [
      { title: 'VERSION' },
      { title: 'FROM' },
      { title: 'TO' },
      { title: 'STATE' },
      { title: 'AUTH' },
      { title: 'ENDPOINT', least: 20 },
    ],
    versions.map((version) =>
      [
        version.name,
        version.effectiveFrom,
        version.effectiveTo ?? '-',
        stateOf(version, inForce, day),
        version.authMethod,
        version.endpoint,
      ].map(clean)
    ),
    terminalWidth()
  )
}

/** The version in force is that of today; one that is asked for is labelled as what it is. */
function stateOf(version: Version, inForce: Version | undefined, day: string): string {
  if (version === inForce) return 'in force'
  return version.effectiveFrom > day ? 'announced' : 'past'
}

function versionNamed(feed: Feed, name: string): Version {
  const { versions } = feed.spec
  const found = versions.find((version) => version.name === name)
  if (found !== undefined) return found
  const names = versions.map((version) => version.name)
  throw new SsmdError('SSMD_E_NOT_FOUND', `feed ${feed.metadata.name} has no version ${name}`, {
    hint: `there is: ${names.join(', ')}`,
  })
}

export type CreateFlags = WriteFlags &
  VersionFlags & {
    readonly exchange?: string
    readonly displayName?: string
    readonly effectiveFrom?: string
    readonly channel?: readonly string[]
    readonly symbol?: readonly string[]
    readonly schema?: string
  }

export async function runFeedCreate(name: string, flags: CreateFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const exchange = exchangeOf(name, flags.exchange)
  const template = await readFile(
    new URL(`../templates/feeds/${exchange}.yaml`, import.meta.url),
    'utf8'
  )
  const edits: Edit[] = [{ path: ['metadata', 'name'], value: name }]
  const title = flags.displayName ?? (name === exchange ? undefined : name)
  if (title !== undefined) edits.push({ path: ['spec', 'displayName'], value: title })
  edits.push(...versionEdits(0, flags))
  const from = flags.effectiveFrom ?? utcDay(Date.now())
  edits.push({ path: ['spec', 'versions', 0, 'effectiveFrom'], value: from })
  if (flags.channel) edits.push({ path: ['spec', 'channels'], value: flags.channel })
  if (flags.symbol) edits.push({ path: ['spec', 'symbols', 'include'], value: flags.symbol })
  edits.push(...(await schemaEdits(repository.folder, exchange, flags.schema)))
  const change = await added(repository, 'Feed', name, editYaml(template, edits))
  await report(repository, change, flags, [
    ...(exchange === 'generic' ? ['describe its frames in that file, then'] : []),
    `ssmd feed test ${name}    see what arrives`,
    `ssmd env update <environment> --add-feed ${name}    capture it`,
  ])
}

/** The text goes with the Feed: a connector in a cluster has no folder of schemas. */
async function schemaEdits(
  folder: string,
  exchange: string,
  asked: string | undefined
): Promise<Edit[]> {
  if (asked === undefined) return []
  if (exchange !== 'generic')
    throw usageError(
      `--schema ${asked}: frames of ${exchange} are checked by its own code`,
      'only a feed of exchange generic has a schema'
    )
  const { frameSchema } = await import('../repository/frame-schema.ts')
  return [{ path: ['spec', 'schema'], value: await frameSchema(folder, asked) }]
}

/** The exchange that was named; else the one that the feed is named after; else one that the Feed itself describes. */
function exchangeOf(name: string, given: string | undefined): string {
  if (given === undefined) return Object.hasOwn(EXCHANGES, name) ? name : 'generic'
  if (Object.hasOwn(EXCHANGES, given)) return given
  const near = nearest(given, Object.keys(EXCHANGES))
  throw usageError(
    `--exchange ${given}: ssmd has no such exchange`,
    near === undefined
      ? `write one of ${Object.keys(EXCHANGES).join(', ')}`
      : `did you mean ${near}?`
  )
}

function versionEdits(index: number, flags: VersionFlags): Edit[] {
  const { endpoint, restEndpoint, authMethod, rateLimit } = flags
  const fields = { endpoint, restEndpoint, authMethod, rateLimitPerSecond: rateLimit }
  return Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [{ path: ['spec', 'versions', index, field], value }]
  )
}

export type UpdateFlags = WriteFlags &
  VersionFlags & {
    readonly version?: string
    readonly displayName?: string
    readonly state?: Feed['spec']['state']
    readonly channel?: readonly string[]
    readonly symbol?: readonly string[]
    readonly schema?: string
  }

export async function runFeedUpdate(name: string, flags: UpdateFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Feed', name)
  const edits: Edit[] = []
  const set = (path: readonly (string | number)[], value: unknown): void => {
    if (value !== undefined) edits.push({ path: ['spec', ...path], value })
  }
  set(['displayName'], flags.displayName)
  set(['state'], flags.state)
  set(['channels'], flags.channel)
  set(['symbols', 'include'], flags.symbol)
  edits.push(...versionEdits(versionIndex(located, flags.version), flags))
  const { exchange } = located.resource.spec
  edits.push(...(await schemaEdits(repository.folder, exchange, flags.schema)))
  if (edits.length === 0) {
    throw usageError('nothing to update was given', `see ssmd help feed update`)
  }
  await report(repository, await edited(repository, located, edits), flags)
}

/** Of the version named; else of the one in force. */
function versionIndex({ resource }: Located<Feed>, name: string | undefined): number {
  const { versions } = resource.spec
  const version =
    name === undefined
      ? (versionInForce(resource, utcDay(Date.now())) ?? versions.at(-1))
      : versionNamed(resource, name)
  return versions.indexOf(version as Version)
}

export type AddVersionFlags = WriteFlags &
  VersionFlags & {
    readonly effectiveFrom: string
    readonly effectiveTo?: string
    readonly copyFrom?: string
    readonly name?: string
  }

export async function runFeedAddVersion(name: string, flags: AddVersionFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Feed', name)
  const { versions } = located.resource.spec
  const latest = versions.toSorted((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1)).at(-1)
  const from =
    flags.copyFrom === undefined ? latest : versionNamed(located.resource, flags.copyFrom)
  const { effectiveTo: _effectiveTo, ...copied } = from as Version
  const { endpoint, restEndpoint, authMethod, rateLimit, effectiveTo } = flags
  const given = { endpoint, restEndpoint, authMethod, rateLimitPerSecond: rateLimit, effectiveTo }
  const version = {
    ...copied,
    name: flags.name ?? nextVersionName(versions.map((one) => one.name)),
    effectiveFrom: flags.effectiveFrom,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
  const edits = [{ path: ['spec', 'versions', versions.length], value: version }]
  await report(repository, await edited(repository, located, edits), flags, [
    `it is in force from ${flags.effectiveFrom} on, 00:00 UTC; connectors switch then`,
  ])
}

export type AddLocationFlags = WriteFlags & {
  readonly site: string
  readonly type: 'cloud' | 'colo' | 'onPrem'
  readonly provider?: string
  readonly region?: string
}

export async function runFeedAddLocation(name: string, flags: AddLocationFlags): Promise<void> {
  const repository = await openRepository(flags.path)
  const located = find(repository, 'Feed', name)
  const { captureLocations = [] } = located.resource.spec
  const { site, type, provider, region } = flags
  if (captureLocations.some((one) => one.site === site)) {
    throw usageError(
      `feed ${name} has the location ${site} already`,
      'give the new one another --site'
    )
  }
  const location = {
    site,
    type,
    ...(provider === undefined ? {} : { provider }),
    ...(region === undefined ? {} : { region }),
  }
  const path = ['spec', 'captureLocations']
  const edits: Edit[] =
    captureLocations.length === 0
      ? [{ path, value: [location] }]
      : [{ path: [...path, captureLocations.length], value: location }]
  await report(repository, await edited(repository, located, edits), flags)
}
