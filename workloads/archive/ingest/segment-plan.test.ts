import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dayOfSecond, startOfDay } from '../format/time.ts'
import { GRACE_SECONDS } from '../state/feed-state.ts'
import { endOfSlice, type PlannedSegment, SegmentPlan, sliceOf } from './segment-plan.ts'

const test = suite('segments')
const HOUR = 3600
const noon = startOfDay('2026-11-24') + 12 * HOUR

function plan(sliceSeconds = HOUR, maxBytes = 1000) {
  return new SegmentPlan<PlannedSegment>(
    { sliceSeconds, maxBytes },
    (planned) => planned,
    () => 0
  )
}

test('slices are counted from midnight UTC, and the last one ends there', () => {
  const rotation = { sliceSeconds: 7 * HOUR, maxBytes: 1 }
  const midnight = startOfDay('2026-11-24')
  const rows: [number, number, number][] = [
    [0, 0, 7],
    [7 * HOUR - 1, 0, 7],
    [7 * HOUR, 1, 14],
    [23 * HOUR, 3, 24],
  ]
  for (const [offset, slice, endHour] of rows) {
    assert.is(sliceOf(midnight + offset, rotation), slice)
    assert.is(endOfSlice(midnight + offset, rotation), midnight + endHour * HOUR)
  }
  assert.is(endOfSlice(midnight, { sliceSeconds: 30 * 86_400, maxBytes: 1 }), midnight + 86_400)
})

test('records of one slice share a segment, and a later slice has the next number', () => {
  const segments = plan()
  const first = segments.choose('trades', '2026-11-24', noon, noon)
  assert.is(first.name, 'trades_000.jsonl.gz')
  assert.is(segments.choose('trades', '2026-11-24', noon + HOUR - 1, noon), first)
  assert.is(segments.choose('trades', '2026-11-24', noon + HOUR, noon).number, 1)
  assert.is(segments.choose('tickers', '2026-11-24', noon, noon).number, 0)
  assert.is(
    segments.choose('trades', '2026-11-24', noon + 5, noon + HOUR),
    first,
    'within the grace'
  )
})

test('a segment ends when the feed is beyond its slice and the grace, not before', () => {
  const segments = plan()
  const first = segments.choose('trades', '2026-11-24', noon, noon)
  assert.equal(segments.endBefore(noon + HOUR + GRACE_SECONDS - 1), [])
  assert.equal(segments.endBefore(noon + HOUR + GRACE_SECONDS), [first])
  const late = segments.choose('trades', '2026-11-24', noon, noon + 2 * HOUR)
  assert.is(late.number, 1, 'a record that comes later still has the next number, in its own slice')
  assert.is(late.slice, first.slice)
})

test('a full segment ends, and the slice goes on with the next number', () => {
  const segments = plan()
  const first = segments.choose('trades', '2026-11-24', noon, noon)
  first.rawBytes = 999
  assert.not.ok(segments.endIfFull(first))
  first.rawBytes = 1000
  assert.ok(segments.endIfFull(first))
  assert.is(segments.choose('trades', '2026-11-24', noon, noon).number, 1)
})

test('two connectors whose clocks are a day apart do not make a file with every block', () => {
  const segments = plan()
  let newest = 0
  const names = new Set<string>()
  for (let second = 0; second < 2 * HOUR; second += 10) {
    for (const time of [noon + second, noon + 86_400 + second]) {
      segments.endBefore(newest)
      const day = dayOfSecond(time)
      names.add(`${day}/${segments.choose('trades', day, time, newest).name}`)
      newest = Math.max(newest, time)
    }
  }
  assert.ok(names.size <= 6, [...names].join(' '))
})

test('a record always goes to a segment of its day and slice that has not ended', () => {
  const step = fc.record({
    ahead: fc.integer({ min: -5 * HOUR, max: 5 * HOUR }),
    bytes: fc.nat(400),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const segments = plan()
      const ended = new Set<PlannedSegment>()
      const numbers = new Map<string, PlannedSegment>()
      let second = noon
      let newest = 0
      for (const { ahead, bytes } of steps) {
        second += ahead
        for (const segment of segments.endBefore(newest)) ended.add(segment)
        const day = dayOfSecond(second)
        const segment = segments.choose('trades', day, second, newest)
        assert.not.ok(ended.has(segment))
        assert.is(segment.day, day)
        assert.is(segment.slice, sliceOf(second, { sliceSeconds: HOUR, maxBytes: 1000 }))
        assert.is(
          numbers.get(`${day}/${segment.name}`) ?? segment,
          segment,
          'a number is used once'
        )
        numbers.set(`${day}/${segment.name}`, segment)
        segment.rawBytes += bytes
        if (segments.endIfFull(segment)) ended.add(segment)
        newest = Math.max(newest, second)
      }
    })
  )
})

test.run()
