// Who asks, and what they may see: the one place between a request and everything that answers it.

import type { IncomingMessage } from 'node:http'
import { utcDay } from '#crds/rfc3339.ts'
import { EVERYTHING, type Scope } from '../keys/api-key.ts'
import { authenticate, type KeyRing, type Refusal } from '../keys/authenticate.ts'
import type { Grant } from '../model/query.ts'
import { RequestError } from './problem.ts'

/** What a route needs: `open` nothing, `data` what is archived, `tail` what is captured now, `query` SQL. */
export type Need = 'open' | 'data' | 'tail' | 'query'

export type Caller = {
  readonly grant: Grant
  /** For logs and limits: the id of a key, or `anonymous`. */
  readonly name: string
}

/** Throws an AccessRefused with 401 or 403. Called for every route that is not open. */
export type Authorize = (request: IncomingMessage, need: Need) => Caller | Promise<Caller>

export const ANONYMOUS: Caller = { grant: EVERYTHING, name: 'anonymous' }

/** Without keys every caller may see everything: only for loopback. */
export const allowAll: Authorize = () => ANONYMOUS

const SCOPE_OF: Readonly<Record<Exclude<Need, 'open'>, Scope>> = {
  data: 'data:read',
  tail: 'tail:read',
  query: 'query:run',
}

/** Every request needs a key of the ring, with the scope of its route. `onUse` is told the id of each key that opened something. */
export function withKeys(
  ring: KeyRing,
  { nowMs, onUse = () => {} }: { nowMs: () => number; onUse?: (id: string) => void }
): Authorize {
  return async ({ headersDistinct }, need) => {
    const found = await authenticate(headersDistinct, ring, nowMs())
    if (found.kind === 'refused') throw keyRefused(found.why, found.id)
    const { id, scopes, grant } = found.caller
    if (need !== 'open' && !scopes.includes(SCOPE_OF[need])) throw scopeRefused(need, id)
    // What is live is of today.
    if (need === 'tail' && !grant.days(utcDay(nowMs()))) throw dayRefused(id)
    onUse(id)
    return { grant, name: id }
  }
}

/** A request without the right to ask. The answer is always the same; `why` and `key` are for the audit log. */
export class AccessRefused extends RequestError {
  readonly why: Refusal | 'wrong scope' | 'wrong day'
  /** The id of the key, if it is one that the store has. */
  readonly key: string | undefined

  constructor(
    why: AccessRefused['why'],
    key: string | undefined,
    ...problem: ConstructorParameters<typeof RequestError>
  ) {
    super(...problem)
    this.why = why
    this.key = key
  }
}

const keyRefused = (why: Refusal, key: string | undefined): AccessRefused =>
  new AccessRefused(why, key, 401, 'this needs a valid API key', {
    code: 'SSMD_E_KEY',
    hint: 'send the key as X-API-Key, or as Authorization: Bearer; never in the address',
    headers: { 'WWW-Authenticate': 'Bearer realm="ssmd"' },
  })

const scopeRefused = (need: Exclude<Need, 'open'>, key: string): AccessRefused =>
  new AccessRefused('wrong scope', key, 403, 'this API key may not do this', {
    code: 'SSMD_E_FORBIDDEN',
    hint: `it needs the scope ${SCOPE_OF[need]}: ssmd api-key create <name> --scope ${SCOPE_OF[need]}`,
  })

const dayRefused = (key: string): AccessRefused =>
  new AccessRefused('wrong day', key, 403, 'this API key may not read the present day', {
    code: 'SSMD_E_FORBIDDEN',
    hint: 'what is live is of today; ask for archived days',
  })
