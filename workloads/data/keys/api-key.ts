// A key as the store has it, and what it allows. The text of the key is not part of it, only its digest.

import { SsmdError } from '#crds/errors.ts'
import type { Grant } from '../model/query.ts'
import { isFeedPattern, matchFeeds } from './feed-patterns.ts'
import { isKeyId } from './format.ts'

/** What a key may be for. `data:read`: every answer from archives. `tail:read`: the live tail. `query:run`: SQL. */
export const SCOPES = ['data:read', 'tail:read', 'query:run'] as const
export type Scope = (typeof SCOPES)[number]

export type ApiKey = {
  readonly version: 1
  readonly id: string
  /** Who has it, or what for. */
  readonly name: string
  /** Of the whole key, as 64 hexadecimal digits. */
  readonly sha256: string
  readonly scopes: readonly Scope[]
  /** Names and patterns: feed-patterns.ts. */
  readonly feeds: readonly string[]
  /** First day it may read, or null for all before. */
  readonly from: string | null
  /** The day behind the last one it may read, or null. */
  readonly to: string | null
  /** RFC 3339, as the following; null: never. */
  readonly expires: string | null
  readonly created: string
  readonly revoked: string | null
}

export type KeyState = 'active' | 'expired' | 'revoked'

export function stateOf(key: ApiKey, nowMs: number): KeyState {
  if (key.revoked !== null) return 'revoked'
  return key.expires !== null && nowMs >= Date.parse(key.expires) ? 'expired' : 'active'
}

/** What its feeds and days allow a query to see. */
export function grantOf({ feeds, from, to }: ApiKey): Grant {
  return {
    feeds: matchFeeds(feeds),
    days: (day) => (from === null || day >= from) && (to === null || day < to),
  }
}

/** What a caller without a key may see if none is needed. */
export const EVERYTHING: Grant = { feeds: () => true, days: () => true }

/** A key from the JSON text of its file, or from an entry of a Secret. Throws SSMD_E_CREDENTIALS, which quotes nothing of it. */
export function parseApiKey(text: string, where: string): ApiKey {
  const wrong = (problem: string): SsmdError =>
    new SsmdError('SSMD_E_CREDENTIALS', `${where} is no API key of this version: ${problem}`, {
      hint: 'remove the file and create the key again: ssmd api-key create <name>',
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong('it is not JSON')
  }
  if (typeof value !== 'object' || value === null) throw wrong('it is not an object')
  const object = value as Readonly<Record<string, unknown>>
  for (const [name, holds] of Object.entries(FIELDS))
    if (!holds(object[name])) throw wrong(`${name} is missing or wrong`)
  const unknown = Object.keys(object).find((name) => !Object.hasOwn(FIELDS, name))
  // What it would restrict is not known.
  if (unknown !== undefined) throw wrong(`there is no field ${JSON.stringify(unknown)}`)
  return object as ApiKey
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isList =
  (holds: (text: string) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.length > 0 && value.every((one) => isText(one) && holds(one))
const orNull =
  (holds: (text: string) => boolean) =>
  (value: unknown): boolean =>
    value === null || (isText(value) && holds(value))
const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text)
const isTime = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) && !Number.isNaN(Date.parse(text))
export const isScope = (text: string): text is Scope => SCOPES.some((scope) => scope === text)
/** Shown in tables and in the log. */
export const isKeyName = (text: string): boolean =>
  /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,62}$/u.test(text)

const FIELDS: Readonly<Record<keyof ApiKey, (value: unknown) => boolean>> = {
  version: (value) => value === 1,
  id: (value) => isText(value) && isKeyId(value),
  name: (value) => isText(value) && isKeyName(value),
  sha256: (value) => isText(value) && /^[0-9a-f]{64}$/.test(value),
  scopes: isList(isScope),
  feeds: isList(isFeedPattern),
  from: orNull(isDay),
  to: orNull(isDay),
  expires: orNull(isTime),
  created: (value) => isText(value) && isTime(value),
  revoked: orNull(isTime),
}
