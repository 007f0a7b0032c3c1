import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Gap } from '#archive/read/reader.ts'
import { dayGaps } from './day-gaps.ts'

const test = suite('gaps of a day')

const DAY = '2026-11-25'
const at = (time: string): string => `${DAY}T${time}.000000000Z`

const gap = (more: Partial<Gap>): Gap => ({
  cause: 'exchange-sequence',
  fault: 'exchange',
  from: at('00:10:00'),
  to: at('00:20:00'),
  connection: 'one',
  shard: 0,
  missing: 3,
  channel: 'trade',
  detail: '',
  ...more,
})

const begunIn = (gaps: readonly Gap[]): [string, string][] => [
  ...dayGaps({ day: DAY, gaps, connections: [] }, { start: null, end: null, carried: new Map() })
    .began,
]

test('the manifest says since when one gap lasts, and not of several that it counts together', () => {
  assert.equal(begunIn([gap({})]), [[`one ${at('00:20:00')}`, at('00:10:00')]])
  assert.equal(begunIn([gap({ count: 7 })]), [])
})

test('holes of numbers that a manifest counts together without their connection are one row', () => {
  const many = gap({ cause: 'number-hole', connection: null, shard: null, count: 2000 })
  const { placed } = dayGaps(
    { day: DAY, gaps: [many], connections: [] },
    { start: null, end: null, carried: new Map() }
  )
  assert.equal(
    placed.map(({ recv, reason, from, to }) => [recv, reason, from, to]),
    [[at('00:20:00'), 'number-hole', at('00:10:00'), at('00:20:00')]]
  )
})

test.run()
