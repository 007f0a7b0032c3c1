import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ApiKey } from './api-key.ts'
import { authenticate, type Headers, type KeyRing } from './authenticate.ts'
import { idOfKey } from './format.ts'
import { makeApiKey } from './testing/keys.ts'

const NOW = Date.parse('2026-11-30T12:00:00Z')
const made = makeApiKey({
  scopes: ['data:read'],
  feeds: ['kalshi'],
  from: '2026-11-02',
  to: '2026-11-04',
})
const { key, text } = made

/** Counts how often it is asked. */
class CountingStore {
  asked = 0
  readonly #keys: readonly ApiKey[]
  constructor(keys: readonly ApiKey[]) {
    this.#keys = keys
  }
  async find(id: string): Promise<ApiKey | undefined> {
    this.asked++
    return this.#keys.find((one) => one.id === id)
  }
}
const ring = (...keys: ApiKey[]): KeyRing & { store: CountingStore } => ({
  store: new CountingStore(keys),
})
const why = async (headers: Headers, keys: KeyRing, nowMs = NOW): Promise<string> => {
  const result = await authenticate(headers, keys, nowMs)
  return result.kind === 'refused' ? result.why : result.caller.id
}

const test = suite('authentication by API key')

for (const headers of [
  { 'x-api-key': [text] },
  { authorization: [`Bearer ${text}`] },
  { authorization: [`bearer  ${text} `] },
  // A proxy's own, beside it.
  { 'x-api-key': [text], authorization: ['Basic dTpw'] },
] satisfies Headers[])
  test(`a key in ${Object.entries(headers)
    .map(([name, [value]]) => `${name}: ${value!.slice(0, 8)}`)
    .join(' and ')} is its caller`, async () => {
    const result = await authenticate(headers, ring(key), NOW)
    if (result.kind !== 'caller') return assert.unreachable(result.why)
    const { id, scopes, grant } = result.caller
    assert.is(id, key.id)
    assert.equal(scopes, ['data:read'])
    assert.equal([grant.feeds('kalshi'), grant.feeds('kraken')], [true, false])
    const days = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04']
    assert.equal(days.filter(grant.days), ['2026-11-02', '2026-11-03'])
  })

const otherSecret = `ssmd_${key.id}_${makeApiKey().text.slice(`ssmd_${key.id}_`.length)}`
const WRONG: readonly [what: string, headers: Headers, why: string][] = [
  ['no header', {}, 'no key'],
  ['another scheme', { authorization: ['Basic dTpw'] }, 'no key'],
  ['an empty key', { 'x-api-key': [''] }, 'not a key'],
  ['a bearer without a key', { authorization: ['Bearer'] }, 'not a key'],
  ['its id alone', { 'x-api-key': [key.id] }, 'not a key'],
  ['a prefix of a key', { 'x-api-key': [text.slice(0, -1)] }, 'not a key'],
  ['a key and one character', { 'x-api-key': [`${text}x`] }, 'not a key'],
  ['a key in other letters', { 'x-api-key': [text.toUpperCase()] }, 'not a key'],
  ['its id with the secret of another key', { 'x-api-key': [otherSecret] }, 'not a key'],
  ['a key that was never made', { 'x-api-key': [makeApiKey().text] }, 'unknown key'],
  ['the header twice', { 'x-api-key': [text, text] }, 'two keys'],
  ['the header twice, the first wrong', { 'x-api-key': ['x', text] }, 'two keys'],
  ['both headers', { 'x-api-key': [text], authorization: [`Bearer ${text}`] }, 'two keys'],
  ['two bearers', { authorization: [`Bearer ${text}`, `Bearer ${text}`] }, 'two keys'],
  ['twice in one header', { 'x-api-key': [`${text}, ${text}`] }, 'not a key'],
  ['1 MB', { 'x-api-key': [text.repeat(16_000)] }, 'not a key'],
  ['unicode', { 'x-api-key': ['ключ🔑'] }, 'not a key'],
  ['unicode of the right length', { 'x-api-key': ['🔑'.repeat(33)] }, 'not a key'],
  ['a null byte', { 'x-api-key': [`${text.slice(0, 20)}\0${text.slice(21)}`] }, 'not a key'],
  ['its digest', { 'x-api-key': [key.sha256] }, 'not a key'],
]
for (const [what, headers, expected] of WRONG)
  test(`${what} is refused`, async () => {
    assert.is(await why(headers, ring(key)), expected)
  })

test('a key whose secret is wrong in the first or the last character is told by its digest alone', async () => {
  // Stored under the ids of keys that are well formed, with the digest of another key.
  for (const text of [makeApiKey().text, makeApiKey().text]) {
    const stored = { ...key, id: idOfKey(text)! }
    assert.is(await why({ 'x-api-key': [text] }, ring(stored)), 'wrong secret')
  }
})

test('what has no form of a key does not reach the store, and what has it is looked up once', async () => {
  for (const [, headers, expected] of WRONG) {
    const keys = ring(key)
    await authenticate(headers, keys, NOW)
    assert.is(keys.store.asked, expected === 'unknown key' ? 1 : 0, expected)
  }
})

test('a key ends with its expiry, to the second, and with its revocation', async () => {
  const headers = { 'x-api-key': [text] }
  const until = { ...key, expires: '2026-11-30T12:00:00Z' }
  assert.is(await why(headers, ring(until), NOW - 1), key.id)
  assert.is(await why(headers, ring(until), NOW), 'expired')
  assert.is(
    await why(headers, ring({ ...until, revoked: '2026-11-30T00:00:00Z' }), NOW - 1),
    'revoked'
  )
})

test('a damaged key is refused, and a store that cannot be read lets nobody in', async () => {
  const store = { find: () => Promise.reject(new Error('EIO')) }
  assert.is(await why({ 'x-api-key': [text] }, { store }), 'damaged')
})

test('the single key may do everything, beside the keys of a store', async () => {
  const single = 'any text, as the original had it'
  const result = await authenticate({ 'x-api-key': [single] }, { single }, NOW)
  if (result.kind !== 'caller') return assert.unreachable(result.why)
  assert.is(result.caller.id, 'SSMD_API_KEY')
  assert.equal(result.caller.scopes, ['data:read', 'tail:read', 'query:run'])
  assert.ok(result.caller.grant.feeds('any') && result.caller.grant.days('2026-01-01'))
  assert.is(await why({ 'x-api-key': [text] }, { ...ring(key), single }), key.id)
  // A shell that has a key of the store for its commands starts the server as well.
  assert.is(await why({ 'x-api-key': [text] }, { ...ring(key), single: text }), key.id)
  const revoked = { ...key, revoked: '2026-11-30T00:00:00Z' }
  assert.is(await why({ 'x-api-key': [text] }, { ...ring(revoked), single: text }), 'revoked')
  for (const wrong of ['any text', `${single} `, '', 'x'.repeat(1e6)])
    assert.is(await why({ 'x-api-key': [wrong] }, { single }), 'not a key')
})

test.run()
