// The last trade, the last quote and the best prices of instruments as they were at a time.

import { OrderBooks } from '#market/builders/order-books.ts'
import type { EventBatch } from '#market/columns.ts'
import { EVENT, FLAG, type MarketEvent, SIDE } from '#market/event.ts'
import { timeText } from '#market/time.ts'
import { comparePositions, type Decimal, type PlainRow, plainRows } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import type { Column } from '../model/rows.ts'
import { type HeldDay, Holdings } from '../read/holdings.ts'
import { refuseUnknown } from '../read/known-names.ts'
import { bookOptionsOf, lookBack } from '../read/look-back.ts'
import {
  AT,
  BUDGET,
  decimal,
  FEED_COLUMN,
  FEEDS,
  flag,
  listOf,
  SMALL,
  SYMBOL_COLUMN,
  SYMBOLS,
  text,
  time,
} from './common.ts'

const COLUMNS: readonly Column[] = [
  FEED_COLUMN,
  SYMBOL_COLUMN,
  time('tradeRecv', 'When the last trade was received; absent if none was found.'),
  time('tradeTime', "When it happened, by the exchange's clock."),
  decimal('tradePrice', 'Of the last trade.'),
  decimal('tradeSize', 'Of the last trade.'),
  text('tradeSide', 'What its aggressor did: buy or sell.'),
  time('quoteRecv', 'When the last quote was received; absent if none was found.'),
  decimal('bid', 'Of the last quote.'),
  decimal('bidSize', 'Of the last quote.'),
  decimal('ask', 'Of the last quote.'),
  decimal('askSize', 'Of the last quote.'),
  time('bookRecv', 'When the book last changed; absent if no snapshot was found.'),
  text('bookState', 'live, unverifiable, suspect, rebuilding or closed, as of the query book.'),
  decimal('bookBid', 'The best bid of the book.'),
  decimal('bookBidSize', 'Its size.'),
  decimal('bookAsk', 'The best ask of the book.'),
  decimal('bookAskSize', 'Its size.'),
  flag(
    'gap',
    'True if something was missing since the oldest of them: there may have been later ones.'
  ),
]

export const asof: Query = {
  name: 'asof',
  path: '/v1/asof',
  summary: 'The last trade, quote and best prices of instruments at a time',
  description:
    'One row for each feed and symbol with what was known just before `at`, looked for within three days before. What was not found ' +
    'is absent. A trade sent with a subscription counts only if it was received as it happened.',
  class: 'read',
  parameters: [FEEDS, { ...SYMBOLS, required: true }, AT],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (parameters, context) => {
    const symbols = listOf(parameters, 'symbol') ?? []
    const at = parameters.at === undefined ? undefined : String(parameters.at)
    const holdings = new Holdings(context)
    const feeds = await holdings.chosen(listOf(parameters, 'feed'))
    const { days, damaged } = await holdings.days({ feeds: feeds.map(({ feed }) => feed), to: at })
    await refuseUnknown(context, feeds, days, { symbols })
    const optionsOf = await bookOptionsOf(holdings, days)
    const wanted = wantedOf(days, symbols)
    const window = await lookBack(
      context,
      holdings,
      {
        days,
        damaged,
        at,
        symbols,
        events: ['trade', 'quote', 'bookSnapshot', 'bookChange', 'instrument'],
      },
      () => new Latest(wanted, new OrderBooks(optionsOf))
    )
    if (window === undefined) return plainRows({ columns: COLUMNS, rows: [], order: [] }, context)
    const { reader, quality, from } = window
    const end = at ?? '~'
    const rows = reader.rows((feed, since) => quality.hasGap(feed, since ?? from, end))
    return plainRows(
      {
        columns: COLUMNS,
        rows,
        order: ['feed', 'symbol'],
        quality: () => quality.quality(),
        about: () => ({ at: at ?? null, searchedFrom: from }),
      },
      context
    )
  },
}

/** Groups of segments, by the kind of events that their frames become at every exchange that ssmd knows. */
const GROUP_OF = { trade: 'trades', quote: 'tickers', book: 'orderbook' } as const
type Kind = keyof typeof GROUP_OF

/** What a feed may have: it is not looked for in vain. A feed without any of these groups names its own. */
function kindsOf(days: readonly HeldDay[]): Kind[] {
  const kinds = Object.keys(GROUP_OF) as Kind[]
  const held = kinds.filter((kind) => days.some(({ facts }) => facts.groups[GROUP_OF[kind]]))
  return held.length === 0 ? kinds : held
}

function wantedOf(days: readonly HeldDay[], symbols: readonly string[]): Map<string, Kind[]> {
  const feeds = [...new Set(days.map(({ feed }) => feed))]
  return new Map(
    feeds.flatMap((feed) => {
      const kinds = kindsOf(days.filter((day) => day.feed === feed))
      return symbols.map((symbol): [string, Kind[]] => [keyOf(feed, symbol), kinds])
    })
  )
}

const keyOf = (feed: string, symbol: string): string => JSON.stringify([feed, symbol])

class Latest {
  readonly #wanted: ReadonlyMap<string, readonly Kind[]>
  readonly #books: OrderBooks
  readonly #rows = new Map<string, Record<string, unknown> & { feed: string; symbol: string }>()

  constructor(wanted: ReadonlyMap<string, readonly Kind[]>, books: OrderBooks) {
    this.#wanted = wanted
    this.#books = books
  }

  /** All that the feed may have was found; with several feeds an instrument is of one of them as a rule. */
  get found(): boolean {
    const symbols = new Map<string, boolean>()
    for (const [key, kinds] of this.#wanted) {
      const [, symbol] = JSON.parse(key) as [string, string]
      symbols.set(symbol, (symbols.get(symbol) ?? false) || this.#has(key, kinds))
    }
    return [...symbols.values()].every((has) => has)
  }

  #has(key: string, kinds: readonly Kind[]): boolean {
    const [feed, symbol] = JSON.parse(key) as [string, string]
    const row = this.#rows.get(key)
    return kinds.every((kind) =>
      kind === 'book'
        ? (this.#books.get(feed, symbol)?.snapshotMs ?? -1) >= 0
        : row?.[`${kind}Recv`] !== undefined
    )
  }

  take(batch: EventBatch): void {
    batch.each((event) => {
      const { kind } = event
      if (kind === EVENT.trade) this.#trade(event)
      else if (kind === EVENT.quote) this.#quote(event)
      else this.#books.apply(event)
    })
  }

  *rows(hasGap: (feed: string, since: string | undefined) => boolean): Generator<PlainRow> {
    const names = [...this.#wanted.keys()].map((key) => JSON.parse(key) as [string, string])
    for (const [feed, symbol] of names.sort(comparePositions)) {
      const key = keyOf(feed, symbol)
      const book = this.#books.get(feed, symbol)
      const row = this.#rows.get(key)
      if (row === undefined && book === undefined) continue
      const top = book === undefined || book.snapshotMs < 0 ? {} : topOf(book)
      const times = [row?.tradeRecv, row?.quoteRecv, 'snapshot' in top ? top.snapshot : undefined]
      const known = times.filter((time): time is string => time !== undefined).sort()
      yield { ...row, ...top, feed, symbol, gap: hasGap(feed, known[0]) } as PlainRow
    }
  }

  #trade(event: MarketEvent): void {
    if ((event.flags & FLAG.history) !== 0) return
    Object.assign(this.#rowOf(event), {
      tradeRecv: event.recvText,
      tradeTime: event.timeText === '' ? null : event.timeText,
      tradePrice: exact(event.price, event.priceScale),
      tradeSize: exact(event.size, event.sizeScale),
      tradeSide: event.side === SIDE.none ? null : event.side === SIDE.buy ? 'buy' : 'sell',
    })
  }

  #quote(event: MarketEvent): void {
    Object.assign(this.#rowOf(event), {
      quoteRecv: event.recvText,
      bid: exact(event.bid, event.bidScale),
      bidSize: exact(event.bidSize, event.bidSizeScale),
      ask: exact(event.ask, event.askScale),
      askSize: exact(event.askSize, event.askSizeScale),
    })
  }

  #rowOf({ feed, symbol }: MarketEvent): Record<string, unknown> {
    const key = keyOf(feed, symbol)
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = { feed, symbol }
      this.#rows.set(key, row)
    }
    return row
  }
}

function topOf(found: NonNullable<ReturnType<OrderBooks['get']>>) {
  const { book } = found
  return {
    snapshot: timeText(found.snapshotMs, found.snapshotNs),
    bookRecv: timeText(found.recvMs, found.recvNs),
    bookState: book.state,
    bookBid: exact(book.bid, book.priceScale),
    bookBidSize: exact(book.bidSize, book.sizeScale),
    bookAsk: exact(book.ask, book.priceScale),
    bookAskSize: exact(book.askSize, book.sizeScale),
  }
}

const exact = (integer: number, scale: number): Decimal | null =>
  Number.isNaN(integer) ? null : { integer, scale }
