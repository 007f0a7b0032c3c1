// What the archiver says of each feed every two seconds: the figures of a table, and what hinders it in words.

import type { WriterStats } from '#archive/writer.ts'
import type { Alarms } from '#bus/alarms.ts'
import type { ArchiverReport } from '#bus/report.ts'
import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import type { Role } from '#role/run.ts'
import type { FeedArchiver } from './feed-archiver.ts'

/** The Deployment that runs the archiver of an Archive. */
export const deploymentName = (archive: string): string => `archiver-${archive}`

/** Makes reports; rates are since the one before. */
export function reporter(o: {
  readonly archive: Archive
  readonly environment: Environment
  readonly feed: FeedArchiver
  readonly role: Pick<Role, 'clock' | 'signal'>
  readonly alarms: Alarms
}): () => ArchiverReport {
  const { archive, environment, feed, role, alarms } = o
  const { nowMs } = role.clock
  let before = { at: nowMs(), records: 0 }
  let recordsPerSecond = 0
  return () => {
    const at = nowMs()
    const { stats } = feed
    const records = stats?.records ?? 0
    const seconds = (at - before.at) / 1000
    if (seconds >= 0.5) {
      recordsPerSecond = Math.max(0, records - before.records) / seconds
      before = { at, records }
    }
    noteStorm(feed.feed, stats, alarms)
    const { troubles } = alarms
    const newest = stats?.newestMs ?? null
    return {
      version: 1,
      role: 'archiver',
      environment: environment.metadata.name,
      feed: feed.feed,
      name: deploymentName(archive.metadata.name),
      archive: archive.metadata.name,
      at,
      simulated:
        environment.spec.simulator?.feeds.includes(feed.feed) || (stats?.simulated ?? false),
      state: role.signal.aborted ? 'stopping' : feed.state,
      message: feed.message || (troubles[0]?.message ?? ''),
      ...(feed.code === undefined ? {} : { code: feed.code }),
      records,
      recordsPerSecond: Math.round(recordsPerSecond * 10) / 10,
      lastCommitAt: stats?.lastCommitAt ?? null,
      lagSeconds: newest === null ? null : Math.max(0, at - newest) / 1000,
      pendingBlocks: feed.pendingBlocks,
      day: stats?.day ?? null,
      dayRecords: stats?.dayRecords ?? 0,
      dayBytes: stats?.dayBytes ?? 0,
      dayGaps: stats?.dayGaps ?? 0,
      ...(troubles.length === 0 ? {} : { troubles }),
    }
  }
}

/** A day with more gaps than its manifest can name one by one says so for as long as it is the present one. */
function noteStorm(feed: string, stats: WriterStats | null, alarms: Alarms): void {
  const { day, dayGaps = 0, dayGapEntries = 0 } = stats ?? {}
  const key = `${feed} storm`
  if (dayGaps === dayGapEntries) alarms.end(key)
  else {
    const message = `${feed}: ${dayGaps} gaps on ${day}: the manifest counts many of them together, and the lines of the day hold each`
    alarms.begin(key, 'GapStorm', message)
  }
}
