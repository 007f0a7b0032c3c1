// What is cut out of the API server's JSON: managedFields as it writes them, wherever they stand, and nothing else.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withoutManagedFields } from './managed-fields.ts'

const test = suite('managed fields')
const cut = (text: string): string => withoutManagedFields(Buffer.from(text)).toString()

const ENTRY = {
  manager: 'kubectl "quoted" ]}',
  operation: 'Apply',
  fieldsV1: { 'f:data': { 'k:{"name":"x]"}': { '.': {} } }, 'v:[1,"\\\\"]': {} },
}
const { manager, operation, fieldsV1 } = ENTRY
const LISTS = [
  [ENTRY],
  [ENTRY, { operation, fieldsV1 }],
  [{ apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, manager }],
  [{ fieldsType: 'FieldsV1' }],
]

test('first, last, alone and in between: the field goes with its comma, and the rest is as it was', () => {
  for (const managedFields of LISTS)
    for (const [before, after] of [
      [{}, {}],
      [{ a: 1 }, {}],
      [{}, { z: [1] }],
      [{ a: '"managedFields":[{"manager":"' }, { z: { y: null } }],
    ] as const) {
      const item = { metadata: { ...before, managedFields, ...after }, spec: { x: 'ü€😀' } }
      const bare = { metadata: { ...before, ...after }, spec: { x: 'ü€😀' } }
      assert.is(cut(JSON.stringify(item)), JSON.stringify(bare))
      assert.is(
        cut(JSON.stringify({ items: [item, bare, item] })),
        JSON.stringify({ items: [bare, bare, bare] })
      )
    }
})

test('a text that holds one, a field that is not theirs, and JSON that is cut off stay as they are', () => {
  const text = JSON.stringify({ metadata: { managedFields: [ENTRY] } })
  for (const whole of [
    JSON.stringify({ data: { 'object.json': text, twice: JSON.stringify(text) } }),
    '{"managedFields":[]}',
    '{"managedFields":[{"name":"a"}]}',
    '{"managedFields":{"manager":"a"}}',
    '{"managedFields":[{"manager":"a"',
    '{"managedFields":[{"manager":"a\\',
    '{"managedFields":[{"',
    '',
  ])
    assert.is(cut(whole), whole)
})

test('whatever the objects hold, what is left is what would be left of the parsed ones', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('"managedFields":[{"manager":"x"}]', '\\', ']', 1, null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 })
    ),
  })).value
  const object = fc.record({
    a: value,
    has: fc.boolean(),
    entry: fc.dictionary(fc.string(), value),
  })
  fc.assert(
    fc.property(fc.array(object, { maxLength: 4 }), (objects) => {
      const written = objects.map(({ a, has, entry }) => ({
        metadata: { a, ...(has ? { managedFields: [{ manager: a, entry }, entry] } : {}), z: a },
      }))
      const bare = objects.map(({ a }) => ({ metadata: { a, z: a } }))
      // A manager is a text.
      fc.pre(objects.every((one) => !one.has || typeof one.a === 'string'))
      assert.is(cut(JSON.stringify(written)), JSON.stringify(bare))
    }),
    { numRuns: 2000 }
  )
})

test.run()
