import { suite } from 'uvu'
import * as assert from 'uvu/assert'
// @ts-expect-error a module of the page: page/tsconfig.json has its types
import { cellOf, cellWidth, dayAt, layoutOf, period, sayDay } from './calendar-cells.mjs'

const test = suite('cells of the calendar')
const DAY = {
  feed: 'k',
  day: '2026-11-30',
  state: 'captured',
  condition: 'available',
  simulated: false,
  records: 9,
  trades: 3,
  bytes: 90,
  gaps: 0,
  gapSeconds: '0',
  gapShare: '0',
}

test('no trades, not captured, known gaps and damage are four different things', () => {
  const kind = (over: object) => cellOf({ ...DAY, ...over }).kind
  assert.is(kind({}), 'whole')
  assert.is(kind({ condition: 'pending' }), 'pending')
  assert.is(kind({ state: 'no-trades', trades: 0 }), 'quiet')
  assert.is(kind({ state: 'not-captured', condition: null, records: null }), 'none')
  assert.is(kind({ state: 'not-captured', condition: 'missing' }), 'lost')
  assert.is(kind({ state: 'damaged', condition: null }), 'damaged')
  assert.is(kind({ condition: 'degraded', gaps: 2, gapShare: '0.25' }), 'broken')
  assert.is(cellOf({ ...DAY, condition: 'degraded', gapShare: '0.25' }).share, 0.25)
  assert.is(kind({ condition: 'degraded', gaps: 1, state: 'no-trades' }), 'broken')
  assert.is(cellOf({ ...DAY, simulated: true }).simulated, true)
})

test('each day has a place of its own, in any width, and a point finds its day', () => {
  for (const width of [0, 220, 360, 1000, 1200, 3000]) {
    const layout = layoutOf('2025-12-01', '2026-11-30', width)
    assert.is(layout.days.length, 365)
    for (const [i, x] of layout.x.entries()) {
      assert.ok(cellWidth(layout, i) >= 1, `${width}: day ${i}`)
      assert.is(dayAt(layout, x), i, `${width}: day ${i}`)
      if (i > 0) assert.ok(x >= layout.x[i - 1] + cellWidth(layout, i - 1), `${width}: day ${i}`)
    }
    assert.is(layout.months.length, 12)
    assert.is(dayAt(layout, -5), 0)
    assert.is(dayAt(layout, 1e9), 364)
  }
})

test('the period is whole months up to the last one', () => {
  assert.equal(period('2026-02-15', 3), { from: '2025-12-01', to: '2026-02-28' })
  assert.equal(period('2024-02-01', 12), { from: '2023-03-01', to: '2024-02-29' })
})

test('a day is said in words, with what is missing of it', () => {
  const say = (over: object) => sayDay('k', '2026-11-30', { ...DAY, ...over }, '2026-11-30')
  assert.is(say({}), 'k, Mon, 30 Nov 2026: available · 9 records · 90 B')
  assert.match(
    say({ condition: 'degraded', gaps: 1, gapSeconds: '2.900', simulated: true }),
    /degraded · simulated · .* · 1 gap, 2\.9 s$/
  )
  assert.match(say({ state: 'not-captured', condition: null }), /not captured$/)
  assert.match(sayDay('k', '2026-12-01', undefined, '2026-11-30'), /still to come$/)
})

test.run()
