// The folder of one statement: links to the files that it may read, and nothing else. It is removed with the statement; folders of
// programs that ended without doing so are removed by the next one.

import { randomBytes } from 'node:crypto'
import { link, mkdir, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

export type SqlFolder = {
  readonly path: string
  readonly add: (file: string, name: string) => Promise<string>
  readonly remove: () => Promise<void>
}

export async function makeFolder(parent: string): Promise<SqlFolder> {
  await mkdir(parent, { recursive: true })
  await removeLeftovers(parent)
  const path = join(parent, `${hostname()}.${process.pid}.${randomBytes(6).toString('hex')}`)
  await mkdir(path)
  return {
    path,
    add: async (file, name) => {
      const to = join(path, name)
      await link(file, to)
      return to
    },
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [id, pid] = name.split('.').toReversed()
    const isOurs = name === `${hostname()}.${pid}.${id}`
    if (isOurs && !isAlive(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
