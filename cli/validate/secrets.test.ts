import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { secretsIn } from './secrets.ts'

const test = suite('secrets in files')
const ROOT = new URL('../..', import.meta.url).pathname

// Made here, so that no file of this repository holds one.
const base32 = (n: number) =>
  Array.from(randomBytes(n), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')
const upper = (n: number) =>
  Array.from(randomBytes(n), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[byte % 36]).join('')
const word = (n: number) =>
  Array.from(
    randomBytes(n),
    (byte) => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[byte % 62]
  ).join('')

const FOUND: readonly (readonly [rule: string, text: string])[] = [
  ['private-key', 'key: |\n  -----BEGIN RSA PRIVATE KEY-----'],
  ['private-key', '# -----BEGIN PRIVATE KEY-----'],
  ['nats-seed', `seed: SU${base32(56)}`],
  ['aws-key', `id: AKIA${upper(16)}`],
  ['github-token', `x: ghp_${word(36)}`],
  ['gitlab-token', `x: glpat-${word(20)}`],
  ['slack', `url: https://hooks.slack.com/services/T${upper(8)}/B${upper(8)}/${word(24)}`],
  ['slack', `x: xoxb-${word(24)}`],
  ['google-key', `x: AIza${word(35)}`],
  ['stripe-key', `x: sk_live_${word(24)}`],
  ['model-key', `x: sk-ant-${word(40)}`],
  ['jwt', `x: eyJ${word(20)}.eyJ${word(20)}.${word(20)}`],
  ['url-password', 'url: nats://me:hunter2@nats.example.com:4222'],
  ['url-token', `endpoint: wss://x.test/ws?token=${word(12)}`],
  ['named-secret', `  apiKey: a1${word(22)}`],
  ['named-secret', `client_secret: "b2${word(20)}"`],
  ['random-text', `value: Aa0${randomBytes(60).toString('base64url')}`],
  ['random-text', `# was 0a${randomBytes(31).toString('hex')}`],
  ['secret-resource', 'kind: Secret\nmetadata: { name: a }\nstringData:\n  x: "1"'],
  ['secret-resource', 'a: 1\n---\nkind: Secret\ndata: { x: MQ== }\n'],
]

for (const [rule, text] of FOUND) {
  test(`${rule} is found in ${text.slice(0, 24)}…, and its value is not shown`, () => {
    const [problem, ...more] = secretsIn(`# first\n${text}\n`, 'a.yaml')
    assert.match(problem?.message ?? '', `(rule ${rule})`)
    assert.equal(more, [])
    const last = text.split('\n').at(-1) ?? ''
    assert.ok(
      !JSON.stringify(problem).includes(last.slice(-12)) ||
        rule === 'private-key' ||
        rule === 'secret-resource'
    )
    const lines = `# first\n${text}\n`.split('\n')
    assert.ok((problem?.line ?? 0) >= 2 && (problem?.line ?? 99) <= lines.length)
  })
}

for (const text of [
  'source: { env: { apiKey: KALSHI_API_KEY, privateKey: KALSHI_PRIVATE_KEY } }',
  '    apiKey: KALSHI_PRODUCTION_API_KEY_NUMBER_2',
  'credentialsRef: { name: nats-credentials-production-2026 }',
  `hash: sha256:${randomBytes(32).toString('hex')}`,
  `image: ghcr.io/a/ssmd@sha256:${randomBytes(32).toString('hex')}`,
  `revision: ${randomBytes(20).toString('hex')}`,
  'endpoint: wss://external-api-ws.kalshi.com/trade-api/ws/v2?format=json',
  'url: nats://user:$PASSWORD@nats:4222',
  'include: ["KXGOLD15M-26DEC0115-15", "KXHIGHNY-26DEC01-B52.5"]',
  'kind: Secret\nsops: { version: 3 }\ndata:\n  x: ENC[AES256_GCM]',
  'kind: SealedSecret\nspec:\n  encryptedData:\n    x: short',
  'kind: Secret\nmetadata: { name: a }\ndata:\n',
  'a-very-long-name-of-words-with-dashes-and-no-digits-at-all: 1',
  'name: workloads/exchanges/simulation/venue-of-a-spot-market.ts',
]) {
  test(`nothing is found in ${text.slice(0, 60).replaceAll('\n', ' ')}`, () => {
    assert.equal(secretsIn(text, 'a.yaml'), [])
  })
}

test('nothing is found in the YAML of this repository', () => {
  for (const folder of ['exchanges', 'charts', 'crds', 'cli/templates']) {
    for (const name of readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!/[.]ya?ml$/.test(name)) continue
      const text = readFileSync(`${ROOT}${folder}/${name}`, 'utf8')
      assert.equal(secretsIn(text, `${folder}/${name}`), [])
    }
  }
})

test.run()
