// The records of feeds as they were received.

import type { KeyedLine } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { LineReader } from '#events/line.ts'
import { eventFields } from '#events/stage.ts'
import { type Interval, intervalOf } from '../model/interval.ts'
import { comparePositions } from '../model/plain-rows.ts'
import type { Query, QueryContext, RowsAnswer } from '../model/query.ts'
import { RowBuffer, RUN_ROWS } from '../model/row-buffer.ts'
import type { Column, Position, RowRun } from '../model/rows.ts'
import { frameBytes } from '../read/frame-bytes.ts'
import { type HeldDay, Holdings } from '../read/holdings.ts'
import { refuseUnknown } from '../read/known-names.ts'
import { lineRuns } from '../read/lines.ts'
import { QualityBook } from '../read/quality.ts'
import {
  always,
  BUDGET,
  FEED_COLUMN,
  FEEDS,
  FROM,
  integer,
  json,
  listOf,
  SYMBOLS,
  TO,
  TYPES,
  text,
  time,
} from './common.ts'

const COLUMNS: readonly Column[] = [
  always(time('recv', 'When the connector received it.')),
  FEED_COLUMN,
  always(text('conn', 'The connection.')),
  always(integer('n', 'Its number in the connection: (conn, n) names a record permanently.')),
  always(text('type', 'The message type of the exchange, or the kind of a connection event.')),
  text('symbol', 'The instrument; absent where the frame names none, or several.'),
  { name: 'frame', type: 'bytes', says: 'The frame, byte for byte; absent in connection events.' },
  json('event', 'What happened to the connection: open, ready, close, gap, drop and others.'),
]

/** Rows of the first run: who asks for a few is not made to wait for many. */
const FIRST_ROWS = 32

export const records: Query = {
  name: 'records',
  path: '/v1/records',
  summary: 'Frames as they were received, with time, connection, number, type and symbol',
  description:
    'Every record of the interval in the order of receive time, feed, connection and number; connection events are records too. ' +
    'Frames that name several instruments have no symbol: ask for symbol= (empty) as well to get them. With raw=1 the API answers ' +
    'the bytes of the frames alone.',
  class: 'read',
  parameters: [FEEDS, SYMBOLS, TYPES, FROM, TO],
  answer: { kind: 'rows', columns: COLUMNS, limit: { usual: 1000, most: 10_000_000 } },
  budget: BUDGET,
  run: async (parameters, context) => {
    const interval = intervalOf(parameters)
    const names = { types: listOf(parameters, 'type'), symbols: listOf(parameters, 'symbol') }
    const holdings = new Holdings(context)
    const feeds = await holdings.chosen(listOf(parameters, 'feed'))
    const [after] = context.after ?? []
    // What the cursor names was answered: days before it are not looked at again.
    const from = typeof after === 'string' ? after : interval.from
    const choice = { feeds: feeds.map(({ feed }) => feed), ...interval }
    const { days, damaged } = await holdings.days({
      ...choice,
      ...(from === undefined ? {} : { from }),
    })
    await refuseUnknown(context, feeds, days, names)
    const quality = new QualityBook(interval)
    quality.addDamaged(damaged)
    return answerOf(context, holdings, days, quality, {
      ...names,
      ...interval,
      ...(from === undefined ? {} : { from }),
    })
  },
}

type Choice = Interval & {
  readonly types?: readonly string[] | undefined
  readonly symbols?: readonly string[] | undefined
}

function answerOf(
  { after, limit, signal }: QueryContext,
  holdings: Holdings,
  days: readonly HeldDay[],
  quality: QualityBook,
  choice: Choice
): RowsAnswer {
  let next: Position | null = null
  async function* runs(): AsyncGenerator<RowRun> {
    const buffer = new RowBuffer(COLUMNS)
    const reader = new LineReader()
    let left = limit
    let last: Position | null = null
    let room = FIRST_ROWS
    for await (const { feed, lines } of lineRuns({ holdings, days, choice, quality, signal })) {
      for (const line of lines) {
        if (after !== null && comparePositions(placeOf(feed, line), after) <= 0) continue
        if (left-- <= 0) {
          next = last
          quality.cutAt(line.recv)
          if (buffer.length > 0) yield buffer.run()
          return
        }
        append(buffer, feed, line, reader)
        if (left === 0) last = placeOf(feed, line)
        if (buffer.length < room) continue
        yield buffer.run()
        buffer.clear()
        room = Math.min(RUN_ROWS, room * 4)
      }
    }
    if (buffer.length > 0) yield buffer.run()
  }
  return {
    kind: 'rows',
    rows: { columns: COLUMNS, runs: runs(), next: () => next },
    quality: () => quality.quality(),
  }
}

const placeOf = (feed: string, { recv, connection, number }: KeyedLine): Position => [
  recv,
  feed,
  connection,
  number,
]

function append(buffer: RowBuffer, feed: string, line: KeyedLine, reader: LineReader): void {
  if (!reader.read(line)) {
    throw new SsmdError(
      'SSMD_E_ARCHIVE_INVALID',
      `${feed}: ${line.connection} ${line.number} is no line of format 1 or 2`,
      { hint: 'see `ssmd data verify`' }
    )
  }
  const { isEvent } = reader
  buffer.time(0, reader.ms, reader.ns)
  buffer.text(1, feed)
  buffer.text(2, line.connection)
  buffer.integer(3, line.number)
  buffer.text(4, reader.type)
  buffer.text(5, reader.symbol === '' ? null : reader.symbol)
  buffer.bytes(6, isEvent ? null : frameBytes(line, reader))
  buffer.json(7, isEvent ? (eventFields(reader.payload) ?? null) : null)
  buffer.end()
}
