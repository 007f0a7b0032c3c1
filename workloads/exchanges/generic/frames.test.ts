import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mutated } from '../protocol/testing/mutate.ts'
import { DescribedFrames } from './frames.ts'
import { CONNECTED, COUNTED, feedOf, TOPICS } from './testing/feeds.ts'
import { frames as recorded } from './testing/frames.ts'
import type { DescribedType } from './types.ts'

const test = suite('generic frames')

const framesOf = (types: readonly DescribedType[]) => new DescribedFrames(types)

/** What a frame says, in the words of a table. */
function said(frames: DescribedFrames, text: string) {
  frames.look(Buffer.from(text))
  const { type, symbol, sequence, scope, understood, unproven } = frames.frame
  return [type.name, symbol, sequence, scope, understood, unproven]
}

const typesIn = (spec: string) => feedOf(spec).spec.messageTypes!

test('type, symbol, sequence and scope are found at their paths, however deep, and in lists', () => {
  const frames = framesOf([
    { name: 'deep', type: 'a.b.c', symbol: 'x[1].y.s', sequence: 'n.m.seq', scope: 'x[0]' },
    { name: 'many', type: 'e', symbol: 'rows[].s' },
    { name: 'rooted', type: '[0]', symbol: '[2][0]' },
  ])
  assert.equal(
    said(frames, '{"a":{"b":{"c":"deep"}},"x":["k",{"y":{"s":"A"}}],"n":{"m":{"seq":"12"}}}'),
    ['deep', 'A', 12, 1, true, '']
  )
  assert.equal(said(frames, '{"e":"many","rows":[{"s":"A"},{"s":"A"}]}'), [
    'many',
    'A',
    -1,
    0,
    true,
    '',
  ])
  assert.equal(said(frames, '{"e":"many","rows":[{"s":"A"},{"s":"B"}]}'), [
    'many',
    '',
    -1,
    0,
    false,
    '',
  ])
  assert.equal(said(frames, '["rooted",1,["S",2]]'), ['rooted', 'S', -1, 0, true, ''])
  // Nothing of the frame before is left.
  assert.equal(said(frames, '["rooted",1,[]]'), ['rooted', '', -1, 0, false, ''])
  assert.equal(said(frames, '{"a":{"b":{"c":"deep"}},"x":[],"n":{}}'), [
    ...['deep', '', -1, 0, false, 'x[0] is no text or number, or there are too many'],
  ])
})

test('an entry that a shorter list has not is not that of the frame before', () => {
  const frames = framesOf([{ name: 't', symbol: 'x[1].s' }])
  const symbolOf = (text: string) => said(frames, `{"type":"t","x":${text}}`)[1]
  const found = ['[0,{"s":"A"}]', '[0]', '[0,{"s":"B"}]', '[]', '[0,{"s":"C"}]', '[0,{}]', '{}']
  assert.equal(found.map(symbolOf), ['A', '', 'B', '', 'C', '', ''])
})

test('the first type that matches is it: by its name, by a glob, by a value that is present', () => {
  const frames = framesOf([
    { name: 'ack', kind: 'ack', type: 'event', match: 'subscribe' },
    { name: 'trade', type: 'topic', match: 'trades.{symbol}' },
    { name: 'book', type: 'topic', match: 'book.*' },
    { name: 'flag', type: 'success', match: 'true' },
    { name: 'any', type: 'u', match: '*' },
  ])
  assert.equal(said(frames, '{"event":"subscribe","topic":"trades.A"}').slice(0, 2), ['ack', ''])
  assert.is(frames.frame.control, true)
  assert.equal(said(frames, '{"topic":"trades.A.B"}').slice(0, 2), ['trade', 'A.B'])
  assert.is(frames.frame.control, false)
  assert.equal(said(frames, '{"topic":"book.50.A"}')[0], 'book')
  assert.equal(said(frames, '{"topic":"tr\\u0061des.A"}').slice(0, 2), ['trade', 'A'])
  assert.equal(said(frames, '{"success":true}')[0], 'flag')
  for (const value of ['1', '"x"', 'null', '{}', '[]'])
    assert.equal(said(frames, `{"u":${value}}`)[0], 'any', value)
  assert.equal(said(frames, '{"topic":"other"}')[0], 'unknown')
})

test('a plain text is an answer that is declared, or unknown', () => {
  const frames = framesOf([{ name: 'pong', kind: 'heartbeat' }, { name: 'trade' }])
  assert.equal(said(frames, 'pong')[0], 'pong')
  assert.equal(said(frames, '{"type":"pong"}')[0], 'pong')
  assert.equal(said(frames, 'trade')[0], 'unknown')
  frames.look(Buffer.from([0xff, 0xfe]))
  assert.equal([frames.frame.type.name, frames.frame.form], ['unknown', 2])
})

test('scopes with the same texts share a count, whatever the type; without a scope it is the connection', () => {
  const counted = framesOf(typesIn(COUNTED))
  const trade = (symbol: string, type = 'trade') =>
    said(counted, `{"type":"${type}","data":{"product":"${symbol}","seq":5}}`)[3]
  assert.equal([trade('A'), trade('B'), trade('A'), trade('A', 'ticker')], [1, 2, 1, 3])
  assert.is(counted.scopes.typeOf(3)?.name, 'ticker')
  const connected = framesOf(typesIn(CONNECTED))
  assert.is(said(connected, '["trade",{"s":"A","rows":[]},7]')[3], 1)
  assert.is(said(connected, '["ticker",{"s":"B"},8]')[3], 1)
})

test('a sequence that is no whole number within 2^53 is told, and proves nothing', () => {
  const frames = framesOf([{ name: 't', sequence: 'n' }])
  const sequence = (text: string) => said(frames, `{"type":"t","n":${text}}`).slice(2)
  assert.equal(sequence('9007199254740991'), [9_007_199_254_740_991, 1, true, ''])
  assert.equal(sequence('"17"'), [17, 1, true, ''])
  for (const text of ['9007199254740993', '-1', '1.5', '1e3', '"017"', '"x"', 'null', '[]', '""'])
    assert.equal(sequence(text), [-1, 1, false, 'n is no whole number'], text)
})

test('times of every unit are read, and a time that is none is none', () => {
  const ms = 1_795_000_000_123
  const at = (timeUnit: DescribedType['timeUnit'], text: string) => {
    const frames = framesOf([{ name: 't', time: 'at', ...(timeUnit && { timeUnit }) }])
    frames.look(Buffer.from(`{"type":"t","at":${text}}`))
    return frames.exchangeMs()
  }
  assert.equal([at('ms', `${ms}`), at('ms', `"${ms}"`), at('us', `${ms}456`)], [ms, ms, ms])
  assert.equal(
    [at('ns', `${ms}456789`), at('s', '1795000000.123'), at(undefined, `${ms}`)],
    [ms, ms, ms]
  )
  assert.equal(
    [at(undefined, '"2026-11-18T11:06:40.123Z"'), at('s', '"2026-11-18T11:06:40.123Z"')],
    [ms, ms]
  )
  for (const text of ['"soon"', 'null', '{}', '-5', '12']) assert.is(at('ms', text), 0, text)
  const rows = framesOf([{ name: 't', time: 'rows[].t' }])
  rows.look(Buffer.from(`{"type":"t","rows":[{"t":${ms}},{"t":1}]}`))
  assert.is(rows.exchangeMs(), ms)
  rows.look(Buffer.from('{"type":"t","rows":[]}'))
  assert.is(rows.exchangeMs(), 0)
})

test('answers say what they are about, and why', () => {
  const frames = framesOf(typesIn(COUNTED))
  const reply = (text: string) => {
    frames.look(Buffer.from(text))
    return frames.reply(Buffer.from(text))
  }
  assert.equal(reply('{"result":"ok","product":"A","id":3}'), {
    isError: false,
    id: '3',
    symbol: 'A',
    channel: '',
    words: '{"result":"ok","product":"A","id":3}',
  })
  assert.is(reply('{"error":"no \\"such\\" thing","id":4}').words, 'no "such" thing')
})

test('no bytes bring it down', () => {
  for (const spec of [COUNTED, CONNECTED, TOPICS]) {
    const frames = framesOf(typesIn(spec))
    const own = [
      '{"type":"trade","data":{"product":"A","seq":5,"at":1795000000123456,"p":"1"}}',
      '["trade",{"s":"A","rows":[{"t":1795000000.5,"p":"1"}]},7]',
      '{"topic":"trades:A","ts":1795000000123}',
      ...recorded,
    ].map((text) => Buffer.from(text))
    for (const payload of mutated(own, 3, 20_000)) {
      frames.look(payload)
      frames.exchangeMs()
      if (frames.frame.control) frames.reply(payload)
    }
  }
})

test.run()
