// The journal and its checkpoints: the truth about what is committed. A record counts once it is whole on the disk. A
// checkpoint is written to a temporary file, synced and renamed. It names its journal by number and mark, and the journal
// begins with the same mark, so a crash at any moment leaves one valid pair, and no other journal can take its place.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { temporaryFile } from '../format/names.ts'
import type { Checkpoint, Owner } from '../state/feed-state.ts'
import { decodeRecords, encodeRecord, type JournalRecord } from '../state/journal-record.ts'
import type { Disk, DiskFile } from './disk.ts'

export const CHECKPOINT = 'checkpoint'

export const journalName = (epoch: number): string => `journal-${epoch}`

/** Ids and marks: never the same twice. */
export const newId = (): string => randomBytes(6).toString('hex')

/** The first record of a journal. */
export type JournalHead = Owner & {
  readonly kind: 'journal'
  readonly version: 2
  readonly id: string
  readonly epoch: number
  readonly mark: string
}

/** Version 1 names its journal by the number alone, and has no id. Version 2 knows lines of format 1 alone. */
type AnyCheckpoint = Omit<Checkpoint, 'version'> & { readonly version: 1 | 2 | 3 }

export const RESTORE =
  'restore the folder of this feed, .commit included, from one copy; nothing was changed'

export const invalid = (message: string, hint = RESTORE): SsmdError =>
  new SsmdError('SSMD_E_ARCHIVE_INVALID', message, { hint })

export class Journal {
  readonly #file: DiskFile
  readonly epoch: number
  readonly mark: string
  #bytes: number

  private constructor(
    file: DiskFile,
    { epoch, mark }: { epoch: number; mark: string },
    bytes: number
  ) {
    this.#file = file
    this.epoch = epoch
    this.mark = mark
    this.#bytes = bytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Appends a record; it is committed when this resolves. */
  async append(record: JournalRecord): Promise<void> {
    const bytes = encodeRecord(record)
    await this.#file.write([bytes], this.#bytes)
    await this.#file.sync()
    this.#bytes += bytes.length
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  /** A journal without commits. Its name and its head are on the disk before a checkpoint can name it. */
  static async create(
    disk: Disk,
    folder: string,
    owner: Owner & { readonly id: string },
    epoch: number
  ): Promise<Journal> {
    const { feed, environment, archive, id } = owner
    const mark = newId()
    const head: JournalHead = {
      kind: 'journal',
      version: 2,
      feed,
      environment,
      archive,
      id,
      epoch,
      mark,
    }
    const bytes = encodeRecord(head)
    const file = await putFile(disk, folder, { name: journalName(epoch), id, bytes })
    return new Journal(file, head, bytes.length)
  }

  /** Opens a journal behind its last whole record; a torn one behind it is cut off. */
  static async continue(disk: Disk, folder: string, read: ReadJournal): Promise<Journal> {
    const file = await disk.open(join(folder, journalName(read.epoch)))
    if (read.isTorn) {
      await file.truncate(read.bytes)
      await file.sync()
    }
    return new Journal(file, read, read.bytes)
  }
}

export type ReadJournal = {
  readonly epoch: number
  readonly mark: string
  readonly records: readonly JournalRecord[]
  /** Length of the whole records. */
  readonly bytes: number
  readonly isTorn: boolean
}

/** Reads the journal that a checkpoint names, and changes nothing. */
export async function readJournal(
  disk: Disk,
  folder: string,
  checkpoint: Checkpoint
): Promise<ReadJournal> {
  const { epoch, mark } = checkpoint
  const path = join(folder, journalName(epoch))
  const bytes = await disk.read(path)
  if (bytes === undefined) throw invalid(`${path} is missing, its checkpoint names it`)
  const decoded = decodeRecords(bytes)
  if (decoded.tail === 'damaged') {
    throw invalid(`${path} is damaged at byte ${decoded.bytes}: no crash leaves a record so`)
  }
  const records = decoded.records as JournalRecord[]
  const read = { epoch, mark, bytes: decoded.bytes, isTorn: decoded.tail === 'torn' }
  if (mark === '') return { ...read, records }
  const head = decoded.records[0] as JournalHead | undefined
  if (head?.kind !== 'journal') {
    throw invalid(
      `${path} ${bytes.length === 0 ? 'is empty' : 'has no first record'}, its checkpoint names one`
    )
  }
  if (head.mark !== mark)
    throw invalid(`${path} belongs to another checkpoint than the one beside it`)
  return { ...read, records: records.slice(1) }
}

/** Replaces the previous checkpoint. */
export async function writeCheckpoint(
  disk: Disk,
  folder: string,
  checkpoint: Checkpoint
): Promise<void> {
  await replaceFile(disk, folder, {
    name: CHECKPOINT,
    id: checkpoint.id,
    bytes: encodeRecord(checkpoint),
  })
}

/** The checkpoint of a folder; one of version 1 gets an id, and an empty mark. */
export async function readCheckpoint(disk: Disk, folder: string): Promise<Checkpoint | undefined> {
  const path = join(folder, CHECKPOINT)
  const bytes = await disk.read(path)
  if (bytes === undefined) return undefined
  const { records, tail } = decodeRecords(bytes)
  const checkpoint = records[0] as AnyCheckpoint | undefined
  if (checkpoint === undefined || records.length !== 1 || tail !== 'none') {
    throw invalid(`${path} ${bytes.length === 0 ? 'is empty' : 'is damaged'}`)
  }
  if (checkpoint.version === 1) return { ...checkpoint, version: 3, id: newId(), mark: '' }
  if (checkpoint.version === 2 || checkpoint.version === 3) return { ...checkpoint, version: 3 }
  throw invalid(
    `${path} has version ${String(checkpoint.version)}, this program reads 1 to 3`,
    'run a newer ssmd; nothing was changed'
  )
}

type NewFile = { readonly name: string; readonly id: string; readonly bytes: Uint8Array }

/** Puts a whole file in the place of another, or of none: a crash leaves either the old one or the new one. */
export async function replaceFile(disk: Disk, folder: string, file: NewFile): Promise<void> {
  await (await putFile(disk, folder, file)).close()
}

async function putFile(
  disk: Disk,
  folder: string,
  { name, id, bytes }: NewFile
): Promise<DiskFile> {
  const temporary = join(folder, temporaryFile(name, id))
  await disk.remove(temporary)
  const file = await disk.create(temporary)
  try {
    await file.write([bytes], 0)
    await file.sync()
    await disk.rename(temporary, join(folder, name))
    await disk.syncFolder(folder)
    return file
  } catch (thrown) {
    // The first error is the one that counts.
    await file.close().catch(() => {})
    throw thrown
  }
}
