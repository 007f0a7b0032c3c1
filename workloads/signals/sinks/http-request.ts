// One POST over a connection that is kept: certificates are always checked, no redirect is followed, and of an answer no more than its
// status and Retry-After is used.

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type Outcome, outcomeOf, retry } from './outcome.ts'

/** Of an attempt, from its beginning to the end of the answer. */
export const TIMEOUT_MS = 10_000
/** Of an answer, which is not read further. */
const MOST_BYTES = 64 * 1024

export type Post = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export class HttpClient implements Disposable {
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: 1 })
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: 1 })
  readonly #timeoutMs: number

  constructor(timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs
  }

  post({ url, headers, body }: Post, signal: AbortSignal): Promise<Outcome> {
    const isSafe = url.protocol === 'https:'
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const request = (isSafe ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: isSafe ? this.#https : this.#http,
      signal,
    })
    const timer = setTimeout(() => {
      resolve(retry(`${url.host} has not answered for ${this.#timeoutMs / 1000} s`))
      request.destroy()
    }, this.#timeoutMs)
    request.on('response', (response) => {
      drained(response).then(
        () => {
          const { statusCode = 0, headers } = response
          resolve(outcomeOf(statusCode, headers['retry-after'], Date.now()))
        },
        (error: unknown) => resolve(retry(problemOf(url, error)))
      )
    })
    request.on('error', (error) => resolve(retry(problemOf(url, error))))
    request.end(body)
    return promise.finally(() => clearTimeout(timer))
  }

  [Symbol.dispose](): void {
    this.#http.destroy()
    this.#https.destroy()
  }
}

/** The connection is only kept if the whole answer was read. */
async function drained(response: IncomingMessage): Promise<void> {
  let bytes = 0
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length
    if (bytes > MOST_BYTES) break
  }
}

/** Codes of Node, in words; its own texts may quote the address. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known (DNS)',
  EAI_AGAIN: 'the name server does not answer (DNS)',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed before an answer',
  EPIPE: 'the connection was closed before an answer',
  ETIMEDOUT: 'it cannot be reached',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'it cannot be reached',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate cannot be verified',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another name',
}

export function problemOf({ host }: Pick<URL, 'host'>, thrown: unknown): string {
  const { code = '' } = thrown as NodeJS.ErrnoException
  return `${host}: ${PROBLEMS[code] ?? `the attempt failed (${code === '' ? 'no code' : code})`}`
}
