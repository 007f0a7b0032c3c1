// The scanner against JSON.parse: any key order, any white space, any text in the values; and never an error.
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { emptyScan, scanFrame } from './scan.ts'

const test = suite('scan')
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
console.log(`seed ${seed}`)

function scanned(text: string) {
  const bytes = Buffer.from(`#${text}#`)
  const scan = emptyScan()
  if (!scanFrame(bytes, 1, bytes.length - 1, scan)) return undefined
  const cut = (at: number, end: number) => (at < 0 ? undefined : bytes.toString('utf8', at, end))
  return {
    type: cut(scan.typeAt, scan.typeEnd),
    sid: cut(scan.sidAt, scan.sidEnd),
    seq: cut(scan.seqAt, scan.seqEnd),
    market: cut(scan.marketAt, scan.marketEnd),
  }
}

test('finds the same as JSON.parse in any key order', () => {
  const plain = fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/["\\]/g, ''))
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant('tricky "sid":5,"seq":6 \\'))
  fc.assert(
    fc.property(
      plain,
      fc.option(fc.nat(), { nil: undefined }),
      fc.option(fc.nat(), { nil: undefined }),
      fc.option(plain, { nil: undefined }),
      fc.dictionary(
        plain.filter((key) => !['type', 'sid', 'seq', 'msg'].includes(key)),
        value
      ),
      fc.dictionary(
        plain.filter((key) => !['market_ticker', 'ticker'].includes(key)),
        value
      ),
      fc.integer(),
      fc.constantFrom('', ' ', '\t', '\r'),
      (type, sid, seq, market, extra, inner, order, space) => {
        const msg = market === undefined ? inner : { ...inner, market_ticker: market }
        const entries = Object.entries({ type, sid, seq, msg, ...extra }).filter(
          ([, v]) => v !== undefined
        )
        entries.sort((a, b) => ((a[0].length * order) % 7) - ((b[0].length * order) % 7))
        const body = entries
          .map(
            ([k, v]) => `${space}${JSON.stringify(k)}${space}:${space}${JSON.stringify(v)}${space}`
          )
          .join(',')
        const escaped = (text: string) => JSON.stringify(text).slice(1, -1)
        assert.equal(scanned(`{${body}}`), {
          type: escaped(type),
          sid: sid === undefined ? undefined : String(sid),
          seq: seq === undefined ? undefined : String(seq),
          market: market === undefined ? undefined : escaped(market),
        })
      }
    ),
    { seed, numRuns: 500 }
  )
})

test('reads the frames of every generation', () => {
  const frames: [string, object][] = [
    [
      '{"type":"orderbook_delta","sid":1,"seq":2399869,"msg":{"market_ticker":"KX-A","market_id":"31185e50"}}',
      { type: 'orderbook_delta', sid: '1', seq: '2399869', market: 'KX-A' },
    ],
    [
      '{"type":"ticker","sid":7,"msg":{"market_id":"1","market_ticker":"KX-B","price":41}}',
      { type: 'ticker', sid: '7', seq: undefined, market: 'KX-B' },
    ],
    [
      '{"type":"orderbook_snapshot","id":4,"sid":1,"seq":9,"msg":{"market_ticker":"KX-C"}}',
      { type: 'orderbook_snapshot', sid: '1', seq: '9', market: 'KX-C' },
    ],
    // As the connector reads it: an escape in a name is the name without it.
    [
      '{"type":"ticker","s\\u0069d":7,"msg":{"caf\\u00e9":1,"market_ticker":"KX-D"}}',
      { type: 'ticker', sid: '7', seq: undefined, market: 'KX-D' },
    ],
    [
      '{"type":"t","sid":1.0,"seq":-3}',
      { type: 't', sid: undefined, seq: undefined, market: undefined },
    ],
    ['{"id":2,"sid":1,"seq":3,"type":"ok"}', { type: 'ok', sid: '1', seq: '3', market: undefined }],
  ]
  for (const [text, want] of frames) assert.equal(scanned(text), want)
})

test('has no answer for what is no whole object with a type, and never throws', () => {
  for (const text of [
    '',
    '{',
    '{}',
    '[]',
    'null',
    '{"type":1}',
    '{"a":"}',
    '{"type":"x"',
    '{"type":"t","sid":1,',
    '{"type":"t","msg":{1}}',
    '{"type":"t"} {}',
  ])
    assert.is(scanned(text), undefined, text)
  fc.assert(
    fc.property(fc.string(), (text) => {
      scanned(text)
      scanned(`{"type":"${text}`)
      scanned(`{"type":"trade","sid":1,"seq":2,"msg":${text}}`)
    }),
    { seed, numRuns: 500 }
  )
})

test.run()
