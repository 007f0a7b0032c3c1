// The few file operations that the archive writer needs, as a value that tests can replace. Every error becomes an
// SsmdError that names the file; nothing is retried, and a write that the system cut short is carried on.

import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SsmdError, toSsmdError } from '#crds/errors.ts'

export type DiskFile = {
  /** Writes all of it at `position`. */
  write(parts: readonly Uint8Array[], position: number): Promise<void>
  read(position: number, length: number): Promise<Buffer>
  /** Returns once the data and the length are on the disk. */
  sync(): Promise<void>
  truncate(length: number): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

export type Disk = {
  /** A new file; fails where one is there. */
  create(path: string): Promise<DiskFile>
  /** A file that is there, for reading and writing. */
  open(path: string): Promise<DiskFile>
  /** The bytes of a file, or undefined where there is none. */
  read(path: string): Promise<Buffer | undefined>
  size(path: string): Promise<number | undefined>
  /** Names in a folder; empty where there is none. */
  list(path: string): Promise<string[]>
  makeFolder(path: string): Promise<void>
  /** Returns once the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Removes a file, or a folder with all that is in it; nothing there is fine. */
  remove(path: string): Promise<void>
}

/** The machine's disk. */
export const nodeDisk: Disk = {
  create: (path) => attempt('create', path, async () => fileOf(path, await open(path, 'wx+'))),
  open: (path) => attempt('open', path, async () => fileOf(path, await open(path, 'r+'))),
  read: (path) => attempt('read', path, () => readFile(path), undefined),
  size: (path) => attempt('look at', path, async () => (await stat(path)).size, undefined),
  list: (path) => attempt('list', path, async () => (await readdir(path)).sort(), []),
  makeFolder: (path) => attempt('make', path, () => makeFolder(path)),
  async syncFolder(path) {
    await attempt('sync', path, async () => {
      const folder = await open(path, 'r')
      try {
        await folder.sync()
      } finally {
        await folder.close()
      }
    })
  },
  rename: (from, to) => attempt('rename', from, () => rename(from, to)),
  remove: (path) => attempt('remove', path, () => rm(path, { recursive: true, force: true })),
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (thrown) {
    const parent = dirname(path)
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw thrown
    // What Node says of a disk that is read-only (24.21). The plain call says what the system said.
    await makeFolder(parent)
    await mkdir(path)
  }
}

function fileOf(path: string, handle: FileHandle): DiskFile {
  return {
    write: (parts, position) =>
      attempt('write to', path, async () => {
        let at = position
        for (const part of parts) {
          for (let done = 0; done < part.length; ) {
            const { bytesWritten } = await handle.write(part, done, part.length - done, at)
            if (bytesWritten === 0) throw new Error('the system wrote nothing')
            done += bytesWritten
            at += bytesWritten
          }
        }
      }),
    read: (position, length) =>
      attempt('read', path, async () => {
        const bytes = Buffer.allocUnsafe(length)
        let done = 0
        while (done < length) {
          const { bytesRead } = await handle.read(bytes, done, length - done, position + done)
          if (bytesRead === 0) break
          done += bytesRead
        }
        return bytes.subarray(0, done)
      }),
    sync: () => attempt('sync', path, () => handle.datasync()),
    truncate: (length) => attempt('cut', path, () => handle.truncate(length)),
    size: () => attempt('look at', path, async () => (await handle.stat()).size),
    close: () => attempt('close', path, () => handle.close()),
  }
}

/** Runs one operation; `missing` is the answer where there is no such file. */
async function attempt<T>(
  what: string,
  path: string,
  operation: () => Promise<T>,
  ...missing: [T?]
): Promise<T> {
  try {
    return await operation()
  } catch (thrown) {
    if (missing.length > 0 && (thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      return missing[0] as T
    }
    const { code, hint } = toSsmdError(thrown)
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new SsmdError(
      code === 'SSMD_E_INTERNAL' ? 'SSMD_E_IO' : code,
      `could not ${what} ${path}: ${reason}`,
      {
        hint:
          hint ?? 'look after the disk; the archive goes on from its last commit when started anew',
        cause: thrown,
      }
    )
  }
}
