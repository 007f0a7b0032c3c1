// The journal and its checkpoints: the truth about what is committed. A record counts once it is whole on the disk. A
// checkpoint is written beside, synced and renamed; it names the journal that goes on from it, so a crash at any moment
// leaves either the old pair or the new one.

import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { Disk, DiskFile } from './disk.ts'
import { TEMPORARY } from './names.ts'
import { decodeRecords, encodeRecord, type JournalRecord } from './record.ts'
import type { Checkpoint } from './state.ts'

const CHECKPOINT = 'checkpoint'
const JOURNAL = /^journal-(\d+)$/

export const journalName = (epoch: number): string => `journal-${epoch}`

export class Journal {
  readonly #file: DiskFile
  readonly epoch: number
  #bytes: number

  private constructor(file: DiskFile, epoch: number, bytes: number) {
    this.#file = file
    this.epoch = epoch
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

  /** An empty journal. */
  static async create(disk: Disk, folder: string, epoch: number): Promise<Journal> {
    const path = join(folder, journalName(epoch))
    await disk.remove(path)
    const file = await disk.create(path)
    await file.sync()
    // On the disk before a checkpoint that names it can be.
    await disk.syncFolder(folder)
    return new Journal(file, epoch, 0)
  }

  /** The journal as it was left: its whole records, and the file cut back to them. */
  static async recover(
    disk: Disk,
    folder: string,
    epoch: number
  ): Promise<{ journal: Journal; records: JournalRecord[] }> {
    const path = join(folder, journalName(epoch))
    const bytes = await disk.read(path)
    if (bytes === undefined) {
      throw new SsmdError('SSMD_E_ARCHIVE_INVALID', `${path} is missing, its checkpoint names it`, {
        hint: 'restore the folder of this feed, .commit included, from one copy',
      })
    }
    const decoded = decodeRecords(bytes)
    if (decoded.broken) {
      throw new SsmdError(
        'SSMD_E_ARCHIVE_INVALID',
        `${path} is damaged at byte ${decoded.bytes}, and whole records follow`,
        {
          hint: 'restore the folder of this feed, .commit included, from one copy',
        }
      )
    }
    const file = await disk.open(path)
    if (decoded.bytes < bytes.length) {
      await file.truncate(decoded.bytes)
      await file.sync()
    }
    const journal = new Journal(file, epoch, decoded.bytes)
    return { journal, records: decoded.records as JournalRecord[] }
  }
}

/** Writes a checkpoint in place of the one before. */
export async function writeCheckpoint(
  disk: Disk,
  folder: string,
  checkpoint: Checkpoint
): Promise<void> {
  await replaceFile(disk, folder, CHECKPOINT, encodeRecord(checkpoint))
}

export async function readCheckpoint(disk: Disk, folder: string): Promise<Checkpoint | undefined> {
  const path = join(folder, CHECKPOINT)
  const bytes = await disk.read(path)
  if (bytes === undefined) return undefined
  const { records } = decodeRecords(bytes)
  const checkpoint = records[0] as Checkpoint | undefined
  if (records.length !== 1 || checkpoint?.version !== 1) {
    throw new SsmdError('SSMD_E_ARCHIVE_INVALID', `${path} is damaged or of another version`, {
      hint: 'restore the folder of this feed, .commit included, from one copy',
    })
  }
  return checkpoint
}

/** Removes what is left of journals and temporary files other than those of `epoch`. */
export async function sweepCommitFolder(disk: Disk, folder: string, epoch: number): Promise<void> {
  for (const name of await disk.list(folder)) {
    const journal = JOURNAL.exec(name)
    const isOld = journal !== null && Number(journal[1]) !== epoch
    if (isOld || name === CHECKPOINT + TEMPORARY) await disk.remove(join(folder, name))
  }
}

/** Puts a whole file in the place of another, or of none: either the old or the new is there after a crash. */
export async function replaceFile(
  disk: Disk,
  folder: string,
  name: string,
  bytes: Uint8Array
): Promise<void> {
  const path = join(folder, name)
  await disk.remove(path + TEMPORARY)
  const file = await disk.create(path + TEMPORARY)
  try {
    await file.write([bytes], 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(path + TEMPORARY, path)
  await disk.syncFolder(folder)
}
