import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KalshiFrames } from '../kalshi/frames.ts'
import { DeclaredTypes } from './declared-types.ts'

const test = suite('declared types')
const declared = new DeclaredTypes([
  {
    name: 'auction',
    group: 'auctions',
    symbol: 'msg.lot.id',
    sequence: 'msg.count',
    scope: 'msg.room',
  },
  { name: 'note' },
])

function look(text: string) {
  const frames = new KalshiFrames(declared)
  frames.look(Buffer.from(text))
  const { type, symbol, sequence, scope, understood, control } = frames.frame
  return [type.name, type.group, symbol, sequence, scope, understood, control]
}

test('a type that the adapter does not know is read as the Feed says', () => {
  const text = '{"type":"auction","msg":{"lot":{"id":"L1"},"count":7,"room":3}}'
  assert.equal(look(text), ['auction', 'auctions', 'L1', 7, 3, true, false])
  assert.equal(look('{"type":"note","sid":2,"seq":5}'), ['note', 'other', '', 5, 2, true, false])
})

test('a path that leads nowhere, or to something else, fills in nothing', () => {
  const none = ['auction', 'auctions', '', -1, 0, false, false]
  assert.equal(look('{"type":"auction"}'), none)
  assert.equal(look('{"type":"auction","msg":{"lot":[],"count":-1,"room":1}}').slice(2, 4), [
    '',
    -1,
  ])
  assert.equal(
    look('{"type":"auction","msg":{"lot":{"id":{}},"count":1.5,"room":1}}').slice(2, 4),
    ['', -1]
  )
  assert.equal(look(`{"type":"auction","msg":{"lot":{"id":"${'x'.repeat(300)}"}}}`)[2], '')
  assert.is(look('{"type":"auction","msg":{"count":1,"room":"__proto__"}}')[3], -1)
})

test('a count that cannot be read is said to be lost, and digits in a text are read', () => {
  const frames = new KalshiFrames(declared)
  const why = (count: string) => {
    frames.look(Buffer.from(`{"type":"auction","msg":{${count}}}`))
    return frames.frame.unproven || [frames.frame.scope, frames.frame.sequence]
  }
  assert.equal(why('"count":"7","room":"3"'), [3, 7])
  assert.is(why('"count":null,"room":3'), 'msg.count is no whole number')
  assert.is(why('"count":7,"room":[]'), 'msg.room is no whole number from 1')
  assert.is(why('"room":3'), 'msg.count is no whole number')
})

test('a sequence without a scope counts in the whole connection', () => {
  const whole = new KalshiFrames(new DeclaredTypes([{ name: 'tick', sequence: 'n' }]))
  whole.look(Buffer.from('{"type":"tick","n":7}'))
  assert.equal([whole.frame.scope, whole.frame.sequence], [0xffff_ffff, 7])
})

test('what neither knows stays unknown, and what the adapter knows stays its own', () => {
  assert.is(look('{"type":"other"}')[0], 'unknown')
  const own = new KalshiFrames(new DeclaredTypes([{ name: 'trade', group: 'mine' }]))
  own.look(Buffer.from('{"type":"trade","sid":1,"seq":1,"msg":{"market_ticker":"A"}}'))
  assert.is(own.frame.type.group, 'trades')
})

test.run()
