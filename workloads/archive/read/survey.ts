// Lists the days of an archive from its folders. A folder that cannot be read is named, and hides none beside it.

import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { kindOf } from '#crds/regular-file.ts'
import { isFeedName } from '../format/names.ts'
import { isDay } from '../format/time.ts'

/** A day's folder with the names in it. */
export type DayPlace = {
  readonly feed: string
  readonly day: string
  readonly names: readonly string[]
}

export type Unreadable = {
  readonly feed: string
  /** Null if it is the feed's folder, or an entry of it that is no day. */
  readonly day: string | null
  /** Relative to the root. */
  readonly path: string
  readonly error: SsmdError
}

export type Survey = {
  readonly places: readonly DayPlace[]
  readonly unreadable: readonly Unreadable[]
  /** Plain files beside the feeds: they hide nothing, and ssmd did not write them. */
  readonly files: readonly string[]
}

export type SurveyOptions = {
  readonly feed?: string | undefined
  readonly day?: string | undefined
}

const DAY_LIKE = /^\d{4}-\d{2}-\d{2}$/

/** All days below a root that hold a file, by feed and day; SSMD_E_NOT_FOUND if there is no root. */
export async function surveyFolders(root: string, options: SurveyOptions = {}): Promise<Survey> {
  const places: DayPlace[] = []
  const unreadable: Unreadable[] = []
  const files: string[] = []
  for (const feed of await rootNames(root)) {
    if (options.feed !== undefined && feed !== options.feed) continue
    if (!isFeedName(feed) && !isUnspeakable(feed)) continue
    if (options.feed === undefined && (await isPlainFile(join(root, feed)))) {
      files.push(feed)
      continue
    }
    const names = await look(root, feed, null, feed, unreadable)
    for (const day of names.filter((name) => DAY_LIKE.test(name) || isUnspeakable(name))) {
      if (options.day !== undefined && day !== options.day) continue
      const inside = await look(
        root,
        feed,
        DAY_LIKE.test(day) ? day : null,
        `${feed}/${day}`,
        unreadable
      )
      if (inside.length > 0) places.push({ feed, day, names: inside })
    }
  }
  return { places, unreadable, files }
}

/** Feeds and their days, in order, by the names of folders alone: what is in a day is not looked at. */
export async function namesOfDays(
  root: string
): Promise<{ readonly feed: string; readonly day: string }[]> {
  const named: { readonly feed: string; readonly day: string }[] = []
  for (const feed of await rootNames(root)) {
    if (!isFeedName(feed)) continue
    const names = await look(root, feed, null, feed, [])
    for (const day of names) if (isDay(day)) named.push({ feed, day })
  }
  return named
}

const isPlainFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isFile(),
    // Reading it shows why.
    () => false
  )

async function rootNames(root: string): Promise<string[]> {
  try {
    return (await readdir(root)).sort()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOTDIR') {
      throw new SsmdError('SSMD_E_IO', `${root} is no folder, so it is no archive`, {
        hint: 'give the root of an archive with --path',
        cause: thrown,
      })
    }
    if (code !== 'ENOENT') throw thrown
    throw new SsmdError('SSMD_E_NOT_FOUND', `there is no archive at ${root}`, {
      hint: 'give the root of an archive with --path',
      cause: thrown,
    })
  }
}

/** The names in a folder. If it cannot be read: none, and the reason goes to `unreadable`. */
async function look(
  root: string,
  feed: string,
  day: string | null,
  path: string,
  unreadable: Unreadable[]
): Promise<string[]> {
  try {
    if (isUnspeakable(path)) throw unfit(`${path}: its name is not UTF-8`, 'rename it')
    if (day !== null && !isDay(day))
      throw unfit(`${path} is named like a day and is none`, 'rename it')
    return (await readdir(join(root, path))).sort()
  } catch (thrown) {
    const error = await explain(root, path, thrown)
    if (error !== undefined) unreadable.push({ feed, day, path, error })
    return []
  }
}

/** Undefined if it was removed meanwhile, by retention or by a person. */
async function explain(
  root: string,
  path: string,
  thrown: unknown
): Promise<SsmdError | undefined> {
  const { code } = thrown as NodeJS.ErrnoException
  const whole = join(root, path)
  if (code === 'ENOTDIR') {
    const stats = await stat(whole).catch(() => undefined)
    const kind = stats === undefined ? 'no folder' : `${kindOf(stats)}, not a folder`
    return unfit(`${path} is ${kind}`, 'remove it, or move it out of the archive')
  }
  if (code === 'ENOENT') {
    const isThere = await lstat(whole).then(
      () => true,
      () => false
    )
    return isThere ? unfit(`${path} is a link that leads nowhere`, 'remove it') : undefined
  }
  const error = toSsmdError(thrown)
  if (error !== thrown && error.hint === undefined) {
    return new SsmdError(error.code, `${path} cannot be read: ${error.message}`, {
      hint: 'check its permissions and the disk',
      cause: thrown,
    })
  }
  return error
}

const unfit = (message: string, hint: string): SsmdError =>
  new SsmdError('SSMD_E_IO', message, { hint })

/** The file system takes names of any bytes; those that are no UTF-8 cannot be opened by their text. */
const isUnspeakable = (name: string): boolean => name.includes('\ufffd')
