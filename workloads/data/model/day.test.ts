import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { namesInFormat1 } from '#archive/read/format-1.ts'
import { resolveDay, resolveTime } from './day.ts'

const NOW = Date.parse('2026-11-24T23:59:59Z')

const test = suite('day')

test('a day is a date, today, or the latest there is', () => {
  assert.is(resolveDay('today', NOW, []), '2026-11-24')
  assert.is(resolveDay('latest', NOW, ['2026-11-20', '2026-11-22', '2026-11-21']), '2026-11-22')
  assert.is(resolveDay('latest', NOW, []), '2026-11-24')
  assert.is(resolveDay('2026-02-28', NOW, []), '2026-02-28')
  for (const text of ['2026-02-30', '2026-2-3', 'yesterday', '', '2026-11-24T00:00:00Z'])
    assert.throws(() => resolveDay(text, NOW, []), /is not a day/, text)
})

test('a time compares with receive times as text, whatever its form', () => {
  const day = '2026-11-24'
  assert.is(resolveTime('15:04', day), '2026-11-24T15:04')
  assert.is(resolveTime('15:04:05', day), '2026-11-24T15:04:05')
  assert.is(resolveTime('15:04:05.123456789Z', day), '2026-11-24T15:04:05.123456789')
  assert.is(resolveTime('2026-11-24T15:04:05.123456789Z', day), '2026-11-24T15:04:05.123456789')
  assert.is(resolveTime('2026-11-24T16:04:05+01:00', day), '2026-11-24T15:04:05.000')
  for (const text of ['25:00', '15:60', '15', 'noon', '2026-11-24', '2026-13-24T00:00:00Z'])
    assert.throws(() => resolveTime(text, day), /is not a time/, text)
})

test('a line of format 1 is known by its frame: event, message of an exchange, or neither', () => {
  const facts = (text: string) =>
    namesInFormat1(Buffer.from(`{"recv":"x","conn":"c","n":1,${text}}`))
  assert.equal(facts('"event":{"kind":"open"}'), { type: 'open', symbol: '' })
  assert.equal(facts('"frame":{"type":"trade","msg":{"market_ticker":"M-1"}}'), {
    type: 'trade',
    symbol: 'M-1',
  })
  assert.equal(facts('"frame":{"type":"ticker","symbol":"S1"}'), { type: 'ticker', symbol: 'S1' })
  assert.equal(facts('"pad":["","\\n"],"frame":{"type":"ticker","symbol":"S1"}'), {
    type: 'ticker',
    symbol: 'S1',
  })
  assert.equal(facts('"text":"{\\n\\"type\\":\\"ticker\\",\\"symbol\\":\\"S1\\"}"'), {
    type: 'ticker',
    symbol: 'S1',
  })
  assert.equal(facts('"text":"{not json"'), { type: 'unknown', symbol: '' })
  assert.equal(facts('"frame":[1,2]'), { type: 'unknown', symbol: '' })
  assert.equal(facts('"text":"hello"'), { type: 'unknown', symbol: '' })
  assert.equal(facts('"base64":"AA=="'), { type: 'unknown', symbol: '' })
})

test.run()
