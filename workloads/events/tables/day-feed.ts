// The Feeds that a day was captured with, for exchanges that only their Feed describes: the archiver writes each beside the
// manifest, and the manifest says which connection was captured under which.

import { join } from 'node:path'
import { parse } from 'yaml'
import { dayFolder, type Manifest } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { readRegular } from '#crds/regular-file.ts'

/** As much as the API server takes of a resource. */
const MAX_BYTES = 2 * 1024 * 1024

/** The Feeds of a day as plain data, by the names of their files; none if the exchange needs none. */
export async function feedsOfDay(root: string, manifest: Manifest): Promise<Map<string, unknown>> {
  const { feed, day, feeds = [] } = manifest
  const folder = dayFolder(root, feed, day)
  const read = feeds.map(async ({ name }): Promise<[string, unknown]> => {
    return [name, await readFeed(join(folder, name))]
  })
  return new Map(await Promise.all(read))
}

async function readFeed(path: string): Promise<unknown> {
  const text = (await readRegular(path, MAX_BYTES)).toString('utf8')
  try {
    return parse(text) as unknown
  } catch (thrown) {
    throw new SsmdError('SSMD_E_ARCHIVE_INVALID', `${path} is not YAML: ${String(thrown)}`, {
      hint: 'restore it from a copy of the archive',
      cause: thrown,
    })
  }
}
