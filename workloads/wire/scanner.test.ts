// The scanner against JSON.parse: the same verdict and the same values on anything at all.

import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KALSHI, kalshiEventFiles, kalshiFrames } from '#testing/recordings.ts'
import { FrameScanner, VALUE } from './scanner.ts'

const PATHS = ['type', 'seq', 'msg', 'msg.market_ticker', 'msg.n', 'other.type'] as const
const seed = Date.now() & 0x7fffffff
const options = { seed, numRuns: process.env.SSMD_FAULTS === 'all' ? 3000 : 1000 }
console.log(`scanner.test: seed ${seed}`)

/** What JSON.parse says: undefined where it refuses, or where the bytes are not UTF-8. */
function oracle(bytes: Uint8Array): { value: unknown } | undefined {
  if (!isUtf8(bytes)) return undefined
  try {
    return { value: JSON.parse(Buffer.from(bytes).toString('utf8')) }
  } catch {
    return undefined
  }
}

function at(value: unknown, path: string): unknown {
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    if (!Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** Fails where scanner and oracle differ about `bytes`. */
function compare(scanner: FrameScanner, bytes: Uint8Array): void {
  const expected = oracle(bytes)
  const shown = JSON.stringify(Buffer.from(bytes).toString('latin1'))
  assert.is(scanner.scan(bytes), expected !== undefined, `validity of ${shown}`)
  if (expected === undefined) {
    for (let slot = 0; slot < PATHS.length; slot++) assert.is(scanner.kind(slot), VALUE.none)
    return
  }
  const broken = bytes.includes(10) || bytes.includes(13)
  assert.is(scanner.lineBreak, broken, `line break in ${shown}`)
  PATHS.forEach((path, slot) => {
    const value = at(expected.value, path)
    assert.is(scanner.text(slot), typeof value === 'string' ? value : undefined, `${path} ${shown}`)
    const digits = typeof value === 'string' && /^(0|[1-9]\d*)$/.test(value)
    const number = digits ? Number(value) : value
    const whole = typeof number === 'number' && Number.isSafeInteger(number) && number >= 0
    assert.is(scanner.integer(slot) + 0, whole ? (number as number) + 0 : -1, `${path} of ${shown}`)
    assert.is(scanner.kind(slot) === VALUE.none, value === undefined, `${path} in ${shown}`)
  })
}

const space = fc.stringMatching(/^[ \t\n\r]{0,2}$/)
const name = fc.constantFrom('type', 'seq', 'msg', 'market_ticker', 'n', 'other', 'x', '__proto__')
/** JSON text with free white space, escapes in names, repeated names and odd numbers. */
const text = fc.letrec<{ value: string; object: string; array: string; string: string }>((tie) => ({
  string: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((s) => JSON.stringify(s)),
    name.map((s) => JSON.stringify(s)),
    name.map((s) => `"\\u00${s.charCodeAt(0).toString(16)}${s.slice(1)}"`),
    fc.constantFrom('"\\ud800"', '"\\/\\b\\f\\n\\r\\t\\"\\\\"', '"\\uD83D\\uDE00"')
  ),
  object: fc
    .array(fc.tuple(space, tie('string'), space, tie('value')), { maxLength: 5 })
    .map((all) => `{${all.map(([a, k, b, v]) => `${a}${k}${b}:${v}`).join(',')}}`),
  array: fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(space, fc.oneof(fc.integer(), fc.double()).map(String), space).map((p) => p.join('')),
    fc.constantFrom('true', 'false', 'null', '-0', '1e3', '1.0', '9007199254740993', '01', '.5'),
    tie('string'),
    tie('array'),
    tie('object'),
    tie('object')
  ),
}))

const scanner = new FrameScanner(PATHS)

test('reads every JSON text as JSON.parse does', () => {
  fc.assert(
    fc.property(text.object, space, (body, pad) => compare(scanner, Buffer.from(body + pad))),
    options
  )
  fc.assert(
    fc.property(text.value, (body) => compare(scanner, Buffer.from(body))),
    options
  )
})

test('judges a JSON text with changed, lost or added bytes as JSON.parse does', () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(2))
  fc.assert(
    fc.property(text.object, fc.array(change, { minLength: 1, maxLength: 3 }), (body, changes) => {
      let bytes = Buffer.from(body)
      for (const [where, byte, how] of changes) {
        const i = where % (bytes.length + 1)
        const tail = bytes.subarray(how === 0 ? i : i + 1)
        const added = how === 1 ? Buffer.alloc(0) : Buffer.from([byte])
        bytes = Buffer.concat([bytes.subarray(0, i), added, tail])
      }
      compare(scanner, bytes)
    }),
    options
  )
})

test('judges any bytes as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => compare(scanner, bytes)),
    options
  )
})

const TABLE = [
  '',
  ' ',
  '{}',
  '[]',
  '"type"',
  '12',
  '-',
  '1.',
  '1e',
  'nul',
  'nulll',
  '{"type":"trade","type":7}',
  '{"msg":{"market_ticker":"A"},"msg":{}}',
  '{"msg":{"market_ticker":"A"},"msg":1}',
  '{"msg":[{"market_ticker":"A"}]}',
  '[{"type":"trade"}]',
  '{"a":{"type":"trade"}}',
  '{"\\u0074ype":"trade"}',
  '{"msg":{"m\\u0061rket_ticker":"A.\\"B"}}',
  '{"type":"tr\\u0061de"}',
  '{"\\u0074ype":"a","type":"b"}',
  '{"type":"a","\\u0074ype":"b"}',
  '{"\\ud800":1,"type":"a"}',
  '{"t\\u0000ype":1,"type\\u0000":2,"\\"type":3}',
  '{"seq":18446744073709551615}',
  '{"seq":1.0}',
  '{"seq":1e2}',
  '{"seq":-0}',
  '{"seq":9007199254740991}',
  '{"seq":"5"}',
  '{"type":"a\nb"}',
  '{\r\n"type":"a"}',
  '{"type":"a\u0000"}',
  '{"type":"a",}',
  '{"type" "a"}',
  '{,}',
  '[1,]',
  '[1 2]',
  '{"a":1]',
  '[1}',
  '{} {}',
  '\ufeff{}',
  '{"__proto__":{"type":"x"}}',
  `${'['.repeat(600)}${']'.repeat(600)}`,
  `${'{"msg":'.repeat(600)}{"type":1}${'}'.repeat(600)}`,
  `{"type":"deep","msg":{"n":5,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
  '['.repeat(100_000),
]

test('gives the same answer as JSON.parse on texts that are known to be hard', () => {
  for (const body of TABLE) compare(scanner, Buffer.from(body))
  compare(scanner, Buffer.from([0x22, 0xff, 0x22]))
  compare(scanner, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))
})

test('a path that stands twice is told, with an escape in its name too', () => {
  for (const body of [
    '{"type":1,"type":2}',
    '{"type":1,"\\u0074ype":2}',
    '{"\\u0074ype":1,"type":2}',
  ]) {
    assert.ok(scanner.scan(Buffer.from(body)))
    assert.is(scanner.twice, 1, body)
  }
})

test('a value has a place in its frame, whatever else is odd in it', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const bytes = Buffer.from(`{"deep":${deep},"m\\u0073g":{"n":42}}`)
  assert.ok(scanner.scan(bytes))
  const slot = PATHS.indexOf('msg.n')
  assert.is(bytes.toString('utf8', scanner.start(slot), scanner.end(slot)), '42')
})

for (const recordings of KALSHI)
  test(`reads type, symbol, sequence and sid of every frame of ${recordings.name} as JSON.parse does`, () => {
    const real = new FrameScanner(['type', 'sid', 'seq', 'msg.market_ticker', 'msg.ts_ms'])
    let count = 0
    for (const text of kalshiEventFiles(recordings).flatMap(kalshiFrames)) {
      const frame = Buffer.from(text)
      const value = JSON.parse(text)
      const found = real.scan(frame)
      const same =
        found &&
        !real.lineBreak &&
        real.text(0) === value.type &&
        real.integer(1) === value.sid &&
        real.integer(2) === value.seq &&
        real.text(3) === value.msg.market_ticker &&
        real.integer(4) === (value.msg.ts_ms ?? -1)
      if (!same) assert.unreachable(text)
      count++
    }
    assert.ok(count > 4000, `${count} frames`)
  })

test.run()
