// What the registry says of builders over order books, and over best bids and asks.

import { type BookImbalance, BookImbalances } from './book-imbalance.ts'
import {
  type BuilderOutput,
  type BuilderParameter,
  type BuilderValues,
  countOf,
  type Definition,
  FEED_OUTPUTS,
  spanOf,
  wordOf,
} from './definition.ts'
import { type Microprice, Microprices } from './microprice.ts'
import { type InstrumentBook, type OrderBookOptions, OrderBooks } from './order-books.ts'
import { SpreadStatistics, type SpreadStats } from './spread-stats.ts'
import { TOP_SOURCES } from './tops.ts'

const TIME: BuilderOutput = {
  name: 'time',
  type: 'time',
  says: "When it happened, by the exchange's clock; absent if it does not say.",
}
const RECV: BuilderOutput = { name: 'recv', type: 'time', says: 'When it was received.' }

const BOOK_PARAMETERS: readonly BuilderParameter[] = [
  { name: 'chained', says: 'true: changes form a chain, as at Binance.', default: 'false' },
  {
    name: 'depths',
    says: 'Levels that the exchange may keep, as at Kraken: 10 25 100. Empty: all are kept.',
    default: '',
  },
  { name: 'proven', says: 'false: the protocol proves nothing about books.', default: 'true' },
]

function booksOf({ chained = 'false', depths = '', proven = 'true' }: BuilderValues) {
  const levels = depths
    .split(' ')
    .filter((text) => text !== '')
    .map(Number)
  const options: OrderBookOptions = {
    isChained: chained === 'true',
    isProven: proven === 'true',
    ...(levels.length === 0 ? {} : { depths: levels }),
  }
  return options
}

export const orderBook: Definition<'book', InstrumentBook> = {
  name: 'order-book',
  makes: 'book',
  says: 'The order book of each instrument, from snapshots and changes. A gap makes it suspect until the next snapshot.',
  inputs: ['bookSnapshot', 'bookChange', 'instrument', 'gap'],
  outputs: [
    ...FEED_OUTPUTS,
    { name: 'recv', type: 'time', says: 'When the last change was received.' },
    TIME,
    { name: 'state', type: 'text', says: 'rebuilding, live, unverifiable, suspect or closed.' },
    {
      name: 'trouble',
      type: 'text',
      says: 'What is wrong: gap, crossed, locked, negative or unfit.',
    },
    { name: 'bids', type: 'levels', says: 'Prices and sizes, the best first.' },
    { name: 'asks', type: 'levels', says: 'Prices and sizes, the best first.' },
  ],
  parameters: BOOK_PARAMETERS,
  create: (values, emit) => {
    const books = booksOf(values)
    return new OrderBooks(() => books, emit)
  },
}

const LEVELS: BuilderParameter = {
  name: 'levels',
  says: 'How many of the best levels of each side count, 1 to 10000.',
  default: '5',
}

export const bookImbalance: Definition<'book-imbalance', BookImbalance> = {
  name: 'book-imbalance',
  makes: 'book-imbalance',
  says: 'What the best levels of bids hold against those of asks, behind each change of the book.',
  inputs: ['bookSnapshot', 'bookChange', 'instrument', 'gap'],
  outputs: [
    ...FEED_OUTPUTS,
    RECV,
    TIME,
    { name: 'bids', type: 'decimal', says: 'The sum of sizes of the best bids, exact.' },
    { name: 'asks', type: 'decimal', says: 'The sum of sizes of the best asks, exact.' },
    {
      name: 'imbalance',
      type: 'decimal',
      says: '(bids - asks) ÷ (bids + asks), rounded half up; absent if both sides are empty.',
    },
    { name: 'gap', type: 'flag', says: 'The book is suspect, being rebuilt or closed.' },
  ],
  parameters: [LEVELS, ...BOOK_PARAMETERS],
  create: (values, emit) =>
    new BookImbalances({ levels: countOf(values, LEVELS, 10_000), books: booksOf(values) }, emit),
}

const SOURCE: BuilderParameter = {
  name: 'source',
  says: 'Where best bid and ask come from: book or quote.',
  default: 'book',
}
const TOP_INPUTS = ['bookSnapshot', 'bookChange', 'quote', 'instrument', 'gap'] as const
const topOf = (values: BuilderValues) => ({
  source: wordOf(values, SOURCE, TOP_SOURCES),
  books: booksOf(values),
})
const TOP_OUTPUTS: readonly BuilderOutput[] = [
  ...FEED_OUTPUTS,
  RECV,
  TIME,
  {
    name: 'bid',
    type: 'decimal',
    says: 'The best bid; absent if there is none, or none was sent.',
  },
  { name: 'ask', type: 'decimal', says: 'The best ask; absent likewise.' },
]

export const microprice: Definition<'microprice', Microprice> = {
  name: 'microprice',
  makes: 'microprice',
  says: 'The price between best bid and ask, nearer to the side with less size, behind each change.',
  inputs: TOP_INPUTS,
  outputs: [
    ...TOP_OUTPUTS,
    { name: 'bidSize', type: 'decimal', says: 'Size of the best bid.' },
    { name: 'askSize', type: 'decimal', says: 'Size of the best ask.' },
    {
      name: 'price',
      type: 'decimal',
      says: '(bid × askSize + ask × bidSize) ÷ (bidSize + askSize), rounded half up; absent if one is.',
    },
    { name: 'middle', type: 'decimal', says: '(bid + ask) ÷ 2.' },
    {
      name: 'gap',
      type: 'flag',
      says: 'The book is not whole, or something was missing since the quote.',
    },
  ],
  parameters: [SOURCE, ...BOOK_PARAMETERS],
  create: (values, emit) => new Microprices(topOf(values), emit),
}

const WINDOW: BuilderParameter = {
  name: 'window',
  says: 'The span of receive time until the last event: 5s, 1m, at most 1d.',
  default: '1m',
}
const MOST: BuilderParameter = {
  name: 'most',
  says: 'The most different spreads in a row that are kept; with more the window is cut.',
  default: '100000',
}

export const spreadStats: Definition<'spread-stats', SpreadStats> = {
  name: 'spread-stats',
  makes: 'spread-stats',
  says: 'The spread now, the least, the greatest and the mean weighted by time, within a window. Behind a gap no spread is known.',
  inputs: TOP_INPUTS,
  outputs: [
    ...TOP_OUTPUTS,
    { name: 'spread', type: 'decimal', says: 'ask - bid; absent if it is not known now.' },
    { name: 'least', type: 'decimal', says: 'The least spread within the window.' },
    { name: 'greatest', type: 'decimal', says: 'The greatest spread within the window.' },
    {
      name: 'mean',
      type: 'decimal',
      says: 'The mean, weighted by time in force, rounded half up.',
    },
    { name: 'knownNs', type: 'integer', says: 'Nanoseconds of the window that the mean is of.' },
    { name: 'gap', type: 'flag', says: 'Something was missing within the window, or is now.' },
    { name: 'cut', type: 'flag', says: 'There were more spreads than are kept.' },
    { name: 'complete', type: 'flag', says: 'False: it is cut, or its beginning was not read.' },
  ],
  parameters: [SOURCE, WINDOW, MOST, ...BOOK_PARAMETERS],
  create: (values, emit) =>
    new SpreadStatistics(
      {
        ...topOf(values),
        spanMs: spanOf(values, WINDOW),
        most: countOf(values, MOST, 10_000_000),
      },
      emit
    ),
}
