// The source files of the repository with their texts, as the checks see them.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOMS } from './runner/files.ts'

export type Source = { readonly path: string; readonly text: string }

/** Every .ts and .mjs file of the rooms, sorted by path. */
export async function readSources(root: string): Promise<Source[]> {
  const paths: string[] = []
  for (const room of ROOMS) {
    const names = await readdir(join(root, room), { recursive: true })
    paths.push(
      ...names.filter((name) => /\.m?ts$|\.mjs$/.test(name)).map((name) => join(room, name))
    )
  }
  return Promise.all(
    paths.sort().map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') }))
  )
}
