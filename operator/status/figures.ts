// The figures of a status, computed from reports, and their text. Pure.

import { rfc3339Seconds } from '#crds/rfc3339.ts'
import type { ArchiverSays, Says } from './reports.ts'

/** Three digits are enough for a person; more would cause more status writes. */
export const rounded = (rate: number): number => Number(rate.toPrecision(3))

/** Unix milliseconds as Kubernetes writes times; undefined if it is not a valid time. */
export function timeOf(ms: number | null | undefined): string | undefined {
  if (typeof ms !== 'number' || !(ms > 0) || ms > 8.64e15) return undefined
  return rfc3339Seconds(ms)
}

/** Gaps of the UTC day: the largest number that an archiver of the feed reports; undefined without a report. */
export function gapsToday(reports: readonly ArchiverSays[], day: string): number | undefined {
  const counts = reports.filter((report) => report.day === day).map(({ dayGaps }) => dayGaps)
  return counts.length === 0 ? undefined : Math.max(...counts)
}

/** If no record waits for a commit, the lag is 0, whatever the age of the newest record. */
const QUIET_S = 5

/** Seconds from receiving a record to committing it, the largest of all; undefined if no report has it. */
export function lagOf(reports: readonly Says[]): number | undefined {
  const lags = reports.flatMap((report) => {
    if (report.role === 'connector') return report.unackedSeconds ?? []
    const { lagSeconds } = report
    if (lagSeconds === null) return []
    if (report.role === 'signal') return lagSeconds
    const { pendingBlocks } = report
    return pendingBlocks === 0 && lagSeconds > QUIET_S ? 0 : lagSeconds
  })
  return lags.length === 0 ? undefined : Math.max(...lags)
}

/** As a column shows it: `0.2s`, `45s`, `12m`, `5h`, `3d`. */
export function lagText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`
  if (seconds < 119.5) return `${Math.round(seconds)}s`
  if (seconds < 7_170) return `${Math.round(seconds / 60)}m`
  if (seconds < 171_000) return `${Math.round(seconds / 3600)}h`
  return `${Math.min(99_999, Math.round(seconds / 86_400))}d`
}

/** Lag, and when it was reported: the time of the oldest report used. */
export function lagFigures(reports: readonly Says[]): Readonly<Record<string, unknown>> {
  if (reports.length === 0) return {}
  const lag = lagOf(reports)
  const reportedTime = timeOf(Math.min(...reports.map(({ seenAt }) => seenAt)))
  return {
    ...(lag === undefined ? {} : { lag: lagText(lag) }),
    ...(reportedTime === undefined ? {} : { reportedTime }),
  }
}
