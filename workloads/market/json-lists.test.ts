// Lists, as a normaliser reads them: levels of books as pairs, and lists behind the object they stand in.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { textOf } from './bytes.ts'
import { JsonReader } from './json-reader.ts'
import { NO_LIST, NO_PAIR, NOT_JSON } from './json-reasons.ts'
import { KIND, Shape } from './json-shape.ts'

const reader = new JsonReader()
const TOP = new Shape(['type', 'rows'])

/** Why a text is no pair. */
function failure(json: string): string {
  reader.begin(Buffer.from(json))
  assert.not(reader.pair())
  return reader.error
}

test('a pair is a list of exactly two scalars', () => {
  reader.begin(Buffer.from(' [ "0.10" , 7.5 ] '))
  assert.ok(reader.pair() && reader.finish())
  assert.is(reader.kind, KIND.text)
  assert.is(textOf(reader.bytes, reader.start, reader.end), '0.10')
  assert.is(reader.kind2, KIND.number)
  assert.is(textOf(reader.bytes, reader.start2, reader.end2), '7.5')
  for (const json of ['[]', '["1"]', '["1","2","3"]']) {
    assert.is(failure(json), NO_PAIR, json)
  }
  assert.is(failure('null'), NO_LIST)
  assert.is(failure('["1","2"'), NOT_JSON)
})

test('a list is read after the object it stands in', () => {
  const bytes = Buffer.from('{"rows":[["1","2"],["3","4"]],"type":"book"}')
  reader.begin(bytes)
  assert.ok(reader.object(TOP) && reader.finish())
  reader.seek(TOP.field('rows').start)
  const seen: string[] = []
  assert.ok(reader.list())
  while (reader.more()) {
    assert.ok(reader.pair())
    seen.push(textOf(bytes, reader.start, reader.end2))
  }
  assert.equal(seen, ['1","2', '3","4'])
  assert.is(reader.error, '')
})

test.run()
