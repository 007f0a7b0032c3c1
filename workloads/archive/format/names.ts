// Builds and recognises the names of an archive's files and folders. A name that is not recognised here was not made by
// ssmd, and ssmd never touches it.

import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { isDay } from './time.ts'

export const MANIFEST_FILE = 'manifest.json'
export const COMMIT_FOLDER = '.commit'
/** What an archiver moved out of its way: readers, verifier and retention pass it over. */
export const ASIDE_FOLDER = '.aside'

const GROUP = /^[a-z][a-z0-9-]{0,39}$/
const FEED = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const CONNECTION = /^[0-9A-Za-z_-]{1,64}$/
const SEGMENT = /^([a-z][a-z0-9-]{0,39})_(\d{3,9})\.jsonl\.gz$/
const FEED_FILE = /^feed(_\d{3,9})?\.yaml$/
const INDEX = /^([a-z][a-z0-9-]{0,39})_(\d{3,9})\.index\.jsonl$/

export const isFeedName = (text: string): boolean => FEED.test(text)
export const isGroupName = (text: string): boolean => GROUP.test(text)
/** Connections of frames that another program archived: `import-` and the sha256 of the file, 40 digits of it. */
const IMPORTED = 'import-'
export const importedConnection = (sha256: string): string => `${IMPORTED}${sha256.slice(0, 40)}`
export const isImported = (connection: string): boolean => connection.startsWith(IMPORTED)
export const isConnectionId = (text: string): boolean => CONNECTION.test(text)

export const segmentFile = (group: string, number: number): string =>
  `${group}_${String(number).padStart(3, '0')}.jsonl.gz`

/** Name of the index of a segment's file. */
export const indexFile = (segment: string): string => segment.replace(/jsonl\.gz$/, 'index.jsonl')

/** Group and number of a segment's file name, or undefined if it is none. */
export function parseSegmentFile(name: string): { group: string; number: number } | undefined {
  const match = SEGMENT.exec(name)
  if (!match) return undefined
  const number = Number(match[2])
  return name === segmentFile(match[1]!, number) ? { group: match[1]!, number } : undefined
}

/** The name of a day's first, second, … file with a Feed. */
export const feedFile = (number: number): string =>
  number === 0 ? 'feed.yaml' : `feed_${String(number).padStart(3, '0')}.yaml`

export const isFeedFile = (name: string): boolean => FEED_FILE.test(name)

export const isIndexFile = (name: string): boolean => INDEX.test(name)

/** True for a name that the archiver gives to files of a day, and for that of one being written in version 1. */
export function isReservedName(name: string): boolean {
  const whole = name.replace(/\.tmp$/, '')
  return whole === MANIFEST_FILE || [SEGMENT, INDEX, FEED_FILE].some((form) => form.test(whole))
}

/** The name of a file while it is written. The archive's own id in it proves who left it. */
export const temporaryFile = (name: string, id: string): string => `${name}.${id}.tmp`

export const isTemporaryOf = (name: string, id: string): boolean => name.endsWith(`.${id}.tmp`)

/** Folder of a feed; refuses names that would lead elsewhere. */
export function feedFolder(root: string, feed: string): string {
  if (!isFeedName(feed)) {
    throw new SsmdError('SSMD_E_NOT_FOUND', `there is no feed ${JSON.stringify(feed)}`, {
      hint: 'see `ssmd data list`',
    })
  }
  return join(root, feed)
}

export function dayFolder(root: string, feed: string, day: string): string {
  const folder = feedFolder(root, feed)
  if (!isDay(day)) {
    throw new SsmdError('SSMD_E_NOT_FOUND', `${JSON.stringify(day)} is not a day`, {
      hint: 'days are written as 2026-11-24',
    })
  }
  return join(folder, day)
}
