// Where the cache is: never inside an archive, whose files are what its manifests say, and no others.

import { realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { SsmdError } from '#crds/errors.ts'

/** `flag`, `SSMD_CACHE_DIR`, or `~/.cache/ssmd/events`. */
export const cacheDirOf = (
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>
): string =>
  resolve(flag || env.SSMD_CACHE_DIR || join(env.HOME || homedir(), '.cache', 'ssmd', 'events'))

/** Rejects with SSMD_E_USAGE if the folder is in one of the archives, or in any other. */
export async function refuseInside(dir: string, archives: readonly string[]): Promise<void> {
  const real = await realOf(dir)
  for (const archive of archives) {
    if (!relative(await realOf(archive), real).startsWith('..')) throw inside(dir, archive)
  }
  for (let folder = real; folder !== dirname(folder); folder = dirname(folder)) {
    // The folder of a feed: its archive is the one above.
    if (await isThere(join(folder, '.commit'))) throw inside(dir, dirname(folder))
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false
  )

/** Without links, as far as it exists. */
async function realOf(path: string): Promise<string> {
  const whole = resolve(path)
  try {
    return await realpath(whole)
  } catch {
    return whole === dirname(whole) ? whole : join(await realOf(dirname(whole)), basename(whole))
  }
}

const inside = (dir: string, archive: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', `the cache folder ${dir} is inside the archive ${archive}`, {
    hint: 'name another folder with --cache-dir or SSMD_CACHE_DIR',
  })
