// What was captured, day by day: a calendar of every feed. A day on which nothing was traded is told from one that was not captured.

import { dayAfter } from '../model/day.ts'
import { intervalOf } from '../model/interval.ts'
import type { DayFacts } from '../model/manifests.ts'
import { type Decimal, type PlainRow, plainRows } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import { type DamagedDay, type HeldDay, Holdings } from '../read/holdings.ts'
import {
  always,
  BUDGET,
  DAY_COLUMN,
  decimal,
  FEED_COLUMN,
  FEEDS,
  FROM,
  flag,
  integer,
  listOf,
  TO,
  text,
  time,
} from './common.ts'

const COLUMNS = [
  FEED_COLUMN,
  DAY_COLUMN,
  always(
    text(
      'state',
      'captured; no-trades: captured, and nothing was traded; not-captured: no record of that day; damaged: it cannot be read.'
    )
  ),
  text('condition', 'As the manifest says: available, degraded, pending or missing.'),
  flag('simulated', 'True if any record of the day came from a simulator: no market data.'),
  flag('imported', 'True if another program archived records of the day; absent if none did.'),
  integer('records', 'Records, among them the events of connections.'),
  integer('trades', 'Records of trades; absent if the feed captures none.'),
  integer('bytes', 'Bytes of the segments on the disk.'),
  integer('gaps', 'Holes that the manifest names.'),
  decimal('gapSeconds', 'How long at least one connection missed something.'),
  decimal('spanSeconds', 'From the first record or gap of the day to the last one.'),
  decimal('gapShare', 'gapSeconds of spanSeconds, from 0 to 1, rounded down.'),
  time('from', 'Receive time of the first record.'),
  time('to', 'Receive time of the last record.'),
]

export const coverage: Query = {
  name: 'coverage',
  path: '/v1/coverage',
  summary: 'A calendar of what was captured: feed × day with condition, gaps and trades',
  description:
    'One row for each feed and day, from its first day to its last, by feed and day. Days between them without data are rows ' +
    'of state not-captured. Simulated days are marked.',
  class: 'read',
  parameters: [FEEDS, FROM, TO],
  answer: { kind: 'rows', columns: COLUMNS, limit: { usual: 10_000, most: 1_000_000 } },
  budget: BUDGET,
  run: async (parameters, context) => {
    const names = listOf(parameters, 'feed')
    const interval = intervalOf(parameters)
    const holdings = new Holdings(context)
    // All of them: whether a feed captures trades at all shows on any day.
    const { days, damaged } = await holdings.days({ feeds: names })
    const rows: PlainRow[] = []
    for (const held of await holdings.chosen(names)) {
      const { feed } = held
      const own = new Map(days.filter((day) => day.feed === feed).map((day) => [day.day, day]))
      const bad = new Map(damaged.filter((day) => day.feed === feed).map((day) => [day.day, day]))
      const hasTrades = [...own.values()].some(({ facts }) => capturesTrades(facts))
      for (const day of between(await holdings.dayNames(held), interval)) {
        rows.push(rowOf(feed, day, own.get(day), bad.get(day), hasTrades))
      }
    }
    return plainRows({ columns: COLUMNS, rows, order: ['feed', 'day'] }, context)
  },
}

/** Every day from the first to the last that there is, within the interval. */
function* between(
  names: readonly string[],
  { from, to }: { readonly from?: string; readonly to?: string }
): Generator<string> {
  const [first] = names
  const last = names.at(-1)
  if (first === undefined || last === undefined) return
  const start = from === undefined || first > from.slice(0, 10) ? first : from.slice(0, 10)
  for (let day = start; day <= last; day = dayAfter(day)) {
    if (to !== undefined && `${day}T00:00:00.000000000Z` >= to) return
    yield day
  }
}

const TRADES = 'trades'

/** By what it has, or by what it is subscribed to. */
const capturesTrades = ({ groups, proof }: DayFacts): boolean =>
  groups[TRADES] !== undefined || Object.keys(proof).some((channel) => channel.includes('trade'))

function rowOf(
  feed: string,
  day: string,
  held: HeldDay | undefined,
  damaged: DamagedDay | undefined,
  hasTrades: boolean
): PlainRow {
  if (held === undefined) {
    return { feed, day, state: damaged === undefined ? 'not-captured' : 'damaged' }
  }
  const { facts } = held
  const trades = hasTrades ? (facts.groups[TRADES] ?? 0) : null
  const state =
    facts.condition === 'missing' ? 'not-captured' : trades === 0 ? 'no-trades' : 'captured'
  const { condition, simulated, imported, records, bytes, gaps } = facts
  const { from, to, gapNanos, spanNanos } = facts
  return {
    ...{ feed, day, state, condition, simulated, imported, records, trades, bytes, gaps },
    gapSeconds: { integer: gapNanos, scale: 9 },
    spanSeconds: { integer: spanNanos, scale: 9 },
    gapShare: shareOf(gapNanos, spanNanos),
    from,
    to,
  }
}

function shareOf(part: number, whole: number): Decimal | null {
  if (whole === 0) return null
  return { integer: Number((BigInt(part) * 1_000_000n) / BigInt(whole)), scale: 6 }
}
