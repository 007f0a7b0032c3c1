// Moves foreign files out of the way: a file under a name that the archiver needs, and not provably its own, goes to
// `<feed>/.aside/` and is logged. Readers skip that folder. A foreign file is never deleted or overwritten.

import { basename, dirname, join } from 'node:path'
import { ASIDE_FOLDER } from '../format/names.ts'
import type { Disk } from './disk.ts'
import type { WriterLog } from './log.ts'

export type AsideOptions = {
  readonly disk: Disk
  /** Folder of the feed. */
  readonly folder: string
  readonly log: WriterLog
}

/** Moves `path`, which lies in a folder of the feed; returns if to, once both names are on the disk. */
export async function moveAside(o: AsideOptions, path: string): Promise<string> {
  const { disk, folder, log } = o
  const from = dirname(path)
  const aside =
    from === folder ? join(folder, ASIDE_FOLDER) : join(folder, ASIDE_FOLDER, basename(from))
  await disk.makeFolder(aside)
  const to = await freeName(disk, join(aside, basename(path)))
  await disk.rename(path, to)
  await disk.syncFolder(aside)
  await disk.syncFolder(from)
  log.warn(
    { path, to, hint: 'it was not changed: remove it, or move it out of the archive' },
    'moved aside what this archiver did not write'
  )
  return to
}

async function freeName(disk: Disk, path: string): Promise<string> {
  let name = path
  for (let n = 1; (await disk.kind(name)) !== undefined; n++) name = `${path}.${n}`
  return name
}
