// A small ext4 file system of a test's own, in a file, to be filled and freed. Made as root; removed with the test.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SkipReason } from './skip.ts'

export type SmallDisk = Disposable & {
  readonly path: string
  /** Takes all the room that is left. */
  fill(): void
  /** Gives back what `fill` took. */
  free(): void
}

/** Why no such disk can be made here, or undefined. */
export function missingForDisks(): SkipReason | undefined {
  if (process.platform !== 'linux') return 'small disks are made on Linux'
  if (process.getuid?.() !== 0) return 'small disks are mounted as root'
  for (const tool of ['mkfs.ext4', 'mount', 'umount']) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' })
    } catch {
      return { tool, install: 'apt-get install e2fsprogs mount' }
    }
  }
  try {
    using _ = smallDisk(8)
    return undefined
  } catch (thrown) {
    return `no loop device can be mounted here: ${(thrown as Error).message}`
  }
}

export function smallDisk(mebibytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-disk-'))
  const image = join(folder, 'image')
  const path = join(folder, 'mnt')
  const run = (file: string, ...args: string[]) => execFileSync(file, args, { stdio: 'pipe' })
  mkdirSync(path)
  writeFileSync(image, '')
  truncateSync(image, mebibytes * 1024 * 1024)
  try {
    run('mkfs.ext4', '-q', '-F', '-m', '0', image)
    run('mount', '-o', 'loop', image, path)
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true })
    throw thrown
  }
  const filler = join(path, 'filler')
  return {
    path,
    fill() {
      const { bavail, bsize } = statfsSync(path)
      // Beyond what is left: the last blocks are metadata's, and differ from kernel to kernel.
      for (let bytes = bavail * bsize; bytes >= bsize; bytes = Math.floor(bytes / 2)) {
        try {
          writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' })
        } catch (thrown) {
          if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown
        }
      }
    },
    free() {
      rmSync(filler, { force: true })
    },
    [Symbol.dispose]() {
      run('umount', '--lazy', path)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
