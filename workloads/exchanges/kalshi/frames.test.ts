import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FORM } from '#wire/form.ts'
import { KalshiFrames } from './frames.ts'
import { readReply } from './replies.ts'

const test = suite('kalshi frames')

/** type, group, symbol, sequence, scope, understood, control */
type Row = readonly [string, string, string, number, number, boolean, boolean]

const look = (text: string | Buffer): Row => {
  const frames = new KalshiFrames()
  frames.look(Buffer.from(text))
  const { type, symbol, sequence, scope, understood, control } = frames.frame
  return [type.name, type.group, symbol, sequence, scope, understood, control]
}

const TABLE: readonly [string, string, Row][] = [
  [
    'a delta',
    '{"type":"orderbook_delta","sid":1,"seq":2399869,"msg":{"market_ticker":"KXGOLD15M-26AUG102130-30","price_dollars":"0.4800","delta_fp":"-40.00","side":"no","ts_ms":1786410915566}}',
    ['orderbook_delta', 'orderbook', 'KXGOLD15M-26AUG102130-30', 2399869, 1, true, false],
  ],
  [
    'a snapshot without sides: the market is over',
    '{"type":"orderbook_snapshot","sid":1,"seq":532241,"msg":{"market_ticker":"KXGOLD15M-26AUG102030-30","market_id":"2c0a84d8"}}',
    ['orderbook_snapshot', 'orderbook', 'KXGOLD15M-26AUG102030-30', 532241, 1, true, false],
  ],
  [
    'a snapshot that answers a command',
    '{"type":"orderbook_snapshot","id":9,"sid":1,"seq":5,"msg":{"market_ticker":"A"}}',
    ['orderbook_snapshot', 'orderbook', 'A', 5, 1, true, true],
  ],
  [
    'a trade of an older server, without seq',
    '{"type":"trade","sid":8,"msg":{"market_ticker":"KXDEMO-26AUG01-T50","price":41,"side":"yes","ts":1785542401}}',
    ['trade', 'trades', 'KXDEMO-26AUG01-T50', -1, 8, true, false],
  ],
  [
    'a ticker of the first generation',
    '{"type":"ticker","sid":7,"msg":{"market_id":"1","market_ticker":"KXDEMO-26AUG01-T69499.99","price":41,"Clock":9000001}}',
    ['ticker', 'tickers', 'KXDEMO-26AUG01-T69499.99', -1, 7, true, false],
  ],
  [
    'a lifecycle frame of an event, older generation, without seq',
    '{"type":"event_lifecycle","sid":10,"msg":{"event_ticker":"KXDEMO-26AUG01","sub_title":"On Aug 1"}}',
    ['event_lifecycle', 'lifecycle', 'KXDEMO-26AUG01', -1, 10, true, true],
  ],
  [
    'a fill',
    '{"type":"fill","sid":4,"msg":{"trade_id":"t","market_ticker":"A","order_id":"o"}}',
    ['fill', 'fills', 'A', -1, 4, true, false],
  ],
  [
    'an ack',
    '{"id":1,"type":"subscribed","msg":{"channel":"trade","sid":2}}',
    ['subscribed', 'control', '', -1, 0, true, true],
  ],
  [
    'an ok that uses up a number',
    '{"id":2,"sid":1,"seq":222,"type":"ok","msg":{"market_tickers":["A"]}}',
    ['ok', 'control', '', 222, 1, true, true],
  ],
  [
    'an ack of an older server',
    '{"type":"subscribed","id":1}',
    ['subscribed', 'control', '', -1, 0, true, true],
  ],
  [
    'an unknown type keeps its number, so that it makes no gap',
    '{"type":"surprise","sid":3,"seq":12,"msg":{"market_ticker":"A"}}',
    ['unknown', 'other', 'A', 12, 3, false, false],
  ],
  [
    'a book without a market',
    '{"type":"orderbook_delta","sid":1,"seq":4,"msg":{}}',
    ['orderbook_delta', 'orderbook', '', 4, 1, false, false],
  ],
  ['no type', '{"sid":1,"seq":4}', ['unknown', 'other', '', 4, 1, false, false]],
  ['a type that is no text', '{"type":7}', ['unknown', 'other', '', -1, 0, false, false]],
  ['an array', '[1,2]', ['unknown', 'other', '', -1, 0, false, false]],
  [
    'cut short',
    '{"type":"trade","sid":1,"seq":4,"msg":{"market_tick',
    ['unknown', 'other', '', -1, 0, false, false],
  ],
  [
    'a type behind an escape',
    '{"\\u0074ype":"tr\\u0061de","sid":2,"seq":3,"msg":{"market_ticker":"A\\"B"}}',
    ['trade', 'trades', 'A"B', 3, 2, true, false],
  ],
  [
    'a sid beyond 32 bits',
    '{"type":"trade","sid":4294967296,"seq":3,"msg":{"market_ticker":"A"}}',
    ['trade', 'trades', 'A', -1, 0, false, false],
  ],
  [
    'a name that is too long for one',
    `{"type":"trade","sid":2,"seq":3,"msg":{"market_ticker":"${'A'.repeat(300)}"}}`,
    ['trade', 'trades', '', 3, 2, true, false],
  ],
]

for (const [name, text, expected] of TABLE) {
  test(`reads ${name}`, () => assert.equal(look(text), expected))
}

/** What stands for sid and seq; scope and sequence as read, and why the proof is lost. */
const COUNTS: readonly [string, number, number, string][] = [
  ['"sid":1,"seq":"5"', 1, 5, ''],
  ['"sid":"1","seq":5', 1, 5, ''],
  ['"sid":1,"seq":4.0', 1, 4, ''],
  ['"sid":1,"seq":1e1', 1, 10, ''],
  ['"sid":1,"seq":0', 1, 0, ''],
  ['"sid":1,"seq":9007199254740991', 1, 9007199254740991, ''],
  ['"sid":1,"s\\u0065q":"7"', 1, 7, ''],
  ['"sid":1', 1, -1, ''],
  ['"x":{"sid":1,"seq":2}', 0, -1, ''],
  ['"sid":1,"seq":7,"x":{"seq":"a","sid":null}', 1, 7, ''],
  ['"sid":1,"seq":"abc"', 1, -1, 'seq is a text and no whole number'],
  ['"sid":1,"seq":"05"', 1, -1, 'seq is a text and no whole number'],
  ['"sid":1,"seq":""', 1, -1, 'seq is a text and no whole number'],
  ['"sid":1,"seq":null', 1, -1, 'seq is null, true, false, a list or an object'],
  ['"sid":1,"seq":[5]', 1, -1, 'seq is null, true, false, a list or an object'],
  ['"sid":1,"seq":-5', 1, -1, 'seq is no whole number that can be counted with'],
  ['"sid":1,"seq":4.5', 1, -1, 'seq is no whole number that can be counted with'],
  ['"sid":1,"seq":9007199254740993', 1, -1, 'seq is no whole number that can be counted with'],
  ['"sid":1,"seq":5,"seq":6', 1, -1, 'seq stands twice in one frame'],
  ['"sid":1,"sid":2,"seq":6', 2, -1, 'sid stands twice in one frame'],
  ['"sid":null,"seq":6', 0, -1, 'sid is null, true, false, a list or an object'],
  ['"sid":"x","seq":6', 0, -1, 'sid is a text and no whole number'],
  ['"sid":0,"seq":6', 0, -1, 'sid is no whole number that can be counted with'],
  ['"seq":6', 0, -1, 'sid is missing beside seq'],
]
for (const [text, scope, sequence, unproven] of COUNTS) {
  test(`reads a count from ${text}, or says why not (Kucoin/kucoin-api-docs#44)`, () => {
    const frames = new KalshiFrames()
    frames.look(Buffer.from(`{"type":"orderbook_delta",${text},"msg":{"market_ticker":"A"}}`))
    const { frame } = frames
    assert.equal([frame.scope, frame.sequence, frame.unproven], [scope, sequence, unproven])
    assert.is(frame.understood, unproven === '')
  })
}

test('the form is JSON only where it can stand in a line as it is', () => {
  const frames = new KalshiFrames()
  const formOf = (bytes: string | number[]) => {
    frames.look(Buffer.from(bytes as string))
    return frames.frame.form
  }
  assert.is(formOf('{"type":"ok"}'), FORM.json)
  for (const pad of ['\n', '\r\n', ' \t\r\n']) {
    assert.is(
      formOf(`{"type":"ok"}${pad}`),
      FORM.json,
      'white space around it (gorilla/websocket#217)'
    )
    assert.is(formOf(`${pad}{"type":"ok"}${pad}`), FORM.json)
    assert.is(formOf(`${pad}{"type":"ok",${pad}"x":1}`), FORM.text)
    assert.is(formOf(`${pad}{"t\\u0079pe":"ok"}${pad}`), FORM.json, 'read by JSON.parse')
  }
  assert.is(formOf('\ufeff{"type":"ok"}'), FORM.text, 'a byte order mark is no white space')
  assert.is(formOf('\v{"type":"ok"}'), FORM.text)
  assert.is(formOf('\u00a0{"type":"ok"}'), FORM.text)
  assert.is(formOf('{"type":"ok",\r"x":1}'), FORM.text)
  assert.is(formOf('{"type":'), FORM.text)
  assert.is(formOf(''), FORM.text)
  assert.is(formOf([0x22, 0xc3, 0x22]), FORM.binary)
  assert.is(formOf([0x22, 0xc3, 0xa4, 0x22]), FORM.json)
})

test('nothing of one frame is left in the next', () => {
  const frames = new KalshiFrames()
  frames.look(Buffer.from('{"type":"trade","sid":2,"seq":3,"msg":{"market_ticker":"A","ts_ms":5}}'))
  assert.is(frames.exchangeMs(), 5)
  frames.look(Buffer.from('{"type":"subscribed"}'))
  assert.is(frames.frame.symbol, '')
  assert.is(frames.frame.scope, 0)
  assert.is(frames.frame.sequence, -1)
  assert.is(frames.exchangeMs(), 0)
})

test('a byte order mark costs a frame neither its type nor its number (gorilla/websocket#217)', () => {
  const [, text, row] = TABLE[0]!
  assert.equal(look(`\ufeff${text}`), row)
  assert.equal(look(`\ufeff${text}\n`), row)
  assert.equal(look(Buffer.from([0xef, 0xbb])).at(0), 'unknown')
  const ack = `\ufeff{"id":3,"type":"subscribed","msg":{"channel":"trade","sid":2}}`
  assert.equal(readReply(Buffer.from(ack)), { kind: 'subscribed', id: 3, sid: 2, channel: 'trade' })
})

test.run()
