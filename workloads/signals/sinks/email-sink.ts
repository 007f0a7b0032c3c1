// The e-mail sink: one message a notice over SMTP, from the URL in its Secret: smtps (TLS from the beginning) or smtp (STARTTLS, without
// which no password is sent, except to this computer). Certificates are always checked.

import { createTransport } from 'nodemailer'
import { SsmdError } from '#crds/errors.ts'
import type { SignalSink } from '#crds/signal.gen.ts'
import { bodyOf, type Notice, noticeId, titleOf } from './fire.ts'
import { TIMEOUT_MS } from './http-request.ts'
import { DELIVERED, type Outcome, refused, retry } from './outcome.ts'

/** What a Secret says. Anything else of a URL, such as options behind a `?`, is refused: it could turn checks off. */
export type SmtpTarget = {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  readonly user: string
  readonly password: string
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** SSMD_E_CREDENTIALS without the text itself. */
export function readSmtpUrl(text: string): SmtpTarget {
  const url = URL.parse(text)
  const isPlain = url !== null && url.search === '' && url.hash === '' && /^\/?$/.test(url.pathname)
  if (!isPlain || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new SsmdError('SSMD_E_CREDENTIALS', 'its Secret is no smtp or smtps URL', {
      hint: 'for instance smtps://user:password@mail.example.com:465, special characters as %40',
    })
  }
  const isTls = url.protocol === 'smtps:'
  return {
    host: url.hostname,
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    isTls,
    user: decoded(url.username),
    password: decoded(url.password),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new SsmdError('SSMD_E_CREDENTIALS', 'its Secret has a % that begins no character', {
      hint: 'write a % of the password as %25',
    })
  }
}

/** One attempt. `ca`: authorities beside those of Node, for tests. */
export async function sendEmail(
  sink: SignalSink,
  notice: Notice,
  target: SmtpTarget,
  ca?: string
): Promise<Outcome> {
  const { host, port, isTls, user, password } = target
  const hasUser = user !== ''
  const transport = createTransport({
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port,
    secure: isTls,
    requireTLS: !isTls && !LOOPBACK.test(host),
    ...(hasUser ? { auth: { user, pass: password } } : {}),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
  try {
    const { rejected } = await transport.sendMail({
      from: sink.from,
      to: [...(sink.to ?? [])],
      subject: titleOf(notice),
      text: bodyOf(notice),
      messageId: `<${noticeId(notice)}@${(sink.from ?? '').split('@')[1] ?? 'ssmd'}>`,
      headers: { 'Idempotency-Key': noticeId(notice), 'Auto-Submitted': 'auto-generated' },
    })
    if (rejected.length === 0) return DELIVERED
    return { kind: 'delivered', problem: `${host} refuses ${rejected.length} of the recipients` }
  } catch (thrown) {
    return outcomeOfError(`${host}:${port}`, thrown)
  } finally {
    transport.close()
  }
}

/** What a server answers can quote what it was sent: only its number is shown. */
function outcomeOfError(where: string, thrown: unknown): Outcome {
  const { code = '', responseCode, permanent, command = '' } = thrown as SmtpError
  const what = WORDS[code] ?? 'the attempt failed'
  const answer = responseCode === undefined ? '' : ` (${responseCode})`
  const problem = `${where}: ${what}${answer}`
  // The server took sender and recipients, and refuses this message.
  return permanent === true && command === 'DATA' ? refused(problem) : retry(problem)
}

type SmtpError = NodeJS.ErrnoException & {
  readonly responseCode?: number
  readonly permanent?: boolean
  readonly command?: string
}

const WORDS: Readonly<Record<string, string>> = {
  EAUTH: 'it refuses user or password',
  ENOAUTH: 'it wants a user and a password',
  EENVELOPE: 'it refuses the sender or every recipient',
  EMESSAGE: 'it refuses the message',
  ETLS: 'TLS failed: its certificate cannot be verified, or it offers no STARTTLS',
  ESOCKET: 'it cannot be reached, or its certificate cannot be verified',
  ECONNECTION: 'it cannot be reached',
  ETIMEDOUT: 'it does not answer',
  EDNS: 'its name is not known (DNS)',
  EPROTOCOL: 'it does not speak SMTP',
}
