import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { JsonReader } from './json-reader.ts'
import { Shape } from './json-shape.ts'
import { Words } from './words.ts'

const reader = new JsonReader()
const TOP = new Shape(['type'])

test('known words are found by their bytes, whatever their length, escaped or not', () => {
  const texts = ['yes', 'no', 'trade', 'orderbook_delta', 'price_level_structure_updated', 'x']
  const words = new Words(texts)
  const find = (json: string): number => {
    reader.begin(Buffer.from(`{"type":${json}}`))
    assert.ok(reader.object(TOP))
    return words.find(TOP.field('type'), reader)
  }
  for (const [i, text] of texts.entries()) {
    assert.is(find(`"${text}"`), i)
    assert.is(find(`"\\u00${text.charCodeAt(0).toString(16)}${text.slice(1)}"`), i)
    for (let at = 0; at < text.length; at++) {
      assert.is(find(`"${text.slice(0, at)}~${text.slice(at + 1)}"`), -1)
      assert.is(find(`"${text.slice(0, at)}${text.slice(at + 1)}"`), -1)
      assert.is(find(`"${text.slice(0, at)}~${text.slice(at)}"`), -1)
    }
  }
  assert.equal(['""', 'null', '1', '[]', '{}'].map(find), [-1, -1, -1, -1, -1])
})

test.run()
