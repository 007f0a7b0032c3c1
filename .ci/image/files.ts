// Writes the files of a rootfs with fixed modes, whatever the umask: read by all, written by root alone.

import { chmod, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const FILE = 0o644
const PROGRAM = 0o755

export async function putText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  await chmod(path, FILE)
}

/** A copy of what `from` is or points to. */
export async function putProgram(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await copyFile(from, to)
  await chmod(to, PROGRAM)
}

/** Copies the files of a folder for which `keep` holds. Links are left out: they are npm's, for shells. */
export async function putFolder(
  from: string,
  to: string,
  keep: (path: string) => boolean
): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(from.length + 1)
    if (entry.isFile() && keep(path)) await putFile(join(from, path), join(to, path))
  }
}

export async function putFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await copyFile(from, to)
  await chmod(to, FILE)
}

/** An empty folder, whatever was there. */
export async function emptyFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  await mkdir(path, { recursive: true })
}
