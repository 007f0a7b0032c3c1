// Moves out of the way what lies under a name that the archiver needs and is not provably its own. Nothing of others is
// ever deleted or overwritten: it goes to `<feed>/.aside/`, which no reader looks into, and the log says so.

import { basename, dirname, join } from 'node:path'
import type { Disk } from './disk.ts'
import { ASIDE_FOLDER } from './names.ts'
import type { WriterLog } from './writer-options.ts'

export type AsideOptions = {
  readonly disk: Disk
  /** Folder of the feed. */
  readonly folder: string
  readonly log: WriterLog
}

/** Moves `path`, which lies in a folder of the feed; returns where to, once both names are on the disk. */
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
