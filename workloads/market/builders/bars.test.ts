import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EventBatch } from '../columns.ts'
import { EVENT, FLAG, MarketEvent, SIDE } from '../event.ts'
import { timeText } from '../time.ts'
import { BAR_KINDS, type BarKind, barSize } from './bar-size.ts'
import { type Bar, BarBuilder } from './bars.ts'

const test = suite('bars')

const T0 = Date.parse('2026-11-24T12:00:00Z')

type Trade = {
  readonly ms: number
  readonly ns?: number
  readonly symbol?: string
  readonly price: number
  readonly priceScale?: number
  readonly size: number
  readonly sizeScale?: number
  readonly side?: number
  readonly flags?: number
}
type Gap = {
  readonly gap: 'begins' | 'ends' | 'was'
  readonly ms: number
  readonly from: number
  readonly to?: number
}
type Step = Trade | Gap

const isGap = (step: Step): step is Gap => 'gap' in step

function eventOf(step: Step): MarketEvent {
  const event = new MarketEvent()
  event.feed = 'f'
  event.recvMs = T0 + step.ms
  if (isGap(step)) {
    event.begin(EVENT.gap)
    event.flags = { begins: FLAG.first, ends: FLAG.last, was: FLAG.first | FLAG.last }[step.gap]
    event.timeMs = T0 + step.from
    event.untilMs = step.to === undefined ? -1 : T0 + step.to
    return event
  }
  event.begin(EVENT.trade)
  event.recvNs = step.ns ?? 0
  event.symbol = step.symbol ?? 'S'
  event.price = step.price
  event.priceScale = step.priceScale ?? 2
  event.size = step.size
  event.sizeScale = step.sizeScale ?? 0
  event.side = step.side ?? SIDE.buy
  event.flags = step.flags ?? 0
  return event
}

const shown = (bar: Bar): string =>
  [
    bar.symbol,
    timeText(bar.startMs, bar.startNs).slice(11, 23),
    timeText(bar.endMs, bar.endNs).slice(11, 23),
    [bar.open, bar.high, bar.low, bar.close].join(' '),
    `${bar.volume.value}/${bar.sizeScale} ${bar.value.value}/${bar.valueScale}`,
    `${bar.buyVolume.value} ${bar.sellVolume.value} ${bar.trades}`,
    `${bar.vwap(4)}`,
    bar.gap ? 'gap' : '',
    bar.complete ? '' : 'incomplete',
  ].join('|')

function build(
  kind: BarKind,
  interval: string,
  steps: readonly Step[],
  knownMs?: number
): string[] {
  const bars: string[] = []
  const size = barSize(kind, interval)
  assert.ok(size, interval)
  const builder = new BarBuilder({ size: size!, onBar: (bar) => bars.push(shown(bar)) })
  for (const step of steps) builder.apply(eventOf(step))
  builder.end(knownMs)
  return bars
}

test('a time bar is an aligned interval with its own trades; intervals without trades have no bar', () => {
  const bars = build(
    'time',
    '1m',
    [
      { ms: 1000, price: 100, size: 5 },
      { ms: 59_999, price: 90, size: 1, side: SIDE.sell },
      { ms: 60_000, price: 95, size: 2 },
      { ms: 300_000, price: 101, size: 3, side: SIDE.none },
    ],
    T0 + 360_000
  )
  assert.equal(bars, [
    'S|12:00:00.000|12:01:00.000|100 100 90 90|6/0 590/2|5 1 2|9833||',
    'S|12:01:00.000|12:02:00.000|95 95 95 95|2/0 190/2|2 0 1|9500||',
    'S|12:05:00.000|12:06:00.000|101 101 101 101|3/0 303/2|0 0 1|10100||',
  ])
})

test('bars of several instruments that end together come by name, and the last ones are incomplete', () => {
  const bars = build('time', '10s', [
    { ms: 1, symbol: 'B', price: 1, size: 1 },
    { ms: 2, symbol: 'A', price: 1, size: 1 },
    { ms: 10_000, symbol: 'C', price: 1, size: 1 },
  ])
  assert.equal(bars.map((bar) => bar[0]).join(''), 'ABC')
  assert.equal(
    bars.map((bar) => bar.endsWith('incomplete')),
    [false, false, true]
  )
})

test('bars of trades, volume and value end with the trade that fills them, at any scale', () => {
  const steps = [
    { ms: 1, price: 100, size: 4 },
    { ms: 2, price: 1000, priceScale: 3, size: 65, sizeScale: 1 },
    { ms: 3, price: 100, size: 1 },
    { ms: 4, price: 100, size: 100 },
  ]
  const trades = (bars: readonly string[]) => bars.map((bar) => bar.split('|')[5]?.split(' ')[2])
  assert.equal(trades(build('tick', '3', steps)), ['3', '1'])
  assert.equal(trades(build('volume', '10.5', steps)), ['2', '2'])
  assert.equal(trades(build('volume', '10.51', steps)), ['3', '1'])
  assert.equal(trades(build('value', '11.5', steps)), ['3', '1'])
  assert.equal(trades(build('value', '0.01', steps)), ['1', '1', '1', '1'])
})

test('sums beyond 2^53 are exact', () => {
  const big = Number.MAX_SAFE_INTEGER
  const [bar] = build('tick', '3', [
    { ms: 1, price: big, priceScale: 8, size: big, sizeScale: 8 },
    { ms: 2, price: big - 1, priceScale: 8, size: big, sizeScale: 8 },
    { ms: 3, price: 1, priceScale: 0, size: 1, sizeScale: 8 },
  ])
  const volume = 2n * BigInt(big) + 1n
  const value = BigInt(big) * BigInt(big) + BigInt(big - 1) * BigInt(big) + 10n ** 8n
  assert.is(bar?.split('|')[4], `${volume}/8 ${value}/16`)
})

test('trades from before the subscription are left out, and so are trades without a price', () => {
  const bars = build('tick', '1', [
    { ms: 1, price: 1, size: 1, flags: FLAG.history },
    { ms: 2, price: Number.NaN, size: 1 },
    { ms: 3, price: 2, size: 1 },
  ])
  assert.is(bars.length, 1)
})

const gapsOf = (bars: readonly string[]): string =>
  bars.map((bar) => (bar.split('|')[7] === 'gap' ? 'g' : '-')).join('')

test('a bar that touches a gap says so: before, within, over several bars, and known only afterwards', () => {
  const trade = (ms: number): Step => ({ ms, price: 1, size: 1 })
  const one = [trade(1000), trade(61_000), trade(121_000), trade(181_000)]
  assert.is(gapsOf(build('time', '1m', one)), '----')
  const within: Step = { gap: 'was', ms: 62_000, from: 61_500, to: 61_900 }
  assert.is(gapsOf(build('time', '1m', one.toSpliced(2, 0, within))), '-g--')
  // It ended before the first trade of its minute.
  const before: Step = { gap: 'was', ms: 60_900, from: 60_100, to: 60_800 }
  assert.is(gapsOf(build('time', '1m', one.toSpliced(1, 0, before))), '-g--')
  const lasts: Step[] = [
    { gap: 'begins', ms: 62_000, from: 61_500 },
    { gap: 'ends', ms: 122_000, from: 61_500, to: 122_000 },
  ]
  const over = [one[0]!, one[1]!, lasts[0]!, one[2]!, lasts[1]!, one[3]!]
  assert.is(gapsOf(build('time', '1m', over)), '-gg-')
  // Of trades: what is missing between two bars is missing in the second.
  assert.is(gapsOf(build('tick', '1', one.toSpliced(1, 0, before))), '-g--')
  assert.is(gapsOf(build('tick', '2', one.toSpliced(1, 0, before))), 'g-')
})

test('bars of events one by one equal bars of batches, and every trade is in exactly one bar', () => {
  const trade = fc.record({
    wait: fc.oneof(fc.constant(0), fc.nat(40_000)),
    symbol: fc.constantFrom('A', 'B'),
    price: fc.integer({ min: 1, max: 2 ** 40 }),
    priceScale: fc.nat(4),
    size: fc.integer({ min: 0, max: 2 ** 45 }),
    sizeScale: fc.nat(6),
    side: fc.constantFrom(0, 1, 2),
  })
  const gap = fc.record({ wait: fc.nat(20_000), gap: fc.constantFrom('begins', 'ends', 'was') })
  const sizes: Record<BarKind, string> = {
    time: '1m',
    tick: '3',
    volume: '1000000.5',
    value: '99999999.25',
  }
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 6, arbitrary: trade }, { weight: 1, arbitrary: gap }), {
        maxLength: 50,
        size: 'max',
      }),
      fc.constantFrom(...BAR_KINDS),
      fc.nat(7),
      (drawn, kind, rows) => {
        let ms = 0
        const steps = drawn.map(({ wait, ...one }): Step => {
          ms += wait
          return 'gap' in one
            ? { ...one, gap: one.gap as Gap['gap'], ms, from: ms - 100, to: ms }
            : { ...one, ms }
        })
        const single = build(kind, sizes[kind], steps)
        const batched: string[] = []
        const builder = new BarBuilder({
          size: barSize(kind, sizes[kind])!,
          onBar: (bar) => batched.push(shown(bar)),
        })
        for (let i = 0; i < steps.length; i += rows + 1) {
          const batch = new EventBatch()
          for (const step of steps.slice(i, i + rows + 1)) batch.append(eventOf(step))
          batch.each((event) => builder.apply(event))
        }
        builder.end()
        assert.equal(batched, single)
        const counted = single.reduce(
          (sum, bar) => sum + Number(bar.split('|')[5]?.split(' ')[2]),
          0
        )
        assert.is(counted, steps.filter((step) => !isGap(step)).length)
      }
    ),
    { numRuns: 200 }
  )
})

test('a size that is none is refused: no unit, zero, longer than a day, a fraction of a trade', () => {
  for (const [kind, text] of [
    ['time', '1'],
    ['time', '0s'],
    ['time', '25h'],
    ['time', '1 m'],
    ['tick', '1.5'],
    ['tick', '0'],
    ['volume', '-1'],
    ['volume', '1e3'],
    ['value', ''],
  ] as const) {
    assert.is(barSize(kind, text), undefined, `${kind} ${text}`)
  }
})

test.run()
