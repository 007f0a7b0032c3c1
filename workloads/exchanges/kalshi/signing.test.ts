import { constants, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type SsmdError, toSsmdError } from '#crds/errors.ts'
import { createSigner, createThrowAwaySigner } from './signing.ts'

const test = suite('kalshi signing')
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const holds = (
  headers: Readonly<Record<string, string>>,
  text: string,
  key: Parameters<typeof createPublicKey>[0] = publicKey.export({ type: 'spki', format: 'pem' })
) =>
  verify(
    'sha256',
    Buffer.from(text),
    { key: createPublicKey(key), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    Buffer.from(headers['KALSHI-ACCESS-SIGNATURE']!, 'base64')
  )

function refusal(pem: string): SsmdError {
  try {
    createSigner('id', pem)
  } catch (thrown) {
    return toSsmdError(thrown)
  }
  throw new Error('was taken')
}

test('a request is signed over time, method and path, with PKCS#1 and PKCS#8 keys', () => {
  const forms = [
    pkcs1,
    pkcs8,
    pkcs8.replaceAll('\n', '\r\n'),
    pkcs8.replaceAll('\n', '\\n'),
    pkcs1.replaceAll('\n', ' '),
    pkcs1.replaceAll('\n', ''),
    `\uFEFF\n  ${pkcs1}  \n`,
  ]
  for (const pem of forms) {
    const headers = createSigner('key-1', pem).headers('GET', '/trade-api/ws/v2', 1_786_410_915_566)
    assert.is(headers['KALSHI-ACCESS-KEY'], 'key-1')
    assert.is(headers['KALSHI-ACCESS-TIMESTAMP'], '1786410915566')
    assert.ok(holds(headers, '1786410915566GET/trade-api/ws/v2'))
    assert.not.ok(holds(headers, '1786410915566GET/trade-api/v2'))
  }
})

test('a throw-away key signs as a real one, and no two are the same', async () => {
  const one = await createThrowAwaySigner('t1')
  const two = await createThrowAwaySigner('t2')
  assert.is.not(one.publicKey, two.publicKey)
  assert.ok(holds(one.signer.headers('GET', '/p', 5), '5GET/p', one.publicKey))
})

test('a PEM that cannot be used is refused with what is wrong with it, and never shown', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const locked = privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  })
  const body = pkcs8.split('\n')[1]!
  const table: readonly [string, RegExp][] = [
    ['', /not PEM/],
    ['~/.ssh/id_rsa', /not PEM/],
    [
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      /is a PUBLIC KEY, not a private key/,
    ],
    [pkcs8.slice(0, 400), /cut short/],
    [pkcs8.replace(body, `${body.slice(2)}**`), /damaged/],
    [ec.export({ type: 'pkcs8', format: 'pem' }).toString(), /kind ec, not RSA/],
    [locked.toString(), /passphrase/],
    [
      pkcs1.replace('KEY-----\n', 'KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n'),
      /passphrase/,
    ],
  ]
  for (const [pem, expected] of table) {
    const error = refusal(pem)
    assert.is(error.code, 'SSMD_E_CREDENTIALS')
    assert.match(error.message, expected)
    assert.match(error.hint ?? '', 'BEGIN')
    if (pem !== '') assert.not.match(`${error.message} ${error.hint}`, body.slice(4, 20))
  }
})

test.run()
