// What the registry says of builders over trades in a window, and of the join of two instruments.

import { DecimalReader } from '../decimal.ts'
import { AsOf, type AsOfJoin, JOINED, type LegName } from './as-of.ts'
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
import { PriceHistory } from './price-history.ts'
import { TradeImbalance } from './trade-imbalance.ts'
import { type TradeWindow, TradeWindows } from './trade-window.ts'
import { VolumeProfile } from './volume-profile.ts'
import { RollingVwap, type SessionVwap, SessionVwaps } from './vwap.ts'

const WINDOW: BuilderParameter = {
  name: 'window',
  says: 'The span of receive time until the last event: 5s, 1m, at most 1d.',
  default: '5m',
}
const MOST: BuilderParameter = {
  name: 'most',
  says: 'The most trades of an instrument that are kept; with more the window is cut.',
  default: '100000',
}
const windowOf = (values: BuilderValues) => ({
  spanMs: spanOf(values, WINDOW),
  most: countOf(values, MOST, 10_000_000),
})

const WINDOW_OUTPUTS: readonly BuilderOutput[] = [
  ...FEED_OUTPUTS,
  { name: 'since', type: 'time', says: 'Where the window begins, exclusive.' },
  { name: 'now', type: 'time', says: 'Where it ends: receive time of the last event.' },
  { name: 'trades', type: 'integer', says: 'Trades in it.' },
]
const FLAGS: readonly BuilderOutput[] = [
  {
    name: 'gap',
    type: 'flag',
    says: 'Something was missing within it: figures are a lower bound.',
  },
  { name: 'cut', type: 'flag', says: 'There were more trades than are kept.' },
  { name: 'complete', type: 'flag', says: 'False: it is cut, or its beginning was not read.' },
]
const VOLUMES: readonly BuilderOutput[] = [
  { name: 'volume', type: 'decimal', says: 'The sum of sizes, exact.' },
  { name: 'buyVolume', type: 'decimal', says: 'Sizes of trades whose aggressor bought.' },
  { name: 'sellVolume', type: 'decimal', says: 'Sizes of trades whose aggressor sold.' },
]
const AVERAGE: readonly BuilderOutput[] = [
  { name: 'volume', type: 'decimal', says: 'The sum of sizes, exact.' },
  { name: 'value', type: 'decimal', says: 'The sum of price × size, exact.' },
  {
    name: 'vwap',
    type: 'decimal',
    says: 'value ÷ volume, rounded half up; absent without volume.',
  },
]

const windowed = <Makes extends string, W extends TradeWindow>(
  told: Omit<Definition<Makes, W>, 'inputs' | 'create' | 'parameters'> & {
    readonly parameters?: readonly BuilderParameter[]
  },
  make: (values: BuilderValues) => ConstructorParameters<typeof TradeWindows<W>>[0]
): Definition<Makes, W> => ({
  ...told,
  inputs: ['trade', 'gap'],
  parameters: [WINDOW, MOST, ...(told.parameters ?? [])],
  create: (values, emit) => new TradeWindows(make(values), emit),
})

export const priceHistory = windowed(
  {
    name: 'price-history',
    makes: 'price-history',
    says: 'The last trades of each instrument, each with whether something was missing before it.',
    outputs: [
      ...WINDOW_OUTPUTS,
      { name: 'last', type: 'decimal', says: 'Price of the last trade.' },
      { name: 'open', type: 'decimal', says: 'The oldest price in the window.' },
      { name: 'high', type: 'decimal', says: 'The highest price.' },
      { name: 'low', type: 'decimal', says: 'The lowest price.' },
      { name: 'change', type: 'decimal', says: 'last - open, exact.' },
      {
        name: 'history',
        type: 'levels',
        says: 'Price, size, side, both times and gap before it of each trade, the last one first.',
      },
      ...FLAGS,
    ],
  },
  (values) => {
    const options = windowOf(values)
    return (feed, symbol, clock) => new PriceHistory(feed, symbol, clock, options)
  }
)

const STEP: BuilderParameter = {
  name: 'step',
  says: 'Prices of one level: a decimal in the units of the exchange.',
  default: '0.01',
}

export const volumeProfile = windowed(
  {
    name: 'volume-profile',
    makes: 'volume-profile',
    says: 'The volume of trades within a window: in all, bought, sold, and by price.',
    outputs: [
      ...WINDOW_OUTPUTS,
      ...VOLUMES,
      { name: 'levels', type: 'levels', says: 'Price and the same volumes, lowest price first.' },
      { name: 'busiest', type: 'decimal', says: 'The price level with the greatest volume.' },
      {
        name: 'beyond',
        type: 'decimal',
        says: 'Volume of prices with too many steps for a level.',
      },
      ...FLAGS,
    ],
    parameters: [STEP],
  },
  (values) => {
    const text = values.step ?? STEP.default
    const reader = new DecimalReader()
    const bytes = Buffer.from(text)
    const step = /^[\d.]+$/.test(text) ? reader.read(bytes, 0, bytes.length) : Number.NaN
    if (!(step > 0)) throw new RangeError(`step: ${text} is not a decimal above zero: 0.01`)
    const options = { ...windowOf(values), step, stepScale: reader.scale }
    return (feed, symbol, clock) => new VolumeProfile(feed, symbol, clock, options)
  }
)

export const rollingVwap = windowed(
  {
    name: 'rolling-vwap',
    makes: 'rolling-vwap',
    says: 'The average price of trades, weighted by size, within a window.',
    outputs: [...WINDOW_OUTPUTS, ...AVERAGE, ...FLAGS],
  },
  (values) => {
    const options = windowOf(values)
    return (feed, symbol, clock) => new RollingVwap(feed, symbol, clock, options)
  }
)

export const tradeImbalance = windowed(
  {
    name: 'trade-imbalance',
    makes: 'trade-imbalance',
    says: 'What aggressors bought against what they sold within a window.',
    outputs: [
      ...WINDOW_OUTPUTS,
      ...VOLUMES.slice(1),
      { name: 'unsided', type: 'decimal', says: 'Sizes of trades without a side.' },
      {
        name: 'imbalance',
        type: 'decimal',
        says: '(bought - sold) ÷ (bought + sold), rounded half up; absent without either.',
      },
      ...FLAGS,
    ],
  },
  (values) => {
    const options = windowOf(values)
    return (feed, symbol, clock) => new TradeImbalance(feed, symbol, clock, options)
  }
)

const SESSION: BuilderParameter = {
  name: 'session',
  says: 'How long a session is, aligned to 1970-01-01T00:00:00Z: at most 1d.',
  default: '1d',
}
const OFFSET: BuilderParameter = {
  name: 'offset',
  says: 'How much later sessions begin: 0, or a span such as 870m for 14:30 UTC.',
  default: '0',
}

export const sessionVwap: Definition<'session-vwap', SessionVwap> = {
  name: 'session-vwap',
  makes: 'session-vwap',
  says: 'The average price of trades, weighted by size, since the session began.',
  inputs: ['trade', 'gap'],
  outputs: [
    ...FEED_OUTPUTS,
    { name: 'start', type: 'time', says: 'When the session began.' },
    { name: 'end', type: 'time', says: 'When it ends, exclusive.' },
    { name: 'recv', type: 'time', says: 'When its last trade was received.' },
    { name: 'time', type: 'time', says: "When that happened, by the exchange's clock." },
    { name: 'trades', type: 'integer', says: 'Trades in it.' },
    ...AVERAGE,
    { name: 'gap', type: 'flag', says: 'Something was missing since the session began.' },
    { name: 'complete', type: 'flag', says: 'False: the beginning of the session was not read.' },
  ],
  parameters: [SESSION, OFFSET],
  create: (values, emit) => {
    const sessionMs = spanOf(values, SESSION)
    const offset = values.offset ?? OFFSET.default
    const offsetMs = offset === '0' ? 0 : spanOf(values, OFFSET)
    return new SessionVwaps({ sessionMs, offsetMs }, emit)
  },
}

const LEFT: BuilderParameter = {
  name: 'left',
  says: 'Feed, a space, symbol: kraken BTC/USD. To be named.',
  default: '',
}
const RIGHT: BuilderParameter = {
  name: 'right',
  says: 'Feed, a space, symbol. To be named.',
  default: '',
}
const JOIN: BuilderParameter = {
  name: 'event',
  says: 'What is joined: trade, or the middle between bid and ask of quote.',
  default: 'trade',
}
const TOLERANCE: BuilderParameter = {
  name: 'tolerance',
  says: 'The greatest age of either price: 500ms, 5s, at most 1d.',
  default: '5s',
}

const legOutputs = (side: 'left' | 'right'): BuilderOutput[] => [
  { name: `${side}Price`, type: 'decimal', says: `The last price of the ${side} one.` },
  { name: `${side}Recv`, type: 'time', says: 'When that was received.' },
  { name: `${side}Time`, type: 'time', says: "When that happened, by the exchange's clock." },
]

export const asOfJoin: Definition<'as-of-join', AsOfJoin> = {
  name: 'as-of-join',
  makes: 'as-of-join',
  says: 'Two instruments, of one feed or two: to each event of the left one the last one of the right one received before it.',
  inputs: ['trade', 'quote', 'gap'],
  outputs: [
    ...legOutputs('left'),
    ...legOutputs('right'),
    { name: 'matched', type: 'flag', says: 'Both are known, and neither is too old.' },
    { name: 'difference', type: 'decimal', says: 'Left - right, exact; absent unless matched.' },
    { name: 'gap', type: 'flag', says: 'Something of either was missing since its last event.' },
  ],
  parameters: [LEFT, RIGHT, JOIN, TOLERANCE],
  create: (values, emit) => {
    const left = legOf(values, LEFT)
    const right = legOf(values, RIGHT)
    if (left.feed === right.feed && left.symbol === right.symbol) {
      throw new RangeError(`right: ${values.right} is the left one as well: name another one`)
    }
    const event = wordOf(values, JOIN, JOINED)
    return new AsOf({ left, right, event, toleranceMs: spanOf(values, TOLERANCE) }, emit)
  },
}

function legOf(values: BuilderValues, { name }: BuilderParameter): LegName {
  const text = values[name] ?? ''
  const [, feed = '', symbol = ''] = /^(\S+) (\S.*)$/.exec(text) ?? []
  if (feed !== '') return { feed, symbol }
  throw new RangeError(`${name}: ${text} is not a feed, a space and a symbol: kraken BTC/USD`)
}
