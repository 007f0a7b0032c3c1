// Compacts a segment that has ended: the members of a chunk, cut by commits, become one. The result depends only on the
// records, and is as small as one written in a single pass. The old file stays until the new one is complete.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { decompressMember } from '../format/gzip.ts'
import {
  formatIndexLine,
  hexCrc,
  type IndexEntry,
  joinContents,
  parseIndexLine,
} from '../format/index-line.ts'
import { indexFile, temporaryFile } from '../format/names.ts'
import type { SealRecord, SegmentJson } from '../state/journal-record.ts'
import type { Disk } from './disk.ts'

export type CompactOptions = {
  readonly disk: Disk
  /** Folder of the day. */
  readonly folder: string
  readonly day: string
  /** The archive's own. */
  readonly id: string
  readonly segment: SegmentJson
  /** Of the committed bytes, for a segment that stays as it is. */
  readonly sha256: string
  compress(lines: Buffer): Promise<Buffer>
  /** Checked between chunks: true ends the work early. */
  isAborted(): boolean
}

/** Writes the compacted files beside the segment, synced except for their names; returns the record, or undefined if aborted. */
export async function compactSegment(options: CompactOptions): Promise<SealRecord | undefined> {
  const { disk, folder, day, id, segment } = options
  const { name } = segment
  const indexPath = join(folder, indexFile(name))
  const index = (await disk.read(indexPath)) ?? Buffer.alloc(0)
  const entries = index
    .toString('utf8', 0, segment.indexBytes)
    .split('\n')
    .slice(0, -1)
    .map(parseIndexLine)
  const chunks = groupByChunk(entries)
  if (chunks.every((chunk) => chunk.length === 1)) {
    const { bytes, sha256 } = { bytes: segment.bytes, sha256: options.sha256 }
    const { members, indexBytes } = segment
    return {
      kind: 'seal',
      day,
      name,
      bytes,
      sha256,
      members,
      indexBytes,
      packed: false,
    }
  }
  const packed = await writeCompacted(options, chunks)
  if (packed === undefined) {
    await disk.remove(temporaryFile(join(folder, name), id))
    return undefined
  }
  const lines = Buffer.from(packed.index.join(''))
  const temporary = temporaryFile(indexPath, id)
  await disk.remove(temporary)
  const indexOut = await disk.create(temporary)
  try {
    await indexOut.write([lines], 0)
    await indexOut.sync()
  } finally {
    await indexOut.close()
  }
  const { bytes, sha256 } = packed
  const members = chunks.length
  return {
    kind: 'seal',
    day,
    name,
    bytes,
    sha256,
    members,
    indexBytes: lines.length,
    packed: true,
  }
}

async function writeCompacted(
  { disk, folder, id, segment, compress, isAborted }: CompactOptions,
  chunks: readonly (readonly IndexEntry[])[]
): Promise<{ bytes: number; sha256: string; index: string[] } | undefined> {
  const path = join(folder, segment.name)
  const temporary = temporaryFile(path, id)
  await disk.remove(temporary)
  const from = await disk.open(path)
  const to = await disk.create(temporary)
  try {
    const hash = createHash('sha256')
    const index: string[] = []
    let offset = 0
    for (const chunk of chunks) {
      if (isAborted()) return undefined
      const members: Buffer[] = []
      for (const entry of chunk) members.push(await from.read(entry.offset, entry.bytes))
      const member =
        members.length === 1
          ? members[0]!
          : await compress(
              Buffer.concat(members.map((bytes, i) => decompressMember(bytes, chunk[i]!.rawBytes)))
            )
      await to.write([member], offset)
      hash.update(member)
      const entry = {
        ...joinContents(chunk),
        offset,
        bytes: member.length,
        crc32: hexCrc(member),
      }
      index.push(formatIndexLine(entry))
      offset += member.length
    }
    await to.sync()
    return { bytes: offset, sha256: hash.digest('hex'), index }
  } finally {
    await from.close()
    await to.close()
  }
}

/** Members that belong together: up to one that ends a chunk. */
export function groupByChunk(entries: readonly IndexEntry[]): IndexEntry[][] {
  const chunks: IndexEntry[][] = []
  let chunk: IndexEntry[] = []
  for (const entry of entries) {
    chunk.push(entry)
    if (!entry.end) continue
    chunks.push(chunk)
    chunk = []
  }
  if (chunk.length > 0) chunks.push(chunk)
  return chunks
}

/** Renames the compacted files into place. */
export async function finishCompaction(
  disk: Disk,
  folder: string,
  name: string,
  id: string
): Promise<void> {
  for (const file of [name, indexFile(name)]) {
    const path = join(folder, file)
    await disk.rename(temporaryFile(path, id), path)
  }
  await disk.syncFolder(folder)
}
