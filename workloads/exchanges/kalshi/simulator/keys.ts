// The API keys that the simulator accepts: public halves only, registered by the client that dials it or taken from
// the environment. Without one of these no client connects, as on the real exchange.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { SsmdError } from '#crds/errors.ts'

// Throw-away keys pile up with every start of a connector; the oldest go first.
const KEYS_LIMIT = 1000

export class KeyRing {
  readonly #keys = new Map<string, KeyObject>()

  /** Takes a PEM, public or private; throws SSMD_E_CREDENTIALS where it is no RSA key. */
  add(keyId: string, pem: string): void {
    if (!/^[\x21-\x7e]{1,256}$/.test(keyId))
      throw new SsmdError('SSMD_E_CREDENTIALS', 'keyId has to be 1 to 256 visible ASCII characters')
    let key: KeyObject
    try {
      key = createPublicKey(pem.replaceAll('\\n', '\n'))
    } catch (cause) {
      throw new SsmdError('SSMD_E_CREDENTIALS', `key ${keyId} is not a PEM that can be read`, {
        hint: 'give the public key as SPKI PEM (-----BEGIN PUBLIC KEY-----)',
        cause,
      })
    }
    if (key.asymmetricKeyType !== 'rsa')
      throw new SsmdError('SSMD_E_CREDENTIALS', `key ${keyId} is ${key.asymmetricKeyType}, not RSA`)
    this.#keys.delete(keyId)
    this.#keys.set(keyId, key)
    if (this.#keys.size > KEYS_LIMIT) {
      const oldest = this.#keys.keys().next().value
      if (oldest !== undefined) this.#keys.delete(oldest)
    }
  }

  find(keyId: string): KeyObject | undefined {
    return this.#keys.get(keyId)
  }

  get size(): number {
    return this.#keys.size
  }
}

/** The keys that variables name: KALSHI_API_KEY with KALSHI_PRIVATE_KEY or KALSHI_PUBLIC_KEY. */
export function keysFromEnvironment(env: NodeJS.ProcessEnv): KeyRing {
  const ring = new KeyRing()
  const pem = env.KALSHI_PUBLIC_KEY || env.KALSHI_PRIVATE_KEY
  if (env.KALSHI_API_KEY && pem) ring.add(env.KALSHI_API_KEY, pem)
  return ring
}
