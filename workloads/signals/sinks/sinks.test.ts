// Sinks against real servers: what each is sent, what each answer means, and that no credential is in a message or goes elsewhere.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SignalSink } from '#crds/signal.gen.ts'
import { skip } from '#testing/skip.ts'
import { readSmtpUrl, sendEmail } from './email-sink.ts'
import type { Notice } from './fire.ts'
import { HttpClient } from './http-request.ts'
import { type Outcome, outcomeOf, retryAfterMs } from './outcome.ts'
import { readSecret } from './secret.ts'
import { send } from './send.ts'
import { makeCertificate } from './testing/certificate.ts'
import { startSmtp } from './testing/smtp-server.ts'

const test = suite('sinks')
const dir = mkdtempSync(join(tmpdir(), 'ssmd-sinks-'))
test.after(() => rmSync(dir, { recursive: true }))
const certificate = makeCertificate()

const SECRET = 'geheim-Zq7/+ä&'
const NOTICE: Notice = {
  kind: 'fire',
  fire: {
    id: 'ab'.repeat(32),
    signal: 'spread-monitor',
    feed: 'kalshi',
    symbol: 'KXINXD-<1>\r\nBcc: evil@example.com',
    recv: '2026-11-24T12:00:00.000000001Z',
    time: null,
    payload: { spread: 0.05, note: 'a & b' },
  },
}
const SUMMARY: Notice = {
  kind: 'summary',
  summary: { id: 'x-summary', signal: 'spread-monitor', count: 12, from: 'then', to: 'now' },
}

/** Keeps a Secret as its mounted file, and gives the reference to it. */
function secretRef(value: string, name = 'made'): { name: string; key: string } {
  mkdirSync(join(dir, name), { recursive: true })
  writeFileSync(join(dir, name, 'token'), `${value}\n`)
  return { name, key: 'token' }
}

type Request = {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function server(answer: (response: ServerResponse) => void, isTls = false) {
  const requests: Request[] = []
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8')
    })
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body })
      answer(response)
    })
  }
  const made = isTls ? createTlsServer({ ...certificate }, onRequest) : createServer(onRequest)
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  const { port } = made.address() as AddressInfo
  return {
    requests,
    port,
    url: `${isTls ? 'https' : 'http'}://127.0.0.1:${port}/hook`,
    [Symbol.dispose]() {
      made.closeAllConnections()
      made.close()
    },
  }
}

async function attempt(sink: SignalSink, notice = NOTICE, timeoutMs = 10_000): Promise<Outcome> {
  using http = new HttpClient(timeoutMs)
  return send({ sink, secrets: dir, http, signal: new AbortController().signal }, notice)
}

const problemOf = (outcome: Outcome): string =>
  (outcome as { readonly problem?: string }).problem ?? ''

const ok = (response: ServerResponse): void => void response.writeHead(204).end()

test('a webhook gets the fire as JSON, with its id as the key of the attempt and the token of its Secret', async () => {
  using one = await server(ok)
  const token = 'tok-1234'
  const sink: SignalSink = { name: 'w', type: 'webhook', url: one.url, secretRef: secretRef(token) }
  assert.equal(await attempt(sink), { kind: 'delivered' })
  assert.equal(await attempt(sink, SUMMARY), { kind: 'delivered' })
  const [first, second] = one.requests
  assert.equal(JSON.parse(first!.body), { type: 'fire', ...NOTICE.fire })
  assert.is(first!.headers['idempotency-key'], NOTICE.fire.id)
  assert.is(first!.headers.authorization, `Bearer ${token}`)
  assert.equal(JSON.parse(second!.body), { type: 'summary', ...SUMMARY.summary })
})

test('ntfy gets topic, title and message; Slack a text with its own characters escaped', async () => {
  using one = await server(ok)
  assert.equal(await attempt({ name: 'n', type: 'ntfy', url: one.url, topic: 'alerts' }), {
    kind: 'delivered',
  })
  const { topic, title, message } = JSON.parse(one.requests[0]!.body) as Record<string, string>
  assert.equal([topic, title?.startsWith('spread-monitor: KXINXD')], ['alerts', true])
  assert.match(message ?? '', /spread: 0.05/)
  const slack: SignalSink = { name: 's', type: 'slack', secretRef: secretRef(one.url, 'slack') }
  assert.equal(await attempt(slack, SUMMARY), { kind: 'delivered' })
  assert.equal(await attempt(slack), { kind: 'delivered' })
  assert.match(one.requests[1]!.body, /12 more/)
  assert.match(one.requests[2]!.body, /KXINXD-&lt;1&gt;/)
  assert.is(one.requests[2]!.headers.authorization, undefined)
})

test('statuses: what concerns one message refuses it, everything else is tried again', () => {
  const kinds = (...statuses: number[]) => [
    ...new Set(statuses.map((s) => outcomeOf(s, undefined, 0).kind)),
  ]
  assert.equal(kinds(200, 201, 204), ['delivered'])
  assert.equal(kinds(400, 413, 415, 422), ['refused'])
  assert.equal(kinds(301, 307, 401, 403, 404, 408, 410, 425, 429, 500, 502, 503), ['retry'])
  assert.equal(outcomeOf(429, '7', 0), { kind: 'retry', problem: 'status 429', afterMs: 7_000 })
  assert.is(
    retryAfterMs('Tue, 24 Nov 2026 12:00:05 GMT', Date.parse('2026-11-24T12:00:00Z')),
    5_000
  )
  assert.is(retryAfterMs('999999999', 0), 600_000)
  for (const bad of ['-1', 'soon', '', undefined]) assert.is(retryAfterMs(bad, 0), undefined)
})

test('a redirect is not followed: no credential goes to another host', async () => {
  using other = await server(ok)
  using one = await server(
    (response) => void response.writeHead(307, { location: other.url }).end()
  )
  const outcome = await attempt({
    name: 'w',
    type: 'webhook',
    url: one.url,
    secretRef: secretRef(SECRET),
  })
  assert.is(outcome.kind, 'retry')
  assert.match(problemOf(outcome), /redirects/)
  assert.is(other.requests.length, 0)
})

test('a sink that is down, does not answer, hangs up, or has no name is tried again, and the words say which', async () => {
  using slow = await server(() => {})
  using gone = await server((response) => void response.socket?.destroy())
  const to = (url: string) => attempt({ name: 'w', type: 'webhook', url }, NOTICE, 300)
  const found = [
    await to(slow.url),
    await to(gone.url),
    await to('http://127.0.0.1:1/'),
    await to('http://does-not-exist.invalid/'),
  ]
  assert.equal(
    found.map(({ kind }) => kind),
    ['retry', 'retry', 'retry', 'retry']
  )
  const [answers, closed, listens, name] = found.map(problemOf)
  assert.match(answers!, /has not answered/)
  assert.match(closed!, /closed before an answer/)
  assert.match(listens!, /nothing listens/)
  assert.match(name!, /DNS|failed/)
})

test('a certificate that no authority signed is refused, and nothing is sent', async () => {
  if (certificate === undefined) return skip('openssl is missing')
  using one = await server(ok, true)
  const outcome = await attempt({
    name: 'w',
    type: 'webhook',
    url: one.url,
    secretRef: secretRef(SECRET),
  })
  assert.is(outcome.kind, 'retry')
  assert.match(problemOf(outcome), /self-signed/)
  assert.is(one.requests.length, 0)
})

test('a credential goes over TLS only, and an address with a password in it is not used', async () => {
  const plain = await attempt({
    name: 'w',
    type: 'webhook',
    url: 'http://192.0.2.1/',
    secretRef: secretRef('tok-123'),
  })
  assert.match(problemOf(plain), /not sent: the address is http/)
  const slack = await attempt({
    name: 's',
    type: 'slack',
    secretRef: secretRef('http://192.0.2.1/T0/xoxb'),
  })
  assert.match(problemOf(slack), /not sent/)
  const inside = await attempt({ name: 'w', type: 'webhook', url: 'http://u:password@127.0.0.1/' })
  assert.match(problemOf(inside), /holds a user or a password/)
})

test('a Secret is read for each attempt, and one that is missing is named by its file', async () => {
  using one = await server(ok)
  const sink: SignalSink = {
    name: 'w',
    type: 'webhook',
    url: one.url,
    secretRef: { name: 'late', key: 'token' },
  }
  const outcome = await attempt(sink)
  assert.match(problemOf(outcome), /late\/token \(ENOENT\)/)
  secretRef('tok-first', 'late')
  await attempt(sink)
  secretRef('tok-second', 'late')
  await attempt(sink)
  assert.equal(
    one.requests.map(({ headers }) => headers.authorization),
    ['Bearer tok-first', 'Bearer tok-second']
  )
  assert.is(await readSecret({ name: 'w', type: 'webhook' }, dir), undefined)
})

test('e-mail goes over STARTTLS and over TLS with user and password, and a symbol writes no headers', async () => {
  if (certificate === undefined) return skip('openssl is missing')
  for (const security of ['starttls', 'tls'] as const) {
    const smtp = await startSmtp({ security, certificate, user: 'me@x', password: SECRET })
    try {
      const sink: SignalSink = {
        name: 'e',
        type: 'email',
        from: 'ssmd@example.com',
        to: ['a@example.com', 'b@example.com'],
      }
      const scheme = security === 'tls' ? 'smtps' : 'smtp'
      const url = `${scheme}://me%40x:${encodeURIComponent(SECRET)}@localhost:${smtp.port}`
      assert.equal(await sendEmail(sink, NOTICE, readSmtpUrl(url), certificate.cert), {
        kind: 'delivered',
      })
      const [mail] = smtp.mails
      assert.equal(
        [mail?.from, mail?.to, mail?.isTls],
        ['ssmd@example.com', ['a@example.com', 'b@example.com'], true]
      )
      assert.not.match(mail!.data, /^Bcc:/m)
      assert.match(
        mail!.data.replaceAll(/\r\n[ \t]+/g, ' '),
        new RegExp(`^Message-ID: <${NOTICE.fire.id}@example.com>`, 'im')
      )
      assert.match(mail!.data, /spread: 0.05/)
      const unsigned = await sendEmail(sink, NOTICE, readSmtpUrl(url))
      assert.match(problemOf(unsigned), /certificate cannot be verified/)
      assert.is(smtp.mails.length, 1)
    } finally {
      smtp.close()
    }
  }
})

test('e-mail that is refused says by whom; one message that is refused does not hold the others', async () => {
  const sink: SignalSink = { name: 'e', type: 'email', from: 'a@x.org', to: ['b@x.org'] }
  const cases = [
    ['retry', /refuses user or password \(535\)/, { user: 'me', password: 'other' }],
    [
      'retry',
      /refuses the sender or every recipient \(550\)/,
      { answer: (c: string) => (c.startsWith('RCPT') ? '550 no such user' : undefined) },
    ],
    [
      'retry',
      /refuses the message \(451\)|451/,
      { answer: (c: string) => (c === 'DATA' ? '451 later' : undefined) },
    ],
    ['refused', /554/, { answer: (c: string) => (c === 'DATA' ? '554 spam' : undefined) }],
  ] as const
  for (const [kind, words, options] of cases) {
    const smtp = await startSmtp({ security: 'none', ...options })
    try {
      const url = `smtp://me:${encodeURIComponent(SECRET)}@127.0.0.1:${smtp.port}`
      const named: SignalSink = {
        ...sink,
        secretRef: secretRef('user' in options ? url : `smtp://127.0.0.1:${smtp.port}`, 'mail'),
      }
      const outcome = await attempt(named)
      assert.is(outcome.kind, kind)
      assert.match(problemOf(outcome), words)
    } finally {
      smtp.close()
    }
  }
})

test('what a Secret of e-mail may say is a URL and nothing that turns checks off', () => {
  for (const bad of [
    'mail.example.com',
    'http://x',
    'smtps://h/?tls.rejectUnauthorized=false',
    'smtp://h/x',
    'smtp://u:%zz@h',
  ]) {
    try {
      readSmtpUrl(bad)
      assert.unreachable(bad)
    } catch (thrown) {
      assert.match((thrown as { code: string }).code, 'SSMD_E_CREDENTIALS')
    }
  }
  assert.equal(readSmtpUrl('smtps://u:p%40@h').port, 465)
})

test('no credential is part of a message, whatever a sink or its Secret is', async () => {
  const forms = [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString('base64')]
  const smtp = await startSmtp({ security: 'none', user: 'u', password: 'other' })
  using one = await server((response) => void response.writeHead(401).end())
  try {
    const said: string[] = []
    const say = async (sink: Partial<SignalSink> & Pick<SignalSink, 'type'>, secret: string) =>
      said.push(
        problemOf(await attempt({ name: 'x', ...sink, secretRef: secretRef(secret, 'told') }))
      )
    await say({ type: 'webhook', url: one.url }, SECRET)
    await say({ type: 'webhook', url: one.url }, `${SECRET}\u0001`)
    await say({ type: 'webhook', url: 'http://192.0.2.1/' }, SECRET)
    await say({ type: 'ntfy', url: 'http://127.0.0.1:1/', topic: 't' }, 'tok')
    await say({ type: 'slack' }, `https://127.0.0.1:1/${encodeURIComponent(SECRET)}`)
    await say({ type: 'slack' }, SECRET)
    await say(
      { type: 'email', from: 'a@x.org', to: ['b@x.org'] },
      `smtp://u:${encodeURIComponent(SECRET)}@127.0.0.1:${smtp.port}`
    )
    await say({ type: 'email', from: 'a@x.org', to: ['b@x.org'] }, `smtps://${SECRET}`)
    assert.ok(
      said.every((text) => text !== ''),
      said.join('\n')
    )
    for (const text of said) for (const form of forms) assert.not.ok(text.includes(form), text)
  } finally {
    smtp.close()
  }
})

test.run()
