// Whether a disk that was full has enough room again to continue.

import { statfs } from 'node:fs/promises'

/** Some seconds of a busy feed, or a twentieth of a small disk. */
const ENOUGH_BYTES = 64 * 1024 * 1024
const ENOUGH_SHARE = 0.05
/** A disk can be out of inodes and not of bytes. A file system without a fixed number of them says 0 of 0. */
const ENOUGH_FILES = 64

export async function hasSpace(path: string): Promise<boolean> {
  const { bavail, blocks, bsize, ffree, files } = await statfs(path)
  const enough = Math.min(ENOUGH_BYTES, blocks * bsize * ENOUGH_SHARE)
  return bavail * bsize >= enough && (files === 0 || ffree >= ENOUGH_FILES)
}
