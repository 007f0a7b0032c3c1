// `feeds`: what there is to ask for, a row for each feed.

import type { DaySummary } from '#archive/read/reader.ts'
import type { Query } from '../query.ts'
import { type Cells, pageOf } from './cells.ts'
import { daysOf, FEEDS } from './days.ts'

type Feed = { readonly feed: string; readonly days: readonly DaySummary[] }

const sum = ({ days }: Feed, of: (day: DaySummary) => number): number =>
  days.reduce((total, day) => total + of(day), 0)

const CELLS: Cells<Feed> = [
  {
    name: 'feed',
    type: 'text',
    optional: false,
    says: 'Name of the feed.',
    of: ({ feed }) => feed,
  },
  {
    name: 'exchange',
    type: 'text',
    says: 'Where its latest day was captured.',
    of: ({ days }) => days.at(-1)?.exchange,
  },
  {
    name: 'simulated',
    type: 'flag',
    optional: false,
    says: 'True if any of its days is simulated, which is no market data.',
    of: ({ days }) => days.some(({ simulated }) => simulated),
  },
  {
    name: 'proof',
    type: 'json',
    optional: false,
    says: 'By channel, what the protocol of the exchange can prove about completeness, as of its latest day.',
    of: ({ days }) => days.at(-1)?.proof ?? {},
  },
  {
    name: 'days',
    type: 'integer',
    optional: false,
    says: 'Days that are archived.',
    of: ({ days }) => days.length,
  },
  {
    name: 'from',
    type: 'text',
    optional: false,
    says: 'Its first day.',
    of: ({ days }) => days[0]?.day,
  },
  {
    name: 'to',
    type: 'text',
    optional: false,
    says: 'Its last day.',
    of: ({ days }) => days.at(-1)?.day,
  },
  {
    name: 'records',
    type: 'integer',
    optional: false,
    says: 'Records of all days.',
    of: (feed) => sum(feed, ({ records }) => records),
  },
  {
    name: 'bytes',
    type: 'integer',
    optional: false,
    says: 'Bytes of all segments.',
    of: (feed) => sum(feed, ({ bytes }) => bytes),
  },
  {
    name: 'rawBytes',
    type: 'integer',
    optional: false,
    says: 'The same before compression.',
    of: (feed) => sum(feed, ({ rawBytes }) => rawBytes),
  },
  {
    name: 'gaps',
    type: 'integer',
    optional: false,
    says: 'Known holes of all days.',
    of: (feed) => sum(feed, ({ gaps }) => gaps),
  },
]

export const feeds: Query = {
  name: 'feeds',
  path: '/v1/feeds',
  summary: 'Feeds of the archives',
  description: 'A row for each feed, in the order of their names.',
  class: 'read',
  parameters: [FEEDS],
  answer: { kind: 'rows', columns: CELLS, limit: { usual: 1_000, most: 10_000 } },
  budget: 16_384,
  async run(parameters, context) {
    const byFeed = Map.groupBy(await daysOf(context, parameters.feed), ({ feed }) => feed)
    const found = [...byFeed].map(([feed, days]): Feed => ({ feed, days }))
    return pageOf(found, CELLS, context, ({ feed }) => [feed])
  },
}
