// A file that says who we are: NATS credentials (a JWT with its seed) or an NKey seed alone. It is read again at each dial,
// for credentials are rotated while programs run.

import { readFileSync } from 'node:fs'
import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from 'nats'
import { SsmdError } from '#crds/errors.ts'

/** Of a file; what cannot be read, or is neither, is an error at the dial that reads it. */
export const fileAuthenticator =
  (file: string): Authenticator =>
  (nonce) =>
    textAuthenticator(readCredentials(file))(nonce)

/** Of what such a file holds. */
export const textAuthenticator =
  (credentials: string): Authenticator =>
  (nonce) => {
    const text = credentials.trim()
    const isSeed = /^SU[A-Z2-7]{56}$/.test(text)
    const bytes = Buffer.from(text)
    return (isSeed ? nkeyAuthenticator(bytes) : credsAuthenticator(bytes))(nonce)
  }

function readCredentials(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new SsmdError(
      'SSMD_E_CREDENTIALS',
      `reading NATS credentials: ${(cause as Error).message}`,
      {
        hint: 'give the file of a NATS user, or an NKey seed',
        cause,
      }
    )
  }
}
