import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DECIMAL_TOO_LONG, decimalText, NOT_A_DECIMAL } from './decimal.ts'
import { FieldsReader, MISSING, NO_TEXT } from './fields-reader.ts'
import { JsonReader } from './json-reader.ts'
import { Shape } from './json-shape.ts'
import { Symbols } from './symbols.ts'
import { NOT_A_TIME, TIME_OUT_OF_RANGE, UNIT } from './time.ts'

const reader = new JsonReader()
const values = new FieldsReader(reader)
const shape = new Shape(['a', 'b'])
const a = shape.field('a')

function begin(json: string): void {
  reader.begin(Buffer.from(json))
  assert.ok(reader.object(shape) && reader.finish(), json)
  values.begin()
}
const isFine = (): boolean => values.what === '' && values.why === ''

test('a number is read from a number and from a text, digit by digit', () => {
  for (const [json, text] of [
    ['{"a":"0.4800"}', '0.4800'],
    ['{"a":0.01266503}', '0.01266503'],
    ['{"a":-5}', '-5'],
    ['{"a":0}', '0'],
    ['{"a":1.5e-3}', '0.0015'],
  ] as const) {
    begin(json)
    assert.is(decimalText(values.number(a), values.decimal.scale), text)
    assert.ok(isFine(), json)
  }
})

test('a number that is missing is absent if it is optional, and a reason if it is needed', () => {
  for (const [json, why] of [
    ['{}', MISSING],
    ['{"a":null}', NOT_A_DECIMAL],
    ['{"a":""}', NOT_A_DECIMAL],
  ] as const) {
    begin(json)
    assert.ok(Number.isNaN(values.number(a, 'optional')))
    assert.ok(isFine(), json)
    assert.is(values.decimal.scale, 0)
    assert.ok(Number.isNaN(values.number(a)))
    assert.equal([values.what, values.why], ['a', why], json)
  }
})

test('what is no number is a reason, needed or not', () => {
  const cases = {
    true: NOT_A_DECIMAL,
    '[]': NOT_A_DECIMAL,
    '{}': NOT_A_DECIMAL,
    '"x"': NOT_A_DECIMAL,
    '"\\u0031"': NOT_A_DECIMAL,
    '9007199254740993': DECIMAL_TOO_LONG,
  }
  for (const [json, why] of Object.entries(cases)) {
    begin(`{"a":${json}}`)
    assert.ok(Number.isNaN(values.number(a, 'optional')), json)
    assert.equal([values.what, values.why], ['a', why], json)
  }
})

test('a time is read from a number, digits in a text, and RFC 3339', () => {
  for (const json of ['1786410915566', '"1786410915566"', '"2026-08-11T01:15:15.566Z"']) {
    begin(`{"a":${json}}`)
    assert.ok(values.when(a, UNIT.ms))
    assert.is(values.time.ms, 1_786_410_915_566, json)
  }
  for (const json of ['{}', '{"a":null}', '{"a":""}', '{"a":0}', '{"a":"0001-01-01T00:00:00Z"}']) {
    begin(json)
    assert.ok(values.when(a, UNIT.ms))
    assert.is(values.time.ms, -1, json)
    assert.ok(isFine(), json)
  }
  for (const [json, why] of [
    ['5', TIME_OUT_OF_RANGE],
    ['{"b":1}', NOT_A_TIME],
    ['-5', NOT_A_TIME],
    ['"soon"', NOT_A_TIME],
    ['true', NOT_A_TIME],
    ['[]', NOT_A_TIME],
  ] as const) {
    begin(`{"a":${json}}`)
    assert.not(values.when(a, UNIT.ms))
    assert.equal([values.what, values.why], ['a', why], json)
  }
})

test('a name is a text that is not empty', () => {
  const symbols = new Symbols()
  begin('{"a":"BTC-USD"}')
  assert.is(values.name(a, symbols), 'BTC-USD')
  begin('{"a":"BTC\\/USD"}')
  assert.is(values.name(a, symbols), 'BTC/USD')
  assert.ok(isFine())
  for (const [json, why] of [
    ['{}', MISSING],
    ['{"a":""}', NO_TEXT],
    ['{"a":5}', NO_TEXT],
    ['{"a":null}', NO_TEXT],
  ] as const) {
    begin(json)
    assert.is(values.name(a, symbols), '')
    assert.equal([values.what, values.why], ['a', why], json)
  }
})

test('the first reason stays', () => {
  begin('{"a":true,"b":5}')
  values.number(a)
  values.name(shape.field('b'), new Symbols())
  assert.equal([values.what, values.why], ['a', NOT_A_DECIMAL])
})

test.run()
