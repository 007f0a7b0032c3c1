// The archiver's metrics: counted where things happen, and read at each scrape.

import { Counter, Gauge, type Registry } from 'prom-client'
import type { WriterStats } from '#archive/writer.ts'
import type { FeedArchiver } from './feed-archiver.ts'

export function archiverMetrics(registry: Registry, feeds: readonly FeedArchiver[]): void {
  const registers = [registry]
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
