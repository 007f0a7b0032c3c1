// The order book of one instrument as it was at a time.

import { SsmdError } from '#crds/errors.ts'
import { type InstrumentBook, OrderBooks } from '#market/builders/order-books.ts'
import { SIDE } from '#market/event.ts'
import { timeText } from '#market/time.ts'
import { type PlainRow, plainRows } from '../model/plain-rows.ts'
import type { Parameter, Quality, Query } from '../model/query.ts'
import type { Column } from '../model/rows.ts'
import { Holdings } from '../read/holdings.ts'
import { refuseUnknown } from '../read/known-names.ts'
import { bookOptionsOf, lookBack } from '../read/look-back.ts'
import {
  AT,
  always,
  BUDGET,
  decimal,
  FEED,
  FEED_COLUMN,
  integer,
  SYMBOL,
  SYMBOL_COLUMN,
  text,
  time,
} from './common.ts'

const COLUMNS: readonly Column[] = [
  FEED_COLUMN,
  SYMBOL_COLUMN,
  always(text('side', 'bid or ask.')),
  always(integer('level', 'The best one is 1.')),
  always(decimal('price', 'In the units of the exchange.')),
  always(decimal('size', 'In the units of the exchange.')),
  always(
    text(
      'state',
      'live; unverifiable: nothing proves it; suspect: something is missing or wrong; closed: the instrument is over.'
    )
  ),
  always(time('recv', 'When the last change was received that is in the book.')),
]

const DEPTH: Parameter = {
  name: 'depth',
  schema: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 50,
    description: 'Levels of each side at most, the best ones.',
  },
}

export const book: Query = {
  name: 'book',
  path: '/v1/book',
  summary: 'The order book of an instrument at a time, from its last snapshot before',
  description:
    'Bids, then asks, the best first, as they were just before `at`. `about` says the state of the book, from which snapshot it was ' +
    'built and when it last changed; it is suspect if anything was missing since that snapshot. A snapshot is looked for within ' +
    'three days before.',
  class: 'read',
  parameters: [FEED, SYMBOL, AT, DEPTH],
  answer: { kind: 'rows', columns: COLUMNS, limit: { usual: 20_000, most: 20_000 } },
  budget: BUDGET,
  run: async (parameters, context) => {
    const feed = String(parameters.feed)
    const symbol = String(parameters.symbol)
    const at = parameters.at === undefined ? undefined : String(parameters.at)
    const holdings = new Holdings(context)
    const feeds = await holdings.chosen([feed])
    const { days, damaged } = await holdings.days({ feeds: [feed], to: at })
    await refuseUnknown(context, feeds, days, { symbols: [symbol] })
    const optionsOf = await bookOptionsOf(holdings, days)
    const window = await lookBack(
      context,
      holdings,
      {
        days,
        damaged,
        at,
        symbols: [symbol],
        events: ['bookSnapshot', 'bookChange', 'instrument'],
      },
      () => {
        const books = new OrderBooks(optionsOf)
        return {
          books,
          get found() {
            return (books.get(feed, symbol)?.snapshotMs ?? -1) >= 0
          },
          take: (batch) => batch.each((event) => books.apply(event)),
        }
      }
    )
    const found = window?.reader.books.get(feed, symbol)
    if (window === undefined || found === undefined || found.snapshotMs < 0) {
      throw noBook(feed, symbol, at, window?.from)
    }
    const quality = window.quality.quality()
    const about = aboutOf(found, at, quality)
    const rows = levelsOf(found, Number(parameters.depth), String(about.state))
    return plainRows(
      {
        columns: COLUMNS,
        rows,
        order: ['place'],
        quality: () => sinceSnapshot(quality, String(about.snapshot)),
        about: () => about,
      },
      context
    )
  },
}

function noBook(
  feed: string,
  symbol: string,
  at: string | undefined,
  from: string | undefined
): SsmdError {
  const until = at === undefined ? '' : ` before ${at}`
  return new SsmdError(
    'SSMD_E_NOT_FOUND',
    from === undefined
      ? `${feed} has no record${until}`
      : `${feed} has no snapshot of the book of ${symbol} from ${from} on${until}`,
    {
      hint:
        from === undefined
          ? 'ask for a later time; see `ssmd data coverage`'
          : 'ask for another time; see `ssmd data events --event bookSnapshot`',
    }
  )
}

const sinceSnapshot = ({ days, gaps }: Quality, snapshot: string): Quality => ({
  days: days.filter(({ day }) => day >= snapshot.slice(0, 10)),
  gaps: gaps.filter(({ to }) => to === null || to >= snapshot),
})

type About = Readonly<Record<string, unknown>>

/** What is missing since the snapshot may become known only after `at`: the manifest tells of it all the same. */
function aboutOf(found: InstrumentBook, at: string | undefined, { gaps, days }: Quality): About {
  const { feed, symbol, book: levels } = found
  const snapshot = timeText(found.snapshotMs, found.snapshotNs)
  const isHoled =
    gaps.some(({ from }) => from >= snapshot) ||
    days.some(({ day, condition }) => condition === 'damaged' && day >= snapshot.slice(0, 10))
  const isSound = levels.state === 'live' || levels.state === 'unverifiable'
  const state = isHoled && isSound ? 'suspect' : levels.state
  const suspect = state !== 'suspect' ? null : (levels.trouble ?? 'gap')
  return {
    feed,
    symbol,
    at: at ?? null,
    state,
    suspect: isHoled && isSound ? 'gap' : suspect,
    snapshot,
    recv: timeText(found.recvMs, found.recvNs),
    bids: levels.levels(SIDE.bid),
    asks: levels.levels(SIDE.ask),
    simulated: days.some(({ simulated }) => simulated),
  }
}

function levelsOf(found: InstrumentBook, depth: number, state: string): PlainRow[] {
  const { feed, symbol, book: levels } = found
  const recv = timeText(found.recvMs, found.recvNs)
  const rows: PlainRow[] = []
  for (const side of [SIDE.bid, SIDE.ask]) {
    for (let i = 0; i < Math.min(depth, levels.levels(side)); i++) {
      rows.push({
        ...{ feed, symbol, state, recv, level: i + 1, place: rows.length },
        side: side === SIDE.bid ? 'bid' : 'ask',
        price: { integer: levels.price(side, i), scale: levels.priceScale },
        size: { integer: levels.size(side, i), scale: levels.sizeScale },
      })
    }
  }
  return rows
}
