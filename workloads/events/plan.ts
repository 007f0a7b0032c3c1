// Which days of which feeds a reading is of, by the names of folders alone.

import { namesOfDays } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'

export type ArchiveRoot = {
  readonly path: string
  /** Its feeds go by `<name>.<feed>`. @default they go by their own names */
  readonly name?: string | undefined
}

export type Scope = {
  readonly roots: readonly ArchiveRoot[]
  /** By the names that they go by. @default all */
  readonly feeds?: readonly string[] | undefined
  /** UTC days, such as 2026-11-24. @default all */
  readonly days?: readonly string[] | undefined
  /** Receive times, inclusive and exclusive: RFC 3339, or the beginning of it. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export type FeedPlan = {
  readonly root: string
  /** Its name in the archive, and the name that it goes by. */
  readonly feed: string
  readonly label: string
  /** In order. */
  readonly days: readonly string[]
}

/** The feeds in order of the names that they go by. Rejects if a feed that is named is missing, or two go by one name. */
export async function planFeeds({ roots, feeds, days, from, to }: Scope): Promise<FeedPlan[]> {
  const found = new Map<string, FeedPlan & { readonly days: string[] }>()
  const isWanted = (feed: string, day: string): boolean =>
    (feeds?.includes(feed) ?? true) &&
    (days?.includes(day) ?? true) &&
    (from === undefined || day >= from.slice(0, 10)) &&
    (to === undefined || day <= to)
  for (const { path, name } of roots) {
    for (const { feed, day } of await namesOfDays(path)) {
      const label = name === undefined || name === '' ? feed : `${name}.${feed}`
      if (!isWanted(label, day)) continue
      const known = found.get(label)
      if (known === undefined) found.set(label, { root: path, feed, label, days: [day] })
      else if (known.root === path) known.days.push(day)
      else throw mixed(feed, known.root, path)
    }
  }
  const missing = feeds?.find((feed) => !found.has(feed))
  if (missing !== undefined) {
    throw new SsmdError(
      'SSMD_E_NOT_FOUND',
      `no archive that was named has ${missing} in that time`,
      {
        hint: `archives: ${roots.map(({ path }) => path).join(', ')}; see \`ssmd data list\``,
      }
    )
  }
  return [...found.values()].sort((a, b) => (a.label < b.label ? -1 : 1))
}

const mixed = (feed: string, one: string, other: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', `both ${one} and ${other} hold a feed ${feed}`, {
    hint: `name one of them, such as other=${other}: its feed is then other.${feed}`,
  })
