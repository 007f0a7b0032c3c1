// The indexes of segments that were read, so that each question about a day does not read all of them again: many small ones ask for a
// few lines of a large day.

import { join } from 'node:path'
import type { ManifestSegment } from '../format/manifest.ts'
import { type IndexEntry, readIndex } from './members.ts'

type Kept = {
  readonly stamp: string
  readonly bytes: number
  readonly entries: readonly IndexEntry[]
}

/** Bytes of index files; as objects they are about three times as large. */
const MOST_BYTES = 8 * 1024 * 1024

export class IndexCache {
  readonly #kept = new Map<string, Kept>()
  readonly #most: number
  #bytes = 0

  constructor(mostBytes = MOST_BYTES) {
    this.#most = mostBytes
  }

  /** Bytes of the index files that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** The entries of a segment as the manifest describes it. Throws Stale. */
  async read(folder: string, segment: ManifestSegment): Promise<readonly IndexEntry[]> {
    const path = join(folder, segment.name)
    const stamp = `${segment.sha256} ${segment.indexBytes}`
    const kept = this.#kept.get(path)
    if (kept?.stamp === stamp) {
      // The one that was used last goes last.
      this.#kept.delete(path)
      this.#kept.set(path, kept)
      return kept.entries
    }
    const entries = await readIndex(folder, segment)
    this.#drop(path)
    if (segment.indexBytes > this.#most) return entries
    this.#kept.set(path, { stamp, bytes: segment.indexBytes, entries })
    this.#bytes += segment.indexBytes
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) break
      this.#drop(oldest)
    }
    return entries
  }

  #drop(path: string): void {
    this.#bytes -= this.#kept.get(path)?.bytes ?? 0
    this.#kept.delete(path)
  }
}
