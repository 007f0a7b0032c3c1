// How Kalshi knows who asks: RSA-PSS over time, method and path, in three headers of the HTTP request.
// The private key never leaves this file but as a signature.

import {
  constants,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  sign as signBytes,
} from 'node:crypto'
import { promisify } from 'node:util'
import { SsmdError } from '#crds/errors.ts'
import { checkHeaderValue, plainValue } from '#role/keys.ts'

export type Signer = {
  readonly keyId: string
  /** The headers of one request. `path` without query, as the server sees it. */
  headers(method: string, path: string, nowMs: number): Readonly<Record<string, string>>
}

export const PEM_HINT =
  'privateKey is the text of the PEM file that Kalshi gave with the key, from -----BEGIN to the end of the END line'

/** A signer of a key id and a private key in PEM, PKCS#1 or PKCS#8. Throws SSMD_E_CREDENTIALS. */
export function createSigner(keyId: string, pem: string): Signer {
  checkHeaderValue(keyId, "Kalshi's apiKey")
  return signer(keyId, readPrivateKey(pem))
}

/** A key that no person owns, for a simulator: the signer, and the public half to register there. */
export async function createThrowAwaySigner(
  keyId: string
): Promise<{ signer: Signer; publicKey: string }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
  })
  return {
    signer: signer(keyId, privateKey),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

function signer(keyId: string, key: KeyObject): Signer {
  return {
    keyId,
    headers(method, path, nowMs) {
      const time = String(nowMs)
      const signature = signBytes('sha256', Buffer.from(time + method + path), {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 32,
      })
      return {
        'KALSHI-ACCESS-KEY': keyId,
        'KALSHI-ACCESS-TIMESTAMP': time,
        'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
      }
    },
  }
}

function readPrivateKey(pem: string): KeyObject {
  const fail = (what: string, cause?: unknown): never => {
    throw new SsmdError('SSMD_E_CREDENTIALS', `Kalshi's private key ${what}`, {
      hint: PEM_HINT,
      cause,
    })
  }
  const text = plainValue(pem)
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1]
  if (label === undefined) return fail('is not PEM: it does not begin with -----BEGIN')
  if (!label.endsWith('PRIVATE KEY')) return fail(`is a ${label}, not a private key`)
  const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`]
  if (!text.endsWith(end)) return fail('is cut short: its END line is missing')
  const body = text.slice(begin.length, -end.length)
  if (label.startsWith('ENCRYPTED') || body.includes('ENCRYPTED')) {
    return fail('is locked with a passphrase')
  }
  // A shell or a form may have taken its line breaks: they say nothing.
  const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? []
  let key: KeyObject
  try {
    key = createPrivateKey([begin, ...lines, end, ''].join('\n'))
  } catch (cause) {
    return fail('cannot be read: what stands between BEGIN and END is damaged', cause)
  }
  if (key.asymmetricKeyType !== 'rsa') return fail(`is of kind ${key.asymmetricKeyType}, not RSA`)
  return key
}
