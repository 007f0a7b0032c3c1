// An HTTP answer of an exchange as a failure: its kind, what to do, and when to come back. Messages show nothing
// that could be a secret.

import type { Failure, FailureKind } from './adapter.ts'

/** What an HTTP answer other than success means. */
export function failureOf(
  status: number,
  retryAfter: string | null | undefined,
  body: string,
  nowMs: number
): Failure {
  const kind: FailureKind =
    status === 401 || status === 403 ? 'unauthorized' : status === 429 ? 'rateLimited' : 'refused'
  const said = body.trim() === '' ? '' : `: ${oneLine(body)}`
  const hint = HINTS[kind]
  return {
    kind,
    message: `the exchange answered HTTP ${status}${said}`,
    ...(hint === undefined ? {} : { hint }),
    status,
    retryAfterMs: retryAfterMs(retryAfter, nowMs),
  }
}

const HINTS: Partial<Record<FailureKind, string>> = {
  unauthorized: 'check the key and the clock of this machine; the connector retries automatically',
  rateLimited: 'too many requests; the connector retries automatically',
}

/** Seconds, as RFC 9110 has them; some servers send fractions. */
const SECONDS = /^\d+(\.\d+)?$/
/** The three forms of an HTTP-date. Date.parse alone takes almost any text for a date. */
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d [\d:]{8} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [\d ]\d [\d:]{8} \d{4})$/

/** The value of a Retry-After header as milliseconds from now, or null if there is none that can be read. */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? ''
  if (SECONDS.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER)
  if (!HTTP_DATE.test(text)) return null
  // The form of asctime names no time zone; it is GMT.
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}

/**
 * Why a network connection could not be made: `cannot reach <host>: <reason>`. Node puts the code of the system into the
 * error, or into its cause; with several addresses tried, into the errors that it collects.
 */
export function unreachable(address: string, thrown: unknown): Failure {
  const host = URL.canParse(address) ? new URL(address).host : address
  const message = `cannot reach ${host}: ${networkReason(thrown)}`
  return { kind: 'network', message, status: 0, retryAfterMs: null }
}

type NetworkError = Error & {
  readonly code?: string
  readonly cause?: NetworkError
  readonly errors?: readonly NetworkError[]
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved at present',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENETUNREACH: 'there is no network to it',
  EHOSTUNREACH: 'there is no route to it',
  ETIMEDOUT: 'no answer within the time limit',
}

function networkReason(thrown: unknown): string {
  let error = thrown as NetworkError | undefined
  while (error !== undefined && error.code === undefined) {
    const inner: NetworkError | undefined = error.cause ?? error.errors?.[0]
    if (inner === undefined) break
    error = inner
  }
  const { code, message } = error ?? { code: undefined, message: '' }
  const reason = code === undefined ? undefined : REASONS[code]
  if (reason !== undefined) return `${reason} (${code})`
  return code === undefined ? message || 'the connection was closed' : `${code}: ${message}`
}

/** An address as messages show it: without anything that could be a secret. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  return `${url.protocol}//${url.host}${url.pathname}`
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 300)
