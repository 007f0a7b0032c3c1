import { suite } from 'uvu'
import * as assert from 'uvu/assert'
// @ts-expect-error a module of the page: page/tsconfig.json has its types
import * as levels from './chart-levels.mjs'

const {
  barColumns,
  DAY_MS,
  eventColumns,
  joinColumns,
  LEVELS,
  levelFor,
  readClock,
  tilesOf,
  writeClock,
} = levels
const test = suite('levels of a chart')

test('a chart draws at most some thousand bars, at every width of time', () => {
  for (let span = 200; span <= DAY_MS; span *= 1.3) {
    const level = LEVELS[levelFor(span)]
    if (level.barMs > 0)
      assert.ok(span / level.barMs <= 2400, `${span} ms: ${span / level.barMs} bars`)
  }
  assert.is(LEVELS[levelFor(DAY_MS)].interval, '1m')
  assert.is(LEVELS[levelFor(60_000)].barMs, 0)
})

test('tiles cover what is in sight and stay inside the day', () => {
  for (const level of LEVELS) {
    for (const [from, to] of [
      [0, 1],
      [-5000, 5000],
      [DAY_MS - 10, DAY_MS + 99],
      [1e6, 9e6],
    ] as const) {
      const tiles = tilesOf(level, from, to)
      assert.ok(tiles[0] * level.tileMs <= Math.max(0, from))
      assert.ok((tiles.at(-1) + 1) * level.tileMs >= Math.min(to, DAY_MS))
      assert.ok(tiles.every((tile: number) => tile >= 0 && tile * level.tileMs < DAY_MS))
    }
  }
})

test('no line is drawn over a gap, and no trade is lost by drawing it', () => {
  const bar = (s: number) => ({
    time: new Date(s * 1000).toISOString(),
    open: '1',
    high: '2',
    low: '0.5',
    close: '1.5',
    volume: '3',
    trades: 2,
  })
  const tile = (...seconds: number[]) => barColumns(seconds.map(bar))
  const joined = joinColumns(
    [tile(0, 10), tile(20, 30)],
    [
      { fromMs: 12_000, toMs: 18_000 },
      { fromMs: 40_000, toMs: 50_000 },
    ]
  )
  assert.equal(joined.x, [0, 10_000, 12_000, 20_000, 30_000])
  assert.equal(joined.close, [1.5, 1.5, null, 1.5, 1.5])
  // A gap before the first bar, or at the time of one, needs no break.
  assert.equal(
    joinColumns(
      [tile(10, 20)],
      [
        { fromMs: 0, toMs: 5000 },
        { fromMs: 10_000, toMs: 12_000 },
      ]
    ).x,
    [10_000, 20_000]
  )
})

test('trades and quotes share one time line that never goes back', () => {
  const columns = eventColumns([
    { event: 'quote', recv: '1970-01-01T00:00:01Z', bid: '1', ask: '2' },
    { event: 'trade', recv: '1970-01-01T00:00:00.999Z', price: '1.5', size: '7' },
    { event: 'quote', recv: '1970-01-01T00:00:02Z', bid: null, ask: '3' },
  ])
  assert.equal(columns.x, [1000, 1000, 2000])
  assert.equal(columns.close, [null, 1.5, null])
  assert.equal(columns.bid, [1, null, null])
  assert.equal(columns.ask, [2, null, 3])
})

test('times of day go into an address and come back', () => {
  for (const ms of [0, 1, 34_200_000, 34_200_123, DAY_MS - 1, DAY_MS])
    assert.is(readClock(writeClock(ms)), ms)
  for (const text of ['', '9:00', '24:00:01', '09:00:00+01:00', undefined])
    assert.is(readClock(text), null)
})

test.run()
