// The model client against a Messages API that breaks in every way that was seen.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Reply,
  type Script,
  says,
  startMessages,
  TEST_KEY,
  usesTool,
} from '../testing/messages-server.ts'
import { Model } from './messages.ts'

const test = suite('model')

type Heard = { text: string; readonly retries: string[]; readonly waits: number[] }

async function ask(script: Script, { key = TEST_KEY, signal = new AbortController().signal } = {}) {
  const server = await startMessages(script)
  const heard: Heard = { text: '', retries: [], waits: [] }
  const env = { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: server.url }
  const wait = async (ms: number): Promise<void> => void heard.waits.push(ms)
  try {
    const model = await Model.open({ env, wait, random: () => 1, log: () => {} })
    const message = await model.ask({
      params: {
        model: 'claude-sonnet-5-5',
        max_tokens: 1000,
        messages: [{ role: 'user', content: 'hello' }],
      },
      signal,
      onText: (text) => {
        heard.text += text
      },
      onThinking: () => {},
      onRetry: (_, why) => {
        heard.text = ''
        heard.retries.push(why)
      },
    })
    return { message, heard, asked: server.asked.length, refused: server.refused }
  } finally {
    await server.close()
  }
}

const failing = async (
  script: Script,
  options = {}
): Promise<{ code: string; message: string; hint?: string }> =>
  ask(script, options).then(
    () => assert.unreachable('it answered'),
    (thrown) => thrown
  ) as never

const TEXT = 'Größe „5“ → 六 🙂 end'
const inTurn =
  (...replies: readonly Reply[]): Script =>
  ({ number }) =>
    replies[Math.min(number, replies.length - 1)]!

test('text arrives whole, however the stream is cut into chunks and lines', async () => {
  for (const chunk of [1, 2, 3, 7]) {
    for (const crlf of [false, true]) {
      const { message, heard } = await ask(() => ({ ...says(TEXT), chunk, crlf }))
      assert.is(heard.text, TEXT)
      assert.equal(
        message.content.map((block) => block.type === 'text' && block.text),
        [TEXT]
      )
      assert.is(message.stop_reason, 'end_turn')
    }
  }
})

test('thinking comes back with its signature, and input of a tool as an object', async () => {
  const blocks = [
    { type: 'thinking', thinking: 'hm', signature: 'sig' },
    { type: 'tool_use', id: 'a', name: 'feeds', input: { feed: ['kalshi'], n: 5.25 } },
    { type: 'tool_use', id: 'b', name: 'gaps', input: {} },
  ] as const
  const { message } = await ask(() => ({ blocks, chunk: 1 }))
  const [thinking, first, second] = message.content
  assert.equal(thinking, { type: 'thinking', thinking: 'hm', signature: 'sig' })
  assert.equal((first as { input: unknown }).input, { feed: ['kalshi'], n: 5.25 })
  assert.equal((second as { input: unknown }).input, {})
  assert.is(message.stop_reason, 'tool_use')
})

for (const [what, fault] of [
  ['is cut after some bytes', { kind: 'cut', bytes: 900 }],
  [
    'says that the service is overloaded',
    { kind: 'error-event', events: 4, type: 'overloaded_error' },
  ],
  ['ends without message_stop', { kind: 'no-stop' }],
  ['has only pings', { kind: 'pings' }],
] as const) {
  test(`a stream that ${what} is asked for again, and what came of it is void`, async () => {
    const { heard, asked } = await ask(inTurn({ ...says(TEXT.repeat(20)), fault }, says(TEXT)))
    assert.is(asked, 2)
    assert.is(heard.retries.length, 1)
    assert.is(heard.text, TEXT)
  })
}

test('a stream that is cut at any byte ends in a whole answer', async () => {
  for (let bytes = 1; bytes < 1400; bytes += 61) {
    const { heard } = await ask(
      inTurn({ ...says(TEXT), fault: { kind: 'cut', bytes } }, says(TEXT))
    )
    assert.is(heard.text, TEXT, `cut after ${bytes}`)
  }
})

test('a stream that breaks again and again is an error with its hint after five attempts', async () => {
  const error = await failing(() => ({ ...says(TEXT), fault: { kind: 'no-stop' } }))
  assert.is(error.code, 'SSMD_E_MODEL')
  assert.match(error.hint ?? '', /try again/)
})

test('waits between attempts grow, and end at a bound', async () => {
  const broken: Reply = { ...says(TEXT), fault: { kind: 'no-stop' } }
  const { heard } = await ask(inTurn(broken, broken, broken, broken, says('x')))
  assert.equal(heard.waits, [500, 1000, 2000, 4000])
})

test('an error within the stream that is no passing one is not asked again', async () => {
  const fault = { kind: 'error-event', events: 2, type: 'invalid_request_error' } as const
  const error = await failing(inTurn({ ...says(TEXT), fault }, says(TEXT)))
  assert.is(error.code, 'SSMD_E_MODEL')
})

test('a service that is overloaded before it answers is asked again', async () => {
  const busy: Reply = {
    ...says(''),
    fault: {
      kind: 'status',
      status: 529,
      type: 'overloaded_error',
      headers: { 'retry-after-ms': '5' },
    },
  }
  const { heard, asked } = await ask(inTurn(busy, busy, says(TEXT)))
  assert.is(asked, 3)
  assert.is(heard.text, TEXT)
})

test('a wrong key says which variable to check, at once', async () => {
  const error = await failing(() => says(TEXT), { key: 'wrong' })
  assert.match(error.hint ?? '', /ANTHROPIC_API_KEY/)
})

test('an abort ends the wait for an answer with its own reason', async () => {
  const controller = new AbortController()
  const script: Script = () => {
    setImmediate(() => controller.abort(new Error('the person')))
    return { ...says(TEXT.repeat(50)), delayMs: 50 }
  }
  const error = await failing(script, { signal: controller.signal })
  assert.is(error.message, 'the person')
})

test('input of a tool that was cut at the limit of tokens is marked by its stop reason', async () => {
  const blocks = [
    { type: 'tool_use', id: 'a', name: 'feeds', input: {}, json: '{"feed":["kal' },
  ] as const
  const { message } = await ask(() => ({ blocks, stopReason: 'max_tokens' }))
  assert.is(message.stop_reason, 'max_tokens')
})

test('a server that refuses a request as the real one does is told so', async () => {
  const { refused } = await ask(() => usesTool('feeds', {}))
  assert.equal(refused, [])
})

test.run()
