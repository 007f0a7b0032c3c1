// One attempt to send a notice to a sink of any kind. It never throws for what a sink or its Secret is: that is an outcome, in words that
// hold no credential.

import { SsmdError } from '#crds/errors.ts'
import type { SignalSink } from '#crds/signal.gen.ts'
import type { Notice } from './fire.ts'
import type { HttpClient } from './http-request.ts'
import { postOf } from './http-sinks.ts'
import { type Outcome, retry } from './outcome.ts'
import { readSecret, redacted } from './secret.ts'

export type SendOptions = {
  readonly sink: SignalSink
  /** Folder of the Secrets. */
  readonly secrets: string
  readonly http: HttpClient
  readonly signal: AbortSignal
}

export async function send(
  { sink, secrets, http, signal }: SendOptions,
  notice: Notice
): Promise<Outcome> {
  let secret: string | undefined
  try {
    secret = await readSecret(sink, secrets)
    if (sink.type !== 'email') return await http.post(postOf(sink, notice, secret), signal)
    // Loaded when there is such a sink.
    const { readSmtpUrl, sendEmail } = await import('./email-sink.ts')
    return await sendEmail(sink, notice, readSmtpUrl(secret ?? ''))
  } catch (thrown) {
    if (thrown instanceof SsmdError) {
      const { message, hint } = thrown
      return retry(redacted(hint === undefined ? message : `${message} (${hint})`, [secret ?? '']))
    }
    const { code } = thrown as NodeJS.ErrnoException
    return retry(`the attempt failed (${code ?? 'no code'})`)
  }
}
