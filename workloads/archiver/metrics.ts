// The archiver's metrics: counted where things happen, and read at each scrape.

import { statfs } from 'node:fs/promises'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { WriterStats } from '#archive/writer.ts'
import type { FeedArchiver } from './feed-archiver.ts'

/** Which archiver this is: the labels of one series that others are joined with. */
export type Identity = {
  readonly environment: string
  readonly archive: string
  /** Folder of the archive. */
  readonly root: string
}

export function archiverMetrics(
  registry: Registry,
  { environment, archive, root }: Identity,
  feeds: readonly FeedArchiver[]
): void {
  const registers = [registry]
  new Gauge({
    name: 'ssmd_archiver_info',
    help: 'Always 1: which Archive this archiver writes.',
    registers,
    labelNames: ['environment', 'archive'],
    collect() {
      this.set({ environment, archive }, 1)
    },
  })
  new Gauge({
    name: 'ssmd_archiver_free_bytes',
    help: 'Bytes that are free on the disk of the archive.',
    registers,
    async collect() {
      // A disk that does not answer leaves out this one series, not all of them.
      const { bavail, bsize } = await statfs(root).catch(() => ({ bavail: Number.NaN, bsize: 1 }))
      this.set(bavail * bsize)
    },
  })
  const labelNames = ['feed']
  const counter = (rest: string, help: string, read: (stats: WriterStats) => number) =>
    new Counter({
      name: `ssmd_archiver_${rest}`,
      help,
      registers,
      labelNames,
      collect() {
        this.reset()
        for (const { feed, stats } of feeds) this.inc({ feed }, stats === null ? 0 : read(stats))
      },
    })
  const gauge = (rest: string, help: string, read: (feed: FeedArchiver) => number | null) =>
    new Gauge({
      name: `ssmd_archiver_${rest}`,
      help,
      registers,
      labelNames,
      collect() {
        for (const feed of feeds) {
          const value = read(feed)
          if (value === null) this.remove({ feed: feed.feed })
          else this.set({ feed: feed.feed }, value)
        }
      },
    })
  counter('records_total', 'Records committed.', (s) => s.records)
  counter(
    'duplicate_records_total',
    'Records that came again and were ignored.',
    (s) => s.duplicates
  )
  counter(
    'late_records_total',
    'Records behind a higher number of their connection.',
    (s) => s.late
  )
  counter('skipped_records_total', 'Records of types that are not kept.', (s) => s.skipped)
  counter('bytes_total', 'Compressed bytes committed.', (s) => s.bytes)
  counter('line_bytes_total', 'Bytes of lines committed.', (s) => s.rawBytes)
  counter('commits_total', 'Commits.', (s) => s.commits)
  counter('sealed_segments_total', 'Segments sealed.', (s) => s.sealed)
  gauge('commit_seconds', 'How long the last commit took.', ({ stats }) =>
    stats === null || stats.commits === 0 ? null : stats.lastCommitMs / 1000
  )
  gauge('lag_seconds', 'Age of the newest committed record.', ({ stats }) =>
    stats === null || stats.newestMs === null
      ? null
      : Math.max(0, (Date.now() - stats.newestMs) / 1000)
  )
  gauge('archiving', '1 while it archives, 0 while it waits for NATS or for the disk.', (feed) =>
    feed.state === 'archiving' ? 1 : 0
  )
  gauge('last_commit_timestamp_seconds', 'When it committed last.', ({ stats }) =>
    stats === null || stats.lastCommitAt === null ? null : stats.lastCommitAt / 1000
  )
  gauge('pending_blocks', 'Blocks of the stream not yet taken in.', (feed) => feed.pendingBlocks)
  gauge('buffered_bytes', 'Bytes that wait for the next commit.', (feed) => feed.bufferedBytes)
  gauge(
    'missing_numbers',
    'Numbers that are currently missing.',
    ({ stats }) => stats?.holes ?? null
  )
  gauge('gaps', 'Known gaps of the present day.', ({ stats }) => stats?.dayGaps ?? null)
  gauge(
    'gap_entries',
    'Entries of the manifest that these gaps stand in: fewer where many are counted together.',
    ({ stats }) => stats?.dayGapEntries ?? null
  )
}
