// What the exchange says about its instruments.

import { EVENT, type Instrument } from '#market/event.ts'
import { intervalOf } from '../model/interval.ts'
import { comparePositions, type PlainRow, plainRows } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import type { Column } from '../model/rows.ts'
import { eventBatches } from '../read/event-stream.ts'
import { type HeldDay, Holdings } from '../read/holdings.ts'
import { refuseUnknown } from '../read/known-names.ts'
import { QualityBook } from '../read/quality.ts'
import {
  always,
  BUDGET,
  FEED_COLUMN,
  FEEDS,
  FROM,
  listOf,
  SMALL,
  SYMBOL_COLUMN,
  SYMBOLS,
  TO,
  text,
  time,
} from './common.ts'

const COLUMNS: readonly Column[] = [
  FEED_COLUMN,
  SYMBOL_COLUMN,
  always(time('recv', 'When the exchange last said something about it.')),
  always(
    text('phase', 'created, open, paused, closed, settled; changed: something else than its phase.')
  ),
  always(text('action', "The exchange's own word for what happened last.")),
  text('title', 'In words.'),
  text('tick', 'Step of prices.'),
  text('sizeStep', 'Step of sizes.'),
  text('strikeType', 'Of a market on an outcome: how it is decided.'),
  text('floorStrike', 'The number that decides it, from below.'),
  text('capStrike', 'The number that decides it, from above.'),
  text('openTime', 'RFC 3339.'),
  text('closeTime', 'RFC 3339.'),
  text('result', 'How it ended.'),
  text('settlement', 'What one contract is worth then.'),
]

export const instruments: Query = {
  name: 'instruments',
  path: '/v1/instruments',
  summary: 'What the exchange says about its instruments',
  description:
    'One row for each feed and symbol that the exchange spoke about in the interval, with the last that it said of each field. Without ' +
    'from and to: the last day of each feed.',
  class: 'read',
  parameters: [FEEDS, SYMBOLS, FROM, TO],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (parameters, context) => {
    const interval = intervalOf(parameters)
    const symbols = listOf(parameters, 'symbol')
    const holdings = new Holdings(context)
    const feeds = await holdings.chosen(listOf(parameters, 'feed'))
    const held = await holdings.days({ feeds: feeds.map(({ feed }) => feed), ...interval })
    const isWhole = interval.from === undefined && interval.to === undefined
    const days = isWhole ? lastOfEach(held.days) : held.days
    await refuseUnknown(context, feeds, days, { symbols })
    const quality = new QualityBook(interval)
    quality.addDamaged(held.damaged)
    const found = new Map<string, PlainRow & { feed: string; symbol: string }>()
    const scope = { ...interval, days, symbols, events: ['instrument'] as const }
    for await (const batch of eventBatches(context, holdings, scope, quality)) {
      batch.each(({ kind, feed, symbol, recvText, instrument }) => {
        if (kind !== EVENT.instrument || instrument === undefined) return
        const key = JSON.stringify([feed, symbol])
        const said = sent(instrument)
        found.set(key, { ...found.get(key), ...said, feed, symbol, recv: recvText })
      })
    }
    const rows = [...found.values()].sort((a, b) =>
      comparePositions([a.feed, a.symbol], [b.feed, b.symbol])
    )
    const answer = { columns: COLUMNS, rows, order: ['feed', 'symbol'] }
    return plainRows({ ...answer, quality: () => quality.quality() }, context)
  },
}

const lastOfEach = (days: readonly HeldDay[]): HeldDay[] => [
  ...new Map(days.map((day) => [day.feed, day])).values(),
]

/** What the exchange did not send does not hide what it sent before. */
const sent = (instrument: Instrument): PlainRow =>
  Object.fromEntries(Object.entries(instrument).filter(([, value]) => value !== undefined))
