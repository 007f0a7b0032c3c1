// The same story as plain lines, for a file, a pipe, or a terminal that cannot be redrawn. Pure.

import type { Report } from '#bus/report.ts'
import { rfc3339Seconds } from '#crds/rfc3339.ts'
import type { UpEvent } from '../../operator/local/events.ts'
import type { Snapshot } from '../../operator/local/snapshot.ts'
import { type SignalRow, signalsOfSnapshot } from '../looking/signals.ts'
import { clean, formatBytes, formatCount, formatRate, formatSpan, plural } from '../text.ts'
import { type Row, rowsOf } from './rows.ts'

export const eventLine = ({ at, level, subject, text }: UpEvent): string =>
  `${rfc3339Seconds(at)} ${level === 'info' ? '' : `${level}: `}${clean(subject)}: ${clean(text)}`

/** One line a feed, and one a signal. */
export const stateLines = (snapshot: Snapshot): readonly string[] =>
  [...rowsOf(snapshot).map(describeRow), ...signalsOfSnapshot(snapshot).map(describeSignal)].map(
    (line) => `${rfc3339Seconds(snapshot.at)} ${line}`
  )

function describeSignal(row: SignalRow): string {
  const parts = [row.state]
  if (row.firesToday !== null) parts.push(`${plural(row.firesToday, 'fire')} today`)
  if (row.lag !== null) parts.push(`lag ${row.lag}`)
  if (row.errors) parts.push(plural(row.errors, 'error'))
  if (row.message !== '') parts.push(row.message)
  return clean(`signal ${row.signal} (${row.environment}): ${parts.join(', ')}`)
}

function describeRow(row: Row): string {
  const parts = [clean(row.state)]
  if (row.perSecond !== null) parts.push(`${formatRate(row.perSecond)} msg/s`)
  if (row.lastMs !== null) parts.push(`last ${formatSpan(row.lastMs)} ago`)
  if (row.archived !== null) parts.push(`archived ${formatCount(row.archived)}`)
  if (row.lagMs !== null) parts.push(`lag ${formatSpan(row.lagMs)}`)
  if (row.gaps !== null) parts.push(plural(row.gaps, 'gap'))
  if (row.dropped) parts.push(`${plural(row.dropped, 'frame')} dropped`)
  const said = row.troubles.map(({ message }) => message)
  // What hinders the connector is often one of its troubles.
  if (!said.some((message) => row.message.includes(message))) said.push(row.message)
  parts.push(...said.filter((message) => message !== '').map(clean))
  const source = { exchange: '', simulated: ', simulated', mixed: ', partly simulated' }[row.source]
  return `${clean(row.feed)} (${clean(row.environment)}${source}): ${parts.join(', ')}`
}

/** The last line: what is archived, by the last reports of the archivers. */
export function summaryLines(stopped: Snapshot): readonly string[] {
  const age = formatSpan(stopped.at - stopped.startedAt)
  const isIdle = (feed: string, environment: string) =>
    stopped.feeds.some((one) => one.feed === feed && one.environment === environment && one.idle)
  const kept = stopped.reports
    .filter((report) => report.role === 'archiver')
    .filter(({ feed, environment, dayRecords }) => dayRecords > 0 || !isIdle(feed, environment))
    .map((report) => {
      const source = report.simulated ? ' (simulated)' : ''
      return `${clean(report.feed)}${source} ${plural(report.dayRecords, 'record')} archived today, ${plural(report.dayGaps, 'gap')}`
    })
    .sort()
  const what = kept.length > 0 ? `: ${kept.join('; ')}` : ''
  const lost = stopped.reports.flatMap(lossOf).sort()
  const rest = stopped.hurried ? ' What was not yet archived is archived at the next start.' : ''
  return [
    `Stopped after ${age}${what}. Data in ${clean(stopped.data)}.${rest}`,
    ...lost.map((loss) => `Lost: ${loss}; the manifest names the gap.`),
  ]
}

/** What a connector received and did not bring into NATS by its last report. */
function lossOf(report: Report): string[] {
  if (report.role !== 'connector') return []
  const parts: string[] = []
  if (report.dropped > 0)
    parts.push(`${plural(report.dropped, 'frame')} dropped for lack of space since its last start`)
  if (report.state === 'stopping' && report.pendingBytes > 0)
    parts.push(`${formatBytes(report.pendingBytes)} that NATS had not acknowledged at its end`)
  return parts.length > 0 ? [`${clean(report.feed)} ${parts.join(', and ')}`] : []
}
