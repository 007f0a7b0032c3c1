import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Gap } from '#archive/read/reader.ts'
import { gapTime } from '../model/gap-time.ts'
import { GapSpans } from './gap-spans.ts'

const test = suite('gap spans')

const second = (s: number): string => `2026-11-24T00:00:${String(s).padStart(2, '0')}.000000000Z`
const gap = (from: number, to: number | null): Gap =>
  ({ from: second(from), to: to === null ? null : second(to) }) as Gap

const gaps = fc.array(
  fc.tuple(fc.nat(50), fc.nat(9), fc.boolean()).map(([from, length, lasts]) => {
    return lasts && length > 7 ? gap(from, null) : gap(from, from + length)
  }),
  { maxLength: 12 }
)

test('a span touches a gap if one overlaps it, or lies within it without length', () => {
  fc.assert(
    fc.property(
      gaps,
      fc.nat(50),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(12),
      (all, from, length, cut) => {
        const spans = new GapSpans()
        spans.add({ gaps: all.slice(0, cut) })
        spans.add({ gaps: all.slice(cut) })
        const [start, end] = [second(from), second(from + length)]
        const expected = all.some(
          (one) => one.from < end && ((one.to ?? '~') > start || one.from >= start)
        )
        assert.is(spans.touches(start, end), expected)
      }
    )
  )
})

test('time in gaps counts once where gaps overlap, and one that lasts counts until the manifest was written', () => {
  fc.assert(
    fc.property(gaps, (all) => {
      const updated = second(59)
      const { gapNanos, spanNanos } = gapTime({
        ...{ day: '2026-11-24', from: second(1), to: second(58), updated, gaps: all },
      })
      const at = (text: string | null): number => Number((text ?? updated).slice(17, 19))
      const missing = Array.from({ length: 60 }, (_, s) => s).filter((s) =>
        all.some(({ from, to }) => at(from) <= s && s + 1 <= at(to))
      )
      assert.is(gapNanos, missing.length * 1e9)
      const first = Math.min(1, ...all.map(({ from }) => at(from)))
      const last = Math.max(58, ...all.map(({ to }) => at(to)))
      assert.is(spanNanos, (last - first) * 1e9)
    })
  )
})

test.run()
