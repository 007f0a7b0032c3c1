// The days of feeds with their figures, as their manifests have them.

import { intervalOf } from '../model/interval.ts'
import { comparePositions, type PlainRow, plainRows } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import { type DamagedDay, type HeldDay, Holdings } from '../read/holdings.ts'
import {
  always,
  BUDGET,
  FEED_COLUMN,
  FEEDS,
  FROM,
  flag,
  integer,
  json,
  listOf,
  SMALL,
  TO,
  text,
  time,
} from './common.ts'

const COLUMNS = [
  FEED_COLUMN,
  text('day', 'The UTC day; absent if the whole folder of the feed cannot be read.'),
  text('exchange', 'Where its connections lead; absent on a day of an older ssmd.'),
  always(text('condition', 'available, degraded, pending, missing; damaged: it cannot be read.')),
  flag('simulated', 'True if any record of the day came from a simulator: no market data.'),
  flag('imported', 'True if another program archived records of the day; absent if none did.'),
  integer('records', 'Records, among them the events of connections.'),
  integer('bytes', 'Bytes of the segments on the disk.'),
  integer('rawBytes', 'Bytes of the lines before they were compressed.'),
  integer('segments', 'Files of records.'),
  integer('gaps', 'Holes that the manifest names.'),
  time('from', 'Receive time of the first record.'),
  time('to', 'Receive time of the last record.'),
  time('updated', 'When the manifest was written.'),
  json('types', 'Records by message type.'),
  json('proof', 'By channel, what the protocol can prove about completeness.'),
  text('problem', 'Why the day cannot be read.'),
]

export const datasets: Query = {
  name: 'datasets',
  path: '/v1/datasets',
  summary: 'The days of feeds, with records, size, gaps and condition',
  description:
    'One row for each feed and day, by feed and day. A day that cannot be read is a row with the condition damaged and its problem.',
  class: 'read',
  parameters: [FEEDS, FROM, TO],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (parameters, context) => {
    const choice = { feeds: listOf(parameters, 'feed'), ...intervalOf(parameters) }
    const { days, damaged } = await new Holdings(context).days(choice)
    const rows = [...days.map(rowOf), ...damaged.map(damagedRow)]
    rows.sort((a, b) => comparePositions([a.feed, a.key], [b.feed, b.key]))
    return plainRows({ columns: COLUMNS, rows, order: ['feed', 'key'] }, context)
  },
}

type Row = PlainRow & { readonly feed: string; readonly key: string }

const rowOf = ({ feed, day, facts }: HeldDay): Row => ({ ...facts, feed, day, key: day })

const damagedRow = ({ feed, day, path, error }: DamagedDay): Row => ({
  feed,
  day,
  condition: 'damaged',
  problem: error.message,
  key: `${day ?? ''} ${path}`,
})
