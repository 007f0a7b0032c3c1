// Calls of tools with anything: never an exception, never more than the budget, always JSON.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withinBudget } from './budget.ts'
import { Tools } from './call.ts'
import { redacted } from './redact.ts'
import type { JsonObject, Tool } from './tool.ts'

const test = suite('tools')
const CONTEXT = { signal: new AbortController().signal, onProgress: () => {} }

const echo: Tool = {
  name: 'echo',
  class: 'read',
  description: 'Says its input.',
  input: {
    type: 'object',
    properties: {
      text: { type: 'string' },
      count: { type: 'integer', minimum: 1 },
      kind: { enum: ['a', 'b'] },
    },
    required: ['text'],
    additionalProperties: false,
  },
  budget: 1000,
  run: async (input) => ({
    body: { input, rows: Array.from({ length: Number(input.count ?? 1) }, (_, i) => ({ i })) },
    summary: 'ok',
  }),
}
const tools = new Tools([echo])

test('any input of any tool is answered with JSON within its budget, and an error only if the input is wrong', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('echo', 'nope', ''), fc.jsonValue(), async (name, raw) => {
      const result = await tools.call(name, raw, CONTEXT)
      assert.ok(Buffer.byteLength(result.text) <= 4096)
      JSON.parse(result.text)
      assert.is(result.ok, tools.check(name, raw).ok)
    }),
    { numRuns: 500 }
  )
})

test('an answer of any size and shape is valid JSON within the budget, and says what it left out', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.integer({ min: 64, max: 2000 }),
      (body, most) => {
        const text = withinBudget(body as JsonObject, most)
        assert.ok(Buffer.byteLength(text) <= most, text)
        const value = JSON.parse(text)
        if (Buffer.byteLength(JSON.stringify(body)) > 6 * most) assert.not.equal(value, body)
      }
    ),
    { numRuns: 500 }
  )
})

test('of a list whole records are kept from its beginning, as many as fit', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({ i, text: 'x'.repeat(50) }))
  const { rows: kept, cut } = JSON.parse(withinBudget({ rows }, 10_000))
  assert.equal(kept, rows.slice(0, kept.length))
  assert.equal(cut, { rows: { returned: kept.length, total: 1000 } })
  assert.ok(kept.length > 130)
})

test('characters that a person does not see, or that turn the direction of a text, are shown as their codes', () => {
  const text = withinBudget({ title: 'a\u202eb\u200bc\u001b[31m\ufeff' }, 1000)
  assert.match(text, /a\\u202eb\\u200bc\\u001b\[31m\\ufeff/)
  assert.is(JSON.parse(text).title, 'a\u202eb\u200bc\u001b[31m\ufeff')
})

test('null stands for what is absent, an unknown member is refused by name, and an empty text for no arguments', async () => {
  assert.ok(tools.check('echo', { text: 'x', count: null }).ok)
  const unknown = tools.check('echo', { text: 'x', txet: 1 })
  assert.match(unknown.ok ? '' : unknown.error.message, /no member "txet"/)
  const empty = tools.check('echo', '')
  assert.match(empty.ok ? '' : empty.error.message, /text is missing/)
})

test('secrets of known forms and values of the environment are taken out of a text', () => {
  const env = { ANTHROPIC_API_KEY: 'the-very-key-of-mine', HOME: '/home/someone' }
  const text = `key the-very-key-of-mine sk-ant-api03-abcdefghijklmnop nats://user:hunter22@host -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- /home/someone`
  const clean = redacted(text, env)
  for (const secret of ['the-very-key', 'sk-ant', 'hunter22', 'abc\n'])
    assert.not.match(clean, secret)
  assert.match(clean, '/home/someone')
})

test.run()
