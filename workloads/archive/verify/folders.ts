// Lists the days of an archive by the verifier's own look into its folders. A folder that cannot be read is a problem, and
// hides none beside it.

import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { kindOf } from '#crds/regular-file.ts'
import type { Problem } from '../format/problem.ts'

export type Folders = {
  /** Folders of days that hold a file. */
  readonly days: readonly {
    readonly feed: string
    readonly day: string
    readonly names: readonly string[]
  }[]
  readonly problems: readonly Problem[]
  /** Plain files beside the feeds. */
  readonly files: readonly string[]
}

export type Wanted = { readonly feed?: string | undefined; readonly day?: string | undefined }

const FEED = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const DAY_LIKE = /^\d{4}-\d{2}-\d{2}$/

/** The days below a root, by feed and day; SSMD_E_NOT_FOUND if none of what was asked for exists. */
export async function findDays(root: string, wanted: Wanted): Promise<Folders> {
  const days: Folders['days'][number][] = []
  const problems: Problem[] = []
  const files: string[] = []
  const look = async (path: string): Promise<readonly string[]> => {
    const found = await namesIn(root, path)
    if (typeof found !== 'string') return found
    problems.push({ file: path, where: '', what: found })
    return []
  }
  for (const feed of await rootNames(root)) {
    if (wanted.feed !== undefined && feed !== wanted.feed) continue
    if (!FEED.test(feed) && !isUnspeakable(feed)) continue
    if (wanted.feed === undefined && (await isPlainFile(join(root, feed)))) {
      files.push(feed)
      continue
    }
    for (const day of await look(feed)) {
      if (wanted.day !== undefined && day !== wanted.day) continue
      if (!DAY_LIKE.test(day) && !isUnspeakable(day)) continue
      const names = await look(`${feed}/${day}`)
      if (names.length > 0) days.push({ feed, day, names })
    }
  }
  if (days.length + problems.length > 0) return { days, problems, files }
  const what = [wanted.feed, wanted.day].filter((part) => part !== undefined).join(' ')
  throw what === ''
    ? noArchive(root)
    : new SsmdError('SSMD_E_NOT_FOUND', `${root} holds nothing of ${what}`, {
        hint: 'see `ssmd data list`',
      })
}

const noArchive = (root: string, cause?: unknown): SsmdError =>
  new SsmdError('SSMD_E_NOT_FOUND', `there is no archive at ${root}`, {
    hint: 'give the root of an archive with --path',
    cause,
  })

async function rootNames(root: string): Promise<string[]> {
  try {
    return (await readdir(root)).sort()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw noArchive(root, cause)
    if (code !== 'ENOTDIR') throw cause
    throw new SsmdError('SSMD_E_IO', `${root} is no folder, so it is no archive`, {
      hint: 'give the root of an archive with --path',
      cause,
    })
  }
}

/** The names in a folder, or why it cannot be read; none if it has gone away: retention removes days. */
async function namesIn(root: string, path: string): Promise<readonly string[] | string> {
  if (isUnspeakable(path)) return `${path}: its name is not UTF-8 (rename it)`
  const [, day] = path.split('/')
  if (day !== undefined && !isDay(day)) return `${path} is named like a day and is none (rename it)`
  const whole = join(root, path)
  try {
    return (await readdir(whole)).sort()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOTDIR') {
      const stats = await stat(whole).catch(() => undefined)
      const kind = stats === undefined ? 'no folder' : `${kindOf(stats)}, not a folder`
      return `${path} is ${kind} (remove it, or move it out of the archive)`
    }
    if (code !== 'ENOENT') {
      const { message, hint } = toSsmdError(thrown)
      return hint === undefined
        ? `${path} cannot be read: ${message} (check its permissions and the disk)`
        : `${message} (${hint})`
    }
    const isLink = await lstat(whole).then(
      () => true,
      () => false
    )
    return isLink ? `${path} is a link that leads nowhere (remove it)` : []
  }
}

const isPlainFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isFile(),
    // Reading it shows why.
    () => false
  )

function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text
}

/** The file system takes names of any bytes; those that are no UTF-8 cannot be opened by their text. */
const isUnspeakable = (name: string): boolean => name.includes('\ufffd')
