// Which feeds there are, and how much of each.

import { exchangeOf } from '#archive/read/exchange.ts'
import { type PlainRow, plainRows } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import { type HeldDay, Holdings } from '../read/holdings.ts'
import { always, BUDGET, FEED_COLUMN, flag, integer, json, SMALL, text } from './common.ts'

const COLUMNS = [
  FEED_COLUMN,
  text('exchange', 'Where its connections lead; absent if the archive does not say.'),
  always(flag('simulated', 'True if any record of any day came from a simulator: no market data.')),
  always(integer('days', 'Days with a manifest that can be read.')),
  text('from', 'The first of those days.'),
  text('to', 'The last of those days.'),
  always(integer('records', 'Records of all days.')),
  always(integer('bytes', 'Bytes on the disk.')),
  always(integer('rawBytes', 'Bytes of the lines before they were compressed.')),
  always(integer('gaps', 'Gaps of all days.')),
  text('condition', 'Of the last day: available, degraded, pending or missing.'),
  json('proof', 'Of the last day: by channel, what the protocol can prove about completeness.'),
  always(integer('damaged', 'Days and folders that cannot be read.')),
]

export const feeds: Query = {
  name: 'feeds',
  path: '/v1/feeds',
  summary: 'The feeds there are, and how much of each',
  description:
    'One row for each feed, by name, from the manifests of its days. A feed of which nothing can be read is a row too.',
  class: 'read',
  parameters: [],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (_, context) => {
    const holdings = new Holdings(context)
    const { days, damaged } = await holdings.days()
    const rows: PlainRow[] = []
    for (const { feed } of await holdings.feeds()) {
      const bad = damaged.filter((day) => day.feed === feed).length
      const own = days.filter((day) => day.feed === feed)
      if (own.length + bad > 0) rows.push(await rowOf(feed, own, bad))
    }
    return plainRows({ columns: COLUMNS, rows, order: ['feed'] }, context)
  },
}

async function rowOf(feed: string, days: readonly HeldDay[], damaged: number): Promise<PlainRow> {
  const sum = (count: (day: HeldDay) => number): number =>
    days.reduce((total, day) => total + count(day), 0)
  const last = days.at(-1)
  return {
    feed,
    exchange:
      last === undefined
        ? null
        : await exchangeOf(last.root.path, { ...last.facts, feed: last.own }),
    simulated: days.some(({ facts }) => facts.simulated),
    days: days.length,
    from: days[0]?.day,
    to: last?.day,
    records: sum(({ facts }) => facts.records),
    bytes: sum(({ facts }) => facts.bytes),
    rawBytes: sum(({ facts }) => facts.rawBytes),
    gaps: sum(({ facts }) => facts.gaps),
    condition: last?.facts.condition,
    proof: last?.facts.proof,
    damaged,
  }
}
