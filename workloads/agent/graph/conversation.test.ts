// Any list of messages becomes one that the Messages API accepts.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Message, problemsOf } from '../testing/messages-check.ts'
import { repaired, withUserText } from './conversation.ts'

const test = suite('conversation')

const id = fc.constantFrom('a', 'b', 'c')
const block = fc.oneof(
  fc.record({ type: fc.constant('text'), text: fc.constantFrom('', ' ', 'x') }),
  fc.record({
    type: fc.constant('tool_use'),
    id,
    name: fc.constant('feeds'),
    input: fc.constant({}),
  }),
  fc.record({ type: fc.constant('tool_result'), tool_use_id: id, content: fc.constant('r') }),
  fc.record({
    type: fc.constant('thinking'),
    thinking: fc.constant('h'),
    signature: fc.constantFrom('', 's'),
  })
)
const message = fc.record({
  role: fc.constantFrom('user', 'assistant'),
  content: fc.oneof(fc.constantFrom('', 'hello'), fc.array(block, { maxLength: 4 })),
})
const request = (messages: unknown) =>
  problemsOf({ model: 'm', max_tokens: 1, messages: messages as Message[] })

test('whatever was kept, the next request is one that the API accepts', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
      assert.equal(request(withUserText(messages as never, 'go on')), [])
    }),
    { numRuns: 2000 }
  )
})

test('a list that is accepted stays as it is', () => {
  const messages = [
    { role: 'user', content: 'hello' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'h', signature: 's' },
        { type: 'tool_use', id: 'a', name: 'feeds', input: {} },
        { type: 'tool_use', id: 'b', name: 'gaps', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: '1' },
        { type: 'tool_result', tool_use_id: 'b', content: '2' },
        { type: 'text', text: 'and now?' },
      ],
    },
  ] as const
  assert.equal(request(messages), [])
  const kept = repaired(messages as never)
  assert.equal(kept.slice(1), messages.slice(1))
})

test('a tool that was never run is answered as such, before what the person says next', () => {
  const messages = [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'feeds', input: {} }] },
  ]
  const last = withUserText(messages as never, 'stop').at(-1)!
  const [result, text] = last.content as { type: string; is_error?: boolean; text?: string }[]
  assert.is(result?.type, 'tool_result')
  assert.is(result?.is_error, true)
  assert.is(text?.text, 'stop')
})

test.run()
