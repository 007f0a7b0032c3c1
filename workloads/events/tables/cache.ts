// The cache of tables: files of sealed segments, and a few open segments in memory. It may be removed at any moment, cut or full:
// then tables are built from lines again.

import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ManifestSegment } from '#archive/read/reader.ts'
import { type SsmdError, toSsmdError } from '#crds/errors.ts'
import { encodeTable } from './arrow-file.ts'
import { takeBuildLock } from './build-lock.ts'
import { refuseInside } from './cache-dir.ts'
import { evict, lockFile, tableFile } from './cache-files.ts'
import { Memory } from './memory.ts'
import type { DayNormalizers } from './normalizers.ts'
import { type FileWant, openTable } from './open-file.ts'
import type { Table, TableName } from './table.ts'
import { versionOf } from './version.ts'

const USUAL_BYTES = 10 * 1024 ** 3
const USUAL_MEMORY = 128 * 1024 ** 2
/** After a write that failed, so long nothing is written. */
const PAUSE_MS = 60_000

export type TableCacheOptions = {
  readonly dir: string
  /** Roots that are read: the cache is in none of them. */
  readonly archives: readonly string[]
  /** Of all files together. @default 10 GiB */
  readonly maxBytes?: number | undefined
  /** Of tables of open segments that are kept in memory. @default 128 MiB */
  readonly maxMemory?: number | undefined
  /** Told of each segment that is built whole to be kept. */
  readonly onBuild?: ((segment: ManifestSegment) => void) | undefined
  /** Told the first time that the folder takes no files: reading continues without it. */
  readonly onTrouble?: ((error: SsmdError) => void) | undefined
  readonly nowMs?: (() => number) | undefined
}

type Tables = ReadonlyMap<TableName, Table>

/** What is built for the cache: the tables of a whole segment; `sha256` of the bytes that they were made of. */
export type WholeBuild = { readonly tables: Tables; readonly sha256: string | null }

export class TableCache {
  readonly memory: Memory
  readonly #o: TableCacheOptions
  readonly #versions = new Map<string, string>()
  readonly #building = new Map<string, Promise<unknown>>()
  #isTold = false
  #pausedUntil = Number.NEGATIVE_INFINITY

  /** Rejects with SSMD_E_USAGE if the folder is inside an archive. */
  static async open(options: TableCacheOptions): Promise<TableCache> {
    await refuseInside(options.dir, options.archives)
    return new TableCache(options)
  }

  get dir(): string {
    return this.#o.dir
  }

  private constructor(options: TableCacheOptions) {
    this.#o = options
    this.memory = new Memory(options.maxMemory ?? USUAL_MEMORY)
  }

  /** Null: one of them is missing, or damaged. */
  async read(
    { sha256 }: ManifestSegment,
    normalizers: DayNormalizers,
    names: readonly TableName[],
    want: FileWant
  ): Promise<Tables | null> {
    const folder = this.#folder(normalizers)
    const read = names.map(async (name) => {
      const path = join(folder, tableFile(sha256, name))
      const made = madeOf(sha256, name, normalizers)
      const table = await openTable(path, made, want, this.#nowMs())
      return [name, table] as const
    })
    const found = await Promise.all(read)
    return found.every((one): one is [TableName, Table] => one[1] !== null) ? new Map(found) : null
  }

  /** Whether there are files of these tables; what is in them is not looked at. */
  async has(
    { sha256 }: ManifestSegment,
    normalizers: DayNormalizers,
    names: readonly TableName[]
  ): Promise<boolean> {
    const folder = this.#folder(normalizers)
    const found = names.map((name) => stat(join(folder, tableFile(sha256, name))))
    return (await Promise.allSettled(found)).every(({ status }) => status === 'fulfilled')
  }

  /** Builds the tables of a segment and keeps them, unless another one did so meanwhile: `read` tells. */
  async build<T extends WholeBuild>(
    segment: ManifestSegment,
    normalizers: DayNormalizers,
    read: () => Promise<T | null>,
    make: () => Promise<T>
  ): Promise<T> {
    const key = join(this.#folder(normalizers), segment.sha256)
    // In this process the second one waits for the first, and finds what that has made.
    for (let other = this.#building.get(key); other; other = this.#building.get(key)) {
      await other.catch(() => {})
      const found = await read()
      if (found !== null) return found
    }
    const building = this.#buildLocked(segment, normalizers, read, make)
    this.#building.set(key, building)
    try {
      return await building
    } finally {
      this.#building.delete(key)
    }
  }

  async #buildLocked<T extends WholeBuild>(
    segment: ManifestSegment,
    normalizers: DayNormalizers,
    read: () => Promise<T | null>,
    make: () => Promise<T>
  ): Promise<T> {
    await using lock = await this.#lock(segment, normalizers)
    if (lock !== null) {
      const found = await read()
      if (found !== null) return found
    }
    this.#o.onBuild?.(segment)
    const made = await make()
    // Lines that are not those of the manifest's checksum are the verifier's to name; they are not kept under its name.
    if (lock !== null && made.sha256 === segment.sha256) {
      await this.#store(segment, normalizers, made.tables)
    }
    return made
  }

  async #lock(
    { sha256 }: ManifestSegment,
    normalizers: DayNormalizers
  ): Promise<AsyncDisposable | null> {
    if (this.#nowMs() < this.#pausedUntil) return null
    const folder = this.#folder(normalizers)
    try {
      await mkdir(folder, { recursive: true })
      return await takeBuildLock(join(folder, lockFile(sha256)))
    } catch (thrown) {
      this.#trouble(thrown)
      return null
    }
  }

  async #store(
    { sha256 }: ManifestSegment,
    normalizers: DayNormalizers,
    tables: Tables
  ): Promise<void> {
    const { dir, maxBytes = USUAL_BYTES } = this.#o
    const folder = this.#folder(normalizers)
    const files = [...tables].map(([name, table]) => {
      const pieces = encodeTable(table, madeOf(sha256, name, normalizers))
      return { path: join(folder, tableFile(sha256, name)), pieces }
    })
    try {
      for (const { path, pieces } of files) await writeWhole(path, pieces)
      await evict(dir, maxBytes, this.#nowMs())
    } catch (thrown) {
      this.#trouble(thrown)
    }
  }

  #trouble(thrown: unknown): void {
    this.#pausedUntil = this.#nowMs() + PAUSE_MS
    if (this.#isTold) return
    this.#isTold = true
    this.#o.onTrouble?.(toSsmdError(thrown))
  }

  #folder({ exchange }: DayNormalizers): string {
    let version = this.#versions.get(exchange)
    if (version === undefined) {
      version = versionOf(exchange)
      this.#versions.set(exchange, version)
    }
    return join(this.#o.dir, version)
  }

  #nowMs(): number {
    return (this.#o.nowMs ?? Date.now)()
  }
}

const madeOf = (sha256: string, table: TableName, { key }: DayNormalizers): string =>
  createHash('sha256').update(`${sha256} ${table}\n${key}`).digest('hex')

/** A file is seen whole, or not at all. It is not synced: after a power cut its checksums tell. */
async function writeWhole(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      // Each to its end: one call for all may write a part of them.
      for (const piece of pieces) await file.writeFile(piece)
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => {})
    throw thrown
  }
}
