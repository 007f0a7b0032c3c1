// A plan and the cost of a change as lines of text. Pure.

import { renderTable } from '../table.ts'
import { clean, formatBytes, formatCount, plural } from '../text.ts'
import type { Connections, Cost, Kept, Plan, PlanRow } from './plan.ts'

const UNKNOWN = '?'

export function planLines({ rows, totals }: Plan, width: number | undefined): string[] {
  if (rows.length === 0) return ['nothing is to be captured: no Environment runs a feed']
  const table = renderTable(
    [
      { title: 'FEED', least: 8 },
      { title: 'ENVIRONMENT', least: 6 },
      { title: 'SOURCE', spare: 2 },
      { title: 'CONNECTIONS', align: 'right' },
      { title: 'RECORDS/DAY', align: 'right' },
      { title: 'SIZE/DAY', align: 'right' },
      { title: 'KEEPS', least: 8, spare: 1 },
      { title: 'IN THE END', align: 'right' },
    ],
    rows.map((row) => cellsOf(row).map(clean)),
    width
  )
  const { unknown, unbounded } = totals
  const sum = [
    plural(totals.connectors, 'connector'),
    `${connectionsText(totals.connections)} connections`,
    // The sum of unknowns would be a wrong zero.
    ...(rows.every(({ measured }) => measured === null)
      ? []
      : [
          `${formatCount(totals.recordsPerDay)} records a day`,
          `${formatBytes(totals.bytesPerDay)} a day`,
          `${formatBytes(totals.bytesInTheEnd)} in the end`,
        ]),
  ].join(', ')
  const isPart = rows.some(({ measured }) => measured?.days === 0)
  return [
    ...table,
    '',
    sum,
    ...(unknown.length > 0
      ? [`unknown, because no archive holds a day of it: ${unknown.join(', ')}`]
      : []),
    ...(unbounded.length > 0 ? [`kept without limit: ${unbounded.join(', ')}`] : []),
    ...(isPart ? ['~ is a part of a day, extended to a whole one'] : []),
  ].map(clean)
}

function cellsOf(row: PlanRow): string[] {
  const { measured, bytesPerDay, bytesInTheEnd, kept } = row
  const about = measured?.days === 0 ? '~' : ''
  return [
    row.feed,
    row.environment,
    row.simulated ? 'simulated' : 'exchange',
    connectionsText(row.connections),
    measured === null ? UNKNOWN : `${about}${formatCount(measured.records)}`,
    bytesPerDay === null ? UNKNOWN : `${about}${formatBytes(bytesPerDay)}`,
    kept.length === 0 ? 'nothing' : kept.map(keptText).join(', '),
    bytesInTheEnd === null
      ? measured === null
        ? UNKNOWN
        : 'grows'
      : `${about}${formatBytes(bytesInTheEnd)}`,
  ]
}

const connectionsText = ({ count, atLeast }: Connections): string =>
  `${atLeast ? '≥ ' : ''}${formatCount(count)}`

const keptText = ({ archive, days }: Kept): string =>
  `${days === null ? 'all' : plural(days, 'day')} in ${archive}`

/** One short block; empty if nothing costs more or less than before. */
export function costLines(cost: Cost): string[] {
  const parts = [
    ...signed(cost.connectors, (value) => plural(value, 'connector')),
    ...signed(cost.connections, (value) => plural(value, 'connection')),
    ...signed(cost.recordsPerDay, (value) => `${formatCount(value)} records a day`),
    ...signed(cost.bytesPerDay, (value) => `${formatBytes(value)} a day`),
    ...signed(cost.bytesInTheEnd, (value) => `${formatBytes(value)} in the end`),
  ]
  return [
    ...(parts.length > 0 ? [`plan: ${parts.join(', ')}`] : []),
    ...(cost.unknown.length > 0
      ? [`plan: how much ${cost.unknown.join(', ')} sends is unknown: no archive holds a day of it`]
      : []),
  ].map(clean)
}

const signed = (value: number, text: (value: number) => string): string[] =>
  value === 0 ? [] : [`${value > 0 ? '+' : '−'}${text(Math.abs(value))}`]
