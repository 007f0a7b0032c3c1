// Everything below a folder, as text: to show that nothing was changed.

import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** `path kind checksum` of each name, in order. */
export function treeOf(root: string): string[] {
  return readdirSync(root, { recursive: true })
    .map(String)
    .sort()
    .map((name) => `${name} ${describe(join(root, name))}`)
}

function describe(path: string): string {
  const stats = lstatSync(path)
  if (stats.isDirectory()) return 'folder'
  if (stats.isSymbolicLink()) return `link to ${readlinkSync(path)}`
  if (!stats.isFile()) return 'other'
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
