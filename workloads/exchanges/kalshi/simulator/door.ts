// Kalshi's doors: the handshake, which is signed, and the REST calls, which cost tokens. A client that is refused is told so in
// the exchange's own words; `hint` is ours.

import { SsmdError } from '#crds/errors.ts'
import type { HttpAnswer, HttpRequest, Session, VenueOptions } from '../../simulation/venue.ts'
import { Allowance, BASIC_TOKENS } from './allowance.ts'
import { verifySignature } from './auth.ts'
import { type KeyRing, keysFromEnvironment } from './keys.ts'
import { answerRest } from './rest.ts'
import { KalshiSession, type Limits } from './session.ts'
import type { Source } from './source.ts'

export const WEBSOCKET_PATH = '/trade-api/ws/v2'
const REST_PATHS = '/trade-api/'
const KEYS_PATH = '/simulator/keys'

export type Door = {
  knows(path: string): boolean
  connect(request: HttpRequest, nowMs: number): Session | HttpAnswer
  answer(request: HttpRequest, nowMs: number): HttpAnswer
  refusal(fault: 'unauthorized' | 'tooManyRequests', nowMs: number): HttpAnswer
}

const TOO_MANY: HttpAnswer = { status: 429, body: { error: 'too many requests' } }
const NOT_FOUND: HttpAnswer = {
  status: 404,
  body: { error: { code: 'not_found', message: 'not found' } },
  refused: { expected: WEBSOCKET_PATH },
}

const unauthorized = (code: string, details: string, fields: object): HttpAnswer => ({
  status: 401,
  body: {
    error: { code, message: code.replaceAll('_', ' '), details },
    simulated: true,
    hint: 'this is the ssmd simulator: register a public key with POST /simulator/keys {"keyId": "…", "publicKey": "<SPKI PEM>"}, or set KALSHI_API_KEY and KALSHI_PRIVATE_KEY where it runs, and sign with that key',
  },
  refused: { ...fields, details },
})

export function openDoor(source: Source, options: VenueOptions, limits: Limits): Door {
  const keys = keysFromEnvironment(options.env)
  const allowance = new Allowance(BASIC_TOKENS, options.startMs)
  return {
    knows: (path) => path.startsWith(REST_PATHS) || path === KEYS_PATH,
    connect(request, nowMs) {
      if (request.path !== WEBSOCKET_PATH) return NOT_FOUND
      return (
        refuse(request, keys, nowMs, {
          hint: 'register the public key with POST /simulator/keys, or set KALSHI_API_KEY and KALSHI_PRIVATE_KEY for the simulator',
        }) ?? new KalshiSession(source, limits, request.header('kalshi-access-key'))
      )
    },
    answer(request, nowMs) {
      if (request.path === KEYS_PATH) return register(request, keys, options)
      if (!allowance.admit(nowMs)) return TOO_MANY
      // Market data needs no key; a key that is shown has to be good all the same.
      const refused =
        request.header('kalshi-access-key') === undefined
          ? undefined
          : refuse(request, keys, nowMs, {})
      return refused ?? answerRest(request.path, request.query, source.rest)
    },
    refusal: (fault) =>
      fault === 'tooManyRequests'
        ? TOO_MANY
        : unauthorized('authentication_error', 'FAULT_ON_DEMAND', {}),
  }
}

/** Why the signature of a request is not good, or undefined. */
function refuse(
  request: HttpRequest,
  keys: KeyRing,
  nowMs: number,
  fields: object
): HttpAnswer | undefined {
  const key = request.header('kalshi-access-key')
  const verdict = verifySignature(
    {
      method: request.method,
      path: request.sentPath,
      key,
      timestamp: request.header('kalshi-access-timestamp'),
      signature: request.header('kalshi-access-signature'),
    },
    keys,
    nowMs
  )
  return verdict.ok ? undefined : unauthorized(verdict.code, verdict.details, { key, ...fields })
}

function register(request: HttpRequest, keys: KeyRing, options: VenueOptions): HttpAnswer {
  if (request.method !== 'POST')
    return { status: 405, body: { error: { code: 'method_not_allowed' } } }
  let value: { keyId?: unknown; publicKey?: unknown } | null
  try {
    value = JSON.parse(request.body) as typeof value
  } catch (cause) {
    throw new SsmdError('SSMD_E_CREDENTIALS', 'the body is not JSON', { cause })
  }
  const { keyId, publicKey } = value ?? {}
  if (typeof keyId !== 'string' || typeof publicKey !== 'string')
    throw new SsmdError('SSMD_E_CREDENTIALS', 'the body needs the texts keyId and publicKey', {
      hint: '{"keyId": "…", "publicKey": "<SPKI PEM>"}',
    })
  keys.add(keyId, publicKey)
  options.log.info({ key: keyId }, 'key registered')
  return { status: 201, body: { keyId, simulated: true } }
}
