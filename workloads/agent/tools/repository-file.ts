// Writes one file of the repository, whole or not at all, and never outside of it: no name with a path in it, no link on the way.

import { randomBytes } from 'node:crypto'
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'

export async function writeWhole(
  root: string,
  names: readonly string[],
  text: string
): Promise<void> {
  for (const name of names) {
    if (!/^[a-z0-9][a-z0-9._-]{0,127}$/i.test(name)) {
      throw new SsmdError('SSMD_E_USAGE', `${JSON.stringify(name)} is no name of a file here`)
    }
  }
  let folder = root
  for (const name of names.slice(0, -1)) {
    folder = join(folder, name)
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await refuseLink(folder)
  }
  const path = join(folder, names.at(-1) ?? '')
  await refuseLink(path)
  const part = `${path}.${randomBytes(4).toString('hex')}.part`
  try {
    await writeFile(part, text, { flag: 'wx', flush: true })
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}

async function refuseLink(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found?.isSymbolicLink()) {
    throw new SsmdError('SSMD_E_USAGE', `${path} is a link: it may lead out of the repository`, {
      hint: 'put a file or folder in its place',
    })
  }
}
