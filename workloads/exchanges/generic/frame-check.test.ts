import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { makeFrameCheck } from './frame-check.ts'

const test = suite('frames against a JSON Schema')
const bytes = (text: string) => Buffer.from(text)

test('a frame fits, or the first thing that does not fit is named with its place', () => {
  const check = makeFrameCheck(
    'ticks:v1',
    JSON.stringify({
      type: 'object',
      required: ['data'],
      properties: { data: { type: 'array', items: { required: ['px'] } } },
    })
  )
  assert.is(check(bytes('{"data":[{"px":"1"}],"more":1}')), '')
  assert.is(
    check(bytes('{"data":[{"px":"1"},{}]}')),
    "does not fit ticks:v1: /data/1 must have required property 'px'"
  )
  assert.is(check(bytes('[]')), 'does not fit ticks:v1: the frame must be object')
  for (const frame of ['pong', '', '{"data":']) {
    assert.is(check(bytes(frame)), 'does not fit ticks:v1: no JSON')
  }
  assert.is(check(Buffer.from([0x22, 0xff, 0x22])), 'does not fit ticks:v1: no JSON')
})

test('the drafts that people have: 2020-12 without a word, draft 7 if it says so; formats and words of others are passed over', () => {
  const tuple = makeFrameCheck(
    't:v1',
    '{"prefixItems":[{"type":"string"}],"x-mine":1,"format":"mine"}'
  )
  assert.is(tuple(bytes('["a"]')), '')
  assert.match(tuple(bytes('[1]')), /\/0 must be string/)
  const old = makeFrameCheck(
    't:v1',
    '{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}]}'
  )
  assert.match(old(bytes('[1]')), /\/0 must be string/)
  assert.is(makeFrameCheck('t:v1', 'true')(bytes('1')), '')
})

test('a frame that is nested too deep for its schema is said to be, and ends nothing', () => {
  const check = makeFrameCheck('t:v1', '{"type":"array","items":{"$ref":"#"}}')
  const deep = 500
  assert.is(check(bytes('['.repeat(deep) + ']'.repeat(deep))), '')
  const deeper = 100_000
  assert.match(check(bytes('['.repeat(deeper) + ']'.repeat(deeper))), /no JSON|too deep/)
})

test('what is no JSON Schema is refused with a reason: no JSON, a list, an unknown type, a reference that leads elsewhere, one that answers later', () => {
  for (const [source, why] of [
    ['{', /it is no JSON/],
    ['[]', /expected an object/],
    ['{"type":"nonsense"}', /type/],
    ['{"$ref":"https://example.com/other.json"}', /can't resolve reference/],
    ['{"$async":true}', /\$async/],
    ['{"$schema":"https://example.com/mine"}', /no schema with key/],
  ] as const) {
    try {
      makeFrameCheck('t:v1', source)
      assert.unreachable(source)
    } catch (thrown) {
      assert.instance(thrown, SsmdError)
      assert.is((thrown as SsmdError).code, 'SSMD_E_RESOURCE_INVALID')
      assert.match((thrown as SsmdError).message, why)
    }
  }
})

test.run()
