// The files of the cache by their names, and how many of them stay: those used least recently go first. Only names that the cache
// gives are touched: the folder may hold anything else.
//
//   <dir>/<version>/<sha256 of the segment>.<table>.arrow

import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TABLES, type TableName } from './table.ts'

const VERSION = /^[0-9a-f]{16}$/
const FILE = new RegExp(`^[0-9a-f]{64}\\.(${TABLES.join('|')})\\.arrow$`)
/** Of a table that is being written, and of builders. */
const TEMPORARY = /^[0-9a-f]{64}\.([a-z]+\.arrow\.[0-9a-f]{16}\.tmp|lock|lock\.[0-9a-f]{16}\.tmp)$/
/** A file that is being written is not older. */
const ABANDONED_MS = 3_600_000
/** How far below the limit it is made: so that not every new file removes an old one. */
const LEFT = 0.9

export const tableFile = (sha256: string, table: TableName): string => `${sha256}.${table}.arrow`
export const lockFile = (sha256: string): string => `${sha256}.lock`

/** Removes files until those that stay have `maxBytes` at most, the least recently used first. */
export async function evict(dir: string, maxBytes: number, nowMs: number): Promise<void> {
  const files: { readonly path: string; readonly bytes: number; readonly usedMs: number }[] = []
  let sum = 0
  const versions = (await readdir(dir)).filter((name) => VERSION.test(name))
  for (const version of versions) {
    for (const name of await readdir(join(dir, version)).catch(() => [])) {
      const isTemporary = TEMPORARY.test(name)
      if (!isTemporary && !FILE.test(name)) continue
      const path = join(dir, version, name)
      const stats = await stat(path).catch(() => null)
      if (stats === null) continue
      const { size: bytes, mtimeMs: usedMs } = stats
      if (isTemporary && nowMs - usedMs > ABANDONED_MS) await rm(path, { force: true })
      else sum += bytes
      if (!isTemporary) files.push({ path, bytes, usedMs })
    }
  }
  if (sum <= maxBytes) return
  files.sort((a, b) => a.usedMs - b.usedMs)
  for (const { path, bytes } of files) {
    if (sum <= maxBytes * LEFT) break
    await rm(path, { force: true })
    sum -= bytes
  }
  // A version that is no longer used; one that is being written is not empty.
  for (const version of versions) await rmdir(join(dir, version)).catch(() => {})
}
