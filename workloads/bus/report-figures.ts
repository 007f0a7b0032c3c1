// Figures for a person from reports: ages at a later moment than that of the report. Pure.

import type { ArchiverReport, ConnectorReport } from './report.ts'

/** Reports come every two seconds; after five missing ones the state is unknown. */
export const FRESH_MS = 10_000
/** Between two reports a figure stands still instead of counting up and down. */
const BETWEEN_MS = 3000
/** A quiet feed is not behind: nothing waits to be archived. */
const QUIET_MS = 5000

/** Age of the last data of a connector, or of its last frame if it had no data yet; null before the first. */
export function lastAgeMs(report: ConnectorReport, now: number): number | null {
  const last = report.lastDataAt ?? report.lastFrameAt
  if (last === null) return null
  return Math.max(0, (now - report.at < BETWEEN_MS ? report.at : now) - last)
}

/** Age of the oldest record that is not archived. */
export function archiveLagMs(report: ArchiverReport): number | null {
  if (report.lagSeconds === null) return null
  const lag = report.lagSeconds * 1000
  return report.pendingBlocks === 0 && lag > QUIET_MS ? 0 : lag
}

/** Age of the oldest frame that NATS has not acknowledged. Without a new report, records that waited are counted as still waiting. */
export function unackedMs(report: ConnectorReport, now: number): number | null {
  if (report.unackedSeconds === undefined) return null
  const unacked = report.unackedSeconds * 1000
  return unacked === 0 || now - report.at < BETWEEN_MS ? unacked : unacked + now - report.at
}
