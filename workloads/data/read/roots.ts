// The archives that a command reads: one folder or several, each of which may have a name. The feeds of a named root are
// `<name>.<feed>` everywhere, so that equal feeds of two archives are never mixed. No feed's name holds a dot.
import { resolve } from 'node:path'
import {
  type DaySummary,
  type Days,
  isFeedName,
  surveyDays,
  type Unreadable,
} from '#archive/read/reader.ts'
import { SsmdError, toSsmdError, usageError } from '#crds/errors.ts'

export type Root = {
  readonly path: string
  /** Empty: feeds go by their own names. */
  readonly name: string
}

/** A feed of a root, by the name that it goes by. */
export type FeedPlace = { readonly root: Root; readonly feed: string }

const HINT = 'write --path data, or --path live=data/live to give its feeds a name in front'

/** Reads `--path` values: `<folder>` or `<name>=<folder>`. Throws SSMD_E_USAGE. */
export function readRoots(paths: readonly string[]): Root[] {
  const roots = paths.map((text): Root => {
    const at = text.indexOf('=')
    const name = at < 0 ? '' : text.slice(0, at)
    // A folder may hold an equals sign: what stands before it is then no name.
    if (at < 0 || !/^[A-Za-z0-9-]*$/.test(name)) return { path: text, name: '' }
    const path = text.slice(at + 1)
    if (!isFeedName(name)) throw usageError(`--path ${text}: ${name || 'nothing'} is no name`, HINT)
    if (path === '') throw usageError(`--path ${text} names no folder`, HINT)
    return { path, name }
  })
  const twice = (key: (root: Root) => string): Root | undefined =>
    roots.find((root, i) => roots.findIndex((other) => key(other) === key(root)) !== i)
  const folder = twice(({ path }) => resolve(path))
  if (folder) throw usageError(`--path ${folder.path} is given twice`, 'name each folder once')
  const name = twice(({ path, name: own }) => own || `/${path}`)
  if (name) throw usageError(`two folders are named ${name.name}`, HINT)
  return roots
}

/** For JSON: `path` for one root, as ever; `paths` for several. */
export const shownPaths = (roots: readonly Root[]): { path: string } | { paths: string[] } =>
  roots.length === 1 ? { path: roots[0]!.path } : { paths: roots.map(({ path }) => path) }

/** The name that a feed of a root goes by. */
export const feedLabel = ({ name }: Root, feed: string): string =>
  name === '' ? feed : `${name}.${feed}`

/** A feed of a root by its own name; `label` is the name that it goes by. */
export const placeOf = (root: Root, label: string): FeedPlace => ({
  root,
  feed: root.name === '' ? label : label.slice(root.name.length + 1),
})

/** What a root holds, with the names that its feeds go by. */
export type Surveyed = { readonly root: Root; readonly days: Days }

/** The days of every root. Throws SSMD_E_USAGE if two roots without a name have the same feed. */
export async function surveyRoots(
  roots: readonly Root[],
  survey = surveyDays
): Promise<Surveyed[]> {
  const all = await Promise.all(
    roots.map(async (root) => ({ root, days: labelled(root, await surveyRoot(root.path, survey)) }))
  )
  refuseMixed(all)
  return all
}

function labelled(root: Root, { days, damaged, files }: Days): Days {
  const label = <T extends DaySummary | Unreadable>(list: readonly T[]): T[] =>
    list.map((day) => ({ ...day, feed: feedLabel(root, day.feed) }))
  return { days: label(days), damaged: label(damaged), files }
}

async function surveyRoot(path: string, survey: typeof surveyDays): Promise<Days> {
  try {
    return await survey(path)
  } catch (thrown) {
    const error = toSsmdError(thrown)
    if (error.code !== 'SSMD_E_NOT_FOUND') throw error
    throw new SsmdError('SSMD_E_NOT_FOUND', `there is no archive at ${path}`, {
      hint: 'run npx ssmd up to create one in ./data, or name its folder with --path',
      cause: thrown,
    })
  }
}

function refuseMixed(all: readonly Surveyed[]): void {
  const seen = new Map<string, Root>()
  for (const { root, days } of all) {
    if (root.name !== '') continue
    for (const feed of new Set([...days.days, ...days.damaged].map((day) => day.feed))) {
      const other = seen.get(feed)
      if (other === undefined) seen.set(feed, root)
      else {
        throw usageError(
          `both ${other.path} and ${root.path} hold a feed ${feed}`,
          `name one of them, such as --path other=${root.path}: its feed is then other.${feed}`
        )
      }
    }
  }
}
