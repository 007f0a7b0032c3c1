// Who asks: the key in a request's headers, checked against the store. Every refusal looks the same, whatever was wrong with the
// key: only the log has the reason. A key is never taken from a URL, where logs and histories keep it.

import { timingSafeEqual } from 'node:crypto'
import type { Grant } from '../model/query.ts'
import { type ApiKey, EVERYTHING, grantOf, SCOPES, type Scope, stateOf } from './api-key.ts'
import { digestOf, idOfKey } from './format.ts'

/** As `IncomingMessage.headersDistinct` has them: each value that came, not joined. */
export type Headers = Readonly<Record<string, readonly string[] | undefined>>

/** A caller that may ask. */
export type Caller = {
  /** Of the key: for limits and the audit log. */
  readonly id: string
  readonly scopes: readonly Scope[]
  readonly grant: Grant
}

/** Why a caller is refused: for the audit log, not for the answer. */
export type Refusal =
  | 'no key'
  | 'two keys'
  | 'not a key'
  | 'unknown key'
  | 'wrong secret'
  | 'revoked'
  | 'expired'
  | 'damaged'
export type Authenticated =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly why: Refusal; readonly id?: string }

/** What keys are looked up in. */
export type Keys = { readonly find: (id: string) => Promise<ApiKey | undefined> }

export type KeyRing = {
  readonly store?: Keys
  /** The one key of SSMD_API_KEY, which may do everything. Any text. */
  readonly single?: string
}

/** The id that the single key goes by in limits and logs: no key of a store has one of this form. */
const SINGLE_ID = 'SSMD_API_KEY'
/** A text that is longer is no key, and is not worth a digest. */
const MAX_CHARACTERS = 1024
/** Compared with if there is no such key, so that an unknown id takes the way of a known one. */
const NO_DIGEST = Buffer.alloc(32)

export async function authenticate(
  headers: Headers,
  { store, single }: KeyRing,
  nowMs: number
): Promise<Authenticated> {
  const refused = (why: Refusal, id?: string): Authenticated => ({
    kind: 'refused',
    why,
    ...(id === undefined ? {} : { id }),
  })
  const given = keysOf(headers)
  if (given.length === 0) return refused('no key')
  // Which of them would count is for no guess: a proxy in front may have looked at the other one.
  if (given.length > 1) return refused('two keys')
  const text = given[0]!
  if (text.length > MAX_CHARACTERS) return refused('not a key')
  const digest = digestOf(text)
  const id = idOfKey(text)
  let key: ApiKey | undefined
  try {
    key = id === undefined ? undefined : await store?.find(id)
  } catch {
    return refused('damaged', id)
  }
  // A key of the store has its limits also if a shell made it the single key.
  if (key === undefined && single !== undefined && timingSafeEqual(digest, digestOf(single))) {
    return { kind: 'caller', caller: { id: SINGLE_ID, scopes: SCOPES, grant: EVERYTHING } }
  }
  const known = key === undefined ? NO_DIGEST : Buffer.from(key.sha256, 'hex')
  const right = timingSafeEqual(digest, known)
  if (id === undefined) return refused('not a key')
  if (key === undefined) return refused('unknown key')
  if (!right) return refused('wrong secret', id)
  const state = stateOf(key, nowMs)
  if (state !== 'active') return refused(state, id)
  return { kind: 'caller', caller: { id, scopes: key.scopes, grant: grantOf(key) } }
}

/** Everything that claims to be a key. Other schemes of Authorization are for a proxy in front. */
function keysOf(headers: Headers): string[] {
  const bearer = (headers.authorization ?? []).filter((value) => /^bearer(\s|$)/i.test(value))
  return [
    ...(headers['x-api-key'] ?? []),
    ...bearer.map((value) => value.slice('bearer'.length).trim()),
  ]
}
