// The HTTP side: discovery, registration of keys and the simulator's own account. Every answer says that it
// is simulated. What is answered is decided in `rest.ts`; here are sockets, limits and headers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import type { Allowance } from './allowance.ts'
import { verifySignature } from './auth.ts'
import type { KeyRing } from './keys.ts'
import { answerRest, type RestAnswer } from './rest.ts'
import type { FaultSchedule } from './schedule.ts'
import type { RestExchange } from './source.ts'

export const SIMULATED_HEADER = 'x-ssmd-simulated'
const BODY_LIMIT = 16 * 1024

export type HttpDeps = {
  readonly keys: KeyRing
  readonly rest: RestExchange
  readonly schedule: FaultSchedule
  readonly allowance: Allowance
  readonly now: () => number
  readonly status: () => unknown
  readonly onKey: (keyId: string) => void
  readonly onRefused: (fields: object) => void
}

/** The bodies of refusals, as the exchange words them; `hint` is ours. */
export const UNAUTHORIZED = (code: string, details: string): RestAnswer => ({
  status: 401,
  body: {
    error: { code, message: code.replaceAll('_', ' '), details },
    simulated: true,
    hint: 'this is the ssmd simulator: register a public key with POST /simulator/keys {"keyId": "…", "publicKey": "<SPKI PEM>"}, or set KALSHI_API_KEY and KALSHI_PRIVATE_KEY where it runs, and sign with that key',
  },
})
export const TOO_MANY: RestAnswer = { status: 429, body: { error: 'too many requests' } }

export const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Method, path and the three signature headers of a request. */
export const signedRequest = (request: IncomingMessage, path: string) => ({
  method: request.method ?? 'GET',
  path,
  key: header(request, 'kalshi-access-key'),
  timestamp: header(request, 'kalshi-access-timestamp'),
  signature: header(request, 'kalshi-access-signature'),
})

export function createHandler(
  deps: HttpDeps
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = parseUrl(request.url)
    void answer(request, url, deps)
      .catch((thrown: unknown): RestAnswer => {
        const error = toSsmdError(thrown)
        return {
          status: error.code === 'SSMD_E_INTERNAL' ? 500 : 400,
          body: { error: { code: error.code, message: error.message, details: error.hint ?? '' } },
        }
      })
      .then(({ status, body }) => {
        response.writeHead(status, {
          'content-type': 'application/json',
          [SIMULATED_HEADER]: 'true',
          ...(status === 405 ? { allow: 'GET, POST' } : {}),
        })
        response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body))
      })
  }
}

/** The request target as a URL; whatever it is, this does not throw. */
export function parseUrl(target: string | undefined): URL {
  const base = 'http://simulator'
  return URL.canParse(target ?? '/', base) ? new URL(target ?? '/', base) : new URL('/?', base)
}

async function answer(request: IncomingMessage, url: URL, deps: HttpDeps): Promise<RestAnswer> {
  const { method } = request
  if (url.pathname === '/simulator/keys') {
    if (method !== 'POST') return { status: 405, body: { error: { code: 'method_not_allowed' } } }
    return registerKey(await readBody(request), deps)
  }
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, body: { error: { code: 'method_not_allowed' } } }
  if (url.pathname === '/simulator') return { status: 200, body: deps.status() }
  const fault = deps.schedule.request(deps.now())
  if (fault === 'unauthorized') return UNAUTHORIZED('authentication_error', 'FAULT_ON_DEMAND')
  if (fault === 'tooManyRequests' || !deps.allowance.admit(deps.now())) return TOO_MANY
  // Market data needs no key; a key that is shown has to be good all the same.
  const signed = signedRequest(request, url.pathname)
  if (signed.key !== undefined) {
    const verdict = verifySignature(signed, deps.keys, deps.now())
    if (!verdict.ok) {
      deps.onRefused({ path: url.pathname, key: signed.key, details: verdict.details })
      return UNAUTHORIZED(verdict.code, verdict.details)
    }
  }
  return answerRest(url.pathname, url.searchParams, deps.rest)
}

function registerKey(text: string, deps: HttpDeps): RestAnswer {
  let value: { keyId?: unknown; publicKey?: unknown } | null
  try {
    value = JSON.parse(text) as typeof value
  } catch (cause) {
    throw new SsmdError('SSMD_E_CREDENTIALS', 'the body is not JSON', { cause })
  }
  const { keyId, publicKey } = value ?? {}
  if (typeof keyId !== 'string' || typeof publicKey !== 'string')
    throw new SsmdError('SSMD_E_CREDENTIALS', 'the body needs the texts keyId and publicKey', {
      hint: '{"keyId": "…", "publicKey": "<SPKI PEM>"}',
    })
  deps.keys.add(keyId, publicKey)
  deps.onKey(keyId)
  return { status: 201, body: { keyId, simulated: true } }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > BODY_LIMIT)
      throw new SsmdError('SSMD_E_CREDENTIALS', `the body is longer than ${BODY_LIMIT} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
