// The verdict itself, on archives that are made up: each way to be wrong has to be seen.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { CheckedArchive, CheckedGap, CheckedRecord } from '#testing/checker.ts'
import { compareSent } from './sent.ts'

const test = suite('sent and archived')

const record = (n: number, frame: string | null, group = 'trades'): CheckedRecord => ({
  n,
  recv: `10:0${n}`,
  group,
  frame,
  event: frame === null ? { kind: 'open' } : null,
})
const archiveOf = (
  connections: Readonly<Record<string, readonly CheckedRecord[]>>,
  gaps: readonly string[] = []
): CheckedArchive => ({
  connections: new Map(Object.entries(connections)),
  gaps: gaps.map(
    (connection): CheckedGap => ({
      cause: 'connector-lost',
      fault: 'ours',
      connection,
      missing: null,
      from: '12:00',
      to: '12:30',
    })
  ),
  days: [],
  simulated: false,
  problems: [],
})
const journalOf = (...frames: readonly (readonly [number, string])[]): string =>
  frames.map(([client, frame]) => `{"client":${client},"frame":${frame}}\n`).join('')

const SENT = journalOf([1, '"a"'], [2, '"x"'], [1, '"b"'], [1, '"c"'], [2, '"y"'])
const whole = {
  one: [
    record(1, null),
    record(2, '"ok"', 'control'),
    record(3, '"a"'),
    record(4, '"b"'),
    record(5, '"c"'),
  ],
  two: [record(1, '"x"'), record(2, '"y"')],
}

test('all that was sent is there', () => {
  assert.equal(compareSent([SENT], archiveOf(whole)), {
    frames: 5,
    connections: 2,
    unreceived: 0,
    problems: [],
  })
})

for (const [name, one] of [
  ['missing in the middle', [record(1, '"a"'), record(2, '"c"')]],
  ['changed', [record(1, '"a"'), record(2, '"B"'), record(3, '"c"')]],
  ['twice', [record(1, '"a"'), record(2, '"b"'), record(3, '"b"'), record(4, '"c"')]],
  ['out of order', [record(1, '"a"'), record(2, '"c"'), record(3, '"b"')]],
  ['more than was sent', [...whole.one, record(6, '"d"')]],
  ['missing at its begin', [record(1, '"b"'), record(2, '"c"')]],
] as const) {
  test(`a frame ${name} is a problem, whatever gaps say`, () => {
    const verdict = compareSent([SENT], archiveOf({ ...whole, one }, ['one']))
    assert.ok(verdict.problems.length > 0)
  })
}

test('what was sent behind the last archived frame needs a gap', () => {
  const cut = { ...whole, one: whole.one.slice(0, -1) }
  const silent = compareSent([SENT], archiveOf(cut))
  assert.match(silent.problems.join(), 'one: 1 frames were sent after its last one')
  const said = compareSent([SENT], archiveOf(cut, ['one']))
  assert.equal([said.problems, said.unreceived], [[], 1])
})

test('of a connection that was never ready the gap of the one before it speaks, while it lasts', () => {
  const cut = { ...whole, one: whole.one.slice(0, -1) }
  const { gaps } = archiveOf({}, ['zero'])
  const lasting = (from: string, to: string | null) =>
    compareSent([SENT], { ...archiveOf(cut), gaps: gaps.map((gap) => ({ ...gap, from, to })) })
  assert.equal(lasting('10:02', '10:04').problems, [])
  assert.equal(lasting('10:02', null).problems, [])
  assert.is(lasting('10:02', '10:03').problems.length, 1, 'it had ended')
  assert.is(lasting('10:05', null).problems.length, 1, 'it had not begun')
})

test('one that ended while another went on left no hole', () => {
  const one = whole.one.slice(0, -1)
  const beside = [record(3, '"x"'), record(5, '"y"')]
  assert.equal(compareSent([SENT], archiveOf({ one, two: beside })).problems, [])
  const before = [record(1, '"x"'), record(3, '"y"')]
  assert.is(compareSent([SENT], archiveOf({ one, two: before })).problems.length, 1)
})

test('a client of whom nothing is archived is a problem', () => {
  const { problems } = compareSent([SENT], archiveOf({ one: whole.one }))
  assert.equal(problems, ['client 2 of life 1: 2 frames, and no connection'])
})

test('clients of another life are others, and the present one is left out while it goes on', () => {
  const later = { ...whole, three: [record(1, '"m"'), record(2, '"n"')] }
  const both = compareSent([SENT, journalOf([1, '"m"'], [1, '"n"'])], archiveOf(later))
  assert.equal([both.problems, both.connections], [[], 3])
  assert.equal(compareSent([SENT], archiveOf(later), true).problems, [])
  assert.is(compareSent([SENT], archiveOf(later)).problems.length, 1)
})

test.run()
