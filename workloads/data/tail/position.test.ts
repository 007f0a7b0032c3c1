import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EventBatch } from '#market/columns.ts'
import { EVENT, FLAG, MarketEvent } from '#market/event.ts'
import {
  eventPositionText,
  readEventPosition,
  readRecordPositions,
  recordPositionText,
} from './position.ts'
import { EventRows, missedOf } from './tail-events.ts'
import { beginOf } from './tail-records.ts'

const test = suite('positions')

test('a position is read back as it was written, and nothing else is one', () => {
  const positions = new Map([
    ['alpha', { created: 1_786_000_000_000, sequence: 7, index: -1 }],
    ['be-ta2', { created: 0, sequence: 900_719_925_474_099, index: 12 }],
  ])
  assert.equal(readRecordPositions(recordPositionText(positions)), positions)
  const event = { ms: 1_786_000_000_000, ns: 999_999, rows: 3 }
  assert.equal(readEventPosition(eventPositionText(event)), event)
  for (const text of [
    '',
    'alpha',
    'alpha.1.2',
    'alpha.1.2.3,',
    'Alpha.1.2.3',
    'a.1.2.3.4',
    '1.2',
    'é',
  ])
    assert.is(readRecordPositions(text), undefined, text)
  assert.is(readRecordPositions('a.1.2.3,'.repeat(100_000)), undefined)
  for (const text of ['', '1.2', '1.2.3.4', '-1.2.3', '1.2.a', `${'1'.repeat(100_000)}.1.1`])
    assert.is(readEventPosition(text), undefined, text)
})

const CREATED = '2026-11-24T00:00:00Z'
const FACTS = {
  name: 's',
  created: CREATED,
  firstSequence: 5,
  lastSequence: 9,
  firstTime: '2026-11-24T12:00:00Z',
  lastTime: '2026-11-24T13:00:00Z',
}
const created = Date.parse(CREATED)

test('a reading continues inside the block where it stopped, or says what is missing', () => {
  const begin = (sequence: number, index: number, over = {}) => {
    const { from, gap } = beginOf('alpha', FACTS, { created, sequence, index, ...over })
    return [from, gap?.reason ?? null]
  }
  assert.equal(beginOf('alpha', FACTS, undefined), { from: 'new', gap: null })
  assert.equal(begin(6, 2), [6, null])
  assert.equal(begin(6, 999_999_999), [7, null])
  assert.equal(begin(4, 999_999_999), [5, null])
  assert.equal(begin(4, 2), [5, 'not-held'])
  assert.equal(begin(10, 0), ['new', 'stream-restarted'])
  assert.equal(begin(6, 2, { created: 1 }), [5, 'stream-restarted'])
})

test('events that NATS holds no longer are missed, those of a stream that holds all are not', () => {
  const missed = (at: string, over = {}) =>
    missedOf('alpha', { ...FACTS, ...over }, { ms: Date.parse(at), ns: 0, rows: 1 })?.reason ?? null
  assert.is(missed('2026-11-24T12:30:00Z'), null)
  assert.is(missed('2026-11-24T11:30:00Z'), 'not-held')
  assert.is(missed('2026-11-24T11:30:00Z', { firstSequence: 1 }), null)
  assert.is(missed('2026-11-23T11:30:00Z', { firstSequence: 1 }), 'not-held')
  assert.is(missed('2026-11-24T12:30:00Z', { firstTime: '' }), 'not-held', 'it was emptied since')
  assert.is(missed('2026-11-24T13:30:00Z', { firstTime: '' }), null)
})

test('rows up to the position are left out, and a row that comes too late has no id', () => {
  const batch = new EventBatch()
  const row = new MarketEvent()
  row.feed = 'alpha'
  const add = (ms: number, ns: number, kind: number): void => {
    row.begin(kind)
    row.recvMs = ms
    row.recvNs = ns
    row.flags = kind === EVENT.gap ? FLAG.first : 0
    batch.append(row)
  }
  for (const [ms, ns] of [
    [1, 0],
    [1, 5],
    [1, 5],
    [1, 5],
    [2, 0],
  ] as const)
    add(ms, ns, EVENT.trade)
  add(2, 0, EVENT.gap)
  const ids = (text: string): string[] =>
    text
      .split('\n\n')
      .filter((part) => part !== '')
      .map((part) => /^id: (.*)$/m.exec(part)?.[1] ?? '')
  const rows = new EventRows({ ms: 1, ns: 5, rows: 2 }, undefined, 0)
  assert.equal(ids(rows.text(batch)), ['1.5.3', '2.0.1', '2.0.2'])
  const chosen = new EventRows(null, new Set([EVENT.quote]), 0)
  assert.match(chosen.text(batch), /^id: 2\.0\.2\nevent: gap\ndata: .*"state":"begins"/)
  assert.equal(chosen.at, { ms: 2, ns: 0, rows: 2 })
  batch.ordered = false
  assert.equal(ids(new EventRows(null, undefined, 9).text(batch)), ['', '', '', '', '', ''])
})

test.run()
