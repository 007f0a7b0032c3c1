// Seals ended segments, one at a time, while commits continue: compaction needs the CPU, not the queue of disk operations.
// Work that is interrupted starts over at the next start.

import { join } from 'node:path'
import type { SegmentState } from '../state/day.ts'
import type { Committer } from './committer.ts'
import { compactSegment } from './compact.ts'

export type SealerHooks = {
  /** Runs work when no other operation on the disk is under way. */
  exclusive<T>(work: () => Promise<T>): Promise<T>
  onSealed(segment: { day: string; segment: string; bytes: number; packed: boolean }): void
  onError(thrown: unknown): void
}

export class Sealer {
  readonly #committer: Committer
  readonly #compress: (lines: Buffer) => Promise<Buffer>
  readonly #hooks: SealerHooks
  #running: Promise<void> | null = null
  #stopped = false

  constructor(
    committer: Committer,
    compress: (lines: Buffer) => Promise<Buffer>,
    hooks: SealerHooks
  ) {
    this.#committer = committer
    this.#compress = compress
    this.#hooks = hooks
  }

  /** Starts if there is something to seal and nothing under way. */
  kick(): void {
    if (this.#running !== null || this.#stopped || this.#next() === undefined) return
    this.#running = this.#run()
      .catch((thrown) => this.#hooks.onError(thrown))
      .finally(() => {
        this.#running = null
      })
  }

  /** Aborts the work under way and resolves once it has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next !== undefined && !this.#stopped; next = this.#next()) {
      const { day, segment } = next
      const { disk, folder, files, state } = this.#committer
      const record = await compactSegment({
        disk,
        folder: join(folder, day),
        day,
        id: state.id,
        segment: { ...segment },
        sha256: files.sha256Of({ day, name: segment.name }),
        compress: this.#compress,
        isAborted: () => this.#stopped,
      })
      if (record === undefined) return
      const { name, bytes, packed } = record
      await this.#hooks.exclusive(async () => {
        await this.#committer.seal(record)
        await this.#committer.manifests.write('due')
      })
      this.#hooks.onSealed({ day, segment: name, bytes, packed })
    }
  }

  #next(): { day: string; segment: SegmentState } | undefined {
    for (const { day, segments } of this.#committer.state.days.values()) {
      for (const segment of segments.values()) {
        if (segment.status === 'ended') return { day, segment }
      }
    }
    return undefined
  }
}
