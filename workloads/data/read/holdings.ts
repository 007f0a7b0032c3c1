// What the archives hold, as one caller may see it: a feed or a day that the caller's grant leaves out does not exist here, so no query
// can tell of it. Days without a readable manifest are named beside the others.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  isDay,
  isFeedName,
  type Manifest,
  surveyFolders,
  type Unreadable,
} from '#archive/read/reader.ts'
import type { SegmentCache } from '#archive/read/segment-cache.ts'
import { SsmdError, toSsmdError, usageError } from '#crds/errors.ts'
import type { ArchiveRoot } from '#events/history.ts'
import { type DayFacts, type DaySymbols, ManifestCache } from '../model/manifests.ts'
import { nearestName } from '../model/nearest.ts'
import type { QueryContext } from '../model/query.ts'

/** A feed of a root; `feed` is the name that it goes by, `own` the one that it has there. */
export type HeldFeed = { readonly feed: string; readonly own: string; readonly root: ArchiveRoot }
export type HeldDay = HeldFeed & { readonly day: string; readonly facts: DayFacts }
export type DamagedDay = {
  readonly feed: string
  /** Null if it is the whole feed. */
  readonly day: string | null
  readonly path: string
  readonly error: SsmdError
}
export type Held = {
  /** By feed and day. */
  readonly days: readonly HeldDay[]
  readonly damaged: readonly DamagedDay[]
}
export type DayChoice = {
  /** By the names that they go by. @default all */
  readonly feeds?: readonly string[] | undefined
  /** Receive times, inclusive and exclusive, as lines have them. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Files of an archive looked at together: more would only wait for the disk. */
const AT_A_TIME = 32

type Scope = Pick<QueryContext, 'roots' | 'grant' | 'manifests'>

export class Holdings {
  readonly #o: Scope
  readonly #manifests: ManifestCache

  constructor(context: Scope) {
    this.#o = context
    this.#manifests = context.manifests ?? new ManifestCache()
  }

  /** Every feed that there is, by name. Throws SSMD_E_USAGE if two roots without a name hold the same one. */
  async feeds(): Promise<HeldFeed[]> {
    const { roots, grant } = this.#o
    const found = new Map<string, HeldFeed>()
    for (const root of roots) {
      for (const own of await feedNames(root)) {
        const feed = root.name ? `${root.name}.${own}` : own
        if (!grant.feeds(feed)) continue
        const other = found.get(feed)
        if (other !== undefined) throw mixed(feed, other.root.path, root.path)
        found.set(feed, { feed, own, root })
      }
    }
    return [...found.values()].sort(byFeed)
  }

  /** Of these feeds, or of all. Throws SSMD_E_NOT_FOUND with the nearest name for one that there is not. */
  async chosen(names: readonly string[] | undefined): Promise<HeldFeed[]> {
    const all = await this.feeds()
    if (names === undefined) return all
    const known = new Map(all.map((one) => [one.feed, one]))
    return [...new Set(names)]
      .map((name) => known.get(name) ?? refuseFeed(name, [...known.keys()], this.#o.roots))
      .sort(byFeed)
  }

  async days(choice: DayChoice = {}): Promise<Held> {
    const days: HeldDay[] = []
    const damaged: DamagedDay[] = []
    for (const held of await this.chosen(choice.feeds)) {
      const { root, own, feed } = held
      const tell = ({ day, path, error }: Unreadable): void => {
        damaged.push({ feed, day, path, error })
      }
      const names = await this.#names(held)
      if (names === undefined) {
        // It says why the folder cannot be read.
        for (const one of (await surveyFolders(root.path, { feed: own })).unreadable) tell(one)
        continue
      }
      const wanted = names.filter((day) => isWithin(day, choice))
      for (let i = 0; i < wanted.length; i += AT_A_TIME) {
        const part = wanted.slice(i, i + AT_A_TIME).map((day) => this.#day(held, day, tell))
        for (const one of await Promise.all(part)) if (one !== undefined) days.push(one)
      }
    }
    return { days, damaged: damaged.sort(byPath) }
  }

  /** Every day of a feed, in order, whether it can be read or not. */
  async dayNames(held: HeldFeed): Promise<readonly string[]> {
    return (await this.#names(held)) ?? []
  }

  /** Undefined if the folder cannot be read. */
  async #names({ root, own }: HeldFeed): Promise<string[] | undefined> {
    const names = await readdir(join(root.path, own)).catch(() => undefined)
    return names?.filter((day) => isDay(day) && this.#o.grant.days(day)).sort()
  }

  /** The manifest of a day. Throws SSMD_E_NOT_FOUND if there is no such day. */
  async manifest({ root, own }: HeldFeed, day: string): Promise<Manifest> {
    return this.#manifests.manifest(root.path, own, day)
  }

  /** What was read of segments already. */
  get segments(): SegmentCache {
    return this.#manifests.segments
  }

  /** The symbols that the indexes of a day name. */
  async symbols({ root, own, facts }: HeldDay): Promise<DaySymbols> {
    return this.#manifests.symbols(root.path, own, facts)
  }

  /** One day by its names, with its manifest. */
  async day(feed: string, day: string): Promise<HeldFeed & { readonly manifest: Manifest }> {
    const [held] = await this.chosen([feed])
    if (this.#o.grant.days(day)) {
      try {
        return { ...held!, manifest: await this.manifest(held!, day) }
      } catch (thrown) {
        if (toSsmdError(thrown).code !== 'SSMD_E_NOT_FOUND') throw thrown
      }
    }
    const { days } = await this.days({ feeds: [feed] })
    throw new SsmdError('SSMD_E_NOT_FOUND', `${feed} has no day ${day}`, {
      hint: daysHint(days.map((one) => one.day)),
    })
  }

  async #day(
    held: HeldFeed,
    day: string,
    tell: (one: Unreadable) => void
  ): Promise<HeldDay | undefined> {
    const { root, own } = held
    try {
      const facts = await this.#manifests.facts(root.path, own, day)
      if (facts !== undefined) return { ...held, day, facts }
    } catch (thrown) {
      const path = `${own}/${day}/manifest.json`
      tell({ feed: own, day, path, error: toSsmdError(thrown) })
      return undefined
    }
    const { unreadable } = await surveyFolders(root.path, { feed: own, day })
    for (const one of unreadable) tell(one)
    return undefined
  }
}

async function feedNames({ path }: ArchiveRoot): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries
      .filter((entry) => !entry.isFile() && isFeedName(entry.name))
      .map(({ name }) => name)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    const isMissing = code === 'ENOENT'
    throw new SsmdError(
      isMissing ? 'SSMD_E_NOT_FOUND' : 'SSMD_E_IO',
      isMissing ? `there is no archive at ${path}` : `${path} cannot be read: ${String(thrown)}`,
      {
        hint: 'run npx ssmd up to create one in ./data, or name its folder with --path',
        cause: thrown,
      }
    )
  }
}

function isWithin(day: string, { from, to }: DayChoice): boolean {
  if (from !== undefined && day < from.slice(0, 10)) return false
  // The day that begins at the end is not part of the interval.
  return to === undefined || `${day}T00:00:00.000000000Z` < to
}

const daysHint = (days: readonly string[]): string =>
  days.length === 0 ? 'no day of it is archived yet' : `days: ${shortList(days.toReversed())}`

/** A few of many names. */
export const shortList = (names: readonly string[], most = 10): string =>
  names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`

function refuseFeed(name: string, known: readonly string[], roots: readonly ArchiveRoot[]): never {
  const near = nearestName(name, known)
  const where = roots.length === 1 ? 'the archive has' : 'the archives have'
  throw new SsmdError('SSMD_E_NOT_FOUND', `${where} no feed ${JSON.stringify(name)}`, {
    hint:
      known.length === 0
        ? 'nothing is archived there yet; run npx ssmd up'
        : near === undefined
          ? `there is: ${shortList(known)}`
          : `did you mean ${near}?`,
  })
}

const mixed = (feed: string, one: string, other: string): SsmdError =>
  usageError(
    `both ${one} and ${other} hold a feed ${feed}`,
    `name one of them, such as --path other=${other}: its feed is then other.${feed}`
  )

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byFeed = (a: HeldFeed, b: HeldFeed): number => compare(a.feed, b.feed)
const byPath = (a: DamagedDay, b: DamagedDay): number => compare(a.path, b.path)
