// `--sink <name>=<address>` of `ssmd signal deploy` as sinks of a Signal. Pure.

import { usageError } from '#crds/errors.ts'
import type { SignalSink } from '#crds/signal.gen.ts'

const FORMS =
  'write hook=https://…, phone=ntfy+https://<server>/<topic>, chat=slack:<secret>/<key> or mail=mailto:<to>?from=<from>&secret=<secret>/<key>'

export function sinkOf(text: string): SignalSink {
  const [, name, address] = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?)=(.+)$/
    .exec(text)
    ?.flatMap((part, i) => (i === 2 ? [] : [part])) ?? [undefined, undefined, undefined]
  if (name === undefined || address === undefined) throw wrong(text)
  if (/^https?:\/\//.test(address)) return { name, type: 'webhook', url: address }
  const [, server, topic] = /^ntfy\+(https?:\/\/[^/]+)\/([A-Za-z0-9_-]+)$/.exec(address) ?? []
  if (server && topic) return { name, type: 'ntfy', url: server, topic }
  const slack = /^slack:(.+)$/.exec(address)?.[1]
  if (slack) return { name, type: 'slack', secretRef: secretOf(text, slack) }
  const mail = address.startsWith('mailto:') ? URL.parse(address) : null
  const from = mail?.searchParams.get('from')
  const secret = mail?.searchParams.get('secret')
  if (!mail || !from || !secret) throw wrong(text)
  const to = decodeURIComponent(mail.pathname).split(',')
  return { name, type: 'email', to, from, secretRef: secretOf(text, secret) }
}

function secretOf(text: string, named: string): { readonly name: string; readonly key: string } {
  const [, name, key] = /^([^/]+)\/([^/]+)$/.exec(named) ?? []
  if (!name || !key) throw wrong(text)
  return { name, key }
}

// The text may hold a credential that a person wrote there by mistake.
const wrong = (text: string): Error =>
  usageError(`--sink ${/^[^=:]*/.exec(text)?.[0] ?? ''}=… is no sink`, FORMS)
