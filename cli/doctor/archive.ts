// Archives on this computer: whether they can be written, who holds them, and whether their last day is what its manifest says.

import { constants } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { dayFolder, MANIFEST_FILE, namesOfDays } from '#archive/read/reader.ts'
import { isAtWork } from '#archive/verify/at-work.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { formatBytes, plural } from '../text.ts'
import { bad, good, skipped, type Verdict, warning } from './verdict.ts'

/** More takes longer than one waits for a doctor. */
const MOST_BYTES = 200e6

export type Writable = { readonly folder: string; readonly failure: string | undefined }

export const judgeWritable = ({ folder, failure }: Writable): Verdict =>
  failure === undefined
    ? good(`${folder} can be written`)
    : bad(`${folder}: ${failure}`, `Give your user the right to write in ${folder}.`)

/** The folder, or what it would be made in. */
export async function lookWritable(folder: string): Promise<Writable> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      await access(at, constants.W_OK | constants.X_OK)
      const isFolder = (await stat(at)).isDirectory()
      return { folder, failure: isFolder ? undefined : `${at} is a file, not a folder` }
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException
      if (code !== 'ENOENT' || dirname(at) === at) return { folder, failure: message }
    }
  }
}

/** `left`: its holder is gone. */
export type LockState = { readonly feed: string; readonly state: 'free' | 'held' | 'left' }

export function judgeLocks(folder: string, locks: readonly LockState[], isUp: boolean): Verdict {
  if (locks.length === 0) return skipped(`${folder} holds no feed yet`)
  const names = (state: LockState['state']) =>
    locks.filter((lock) => lock.state === state).map(({ feed }) => feed)
  const held = names('held')
  const left = names('left')
  if (isUp && left.length > 0) {
    return bad(
      `${folder}: no archiver writes ${left.join(', ')}, although ssmd up runs`,
      'Read the log of the archiver with ssmd logs.'
    )
  }
  if (!isUp && held.length > 0) {
    return warning(
      `${folder}: another program than ssmd up writes ${held.join(', ')}`,
      'Stop that archiver before you start ssmd up on the same folder.'
    )
  }
  return good(held.length > 0 ? `${plural(held.length, 'feed')} held by an archiver` : 'not held')
}

export async function lookAtLocks(folder: string): Promise<LockState[]> {
  const feeds = [...new Set((await namesOfDays(folder)).map(({ feed }) => feed))]
  return Promise.all(
    feeds.map(async (feed): Promise<LockState> => {
      if (await isAtWork(join(folder, feed))) return { feed, state: 'held' }
      const names = await readdir(join(folder, feed, '.commit')).catch(() => [])
      return { feed, state: names.some((name) => name.startsWith('lock-')) ? 'left' : 'free' }
    })
  )
}

export type LastDay = {
  readonly folder: string
  readonly day: string
  readonly bytes: number
  /** Undefined: it was too large to be verified here. */
  readonly found: { readonly records: number; readonly problems: readonly string[] } | undefined
}

export function judgeLastDay(last: LastDay | undefined): Verdict {
  if (last === undefined) return skipped('nothing is archived yet')
  const { folder, day, bytes, found } = last
  const command = `ssmd data verify --path ${folder} --day ${day}`
  if (found === undefined) return skipped(`${day} has ${formatBytes(bytes)}: run ${command}`)
  const [first] = found.problems
  if (first === undefined) return good(`${day}: ${plural(found.records, 'record')}, all proved`)
  return bad(
    `${day}: ${plural(found.problems.length, 'problem')}, the first: ${first}`,
    `Run ${command} to see them all, and restore the files named from a copy.`
  )
}

export async function lookAtLastDay(folder: string): Promise<LastDay | undefined> {
  const days = await namesOfDays(folder)
  const day = days
    .map((one) => one.day)
    .sort()
    .at(-1)
  if (day === undefined) return undefined
  let bytes = 0
  for (const { feed } of days.filter((one) => one.day === day)) {
    const place = dayFolder(folder, feed, day)
    for (const name of await readdir(place)) bytes += (await stat(join(place, name))).size
  }
  if (bytes > MOST_BYTES) return { folder, day, bytes, found: undefined }
  const { records, problems } = await verifyArchive(folder, { day })
  const told = problems.map(({ file, what }) => (file === '' ? what : `${file}: ${what}`))
  return { folder, day, bytes, found: { records, problems: told } }
}

/** When the newest manifest was written, by the clock of then. */
export async function newestWrite(folder: string): Promise<number | undefined> {
  const days = await namesOfDays(folder).catch(() => [])
  const times = await Promise.all(
    days.map(({ feed, day }) =>
      stat(join(dayFolder(folder, feed, day), MANIFEST_FILE)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0
      )
    )
  )
  return times.length === 0 ? undefined : Math.max(...times)
}
