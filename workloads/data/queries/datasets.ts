// `datasets`: what is archived, a row for each feed and day.

import type { DaySummary } from '#archive/read/reader.ts'
import { sourceOf } from '../catalog.ts'
import type { Query } from '../query.ts'
import { type Cells, pageOf } from './cells.ts'
import { DAY_SPAN, daysOf, FEEDS, inSpan } from './days.ts'

const CELLS: Cells<DaySummary> = [
  {
    name: 'feed',
    type: 'text',
    optional: false,
    says: 'Name of the feed.',
    of: ({ feed }) => feed,
  },
  { name: 'day', type: 'text', optional: false, says: 'Day in UTC.', of: ({ day }) => day },
  {
    name: 'exchange',
    type: 'text',
    says: 'Where it was captured.',
    of: ({ exchange }) => exchange,
  },
  {
    name: 'environment',
    type: 'text',
    optional: false,
    says: 'Environment that captured it.',
    of: ({ environment }) => environment,
  },
  {
    name: 'archive',
    type: 'text',
    optional: false,
    says: 'Archive that keeps it.',
    of: ({ archive }) => archive,
  },
  {
    name: 'source',
    type: 'text',
    optional: false,
    says: '`exchange`, or `simulated`, which is no market data.',
    of: sourceOf,
  },
  {
    name: 'condition',
    type: 'text',
    optional: false,
    says: '`available`, `degraded`, `pending` while it grows, or `missing`.',
    of: ({ condition }) => condition,
  },
  {
    name: 'records',
    type: 'integer',
    optional: false,
    says: 'Records: frames and connection events.',
    of: ({ records }) => records,
  },
  {
    name: 'bytes',
    type: 'integer',
    optional: false,
    says: 'Bytes of its segments.',
    of: ({ bytes }) => bytes,
  },
  {
    name: 'rawBytes',
    type: 'integer',
    optional: false,
    says: 'The same before compression.',
    of: ({ rawBytes }) => rawBytes,
  },
  {
    name: 'segments',
    type: 'integer',
    optional: false,
    says: 'Files with records.',
    of: ({ segments }) => segments,
  },
  { name: 'gaps', type: 'integer', optional: false, says: 'Known holes.', of: ({ gaps }) => gaps },
  { name: 'from', type: 'text', says: 'Receive time of its first record.', of: ({ from }) => from },
  { name: 'to', type: 'text', says: 'Receive time of its last record.', of: ({ to }) => to },
  {
    name: 'updated',
    type: 'text',
    optional: false,
    says: 'When its manifest was written.',
    of: ({ updated }) => updated,
  },
]

export const datasets: Query = {
  name: 'datasets',
  path: '/v1/datasets',
  summary: 'Days of each feed',
  description: 'A row for each feed and day of the archives, in the order of feeds and days.',
  class: 'read',
  parameters: [FEEDS, ...DAY_SPAN],
  answer: { kind: 'rows', columns: CELLS, limit: { usual: 10_000, most: 100_000 } },
  budget: 32_768,
  async run(parameters, context) {
    const found = (await daysOf(context, parameters.feed)).filter(({ day }) =>
      inSpan(day, parameters)
    )
    return pageOf(found, CELLS, context, ({ feed, day }) => [feed, day])
  },
}
