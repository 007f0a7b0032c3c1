// What the registry says of bars.

import { BAR_KINDS, type BarKind, barSize, SIZE_FORMS } from './bar-size.ts'
import { type Bar, BarBuilder } from './bars.ts'
import { type BuilderOutput, type Definition, FEED_OUTPUTS } from './definition.ts'

const BAR_OUTPUTS: readonly BuilderOutput[] = [
  ...FEED_OUTPUTS,
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

const bars = (kind: BarKind): Definition<'bar', Bar> => ({
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

export const BAR_DEFINITIONS = BAR_KINDS.map(bars)
