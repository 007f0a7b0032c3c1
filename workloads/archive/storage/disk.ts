// The file operations of the writer, as a value that tests can replace. Every error becomes an SsmdError that names the
// file. Nothing is retried; only a short write is continued.

import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
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

/** `other`: also a link, unless it leads to a folder. */
export type Kind = 'file' | 'folder' | 'linked folder' | 'other'

export type Disk = {
  /** What a name stands for; undefined if there is none. */
  kind(path: string): Promise<Kind | undefined>
  /** A new file, which must not exist yet. */
  create(path: string): Promise<DiskFile>
  /** An existing file, for reading and writing. */
  open(path: string): Promise<DiskFile>
  /** The bytes of a file, or undefined if there is none. SSMD_E_ARCHIVE_INVALID if it is anything but a file. */
  read(path: string): Promise<Buffer | undefined>
  /** The length of a file; undefined if there is none, or something else. */
  size(path: string): Promise<number | undefined>
  /** Names in a folder; empty if there is none. */
  list(path: string): Promise<string[]>
  /** Makes a folder and those above it; returns once their names are on the disk. */
  makeFolder(path: string): Promise<void>
  /** Returns once the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Removes a file, or a folder with all that is in it; a missing one is fine. */
  remove(path: string): Promise<void>
}

/** The machine's disk. */
export const nodeDisk: Disk = {
  kind: (path) => attempt('look at', path, () => kindOf(path), undefined),
  create: (path) => attempt('create', path, async () => fileOf(path, await open(path, 'wx+'))),
  open: (path) => attempt('open', path, async () => fileOf(path, await open(path, 'r+'))),
  read: (path) => attempt('read', path, () => readRegular(path), undefined),
  size: (path) => attempt('look at', path, () => sizeOf(path), undefined),
  list: (path) => attempt('list', path, async () => (await readdir(path)).sort(), []),
  makeFolder: (path) => attempt('make', path, () => makeFolder(path)),
  syncFolder: (path) => attempt('sync', path, () => syncFolder(path)),
  rename: (from, to) => attempt('rename', from, () => rename(from, to)),
  remove: (path) => attempt('remove', path, () => rm(path, { recursive: true, force: true })),
}

/** Level by level: a folder whose name is not on the disk takes all that is in it along in a power cut. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    const parent = dirname(path)
    if (code !== 'ENOENT' || parent === path) throw thrown
    await makeFolder(parent)
    await mkdir(path)
  }
  await syncFolder(dirname(path))
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function kindOf(path: string): Promise<Kind> {
  const stats = await lstat(path)
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  if (!stats.isSymbolicLink()) return 'other'
  // A link that leads nowhere is something, too.
  const target = await stat(path).catch(() => undefined)
  return target?.isDirectory() ? 'linked folder' : 'other'
}

async function sizeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path)
  return stats.isFile() ? stats.size : undefined
}

/** Reading a pipe would never end. */
async function readRegular(path: string): Promise<Buffer> {
  if ((await sizeOf(path)) !== undefined) return readFile(path)
  throw new SsmdError('SSMD_E_ARCHIVE_INVALID', `${path} is not a regular file`, {
    hint: 'move it out of the archive, and restore the file from a copy',
  })
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

/** ENOTDIR: a part of the path is a file. */
const MISSING = new Set(['ENOENT', 'ENOTDIR'])

/** Runs one operation; `missing` is the answer if there is no such file. */
async function attempt<T>(
  what: string,
  path: string,
  operation: () => Promise<T>,
  ...missing: [T?]
): Promise<T> {
  try {
    return await operation()
  } catch (thrown) {
    if (missing.length > 0 && MISSING.has((thrown as NodeJS.ErrnoException).code ?? '')) {
      return missing[0] as T
    }
    if (thrown instanceof SsmdError) throw thrown
    const { code, hint } = toSsmdError(thrown)
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new SsmdError(
      code === 'SSMD_E_INTERNAL' ? 'SSMD_E_IO' : code,
      `could not ${what} ${path}: ${reason}`,
      {
        hint: hint ?? 'check the disk; after a restart the archiver continues from its last commit',
        cause: thrown,
      }
    )
  }
}
