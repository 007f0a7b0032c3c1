// Reads regular files and nothing else: a FIFO, a device or a socket would block or never end, so each is refused by
// its kind. Links to regular files are followed, because a ConfigMap mounts them. What is read is bounded.

import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { SsmdError } from './errors.ts'

/** Opens a regular file for reading. Errors of the system pass as they are; another kind of file is SSMD_E_IO. */
export async function openRegular(path: string): Promise<FileHandle> {
  // Opening a device can already do something, so the first look comes before; the second is for what changed since.
  refuseOther(path, await stat(path))
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    refuseOther(path, await file.stat())
    return file
  } catch (thrown) {
    await file.close()
    throw thrown
  }
}

/** All bytes of a regular file; one with more than `most` is SSMD_E_IO, before it is in memory. */
export async function readRegular(path: string, most: number): Promise<Buffer> {
  const file = await openRegular(path)
  try {
    const { size } = await file.stat()
    // One byte more than the file has shows its end. Files of /proc say 0, and a file can grow meanwhile.
    let bytes = Buffer.allocUnsafe(Math.min(size, most) + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length)
      length += bytesRead
      if (length > most) {
        throw new SsmdError(
          'SSMD_E_IO',
          `${path}: expected at most ${most} bytes, found ${Math.max(size, length)}`,
          { hint: 'split the file, or put data elsewhere' }
        )
      }
      if (bytesRead === 0) return bytes.subarray(0, length)
      if (length === bytes.length) {
        bytes = Buffer.concat([bytes], Math.min(length * 2 + 4096, most + 1))
      }
    }
  } finally {
    await file.close()
  }
}

function refuseOther(path: string, stats: Stats): void {
  if (stats.isFile()) return
  throw new SsmdError('SSMD_E_IO', `${path} is ${kindOf(stats)}, not a regular file`, {
    hint: 'remove it, or put a regular file in its place',
  })
}

/** What stands at a path, in words: `a folder`, `a FIFO`. */
export function kindOf(
  stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>
): string {
  if (stats.isFile()) return 'a file'
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a FIFO'
  return stats.isSocket() ? 'a socket' : 'a device'
}
