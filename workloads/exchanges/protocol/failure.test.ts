import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failureOf, retryAfterMs, shownUrl, unreachable } from './failure.ts'

const test = suite('failure')

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

test('Retry-After is read as seconds and as a date, and anything else as nothing', () => {
  const now = Date.parse('2026-11-24T15:00:00Z')
  assert.is(retryAfterMs('7', now), 7_000)
  assert.is(retryAfterMs(' 0 ', now), 0)
  assert.is(retryAfterMs('Tue, 24 Nov 2026 15:00:10 GMT', now), 10_000)
  assert.is(retryAfterMs('Tue, 24 Nov 2026 14:00:10 GMT', now), 0)
  assert.is(retryAfterMs('Tuesday, 24-Nov-26 15:00:10 GMT', now), 10_000)
  assert.is(retryAfterMs('Tue Nov 24 15:00:10 2026', now), 10_000)
  assert.is(retryAfterMs('0.5', now), 500)
  assert.is(retryAfterMs('31536000', now), 31_536_000_000)
  for (const text of ['99999999999999999', '9'.repeat(400)]) {
    assert.is(retryAfterMs(text, now), Number.MAX_SAFE_INTEGER, 'as long as we ever wait')
  }
  const garbage = ['', 'soon', '-', '-5', '+5', '1e3', 'in 5 s', '5, 10', '0x10', 'NaN']
  for (const text of [undefined, null, ...garbage]) {
    assert.is(retryAfterMs(text, now), null, String(text))
  }
  assert.is(retryAfterMs('Tue, 99 Xyz 2026 15:00:10 GMT', now), null)
})

test('a host that cannot be reached is named with the reason in words, wherever Node hides the code', () => {
  const coded = (code: string) => Object.assign(new Error(`getaddrinfo ${code}`), { code })
  const url = 'wss://ws.example.com/v2?token=secret'
  const said = (thrown: unknown) => unreachable(url, thrown).message
  const named = 'cannot reach ws.example.com: its name cannot be resolved (ENOTFOUND)'
  assert.is(said(coded('ENOTFOUND')), named)
  assert.is(said(new TypeError('fetch failed', { cause: coded('ENOTFOUND') })), named)
  const both = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')])
  assert.is(said(both), 'cannot reach ws.example.com: the connection was refused (ECONNREFUSED)')
  assert.is(
    said(new Error('Opening handshake has timed out')),
    'cannot reach ws.example.com: Opening handshake has timed out'
  )
  assert.is(said(undefined), 'cannot reach ws.example.com: the connection was closed')
})

test.run()
