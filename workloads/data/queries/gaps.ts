// Every known hole, with its cause.

import { intervalOf } from '../model/interval.ts'
import { type PlainRow, plainRows, splitTime } from '../model/plain-rows.ts'
import type { Parameter, Query } from '../model/query.ts'
import { Holdings } from '../read/holdings.ts'
import { QualityBook } from '../read/quality.ts'
import {
  always,
  BUDGET,
  DAY_COLUMN,
  decimal,
  FEED_COLUMN,
  FEEDS,
  FROM,
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
  DAY_COLUMN,
  always(text('cause', 'Why frames are missing, such as disconnected.')),
  always(text('fault', 'Whose fault it is: ours, network, exchange or planned.')),
  decimal('seconds', 'From `from` to `to`.'),
  always(time('from', 'The last record before it, by the clock of its connection.')),
  time('to', 'What came after it; absent while it lasts.'),
  text('connection', 'The connection that missed something.'),
  integer('shard', 'Its place in the feed.'),
  integer('missing', 'How many records are missing; absent if it cannot be known.'),
  always(integer('count', 'Number of gaps of one kind that this row stands for.')),
  text('channel', 'The channel whose numbers show it.'),
  integer('scope', 'Where the exchange counts.'),
  json('sequences', 'Which numbers of the exchange are missing: the first and the last.'),
  json('numbers', 'Which numbers of the connection are missing: the first and the last.'),
  text('clock', 'back: what came after it has earlier times than what came before.'),
  always(text('detail', 'In words.')),
]

const CAUSES: Parameter = {
  name: 'cause',
  list: true,
  schema: {
    type: 'string',
    description: 'Only gaps of these causes. All if left out.',
    examples: ['disconnected'],
  },
}

export const gaps: Query = {
  name: 'gaps',
  path: '/v1/gaps',
  summary: 'Known holes in the data, with their causes',
  description:
    'One row for each gap that the manifests name and that touches the interval, by feed and day, in the order of the manifest. A ' +
    'gap over midnight has a part in each day.',
  class: 'read',
  parameters: [FEEDS, FROM, TO, CAUSES],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (parameters, context) => {
    const interval = intervalOf(parameters)
    const causes = listOf(parameters, 'cause')
    const holdings = new Holdings(context)
    const { days } = await holdings.days({ feeds: listOf(parameters, 'feed'), ...interval })
    async function* rows(): AsyncGenerator<PlainRow> {
      for (const held of days) {
        if (held.facts.gaps === 0) continue
        const manifest = await holdings.manifest(held, held.day)
        const touching = new QualityBook(interval)
        touching.add(held.feed, manifest)
        for (const [place, gap] of touching.quality().gaps.entries()) {
          if (causes !== undefined && !causes.includes(gap.cause)) continue
          const { count = 1, from, to } = gap
          yield { ...gap, place, count, seconds: to === null ? null : secondsOf(from, to) }
        }
      }
    }
    return plainRows({ columns: COLUMNS, rows: rows(), order: ['feed', 'day', 'place'] }, context)
  },
}

/** With nine decimals. */
function secondsOf(from: string, to: string): { integer: number; scale: number } | null {
  const start = splitTime(from)
  const end = splitTime(to)
  if (start === undefined || end === undefined) return null
  return { integer: (end.ms - start.ms) * 1e6 + end.ns - start.ns, scale: 9 }
}
