// Signatures: what the exchange accepts and each thing that it refuses, with real keys.
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { TIME_TOLERANCE_MS, verifySignature } from './auth.ts'
import { KeyRing, keysFromEnvironment } from './keys.ts'

const test = suite('auth')

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const { publicKey, privateKey } = pair()
const other = pair()
const pem = (key: KeyObject, type: 'spki' | 'pkcs1' = 'spki') =>
  key.export({ type, format: 'pem' }).toString()
const keys = new KeyRing()
keys.add('key-1', pem(publicKey))

const NOW = 1_795_000_000_000
const PATH = '/trade-api/ws/v2'

type Options = { key?: KeyObject; salt?: number; hash?: string; padding?: number; text?: string }
const signature = (at: number, o: Options = {}) =>
  sign(o.hash ?? 'sha256', Buffer.from(o.text ?? `${at}GET${PATH}`), {
    key: o.key ?? privateKey,
    padding: o.padding ?? constants.RSA_PKCS1_PSS_PADDING,
    ...(o.padding === constants.RSA_PKCS1_PADDING ? {} : { saltLength: o.salt ?? 32 }),
  }).toString('base64')

const request = (at = NOW, o: Options = {}) => ({
  method: 'GET',
  path: PATH,
  key: 'key-1',
  timestamp: String(at),
  signature: signature(at, o),
})

test('accepts a good signature, each time another one', () => {
  assert.equal(verifySignature(request(), keys, NOW), { ok: true })
  assert.is.not(request().signature, request().signature)
})

test('accepts times within the tolerance and refuses those beyond it, on both sides', () => {
  for (const skew of [-TIME_TOLERANCE_MS, -1, 0, 1, TIME_TOLERANCE_MS])
    assert.equal(verifySignature(request(NOW + skew), keys, NOW), { ok: true }, `${skew}`)
  for (const skew of [-TIME_TOLERANCE_MS - 1, TIME_TOLERANCE_MS + 1, 3_600_000])
    assert.equal(verifySignature(request(NOW + skew), keys, NOW), {
      ok: false,
      code: 'header_timestamp_expired',
      details: 'HEADER_TIMESTAMP_EXPIRED',
    })
})

const bad: [string, Partial<ReturnType<typeof request>>, string][] = [
  ['another key', request(NOW, { key: other.privateKey }), 'INCORRECT_API_KEY_SIGNATURE'],
  ['a salt of 0', request(NOW, { salt: 0 }), 'INCORRECT_API_KEY_SIGNATURE'],
  ['the longest salt', request(NOW, { salt: 222 }), 'INCORRECT_API_KEY_SIGNATURE'],
  ['another hash', request(NOW, { hash: 'sha384', salt: 48 }), 'INCORRECT_API_KEY_SIGNATURE'],
  [
    'the older padding',
    request(NOW, { padding: constants.RSA_PKCS1_PADDING }),
    'INCORRECT_API_KEY_SIGNATURE',
  ],
  ['another path', request(NOW, { text: `${NOW}GET/trade-api/v2` }), 'INCORRECT_API_KEY_SIGNATURE'],
  ['another method', request(NOW, { text: `${NOW}POST${PATH}` }), 'INCORRECT_API_KEY_SIGNATURE'],
  [
    'a query in what is signed',
    request(NOW, { text: `${NOW}GET${PATH}?a=1` }),
    'INCORRECT_API_KEY_SIGNATURE',
  ],
  [
    'another time than the header says',
    { timestamp: String(NOW + 1) },
    'INCORRECT_API_KEY_SIGNATURE',
  ],
  ['a text that is no base64', { signature: '*' }, 'INCORRECT_API_KEY_SIGNATURE'],
  ['a key that nobody registered', { key: 'key-2' }, 'NOT_FOUND'],
  ['seconds for milliseconds', { timestamp: '1795000000' }, 'INVALID_TIMESTAMP'],
  ['no key', { key: undefined as never }, 'KALSHI-ACCESS-KEY_MISSING'],
  ['no time', { timestamp: undefined as never }, 'KALSHI-ACCESS-TIMESTAMP_MISSING'],
  ['no signature', { signature: undefined as never }, 'KALSHI-ACCESS-SIGNATURE_MISSING'],
]
for (const [what, change, details] of bad)
  test(`refuses ${what}`, () => {
    const verdict = verifySignature({ ...request(), ...change }, keys, NOW)
    assert.equal(verdict, { ok: false, code: 'authentication_error', details })
  })

test('takes keys from variables: a private key, a public key, or with the line breaks written out', () => {
  for (const env of [
    { KALSHI_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    { KALSHI_PRIVATE_KEY: pem(privateKey, 'pkcs1') },
    { KALSHI_PUBLIC_KEY: pem(publicKey) },
    { KALSHI_PUBLIC_KEY: pem(publicKey).replaceAll('\n', '\\n') },
  ]) {
    const ring = keysFromEnvironment({ KALSHI_API_KEY: 'key-1', ...env })
    assert.equal(verifySignature(request(), ring, NOW), { ok: true })
  }
  assert.is(keysFromEnvironment({}).size, 0)
})

test('refuses what is no RSA key, and does not repeat it', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  for (const text of ['secret-text', '', pem(ec)])
    assert.throws(
      () => new KeyRing().add('k', text),
      (e: unknown) =>
        e instanceof SsmdError && e.code === 'SSMD_E_CREDENTIALS' && !e.message.includes('secret')
    )
  assert.throws(() => new KeyRing().add('', pem(publicKey)))
})

test('keeps a bounded number of keys, the newest', () => {
  const ring = new KeyRing()
  for (let i = 0; i < 1100; i++) ring.add(`k${i}`, pem(publicKey))
  assert.is(ring.size, 1000)
  assert.is(ring.find('k0'), undefined)
  assert.ok(ring.find('k1099'))
})

test.run()
