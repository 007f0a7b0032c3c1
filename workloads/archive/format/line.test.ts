import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NANOS_PER_SECOND } from '#crds/rfc3339.ts'
import { FORM } from '#wire/form.ts'
import { at } from '../testing/blocks.ts'
import { expectedLine } from '../testing/stream.ts'
import { LineBuffer, LineHead, symbolPart, typePart } from './line.ts'

const test = suite('line')

function lineOf(
  recv: bigint,
  connection: string,
  number: number,
  form: 0 | 1 | 2 | 3,
  payload: Uint8Array,
  type = 'trade',
  symbol = ''
): string {
  const buffer = new LineBuffer(Buffer.alloc(8))
  const head = new LineHead(connection)
  head.second = Number(recv / NANOS_PER_SECOND)
  const nanos = Number(recv % NANOS_PER_SECOND)
  buffer.append(
    head,
    nanos,
    number,
    typePart(type),
    symbolPart(symbol),
    form,
    payload,
    0,
    payload.length
  )
  return buffer.lines.toString('utf8')
}

test('a line is the head, type and symbol, the bytes as they came, and a brace', () => {
  const recv = at('2026-11-24T15:01:02.123Z') + 456_789n
  const frame = '{"type":"trade","price":0.1000,"id":12345678901234567890}'
  assert.is(
    lineOf(recv, '01kabc', 17, FORM.json, Buffer.from(frame), 'trade', 'KX-1'),
    `{"recv":"2026-11-24T15:01:02.123456789Z","conn":"01kabc","n":17,"type":"trade","symbol":"KX-1","frame":${frame}}\n`
  )
  assert.is(
    lineOf(recv, '01kabc', 17, FORM.json, Buffer.from(frame)),
    `{"recv":"2026-11-24T15:01:02.123456789Z","conn":"01kabc","n":17,"type":"trade","frame":${frame}}\n`
  )
})

test('every form becomes the line that the slow way makes', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 2n ** 63n - 1n),
      fc.nat(Number.MAX_SAFE_INTEGER),
      fc.constantFrom(0, 1, 2, 3 as const),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      (recv, number, form, text, bytes, type, symbol) => {
        const payload = form === FORM.binary ? bytes : Buffer.from(text)
        const line = lineOf(recv, '01kabc', number, form as 0, payload, type, symbol)
        const expected = form === FORM.binary ? bytes : text
        assert.is(
          line,
          `${expectedLine('01kabc', number, { recv, payload: expected, form: form as 0, type, symbol })}\n`
        )
        // A name is whatever the exchange sent: quotes, line breaks and characters of any plane come back.
        if (form !== FORM.json && form !== FORM.event) {
          const parsed = JSON.parse(line) as { type: string; symbol?: string }
          assert.is(parsed.type, type)
          assert.is(parsed.symbol ?? '', symbol)
          assert.is(line.indexOf('\n'), line.length - 1, 'one line')
        }
        if (form === FORM.text) assert.is((JSON.parse(line) as { text: string }).text, text)
      }
    )
  )
})

for (const [payload, expected] of [
  ['{"a":1}\n', '"pad":["","\\n"],"frame":{"a":1}'],
  ['\r\n [1]\t\n', '"pad":["\\r\\n ","\\t\\n"],"frame":[1]'],
  ['\n"x"', '"pad":["\\n",""],"frame":"x"'],
  [' {"a":1} ', '"frame": {"a":1} '],
  ['\t7', '"frame":\t7'],
] as const) {
  test(`white space around ${JSON.stringify(payload)} costs the frame nothing (gorilla/websocket#217)`, () => {
    const line = lineOf(at('2026-11-24T15:01:02Z'), 'c', 1, FORM.json, Buffer.from(payload))
    assert.ok(line.endsWith(`"n":1,"type":"trade",${expected}}\n`), line)
    assert.is(line.indexOf('\n'), line.length - 1, 'one line')
    const { pad = ['', ''], frame } = JSON.parse(line) as { pad?: string[]; frame: unknown }
    const embedded = line.slice(line.indexOf('"frame":') + 8, -2)
    assert.is(`${pad[0]}${embedded}${pad[1]}`, payload, 'byte for byte')
    assert.equal(frame, JSON.parse(payload))
  })
}

test('many lines in one buffer do not touch each other', () => {
  const buffer = new LineBuffer(Buffer.alloc(16))
  const head = new LineHead('c')
  let expected = ''
  for (let i = 1; i < 500; i++) {
    const recv = BigInt(i) * 777_777_777n
    const payload = `{"x":"${'y'.repeat(i % 70)}"}`
    head.second = Number(recv / NANOS_PER_SECOND)
    const bytes = Buffer.from(`ab${payload}cd`)
    const symbol = `S${i % 7}`
    buffer.append(
      head,
      Number(recv % NANOS_PER_SECOND),
      i,
      typePart('trade'),
      symbolPart(symbol),
      FORM.json,
      bytes,
      2,
      payload.length
    )
    expected += `${expectedLine('c', i, { recv, payload, symbol })}\n`
  }
  assert.is(buffer.lines.toString(), expected)
})

test.run()
