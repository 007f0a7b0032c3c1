// Market events: frames of every exchange in the same words.

import type { EventKind } from '#events/history.ts'
import { EVENT, EVENT_NAMES, FLAG, MarketEvent, SIDE } from '#market/event.ts'
import { timeText } from '#market/time.ts'
import { intervalOf } from '../model/interval.ts'
import { Place } from '../model/place.ts'
import type { Parameter, Query, QueryContext, RowsAnswer } from '../model/query.ts'
import { RowBuffer, RUN_ROWS } from '../model/row-buffer.ts'
import type { Column, Position, RowRun } from '../model/rows.ts'
import { type EventScope, eventBatches, justBefore } from '../read/event-stream.ts'
import { Holdings } from '../read/holdings.ts'
import { refuseUnknown } from '../read/known-names.ts'
import { QualityBook } from '../read/quality.ts'
import {
  always,
  BUDGET,
  decimal,
  FEED_COLUMN,
  FEEDS,
  FROM,
  json,
  listOf,
  SYMBOLS,
  TO,
  TYPES,
  text,
  time,
} from './common.ts'

export const EVENT_COLUMNS: readonly Column[] = [
  always(time('recv', 'When the connector received it; of a gap, when it became known.')),
  FEED_COLUMN,
  text('symbol', 'The instrument; absent if the event is of the whole feed.'),
  text('type', 'The message type of the exchange.'),
  always(text('event', 'trade, quote, bookSnapshot, bookChange, instrument, gap or unknown.')),
  time(
    'time',
    "When it happened, by the exchange's clock; of a gap, since when frames are missing."
  ),
  text('side', 'Of a trade what the aggressor did: buy or sell. Of a level: bid or ask.'),
  decimal('price', 'Of a trade or a level.'),
  decimal('size', 'Of a trade or a level; of a change with the flag change, what is added.'),
  decimal('bid', 'Of a quote.'),
  decimal('bidSize', 'Of a quote.'),
  decimal('ask', 'Of a quote.'),
  decimal('askSize', 'Of a quote.'),
  decimal('last', 'Of a quote: price of the last trade.'),
  decimal('lastSize', 'Of a quote: size of the last trade.'),
  decimal('volume', 'Of a quote, as the exchange counts it.'),
  text('id', "The exchange's name of a trade."),
  text('sequence', "The exchange's number of the frame."),
  text('flags', 'first and last row of a change of a book, empty, change, history.'),
  json('instrument', 'What the exchange says about an instrument.'),
  text('reason', 'Of an unknown frame: why. Of a gap: its cause.'),
  time('until', 'Of a gap: when frames came again; absent if not yet.'),
]

const KINDS = EVENT_NAMES.filter((name) => name !== 'none')

export const EVENTS: Parameter = {
  name: 'event',
  list: true,
  schema: {
    type: 'string',
    enum: KINDS,
    description: 'Only market events of these kinds. All if left out, gaps among them.',
    examples: ['trade'],
  },
}

export const events: Query = {
  name: 'events',
  path: '/v1/events',
  summary: 'Trades, quotes, book changes and gaps of every exchange in the same words',
  description:
    'Market events in the order of receive time, feed, connection, number and row; gaps are rows among them, before whatever comes ' +
    'after the hole. Prices and sizes are exact decimals in the units of the exchange.',
  class: 'read',
  parameters: [FEEDS, SYMBOLS, EVENTS, TYPES, FROM, TO],
  answer: { kind: 'rows', columns: EVENT_COLUMNS, limit: { usual: 1000, most: 10_000_000 } },
  budget: BUDGET,
  run: async (parameters, context) => {
    const interval = intervalOf(parameters)
    const names = { types: listOf(parameters, 'type'), symbols: listOf(parameters, 'symbol') }
    const kinds = listOf(parameters, 'event')
    const holdings = new Holdings(context)
    const feeds = await holdings.chosen(listOf(parameters, 'feed'))
    const [after] = context.after ?? []
    // Gaps that last are told where a reading begins: a moment before the cursor, so that they are not told again.
    const from = typeof after === 'string' ? justBefore(after) : interval.from
    const start = from === undefined ? {} : { from }
    const choice = { feeds: feeds.map(({ feed }) => feed), ...interval, ...start }
    const { days, damaged } = await holdings.days(choice)
    await refuseUnknown(context, feeds, days, names)
    const scope = { ...names, ...interval, ...start, days, damaged, events: kindsOf(kinds) }
    const quality = new QualityBook(interval)
    quality.addDamaged(damaged)
    return answerOf(context, holdings, scope, quality, kinds)
  },
}

/** Those that history can leave out; gaps it cannot. */
const kindsOf = (kinds: readonly string[] | undefined): EventKind[] | undefined =>
  kinds?.filter((kind): kind is EventKind => kind !== 'gap')

function answerOf(
  context: QueryContext,
  holdings: Holdings,
  scope: EventScope,
  quality: QualityBook,
  kinds: readonly string[] | undefined
): RowsAnswer {
  const { after, limit } = context
  const isWanted = EVENT_NAMES.map((name) => kinds?.includes(name) ?? name !== 'none')
  let next: Position | null = null
  async function* runs(): AsyncGenerator<RowRun> {
    const buffer = new RowBuffer(EVENT_COLUMNS)
    const row = new MarketEvent()
    const place = new Place(after)
    let left = limit
    for await (const batch of eventBatches(context, holdings, scope, quality)) {
      for (let i = 0; i < batch.length; i++) {
        const ms = batch.recvMs[i]!
        const ns = batch.recvNs[i]!
        if (!isWanted[batch.kinds[i]!] || place.isAnswered(ms, ns)) continue
        if (left-- <= 0) {
          next = limit > 0 ? place.position() : null
          quality.cutAt(timeText(ms, ns))
          if (buffer.length > 0) yield buffer.run()
          return
        }
        place.pass(ms, ns)
        batch.read(i, row)
        appendEvent(buffer, row)
        if (buffer.length < RUN_ROWS) continue
        yield buffer.run()
        buffer.clear()
      }
    }
    if (buffer.length > 0) yield buffer.run()
  }
  return {
    kind: 'rows',
    rows: { columns: EVENT_COLUMNS, runs: runs(), next: () => next },
    quality: () => quality.quality(),
  }
}

const FLAGS = Object.entries(FLAG)
/** The words of every combination of flags. */
const FLAG_WORDS = Array.from({ length: 1 << FLAGS.length }, (_, bits) =>
  FLAGS.filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => name)
    .join(' ')
)

const orNull = (value: string): string | null => (value === '' ? null : value)

/** Adds an event as a row of these columns. */
export function appendEvent(buffer: RowBuffer, e: MarketEvent): void {
  const { kind } = e
  const isQuote = kind === EVENT.quote
  buffer.time(0, e.recvMs, e.recvNs)
  buffer.text(1, e.feed)
  buffer.text(2, orNull(e.symbol))
  buffer.text(3, orNull(e.type))
  buffer.text(4, EVENT_NAMES[kind]!)
  buffer.time(5, e.timeMs, e.timeNs)
  buffer.text(6, sideOf(kind, e.side))
  buffer.decimal(7, e.price, e.priceScale)
  buffer.decimal(8, e.size, e.sizeScale)
  buffer.decimal(9, isQuote ? e.bid : Number.NaN, e.bidScale)
  buffer.decimal(10, isQuote ? e.bidSize : Number.NaN, e.bidSizeScale)
  buffer.decimal(11, isQuote ? e.ask : Number.NaN, e.askScale)
  buffer.decimal(12, isQuote ? e.askSize : Number.NaN, e.askSizeScale)
  buffer.decimal(13, isQuote ? e.last : Number.NaN, e.lastScale)
  buffer.decimal(14, isQuote ? e.lastSize : Number.NaN, e.lastSizeScale)
  buffer.decimal(15, isQuote ? e.volume : Number.NaN, e.volumeScale)
  buffer.text(16, orNull(e.id))
  buffer.text(17, orNull(e.sequence))
  buffer.text(18, orNull(FLAG_WORDS[e.flags] ?? ''))
  buffer.json(19, e.instrument ?? null)
  buffer.text(20, orNull(e.reason))
  buffer.time(21, kind === EVENT.gap ? e.untilMs : -1, e.untilNs)
  buffer.end()
}

function sideOf(kind: number, side: number): string | null {
  if (side === SIDE.none) return null
  if (kind === EVENT.trade) return side === SIDE.buy ? 'buy' : 'sell'
  return side === SIDE.bid ? 'bid' : 'ask'
}
