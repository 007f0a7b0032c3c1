// Kalshi's header signature: RSA-PSS with SHA-256 and a salt of 32 bytes over time, method and path. Pure but
// for the key ring; every refusal says what the exchange would say.
import { constants, verify } from 'node:crypto'
import type { KeyRing } from './keys.ts'

// The real tolerance is not published; requests older than 5 s are refused there.
export const TIME_TOLERANCE_MS = 5_000
const SALT_BYTES = 32

export type SignedRequest = {
  readonly method: string
  /** Without the query: it is not signed. */
  readonly path: string
  readonly key: string | undefined
  readonly timestamp: string | undefined
  readonly signature: string | undefined
}

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly details: string }

const refused = (code: string, details: string): Verdict => ({ ok: false, code, details })

/** Whether the request is signed by a key we know, at about this time. */
export function verifySignature(request: SignedRequest, keys: KeyRing, nowMs: number): Verdict {
  const { key, timestamp, signature } = request
  if (!key) return refused('authentication_error', 'KALSHI-ACCESS-KEY_MISSING')
  if (!timestamp) return refused('authentication_error', 'KALSHI-ACCESS-TIMESTAMP_MISSING')
  if (!signature) return refused('authentication_error', 'KALSHI-ACCESS-SIGNATURE_MISSING')
  if (!/^\d{13}$/.test(timestamp)) return refused('authentication_error', 'INVALID_TIMESTAMP')
  const publicKey = keys.find(key)
  if (!publicKey) return refused('authentication_error', 'NOT_FOUND')
  if (Math.abs(Number(timestamp) - nowMs) > TIME_TOLERANCE_MS)
    return refused('header_timestamp_expired', 'HEADER_TIMESTAMP_EXPIRED')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(signature))
    return refused('authentication_error', 'INCORRECT_API_KEY_SIGNATURE')
  const good = verify(
    'sha256',
    Buffer.from(timestamp + request.method + request.path),
    { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_BYTES },
    Buffer.from(signature, 'base64')
  )
  return good ? { ok: true } : refused('authentication_error', 'INCORRECT_API_KEY_SIGNATURE')
}
