// What a frame is, byte for byte, and what its fields are.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeBlock } from '#archive/testing/blocks.ts'
import { openWriter, STREAM, temporaryFolder } from '#archive/testing/folders.ts'
import { FORM } from '#wire/form.ts'
import { ask } from '../testing/ask.ts'
import { FieldSurvey } from './field-survey.ts'

const test = suite('frames')

test('records have every frame as it was received: white space around it, text, bytes, and no JSON', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const frames = [
    ['{"a":1}', FORM.json],
    [' \r\n{"a":[1]}\n\n', FORM.json],
    ['  [1] ', FORM.json],
    ['{"pad":["x"],"frame":{}}', FORM.json],
    ['hello "you"', FORM.text],
    ['{\n"a":1}', FORM.text],
    [Buffer.from([0, 255, 10, 200]), FORM.binary],
  ] as const
  const recv = BigInt(Date.parse('2026-11-24T12:00:00Z')) * 1_000_000n
  const records = frames.map(([payload, form], i) => ({ recv: recv + BigInt(i), payload, form }))
  writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
  await writer.close()
  const { rows } = await ask([folder.path], 'records')
  assert.equal(
    rows.map(({ frame }) => frame),
    frames.map(([payload]) => Buffer.from(payload).toString('latin1'))
  )
})

test('fields are named by their place, with all that stood there, and deep or endless frames are cut', () => {
  const survey = new FieldSurvey()
  const add = (value: unknown): void => survey.add(Buffer.from(JSON.stringify(value)))
  add({ type: 'a', msg: { price: '0.5', ids: [{ n: 1 }, { n: 2.5 }] } })
  add({ type: 'b', msg: { price: null, ids: [] } })
  survey.add(Buffer.from('no json'))
  const shown = survey
    .fields()
    .map(({ field, kinds, frames, example }) => `${field}|${kinds}|${frames}|${example}`)
  assert.equal(shown, [
    'type|text|2|a',
    'msg|object|2|null',
    'msg.price|null,text|2|0.5',
    'msg.ids|list|2|null',
    'msg.ids[]|object|1|null',
    'msg.ids[].n|integer,number|1|1',
    '|text|1|no json',
  ])
  let deep: unknown = 1
  for (let i = 0; i < 1000; i++) deep = { deep }
  add(deep)
  add(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, i])))
  assert.ok(survey.fields().length <= 500)
})

test.run()
