// The open segment files: appends members and keeps the running sha256. Only what the journal says is committed counts.
// Index files are not synced with each commit, because the journal can rebuild them.

import assert from 'node:assert/strict'
import { createHash, type Hash } from 'node:crypto'
import { join } from 'node:path'
import { formatIndexLine, type IndexEntry } from '../format/index-line.ts'
import { indexFile } from '../format/names.ts'
import type { Disk, DiskFile } from './disk.ts'

/** More are closed and opened again when they are needed. */
const MAX_OPEN = 64

type Files = { readonly data: DiskFile; readonly index: DiskFile }

type Entry = {
  readonly hash: Hash
  files: Files | undefined
  bytes: number
  indexBytes: number
  indexDirty: boolean
}

export type SegmentId = { readonly day: string; readonly name: string }

const keyOf = ({ day, name }: SegmentId): string => `${day}/${name}`

export class SegmentFiles {
  readonly #disk: Disk
  readonly #folder: string
  readonly #entries = new Map<string, Entry>()
  readonly #open = new Map<string, Files>()

  /** `folder` is that of the feed. */
  constructor(disk: Disk, folder: string) {
    this.#disk = disk
    this.#folder = folder
  }

  /** Continues with a segment that is on the disk. */
  restore(id: SegmentId, bytes: number, indexBytes: number, hash: Hash): void {
    this.#entries.set(keyOf(id), {
      hash,
      files: undefined,
      bytes,
      indexBytes,
      indexDirty: false,
    })
  }

  /** Length of the committed members. */
  bytesOf(id: SegmentId): number {
    return this.#entries.get(keyOf(id))?.bytes ?? 0
  }

  sha256Of(id: SegmentId): string {
    const entry = this.#entries.get(keyOf(id))
    assert(entry, `${keyOf(id)} is known`)
    return entry.hash.copy().digest('hex')
  }

  /** Makes the two files of a new segment. */
  async create(id: SegmentId): Promise<void> {
    const path = join(this.#folder, id.day, id.name)
    const data = await this.#disk.create(path)
    const index = await this.#disk.create(join(this.#folder, id.day, indexFile(id.name)))
    const entry = {
      hash: createHash('sha256'),
      files: { data, index },
      bytes: 0,
      indexBytes: 0,
    }
    this.#entries.set(keyOf(id), { ...entry, indexDirty: false })
    this.#open.set(keyOf(id), entry.files)
  }

  /** Writes members behind the committed ones and syncs the file. */
  async append(id: SegmentId, members: readonly Uint8Array[]): Promise<void> {
    const entry = this.#entries.get(keyOf(id))!
    const { data } = await this.#files(id, entry)
    await data.write(members, entry.bytes)
    await data.sync()
  }

  /** The members are committed. */
  async committed(
    id: SegmentId,
    members: readonly Uint8Array[],
    entries: readonly IndexEntry[]
  ): Promise<void> {
    const entry = this.#entries.get(keyOf(id))!
    for (const member of members) {
      entry.hash.update(member)
      entry.bytes += member.length
    }
    const lines = Buffer.from(entries.map(formatIndexLine).join(''))
    const { index } = await this.#files(id, entry)
    await index.write([lines], entry.indexBytes)
    entry.indexBytes += lines.length
    entry.indexDirty = true
  }

  /** Returns once all index files are on the disk as they are. */
  async syncIndexes(): Promise<void> {
    for (const [key, entry] of this.#entries) {
      if (!entry.indexDirty) continue
      const slash = key.indexOf('/')
      const id = { day: key.slice(0, slash), name: key.slice(slash + 1) }
      await (await this.#files(id, entry)).index.sync()
      entry.indexDirty = false
    }
  }

  /** The segment is sealed: its files are closed and forgotten. */
  async release(id: SegmentId): Promise<void> {
    await this.#close(keyOf(id))
    this.#entries.delete(keyOf(id))
  }

  /** Closes files beyond the limit, those longest unused first. */
  async trim(): Promise<void> {
    for (const key of [...this.#open.keys()].slice(0, Math.max(0, this.#open.size - MAX_OPEN))) {
      await this.#close(key)
    }
  }

  async close(): Promise<void> {
    for (const key of [...this.#open.keys()]) await this.#close(key)
  }

  /** Closes all files after an error: nothing is synced, what is not committed is void. */
  async abandon(): Promise<void> {
    const open = [...this.#open.values()]
    this.#open.clear()
    await Promise.allSettled(open.flatMap(({ data, index }) => [data.close(), index.close()]))
  }

  async #close(key: string): Promise<void> {
    const files = this.#open.get(key)
    if (files === undefined) return
    this.#open.delete(key)
    const entry = this.#entries.get(key)
    if (entry !== undefined) {
      // A closed file is not synced again: what is not on the disk now must be.
      if (entry.indexDirty) await files.index.sync()
      entry.indexDirty = false
      entry.files = undefined
    }
    await files.data.close()
    await files.index.close()
  }

  async #files(id: SegmentId, entry: Entry): Promise<Files> {
    const key = keyOf(id)
    if (entry.files === undefined) {
      const folder = join(this.#folder, id.day)
      entry.files = {
        data: await this.#disk.open(join(folder, id.name)),
        index: await this.#disk.open(join(folder, indexFile(id.name))),
      }
    }
    // Last in the map is last to be closed.
    this.#open.delete(key)
    this.#open.set(key, entry.files)
    return entry.files
  }
}
