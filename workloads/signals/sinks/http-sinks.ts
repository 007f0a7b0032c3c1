// Sinks over HTTP: what each is sent, and how it is authorised. A credential goes over TLS only, or to this computer.

import { SsmdError } from '#crds/errors.ts'
import type { SignalSink } from '#crds/signal.gen.ts'
import { checkHeaderValue } from '#role/keys.ts'
import { bodyOf, type Notice, noticeId, titleOf } from './fire.ts'
import type { Post } from './http-request.ts'

/** The request of a notice; SSMD_E_CREDENTIALS if it would give a credential away. */
export function postOf(sink: SignalSink, notice: Notice, secret: string | undefined): Post {
  switch (sink.type) {
    case 'webhook':
      return post(addressOf(sink.url), notice, secret, webhookBody(notice))
    case 'ntfy':
      return post(addressOf(sink.url), notice, secret, {
        topic: sink.topic,
        title: titleOf(notice),
        message: bodyOf(notice),
      })
    case 'slack': {
      const url = slackAddress(secret ?? '')
      return post(url, notice, undefined, { text: slackText(notice) })
    }
    default:
      throw new SsmdError('SSMD_E_INTERNAL', `sink ${sink.name} is none over HTTP`)
  }
}

function post(url: URL, notice: Notice, token: string | undefined, body: object): Post {
  if (token !== undefined) {
    checkHeaderValue(token, 'its Secret')
    checkSafe(url)
  }
  return {
    url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'ssmd',
      'idempotency-key': noticeId(notice),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  }
}

function webhookBody(notice: Notice): object {
  if (notice.kind === 'fire') return { type: 'fire', ...notice.fire }
  return { type: 'summary', ...notice.summary }
}

function addressOf(text = ''): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new SsmdError('SSMD_E_RESOURCE_INVALID', 'its url is no http or https address')
  }
  if (url.username === '' && url.password === '') return url
  throw new SsmdError('SSMD_E_CREDENTIALS', 'its url holds a user or a password', {
    hint: 'put the token into a Secret, and name it in secretRef',
  })
}

/** The address itself is the credential: no message shows it. */
function slackAddress(secret: string): URL {
  const url = URL.parse(secret)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new SsmdError('SSMD_E_CREDENTIALS', 'its Secret is no https address', {
      hint: 'put the address of an incoming webhook of Slack into the Secret',
    })
  }
  checkSafe(url)
  return url
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** A credential must not pass a network as it is. */
function checkSafe({ protocol, hostname }: URL): void {
  if (protocol === 'https:' || LOOPBACK.test(hostname)) return
  throw new SsmdError(
    'SSMD_E_CREDENTIALS',
    'its credential is not sent: the address is http, not https',
    { hint: 'use an https address, or remove secretRef' }
  )
}

/** As Slack asks for: these three characters are its own. */
function slackText(notice: Notice): string {
  const escaped = `*${titleOf(notice)}*\n${bodyOf(notice)}`
  return escaped.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
