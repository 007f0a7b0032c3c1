// Keys for tests: as `ssmd api-key create` makes them.

import { randomBytes } from 'node:crypto'
import { type ApiKey, SCOPES } from '../api-key.ts'
import { digestOf, makeKey, RANDOM_BYTES } from '../format.ts'

/** A key with all scopes, unless given, and the text that its owner has. */
export function makeApiKey(over: Partial<ApiKey> = {}): {
  readonly key: ApiKey
  readonly text: string
} {
  const { id, text } = makeKey(randomBytes(RANDOM_BYTES))
  const key: ApiKey = {
    version: 1,
    id,
    name: 'test',
    sha256: digestOf(text).toString('hex'),
    scopes: SCOPES,
    feeds: ['*'],
    from: null,
    to: null,
    expires: null,
    created: '2026-11-01T00:00:00Z',
    revoked: null,
    ...over,
  }
  return { key, text }
}
