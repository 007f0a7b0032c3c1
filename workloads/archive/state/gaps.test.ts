import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rfc3339 } from '#crds/rfc3339.ts'
import { at } from '../testing/blocks.ts'
import { type CloseFact, ConnectionState } from './connection.ts'
import type { GapSpan } from './gap-span.ts'
import { clipGap, gapsOf } from './gaps.ts'

const test = suite('gaps')
const t = (minute: number): bigint => at('2026-11-24T12:00:00Z') + BigInt(minute) * 60_000_000_000n

function connection(
  id: string,
  times: {
    opened?: number
    ready?: number
    last?: number
    closed?: number
    cause?: CloseFact['cause']
    replaces?: string
    replacedBy?: string
  },
  shard = 0
): ConnectionState {
  const state = new ConnectionState(id, shard, false)
  state.openedAt = times.opened === undefined ? null : t(times.opened)
  state.readyAt = times.ready === undefined ? null : t(times.ready)
  state.lastAt = times.last === undefined ? null : t(times.last)
  state.replaces = times.replaces ?? null
  if (times.closed !== undefined) {
    state.close = {
      at: t(times.closed),
      cause: times.cause ?? 'disconnected',
      fault: 'network',
      code: 1006,
      reason: 'reset',
      ...(times.replacedBy === undefined ? {} : { replacedBy: times.replacedBy }),
    }
  }
  return state
}

const brief = (gaps: readonly GapSpan[]) =>
  gaps.map(
    (gap) =>
      `${gap.cause} ${gap.connection} ${show(gap.from)} ${gap.to === null ? '-' : show(gap.to)}`
  )
const show = (time: bigint) => rfc3339(time).slice(11, 16)

const CASES: [string, ConnectionState[], string[]][] = [
  ['one that lives has none', [connection('a', { opened: 0, ready: 1, last: 5 })], []],
  [
    'a close opens a gap that goes on',
    [connection('a', { opened: 0, ready: 1, last: 5, closed: 6 })],
    ['disconnected a 12:05 -'],
  ],
  [
    'it ends when the next one is ready, not when it opens',
    [
      connection('a', { opened: 0, ready: 1, last: 5, closed: 6 }),
      connection('b', { opened: 7, ready: 9, last: 9 }),
    ],
    ['disconnected a 12:05 12:09'],
  ],
  [
    'one that ended without a word is lost as soon as the next opens',
    [connection('a', { opened: 0, ready: 1, last: 5 }), connection('b', { opened: 7, last: 7 })],
    ['connector-lost a 12:05 -'],
  ],
  [
    'attempts that were never ready make no gaps of their own',
    [
      connection('a', { opened: 0, ready: 1, last: 5, closed: 6 }),
      connection('b', { opened: 7, last: 7, closed: 8 }),
      connection('c', { opened: 9, ready: 10, last: 20 }),
    ],
    ['disconnected a 12:05 12:10'],
  ],
  [
    'a first one that was never ready is a gap',
    [
      connection('a', { opened: 0, last: 0, closed: 1 }),
      connection('b', { opened: 2, ready: 3, last: 3 }),
    ],
    ['disconnected a 12:00 12:03'],
  ],
  [
    'one that was replaced while it still received leaves none',
    [
      connection('a', { opened: 0, ready: 1, last: 9, closed: 9 }),
      connection('b', { opened: 7, ready: 8, last: 30 }),
    ],
    [],
  ],
  [
    'one that is open while the one that is to replace it opens lives',
    [
      connection('a', { opened: 0, ready: 1, last: 9 }),
      connection('b', { opened: 7, last: 7, replaces: 'a' }),
    ],
    [],
  ],
  [
    'also after attempts to replace it that failed',
    [
      connection('a', { opened: 0, ready: 1, last: 9 }),
      connection('b', { opened: 7, last: 7, closed: 7, replaces: 'a' }),
      connection('c', { opened: 8, last: 8, replaces: 'a' }),
    ],
    [],
  ],
  [
    'one that ended before the one that is to replace it was ready leaves a gap until that is',
    [
      connection('a', { opened: 0, ready: 1, last: 9, closed: 9 }),
      connection('b', { opened: 7, ready: 11, last: 12, replaces: 'a' }),
    ],
    ['disconnected a 12:09 12:11'],
  ],
  [
    'one that was replaced leaves none, whatever the times say',
    [
      connection('a', { opened: 0, ready: 1, last: 9, closed: 9, replacedBy: 'b' }),
      connection('b', { opened: 7, ready: 10, last: 12, replaces: 'a' }),
    ],
    [],
  ],
  [
    'unless the other one is not known to have been ready',
    [
      connection('a', { opened: 0, ready: 1, last: 9, closed: 9, replacedBy: 'b' }),
      connection('b', { opened: 7, last: 8, replaces: 'a' }),
    ],
    ['disconnected a 12:09 -'],
  ],
  [
    'a process that was lost while one connection replaced another leaves one gap',
    [
      connection('a', { opened: 0, ready: 1, last: 9 }),
      connection('b', { opened: 7, last: 8, replaces: 'a' }),
      connection('c', { opened: 12, ready: 13, last: 14 }),
    ],
    ['connector-lost a 12:09 12:13'],
  ],
  [
    'shards are apart',
    [
      connection('a', { opened: 0, ready: 1, last: 5 }, 0),
      connection('b', { opened: 2, ready: 3, last: 6, closed: 6 }, 1),
    ],
    ['disconnected b 12:06 -'],
  ],
]
for (const [what, connections, expected] of CASES) {
  test(what, () => {
    assert.equal(brief(gapsOf([...connections].reverse())), expected)
  })
}

test('a hole in the numbers is a gap between the records around it', () => {
  const state = connection('a', { opened: 0, ready: 0, last: 9 })
  state.numbers.claim(1, 5, () => t(1))
  state.numbers.claim(9, 9, () => t(2))
  const [gap] = gapsOf([state])
  assert.equal(gap!.numbers, [6, 8])
  assert.is(gap!.missing, 3)
  assert.is(gap!.cause, 'number-hole')
  assert.is(gap!.from, t(1))
  assert.is(gap!.to, t(2))
})

const span = (from: string, to: string | null): GapSpan => ({
  cause: 'disconnected',
  fault: 'network',
  from: at(from),
  to: to === null ? null : at(to),
  connection: 'a',
  shard: 0,
  missing: null,
  detail: '',
})
const M24 = '2026-11-24T00:00:00.000000000Z'
const M25 = '2026-11-25T00:00:00.000000000Z'
const CLIPS: [string, string | null, string, string, [string, string | null] | null][] = [
  // from, to, day, newest day, clipped
  ['2026-11-23T23:00:00Z', '2026-11-25T01:00:00Z', '2026-11-24', '2026-11-25', [M24, M25]],
  ['2026-11-23T23:00:00Z', '2026-11-24T00:00:00Z', '2026-11-24', '2026-11-24', null],
  ['2026-11-24T00:00:00Z', '2026-11-24T00:00:00Z', '2026-11-24', '2026-11-24', [M24, M24]],
  ['2026-11-24T23:00:00Z', '2026-11-25T00:00:00Z', '2026-11-25', '2026-11-25', null],
  ['2026-11-23T23:00:00Z', null, '2026-11-24', '2026-11-24', [M24, null]],
  ['2026-11-23T23:00:00Z', null, '2026-11-24', '2026-11-25', [M24, M25]],
  ['2026-11-23T23:00:00Z', null, '2026-11-25', '2026-11-24', null],
  ['2026-11-25T00:00:00Z', null, '2026-11-24', '2026-11-25', null],
]
test('a gap is cut at midnight, and stands in each day that it touches', () => {
  for (const [from, to, day, newest, expected] of CLIPS) {
    const gap = clipGap(span(from, to), day, newest)
    assert.equal(gap ? [gap.from, gap.to] : null, expected, `${from} ${to} in ${day}`)
  }
})

test.run()
