// Who asks, and what they may see: the one place between a request and everything that answers it.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Grant } from '../query.ts'
import { RequestError } from './problem.ts'

/** What a route needs: `open` nothing, `data` what is archived, `tail` what is captured now, `query` SQL. */
export type Need = 'open' | 'data' | 'tail' | 'query'

export type Caller = {
  readonly grant: Grant
  /** For logs and limits: the id of a key, or `anonymous`. */
  readonly name: string
}

/** Throws a RequestError with 401, 403 or 429. Called for every route that is not open. */
export type Authorize = (request: IncomingMessage, need: Need) => Caller | Promise<Caller>

const EVERYTHING: Grant = { feeds: () => true, days: () => true }
export const ANONYMOUS: Caller = { grant: EVERYTHING, name: 'anonymous' }

/** Without keys everybody may see everything: only for loopback. */
export const allowAll: Authorize = () => ANONYMOUS

/** One key for everything, as `SSMD_API_KEY` gives it. */
export function singleKey(key: string): Authorize {
  const wanted = digest(key)
  const caller: Caller = { grant: EVERYTHING, name: 'SSMD_API_KEY' }
  return (request) => {
    // Digests have one length: comparing them tells nothing about the key's.
    if (timingSafeEqual(digest(givenKey(request)), wanted)) return caller
    throw keyRefused()
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** The key of `X-API-Key` or `Authorization: Bearer`; empty if there is none, or more than one. */
export function givenKey({ headersDistinct }: IncomingMessage): string {
  const own = headersDistinct['x-api-key'] ?? []
  const bearer = headersDistinct.authorization ?? []
  if (own.length + bearer.length !== 1) return ''
  return own[0] ?? /^Bearer +(\S+)$/i.exec(bearer[0] ?? '')?.[1] ?? ''
}

/** Always the same words, whatever was wrong with the key. */
export const keyRefused = (): RequestError =>
  new RequestError(401, 'this needs a valid API key', {
    code: 'SSMD_E_KEY',
    hint: 'send the key as X-API-Key, or as Authorization: Bearer; never in the address',
    headers: { 'WWW-Authenticate': 'Bearer realm="ssmd"' },
  })
