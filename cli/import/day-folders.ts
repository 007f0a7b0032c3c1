// Finds the days of an archive of the original: folders `<feed>/<YYYY-MM-DD>` or, of the later one, `<feed>/<stream>/<YYYY-MM-DD>`, with
// files `HHMM.jsonl.gz` or `HHMM-NN.jsonl.gz`.

import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isDay, isFeedName } from '#archive/read/reader.ts'
import { readRegular } from '#crds/regular-file.ts'
import { type Fields, isFields, textOf } from './note.ts'

export type OriginalDay = {
  readonly folder: string
  readonly feed: string
  readonly day: string
  /** In the order of their minutes. */
  readonly files: readonly string[]
  /** What the original said of the day; undefined if that cannot be read. */
  readonly manifest: { readonly value: Fields; readonly bytes: Buffer } | undefined
}

const DATA_FILE = /^\d{4}(-\d{1,6})?\.jsonl\.gz$/
/** `data/<feed>/<stream>/<day>`, and one more for where the data folder is. */
const MAX_DEPTH = 5
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024

/** All days below a folder, in the order of feed and day; folders that begin with a dot, and packages, are passed over. */
export async function findOriginalDays(root: string): Promise<OriginalDay[]> {
  const days: OriginalDay[] = []
  await visit(root, MAX_DEPTH, days)
  const key = ({ feed, day, folder }: OriginalDay) => `${feed} ${day} ${folder}`
  return days.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

async function visit(folder: string, depth: number, days: OriginalDay[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  if (isDay(basename(folder))) {
    const files = entries.map(({ name }) => name).filter((name) => DATA_FILE.test(name))
    if (files.length > 0) days.push(await dayOf(folder, files.sort()))
    return
  }
  if (depth === 0) return
  for (const entry of entries) {
    const { name } = entry
    // A link may lead back to where the walk came from.
    if (!entry.isDirectory() || name.startsWith('.') || name === 'node_modules') continue
    await visit(join(folder, name), depth - 1, days)
  }
}

async function dayOf(folder: string, files: readonly string[]): Promise<OriginalDay> {
  const manifest = await manifestOf(join(folder, 'manifest.json'))
  // A stream has a name in capitals, PROD_KALSHI, below that of its feed.
  const [above, further] = [dirname(folder), dirname(dirname(folder))].map((one) => basename(one))
  const names = [textOf(manifest?.value.feed), above, further]
  const feed = names.find((name) => name !== undefined && isFeedName(name)) ?? 'unnamed'
  return { folder, feed, day: basename(folder), files, manifest }
}

async function manifestOf(path: string): Promise<OriginalDay['manifest']> {
  try {
    const bytes = await readRegular(path, MAX_MANIFEST_BYTES)
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isFields(value) ? { value, bytes } : undefined
  } catch {
    // Missing or damaged: the files say what there is, and nothing is known of what is missing.
    return undefined
  }
}
