// Checks the English of every text that users meet, and of comments (english.ts says which, and which words). Part of `npm run check`.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkComments, checkEnglish, checkLiterals, readBy } from './english.ts'

const ROOT = new URL('..', import.meta.url).pathname
const FOLDERS = ['docs', 'charts', 'exchanges', 'crds', 'operator', 'workloads', 'cli']

const below = async (folder: string): Promise<string[]> =>
  (await readdir(join(ROOT, folder), { recursive: true })).map((name) => join(folder, name))

for (const path of [await readdir(ROOT), ...(await Promise.all(FOLDERS.map(below)))]
  .flat()
  .sort()) {
  const reader = readBy(path)
  if (reader === undefined) continue
  const text = await readFile(join(ROOT, path), 'utf8')
  const found =
    reader === 'text'
      ? checkEnglish(path, text)
      : [...checkLiterals(path, text), ...checkComments(path, text)]
  for (const finding of found) {
    console.error(finding)
    process.exitCode = 1
  }
}
