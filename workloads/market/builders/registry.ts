// Every builder there is: what it takes, what it makes, what it can be told. `/builders` and `ssmd data builders` show it, and programs
// over market events make theirs from it.

import type { EventName, MarketEvent } from '../event.ts'
import { BAR_KINDS, type BarKind, barSize, SIZE_FORMS } from './bar-size.ts'
import { type Bar, BarBuilder } from './bars.ts'
import { type InstrumentBook, OrderBooks } from './order-books.ts'

export type BuilderParameter = {
  readonly name: string
  readonly says: string
  readonly default: string
}

export type BuilderOutput = {
  readonly name: string
  readonly type: 'text' | 'time' | 'integer' | 'decimal' | 'flag' | 'levels'
  readonly says: string
}

/** Takes events in order, and hands out what it made of them. */
export type Builder = {
  apply(event: MarketEvent): void
  /** No more events come: what is unfinished is handed out. */
  end(): void
}

export type BuilderValues = Readonly<Record<string, string>>

type Definition = {
  readonly says: string
  readonly inputs: readonly EventName[]
  readonly outputs: readonly BuilderOutput[]
  readonly parameters: readonly BuilderParameter[]
}

export type BarDefinition = Definition & {
  readonly name: `${BarKind}-bars`
  readonly makes: 'bar'
  /** Throws a RangeError that says how a size is written. */
  readonly create: (values: BuilderValues, emit: (bar: Bar) => void) => Builder
}

export type BookDefinition = Definition & {
  readonly name: 'order-book'
  readonly makes: 'book'
  readonly create: (values: BuilderValues, emit: (book: InstrumentBook) => void) => Builder
}

export type BuilderDefinition = BarDefinition | BookDefinition

const BAR_OUTPUTS: readonly BuilderOutput[] = [
  { name: 'feed', type: 'text', says: 'The feed.' },
  { name: 'symbol', type: 'text', says: 'The instrument.' },
  { name: 'start', type: 'time', says: 'Of a time bar its interval; of others the first trade.' },
  {
    name: 'end',
    type: 'time',
    says: 'Of a time bar its interval, exclusive; of others the last trade.',
  },
  { name: 'open', type: 'decimal', says: 'Price of the first trade.' },
  { name: 'high', type: 'decimal', says: 'The highest price.' },
  { name: 'low', type: 'decimal', says: 'The lowest price.' },
  { name: 'close', type: 'decimal', says: 'Price of the last trade.' },
  { name: 'volume', type: 'decimal', says: 'The sum of sizes, exact.' },
  { name: 'value', type: 'decimal', says: 'The sum of price × size, exact.' },
  {
    name: 'vwap',
    type: 'decimal',
    says: 'value ÷ volume, rounded half up to four decimals more than its prices have.',
  },
  { name: 'trades', type: 'integer', says: 'Number of trades.' },
  { name: 'buyVolume', type: 'decimal', says: 'Sizes of trades whose aggressor bought.' },
  { name: 'sellVolume', type: 'decimal', says: 'Sizes of trades whose aggressor sold.' },
  { name: 'gap', type: 'flag', says: 'Something was missing within the bar.' },
  {
    name: 'complete',
    type: 'flag',
    says: 'False: more of it may come, or its beginning was not read.',
  },
]

const USUAL: Readonly<Record<BarKind, string>> = {
  time: '1m',
  tick: '100',
  volume: '1000',
  value: '100000',
}

const OF: Readonly<Record<BarKind, string>> = {
  time: 'equal time, aligned to 1970-01-01T00:00:00Z',
  tick: 'an equal number of trades',
  volume: 'at least so much volume',
  value: 'at least so much price × size',
}

const bars = (kind: BarKind): BarDefinition => ({
  name: `${kind}-bars`,
  makes: 'bar',
  says: `Bars of ${OF[kind]}, from trades. Nothing is filled forward: without trades there is no bar.`,
  inputs: ['trade', 'gap'],
  outputs: BAR_OUTPUTS,
  parameters: [
    { name: 'interval', says: `Size of a bar: ${SIZE_FORMS[kind]}.`, default: USUAL[kind] },
  ],
  create: ({ interval = USUAL[kind] }, onBar) => {
    const size = barSize(kind, interval)
    if (size === undefined) throw new RangeError(`${interval} is not ${SIZE_FORMS[kind]}`)
    return new BarBuilder({ size, onBar })
  },
})

const orderBook: BookDefinition = {
  name: 'order-book',
  makes: 'book',
  says: 'The order book of each instrument, from snapshots and changes. A gap makes it suspect until the next snapshot.',
  inputs: ['bookSnapshot', 'bookChange', 'instrument', 'gap'],
  outputs: [
    { name: 'feed', type: 'text', says: 'The feed.' },
    { name: 'symbol', type: 'text', says: 'The instrument.' },
    { name: 'recv', type: 'time', says: 'When the last change was received.' },
    { name: 'state', type: 'text', says: 'rebuilding, live, unverifiable, suspect or closed.' },
    {
      name: 'trouble',
      type: 'text',
      says: 'What is wrong: gap, crossed, locked, negative or unfit.',
    },
    { name: 'bids', type: 'levels', says: 'Prices and sizes, the best first.' },
    { name: 'asks', type: 'levels', says: 'Prices and sizes, the best first.' },
  ],
  parameters: [
    { name: 'chained', says: 'true: changes form a chain, as at Binance.', default: 'false' },
    {
      name: 'depths',
      says: 'Levels that the exchange may keep, as at Kraken: 10 25 100.',
      default: '',
    },
    { name: 'proven', says: 'false: the protocol proves nothing about books.', default: 'true' },
  ],
  create: ({ chained = 'false', depths = '', proven = 'true' }, emit) => {
    const levels = depths
      .split(' ')
      .filter((text) => text !== '')
      .map(Number)
    const options = {
      isChained: chained === 'true',
      isProven: proven === 'true',
      ...(levels.length === 0 ? {} : { depths: levels }),
    }
    const books = new OrderBooks(() => options, emit)
    return { apply: (event) => books.apply(event), end: () => {} }
  },
}

export const BUILDERS: readonly BuilderDefinition[] = [orderBook, ...BAR_KINDS.map(bars)]
