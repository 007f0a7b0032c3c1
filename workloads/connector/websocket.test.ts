import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { failureOf, shownUrl, toFailure } from './websocket.ts'

const test = suite('websocket')

test('an HTTP answer is told apart: key, rate limit, anything else', () => {
  assert.is(failureOf(401, undefined, '', 0).kind, 'unauthorized')
  assert.is(failureOf(403, undefined, '', 0).kind, 'unauthorized')
  assert.is(failureOf(503, undefined, '', 0).kind, 'refused')
  const limited = failureOf(429, '3', '{"error":\n"too many requests"}', 0)
  assert.is(limited.kind, 'rateLimited')
  assert.is(limited.retryAfterMs, 3_000)
  assert.is(limited.message, 'the exchange answered HTTP 429: {"error": "too many requests"}')
})

test('an answer is quoted in one line and within bounds', () => {
  const { message } = failureOf(500, undefined, 'x\n'.repeat(5_000), 0)
  assert.ok(message.length < 400 && !message.includes('\n'))
})

test('an address is shown without user, password and query', () => {
  assert.is(
    shownUrl('wss://me:secret@exchange.test:1/path?token=secret'),
    'wss://exchange.test:1/path'
  )
  assert.is(shownUrl('nothing'), 'nothing')
})

test('an error of our own keeps its hint; a key that cannot be used counts as refused', () => {
  const failure = toFailure(new SsmdError('SSMD_E_CREDENTIALS', 'no key', { hint: 'make one' }))
  assert.equal([failure.kind, failure.hint], ['unauthorized', 'make one'])
  assert.is(toFailure(new SsmdError('SSMD_E_RESOURCE_INVALID', 'x')).kind, 'refused')
  const refused = Object.assign(new TypeError('Invalid character'), { code: 'ERR_INVALID_CHAR' })
  assert.is(toFailure(refused).kind, 'refused', 'a header that Node does not send is no network')
  assert.is(toFailure(new Error('x', { cause: new Error('ECONNREFUSED') })).message, 'ECONNREFUSED')
})

test.run()
