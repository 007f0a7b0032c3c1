// Makes what was taken in durable: write members, sync, append one journal record, sync. State changes only by records that
// are in the journal. No write or sync is ever retried.

import type { Hash } from 'node:crypto'
import { join } from 'node:path'
import { rfc3339 } from '#crds/rfc3339.ts'
import { hexCrc, type IndexEntry } from '../format/index-line.ts'
import { COMMIT_FOLDER, indexFile, MANIFEST_FILE, segmentFile } from '../format/names.ts'
import type { Cut } from '../ingest/intake.ts'
import type { FeedState } from '../state/feed-state.ts'
import type { Bookmark, CommitRecord, DayJson, SealRecord } from '../state/journal-record.ts'
import { moveAside } from './aside.ts'
import { finishCompaction } from './compact.ts'
import type { Disk, Kind } from './disk.ts'
import { Journal, journalName, replaceFile, writeCheckpoint } from './journal.ts'
import type { WriterLog } from './log.ts'
import { Manifests } from './manifests.ts'
import { SegmentFiles, type SegmentId } from './segment-files.ts'

export type CommitterPlace = {
  readonly disk: Disk
  /** Folder of the feed. */
  readonly folder: string
  readonly nowMs: () => number
  readonly log: WriterLog
}

type WrittenSegment = {
  readonly id: SegmentId
  readonly members: Buffer[]
  readonly entries: IndexEntry[]
  end: number
}

export class Committer {
  readonly disk: Disk
  readonly folder: string
  readonly state: FeedState
  readonly files: SegmentFiles
  readonly manifests: Manifests
  #journal: Journal
  readonly #log: WriterLog
  readonly counts = { bytes: 0, rawBytes: 0, sealed: 0 }
  readonly #folders = new Set<string>()
  /** Files of Feeds that are on the disk. */
  readonly #feedFiles = new Set<string>()

  constructor(
    place: CommitterPlace,
    recovered: {
      readonly state: FeedState
      readonly journal: Journal
      readonly hashes: ReadonlyMap<string, Hash>
    }
  ) {
    const { disk, folder, nowMs } = place
    this.#log = place.log
    this.disk = disk
    this.folder = folder
    this.state = recovered.state
    this.#journal = recovered.journal
    this.files = new SegmentFiles(disk, folder)
    this.manifests = new Manifests(disk, folder, this.state, this.files, nowMs)
    for (const { day, segments, feeds } of this.state.days.values()) {
      for (const { name } of feeds) this.#feedFiles.add(join(folder, day, name))
      for (const { name, bytes, indexBytes } of segments.values()) {
        const hash = recovered.hashes.get(`${day}/${name}`)
        if (hash !== undefined) this.files.restore({ day, name }, bytes, indexBytes, hash)
      }
      this.manifests.touch(day, 'grown')
    }
  }

  get journalBytes(): number {
    return this.#journal.bytes
  }

  /** Makes a cut durable; returns the compressed bytes written. */
  async commit(cut: Cut, days: readonly DayJson[], bookmark: Bookmark): Promise<number> {
    const written = await this.#place(cut)
    await this.#makeFolders([...days, ...cut.opened])
    await this.#makeFiles(cut)
    const results = await Promise.allSettled(
      written.map(({ id, members }) => this.files.append(id, members))
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
    const record: CommitRecord = {
      kind: 'commit',
      bookmark,
      newest: cut.newest === null ? null : rfc3339(cut.newest),
      settled: cut.settled,
      loss: cut.loss,
      days,
      opened: cut.opened,
      members: written.flatMap(({ id, entries }) => entries.map((entry) => ({ ...id, entry }))),
      ended: cut.ended,
      connections: cut.connections,
      added: cut.added,
      filled: cut.filled,
      ...(cut.takenBack?.length ? { takenBack: cut.takenBack } : {}),
      ...(cut.feeds?.length ? { feeds: cut.feeds } : {}),
    }
    await this.#journal.append(record)
    this.state.apply(record)
    for (const { day, feeds } of cut.added) if (feeds !== undefined) await this.#putFeeds(day)
    let bytes = 0
    for (const { id, members, entries } of written) {
      await this.files.committed(id, members, entries)
      for (const entry of entries) {
        bytes += entry.bytes
        this.counts.rawBytes += entry.rawBytes
      }
      this.manifests.touch(id.day, 'grown')
    }
    this.counts.bytes += bytes
    for (const { day } of [...days, ...cut.added, ...cut.ended]) this.manifests.touch(day, 'grown')
    await this.files.trim()
    return bytes
  }

  /** Seals a segment whose compacted files, if any, wait beside it. */
  async seal(record: SealRecord): Promise<void> {
    const { day, name } = record
    const folder = join(this.folder, day)
    // Once the journal says that they are sealed, the compacted files have to be found. Their names are synced here and not
    // beside the commits: an error of a folder's sync must be seen before a commit syncs the same folder again.
    if (record.packed) await this.disk.syncFolder(folder)
    else await this.files.syncIndexes()
    await this.#journal.append(record)
    if (record.packed) await finishCompaction(this.disk, folder, name, this.state.id)
    this.state.apply(record)
    await this.files.release({ day, name })
    this.counts.sealed++
    this.manifests.touch(day, 'urgent')
  }

  /** Starts a new journal after a checkpoint; `evict` runs while no record can come between. */
  async checkpoint(evict: () => void): Promise<{ connections: number; days: number }> {
    await this.files.syncIndexes()
    const folder = join(this.folder, COMMIT_FOLDER)
    const old = this.#journal
    const { owner, id } = this.state
    this.#journal = await Journal.create(this.disk, folder, { ...owner, id }, old.epoch + 1)
    await old.close()
    evict()
    this.manifests.forgetClosed()
    await writeCheckpoint(this.disk, folder, this.state.toCheckpoint(this.#journal))
    await this.disk.remove(join(folder, journalName(old.epoch)))
    return {
      connections: this.state.connections.size,
      days: this.state.days.size,
    }
  }

  async close(): Promise<void> {
    await this.files.close()
  }

  /** Closes what is open and writes nothing. */
  async abandon(): Promise<void> {
    await this.files.abandon()
    // A file that cannot be closed is no reason to keep the folder locked.
    await this.#journal.close().catch(() => {})
  }

  /** Moves aside what lies at a path that is needed, unless it may lie there. */
  async #clear(path: string, fine: readonly Kind[]): Promise<void> {
    const kind = await this.disk.kind(path)
    if (kind === undefined || fine.includes(kind)) return
    await moveAside({ disk: this.disk, folder: this.folder, log: this.#log }, path)
  }

  /** Awaits the compressed members and gives each its place. */
  async #place(cut: Cut): Promise<WrittenSegment[]> {
    const written = new Map<string, WrittenSegment>()
    for (const { segment, content, compressed } of cut.members) {
      const id = { day: segment.day, name: segment.name }
      const key = `${id.day}/${id.name}`
      let place = written.get(key)
      if (place === undefined) {
        place = { id, members: [], entries: [], end: this.files.bytesOf(id) }
        written.set(key, place)
      }
      const bytes = await compressed
      place.members.push(bytes)
      place.entries.push({
        ...content,
        offset: place.end,
        bytes: bytes.length,
        crc32: hexCrc(bytes),
      })
      place.end += bytes.length
    }
    return [...written.values()]
  }

  /** Writes the files of Feeds that are new on a day. The journal holds their texts until they are on the disk. */
  async #putFeeds(day: string): Promise<void> {
    const place = join(this.folder, day)
    for (const { name, sha256 } of this.state.days.get(day)!.feeds) {
      const path = join(place, name)
      const text = this.state.feeds.get(sha256)
      if (this.#feedFiles.has(path) || text === undefined) continue
      const bytes = Buffer.from(text)
      // A day that came back from its manifest has the file.
      const found = (await this.disk.kind(path)) === 'file' ? await this.disk.read(path) : undefined
      if (found === undefined || !bytes.equals(found)) {
        await this.#clear(path, [])
        await replaceFile(this.disk, place, { name, id: this.state.id, bytes })
      }
      this.#feedFiles.add(path)
    }
  }

  /** Makes the folders of new days; a day may hold only a gap. */
  async #makeFolders(places: readonly { readonly day: string }[]): Promise<void> {
    for (const { day } of places) {
      if (this.#folders.has(day)) continue
      const path = join(this.folder, day)
      await this.#clear(path, ['folder', 'linked folder'])
      await this.disk.makeFolder(path)
      await this.#clear(join(path, MANIFEST_FILE), ['file'])
      // Also if it existed: the process that made it may have ended before this.
      await this.disk.syncFolder(this.folder)
      this.#folders.add(day)
    }
  }

  /** Makes the files of new segments, and syncs every folder that has new names. */
  async #makeFiles({ opened }: Cut): Promise<void> {
    if (opened.length === 0) return
    const created = opened.map(({ day, group, number }) => ({
      day,
      name: segmentFile(group, number),
    }))
    for (const { day, name } of created) {
      for (const file of [name, indexFile(name)]) {
        await this.#clear(join(this.folder, day, file), [])
      }
    }
    await this.#journal.append({ kind: 'create', files: created })
    for (const id of created) await this.files.create(id)
    for (const day of new Set(opened.map((segment) => segment.day))) {
      await this.disk.syncFolder(join(this.folder, day))
    }
  }
}
