// The Feed that a day was captured with, for exchanges that only their Feed describes: the archiver writes it beside the manifest.

import { join } from 'node:path'
import { parse } from 'yaml'
import { dayFolder } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { readRegular } from '#crds/regular-file.ts'

const FEED_FILE = 'feed.yaml'
/** As much as the API server takes of a resource. */
const MAX_BYTES = 2 * 1024 * 1024

/** The Feed as plain data; null if the day has none. */
export async function feedOfDay(root: string, feed: string, day: string): Promise<unknown> {
  const path = join(dayFolder(root, feed, day), FEED_FILE)
  let text: string
  try {
    text = (await readRegular(path, MAX_BYTES)).toString('utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw thrown
  }
  try {
    return parse(text) as unknown
  } catch (thrown) {
    throw new SsmdError('SSMD_E_ARCHIVE_INVALID', `${path} is not YAML: ${String(thrown)}`, {
      hint: 'restore it from a copy of the archive',
      cause: thrown,
    })
  }
}
