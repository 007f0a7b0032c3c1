// What was read of segments and is likely to be asked for again: many small questions ask for a few lines of one large day. Each of
// them would read the indexes of its segments and inflate the first members again.

import { join } from 'node:path'
import type { ManifestSegment } from '../format/manifest.ts'
import { KeptBytes } from './kept-bytes.ts'
import {
  type IndexEntry,
  type MemberPlace,
  type OpenFiles,
  readIndex,
  readMember,
} from './members.ts'

export type SegmentCacheOptions = {
  /** Of index files; as objects they are about three times as large. @default 8 MiB */
  readonly indexBytes?: number
  /** Of lines. @default 0, for who reads a day from its beginning to its end */
  readonly lineBytes?: number
}

const INDEX_BYTES = 8 * 1024 * 1024

export class SegmentCache {
  readonly #indexes: KeptBytes<readonly IndexEntry[]>
  readonly #lines: KeptBytes<Buffer>
  readonly #most: number
  readonly #asked = new Map<string, Promise<Buffer>>()

  constructor({ indexBytes = INDEX_BYTES, lineBytes = 0 }: SegmentCacheOptions = {}) {
    this.#indexes = new KeptBytes(indexBytes)
    this.#lines = new KeptBytes(lineBytes)
    this.#most = lineBytes
  }

  /** The entries of a segment as the manifest describes it. Throws Stale. */
  async index(folder: string, segment: ManifestSegment): Promise<readonly IndexEntry[]> {
    const path = join(folder, segment.name)
    const { sha256, indexBytes: bytes } = segment
    const stamp = `${sha256} ${bytes}`
    const kept = this.#indexes.get(path, stamp)
    if (kept !== undefined) return kept
    const value = await readIndex(folder, segment)
    this.#indexes.set(path, { stamp, bytes, value })
    return value
  }

  /** The lines of a member; they must not be changed. Throws Stale. */
  async lines(files: OpenFiles, member: MemberPlace): Promise<Buffer> {
    const { path, offset, rawBytes, crc32: stamp } = member
    const key = `${path} ${offset}`
    const kept = this.#lines.get(key, stamp)
    if (kept !== undefined) return kept
    if (rawBytes > this.#most) return (await readMember(files, member)).lines
    // Many who ask at the same time read it once. If that fails, perhaps because its files were closed, each reads it itself.
    const asked = this.#asked.get(`${key} ${stamp}`)
    if (asked === undefined) return this.#read(key, files, member)
    return (await asked.catch(() => undefined)) ?? this.#read(key, files, member)
  }

  async #read(key: string, files: OpenFiles, member: MemberPlace): Promise<Buffer> {
    const { crc32: stamp } = member
    const name = `${key} ${stamp}`
    const asked = readMember(files, member).then(({ lines }) => lines)
    this.#asked.set(name, asked)
    try {
      const value = await asked
      this.#lines.set(key, { stamp, bytes: value.length, value })
      return value
    } finally {
      if (this.#asked.get(name) === asked) this.#asked.delete(name)
    }
  }
}
