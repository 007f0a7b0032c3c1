import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Message } from './messages.ts'

const test = suite('generic messages')
const FILLING = { id: 7, channel: 'trades', symbols: ['A-B', 'C"D'] }

test('a message is filled in, be it written as a text or as an object', () => {
  const table: readonly [unknown, string][] = [
    ['{"op":"sub","s":"{symbol}","id":{id}}', '{"op":"sub","s":"A-B","id":7}'],
    ['{"s":{symbols}}', '{"s":["A-B","C\\"D"]}'],
    [{ s: '{symbols}', id: '{id}' }, '{"s":["A-B","C\\"D"],"id":7}'],
    [{ args: ['x.{symbols}'] }, '{"args":["x.A-B","x.C\\"D"]}'],
    [
      { args: ['head', '{channel}.{symbols}', 1, null] },
      '{"args":["head","trades.A-B","trades.C\\"D",1,null]}',
    ],
    [
      { args: [{ channel: '{channel}', instId: '{symbols}' }] },
      '{"args":[{"channel":"trades","instId":"A-B"},{"channel":"trades","instId":"C\\"D"}]}',
    ],
    [
      { channels: [{ name: '{channel}', ids: ['{symbols}'] }] },
      '{"channels":[{"name":"trades","ids":["A-B","C\\"D"]}]}',
    ],
    ['SUB {channel} {symbols} #{id}', 'SUB trades A-B,C"D #7'],
    ['{symbol}@trade', 'A-B@trade'],
    ['["sub","{symbol}"]', '["sub","A-B"]'],
    [{ id: 'n{id}', on: true }, '{"id":"n7","on":true}'],
  ]
  for (const [written, expected] of table) assert.is(new Message(written).fill(FILLING), expected)
})

test('a message says whether it names one symbol, many or none, and a channel', () => {
  const says = (written: unknown) => {
    const { symbols, hasChannel } = new Message(written)
    return [symbols, hasChannel]
  }
  assert.equal(says('{"s":"{symbol}"}'), ['one', false])
  assert.equal(says({ a: [{ s: '{symbols}', c: '{channel}' }] }), ['many', true])
  assert.equal(says('hello'), ['none', false])
})

test('a text that begins as JSON and is none is refused', () => {
  for (const text of ['{"a":', '[1,', '{"s":"{symbol}"'])
    assert.throws(
      () => new Message(text),
      (error: Error) => error instanceof SyntaxError,
      text
    )
})

test('what was filled in is recognised again, and nothing else is', () => {
  const name = fc.string({
    unit: fc.constantFrom('A', 'b', '1', '-', '_'),
    minLength: 1,
    maxLength: 6,
  })
  const written: readonly unknown[] = [
    { op: 'sub', args: [{ c: '{channel}', s: '{symbols}' }], id: '{id}' },
    '{"op":"sub","c":"{channel}","s":{symbols},"id":{id}}',
    { args: ['{channel}/{symbols}'], id: '{id}' },
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...written),
      fc.array(name, { minLength: 1, maxLength: 5 }),
      name,
      fc.nat(),
      (one, symbols, channel, id) => {
        const message = new Message(one)
        const found = message.recognise(message.fill({ id, channel, symbols }))
        assert.equal(found, { id, channel, symbols })
      }
    ),
    { numRuns: 200 }
  )
  const message = new Message({ op: 'sub', s: '{symbol}' })
  for (const text of [
    '{"op":"sub"}',
    '{"op":"sub","s":1}',
    '{"op":"x","s":"A"}',
    '{"op":"sub","s":"A","more":1}',
    'x',
    '[]',
    'null',
  ])
    assert.is(message.recognise(text), null, text)
})

test.run()
