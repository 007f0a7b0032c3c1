// What the archiver says of each feed every two seconds: the figures of a table, and what hinders it in words.

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
}): () => ArchiverReport {
  const { archive, environment, feed, role } = o
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
      message: feed.message,
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
    }
  }
}
