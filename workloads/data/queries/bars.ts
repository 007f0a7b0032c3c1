// Bars of trades.

import { usageError } from '#crds/errors.ts'
import {
  BAR_KINDS,
  type BarKind,
  type BarSize,
  barSize,
  SIZE_FORMS,
} from '#market/builders/bar-size.ts'
import { type Bar, BarBuilder } from '#market/builders/bars.ts'
import type { ExactSum } from '#market/builders/exact-sum.ts'
import { EVENT } from '#market/event.ts'
import { timeText } from '#market/time.ts'
import { dayAfter } from '../model/day.ts'
import { type Interval, intervalOf } from '../model/interval.ts'
import { Place } from '../model/place.ts'
import { comparePositions, splitTime } from '../model/plain-rows.ts'
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
  flag,
  integer,
  listOf,
  SYMBOL_COLUMN,
  SYMBOLS,
  TO,
  time,
} from './common.ts'

const COLUMNS: readonly Column[] = [
  FEED_COLUMN,
  SYMBOL_COLUMN,
  always(time('time', 'Where it begins: of a time bar its interval, of others the first trade.')),
  always(
    time(
      'end',
      'Where it ends: of a time bar the end of its interval, exclusive; of others the last trade.'
    )
  ),
  always(decimal('open', 'Price of the first trade.')),
  always(decimal('high', 'The highest price.')),
  always(decimal('low', 'The lowest price.')),
  always(decimal('close', 'Price of the last trade.')),
  always(decimal('volume', 'The sum of sizes, exact.')),
  always(decimal('value', 'The sum of price × size, exact.')),
  decimal('vwap', 'value ÷ volume, rounded half up to four decimals more than its prices have.'),
  always(integer('trades', 'Number of trades.')),
  always(decimal('buyVolume', 'Sizes of trades whose aggressor bought.')),
  always(decimal('sellVolume', 'Sizes of trades whose aggressor sold.')),
  always(
    flag('gap', 'True if something was missing within the bar: its figures are a lower bound.')
  ),
  always(flag('complete', 'False if more of it may come, or its beginning was not read.')),
]

const KIND: Parameter = {
  name: 'kind',
  schema: {
    type: 'string',
    enum: BAR_KINDS,
    default: 'time',
    description:
      'What makes a bar full: time, a number of trades (tick), volume, or price × size (value).',
  },
}
const INTERVAL: Parameter = {
  name: 'interval',
  schema: {
    type: 'string',
    default: '1m',
    description: `Size of a bar. ${BAR_KINDS.map((kind) => `${kind}: ${SIZE_FORMS[kind]}`).join('; ')}.`,
    examples: ['1m', '100'],
  },
}

export const bars: Query = {
  name: 'bars',
  path: '/v1/bars',
  summary: 'Bars of trades by time, number of trades, volume or value, with exact sums',
  description:
    'Bars in the order of their end, feed and symbol; time bars are aligned to 1970-01-01T00:00:00Z. By receive time. Nothing is ' +
    'filled forward: an interval without trades has no bar, and a bar that touches a gap says so. Bars of kind tick, volume and ' +
    'value are of one symbol.',
  class: 'compute',
  parameters: [FEEDS, SYMBOLS, KIND, INTERVAL, FROM, TO],
  answer: { kind: 'rows', columns: COLUMNS, limit: { usual: 10_000, most: 1_000_000 } },
  budget: BUDGET,
  run: async (parameters, context) => {
    const interval = intervalOf(parameters)
    const symbols = listOf(parameters, 'symbol')
    const size = sizeOf(String(parameters.kind) as BarKind, String(parameters.interval))
    const holdings = new Holdings(context)
    const feeds = await holdings.chosen(listOf(parameters, 'feed'))
    if (size.kind !== 'time' && (symbols?.length !== 1 || feeds.length !== 1)) {
      throw usageError(
        `bars of kind ${size.kind} are of one feed and one symbol`,
        'name both; time bars may be of several'
      )
    }
    const from = startOf(size, interval, context.after)
    const start = from === undefined ? {} : { from }
    const choice = { feeds: feeds.map(({ feed }) => feed), ...interval, ...start }
    const { days, damaged } = await holdings.days(choice)
    await refuseUnknown(context, feeds, days, { symbols })
    const scope: EventScope = { ...interval, ...start, days, damaged, symbols, events: ['trade'] }
    const quality = new QualityBook(interval)
    quality.addDamaged(damaged)
    return answerOf(context, holdings, scope, size, { quality, from: interval.from })
  },
}

function sizeOf(kind: BarKind, text: string): BarSize {
  const size = barSize(kind, text)
  if (size !== undefined) return size
  throw usageError(
    `interval=${JSON.stringify(text)} is no size of a bar of kind ${kind}`,
    `write ${SIZE_FORMS[kind]}`
  )
}

/** Of the last bar of the answer before: the start of its interval, or its last trade and how many trades of that time it has. */
function startOf(size: BarSize, { from }: Interval, after: Position | null): string | undefined {
  const [time] = after ?? []
  if (typeof time !== 'string') return from
  if (size.kind !== 'time') return justBefore(time)
  return from !== undefined && from > time ? from : time
}

function answerOf(
  context: QueryContext,
  holdings: Holdings,
  scope: EventScope,
  size: BarSize,
  { quality, from }: { readonly quality: QualityBook; readonly from: string | undefined }
): RowsAnswer {
  const { after, limit } = context
  const isTime = size.kind === 'time'
  const begins = splitTime(from ?? '')?.ms ?? Number.NEGATIVE_INFINITY
  let next: Position | null = null
  async function* runs(): AsyncGenerator<RowRun> {
    const buffer = new RowBuffer(COLUMNS)
    const trades = new Place(isTime ? null : after)
    let left = limit
    let last: Position | null = null
    let isCut = false
    const onBar = (bar: Bar): void => {
      const start = timeText(bar.startMs, bar.startNs)
      const place: Position = isTime ? [start, bar.feed, bar.symbol] : trades.position()
      if (isCut || (isTime && after !== null && comparePositions(place, after) <= 0)) return
      if (left-- <= 0) {
        isCut = true
        next = last
        quality.cutAt(start)
        return
      }
      const isFirst = last === null && !isTime && after !== null
      const since = isFirst ? String(after[0]) : timeText(bar.sinceMs, bar.sinceNs)
      // One that waits for more trades is touched by whatever is missing behind its last one.
      const waits = !isTime && !bar.complete
      const end = waits ? (scope.to ?? '~') : timeText(bar.endMs, bar.endNs)
      const gap = bar.gap || quality.hasGap(bar.feed, since, end)
      last = place
      append(buffer, bar, gap, bar.complete && bar.startMs >= begins)
    }
    const builder = new BarBuilder({ size, onBar })
    for await (const batch of eventBatches(context, holdings, scope, quality)) {
      batch.each((event) => {
        const { kind, recvMs, recvNs } = event
        if (kind === EVENT.trade) {
          if (trades.isAnswered(recvMs, recvNs)) return
          trades.pass(recvMs, recvNs)
        }
        builder.apply(event)
      })
      if (isCut) break
      if (buffer.length < RUN_ROWS) continue
      yield buffer.run()
      buffer.clear()
    }
    if (!isCut) builder.end(knownUntil(scope))
    if (buffer.length > 0) yield buffer.run()
  }
  return {
    kind: 'rows',
    rows: { columns: COLUMNS, runs: runs(), next: () => next },
    quality: () => quality.quality(),
  }
}

/** Until when all trades are known: the end of a day that is over, the last record of one that grows. */
function knownUntil({ days, to }: EventScope): number {
  const known = new Map<string, number>()
  for (const { feed, day, facts } of days) {
    const end = facts.condition === 'pending' ? facts.to : `${dayAfter(day)}T00:00:00.000000000Z`
    known.set(feed, splitTime(end ?? '')?.ms ?? Number.NEGATIVE_INFINITY)
  }
  const asked = to === undefined ? Number.POSITIVE_INFINITY : (splitTime(to)?.ms ?? 0)
  return Math.min(asked, ...known.values())
}

/** Decimals of a vwap beyond those of the price. */
const MORE = 4

function append(buffer: RowBuffer, bar: Bar, gap: boolean, complete: boolean): void {
  const scale = bar.priceDecimals + MORE
  const vwap = bar.vwap(scale)
  buffer.text(0, bar.feed)
  buffer.text(1, bar.symbol)
  buffer.time(2, bar.startMs, bar.startNs)
  buffer.time(3, bar.endMs, bar.endNs)
  buffer.decimal(4, bar.open, bar.openScale)
  buffer.decimal(5, bar.high, bar.highScale)
  buffer.decimal(6, bar.low, bar.lowScale)
  buffer.decimal(7, bar.close, bar.closeScale)
  sum(buffer, 8, bar.volume, bar.sizeScale)
  sum(buffer, 9, bar.value, bar.valueScale)
  if (vwap === undefined) buffer.decimal(10, Number.NaN, 0)
  else buffer.wide(10, vwap, scale)
  buffer.integer(11, bar.trades)
  sum(buffer, 12, bar.buyVolume, bar.sizeScale)
  sum(buffer, 13, bar.sellVolume, bar.sizeScale)
  buffer.flag(14, gap)
  buffer.flag(15, complete)
  buffer.end()
}

function sum(buffer: RowBuffer, column: number, total: ExactSum, scale: number): void {
  const { number } = total
  if (Number.isNaN(number)) buffer.wide(column, total.value, scale)
  else buffer.decimal(column, number, scale)
}
