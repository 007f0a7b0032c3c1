// A server that answers as the real one did while it was still removing a stream of the same name. With the real one that is a
// matter of microseconds: consumer.test.ts has it deleted under a reader.

import type { NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SsmdError } from '#crds/errors.ts'
import { createAnew } from './remake.ts'
import { streamWant } from './testing/bus.ts'

const test = suite('remaking a stream')

const state = (messages: number, last_seq: number) => ({
  messages,
  first_seq: messages > 0 ? last_seq - messages + 1 : last_seq + 1,
  last_seq,
})
const made = (did_create: boolean, messages: number, last_seq: number) => ({
  created: `${messages}/${last_seq}`,
  config: {},
  state: state(messages, last_seq),
  ...(did_create ? { did_create } : {}),
})
const NO_MESSAGE = { error: { code: 404, err_code: 10_037, description: 'no message found' } }

/** Answers of the server by verb, the last of them for ever; and what it was asked. */
function server(answers: Readonly<Record<string, readonly unknown[]>>) {
  const asked: string[] = []
  const nc = {
    request: async (subject: string) => {
      const verb = subject.replace('$JS.API.STREAM.', '').replace('.s', '')
      const before = asked.filter((other) => other === verb).length
      asked.push(verb)
      const list = answers[verb] ?? [{}]
      const answer = list[Math.min(before, list.length - 1)]
      return { json: () => answer }
    },
  } as unknown as NatsConnection
  return { nc, asked }
}

test('a new stream, and one that somebody has made already, are taken as they are', async () => {
  for (const answer of [made(true, 0, 0), made(false, 0, 0), made(false, 7, 9)]) {
    const { nc, asked } = server({ CREATE: [answer] })
    assert.is((await createAnew(nc, streamWant('s'), 'test')).created, answer.created)
    assert.equal(asked, ['CREATE'])
  }
})

test('one that begins with the sequences of its predecessor is made once more', async () => {
  const empty = server({ CREATE: [made(true, 0, 3), made(true, 0, 0)] })
  assert.is((await createAnew(empty.nc, streamWant('s'), 'test')).created, '0/0')
  assert.equal(empty.asked, ['CREATE', 'DELETE', 'CREATE'])
  const lost = server({ CREATE: [made(true, 3, 3), made(true, 0, 0)], 'MSG.GET': [NO_MESSAGE] })
  assert.is((await createAnew(lost.nc, streamWant('s'), 'test')).created, '0/0')
  assert.equal(lost.asked, ['CREATE', 'MSG.GET', 'DELETE', 'CREATE'])
})

test('a server that cannot make it while it removes the one before is asked again', async () => {
  const description = 'error creating store for stream'
  const cannot = { error: { code: 500, err_code: 10_049, description } }
  const soon = server({ CREATE: [cannot, made(true, 0, 0)] })
  assert.is((await createAnew(soon.nc, streamWant('s'), 'test')).created, '0/0')
  assert.equal(soon.asked, ['CREATE', 'CREATE'])
  const never = server({ CREATE: [cannot] })
  const error: SsmdError = await createAnew(never.nc, streamWant('s'), 'making it').then(
    () => assert.unreachable() as never,
    (thrown) => thrown
  )
  // Not SSMD_E_STREAM: nothing about the stream has to be corrected.
  assert.equal([error.code, error.message], ['SSMD_E_NATS', `making it: ${description}`])
})

test('messages that can be read are never deleted: the server had lost a stream and found it', async () => {
  const { nc, asked } = server({ CREATE: [made(true, 3, 3)] })
  assert.is((await createAnew(nc, streamWant('s'), 'test')).created, '3/3')
  assert.equal(asked, ['CREATE', 'MSG.GET'])
})

test('a server that does not come to an end with it is said so, to be tried again later', async () => {
  const { nc } = server({ CREATE: [made(true, 0, 3)] })
  const error = await createAnew(nc, streamWant('s'), 'making it').then(
    () => assert.unreachable(),
    (thrown) => thrown as SsmdError
  )
  assert.is((error as SsmdError).code, 'SSMD_E_NATS')
})

test.run()
