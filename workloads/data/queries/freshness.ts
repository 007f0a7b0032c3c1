// How old the last record of each feed is.

import { type PlainRow, plainRows, splitTime } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import type { Column } from '../model/rows.ts'
import { type HeldDay, type HeldFeed, Holdings } from '../read/holdings.ts'
import {
  always,
  BUDGET,
  DAY_COLUMN,
  decimal,
  FEED_COLUMN,
  FEEDS,
  flag,
  listOf,
  SMALL,
  text,
  time,
} from './common.ts'

const COLUMNS: readonly Column[] = [
  FEED_COLUMN,
  { ...DAY_COLUMN, says: 'The last UTC day that is archived.' },
  time('last', 'Receive time of the last record that is committed.'),
  decimal('ageSeconds', 'How long ago that was; below zero if a clock is wrong.'),
  always(time('updated', 'When the manifest was last written.')),
  always(text('condition', 'Of that day: pending while it grows.')),
  always(flag('simulated', 'True if any record of that day came from a simulator.')),
]

export const freshness: Query = {
  name: 'freshness',
  path: '/v1/freshness',
  summary: 'How old the last archived record of each feed is',
  description:
    'One row for each feed, by name. It says what is committed; records on their way are in /v1/live.',
  class: 'read',
  parameters: [FEEDS],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (parameters, context) => {
    const holdings = new Holdings(context)
    const rows: PlainRow[] = []
    for (const held of await holdings.chosen(listOf(parameters, 'feed'))) {
      const last = await lastDay(holdings, held)
      if (last !== undefined) rows.push(rowOf(last, context.nowMs()))
    }
    return plainRows({ columns: COLUMNS, rows, order: ['feed'] }, context)
  },
}

/** The last one that can be read; days before it are not looked at. */
async function lastDay(holdings: Holdings, held: HeldFeed): Promise<HeldDay | undefined> {
  for (const day of (await holdings.dayNames(held)).toReversed()) {
    const from = `${day}T00:00:00.000000000Z`
    const { days } = await holdings.days({ feeds: [held.feed], from })
    if (days.length > 0) return days.at(-1)
  }
  return undefined
}

function rowOf({ feed, day, facts }: HeldDay, now: number): PlainRow {
  const { to, updated, condition, simulated } = facts
  const last = to === null ? undefined : splitTime(to)
  const age = last === undefined ? null : { integer: now - last.ms, scale: 3 }
  return { feed, day, last: to, ageSeconds: age, updated, condition, simulated }
}
