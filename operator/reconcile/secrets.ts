// Reads the Secrets that a resource names: no list, no watch. Salted hashes of their fields are cached for a minute, so that an
// idle pass sends no request; the values themselves are returned once and never kept.

import { canonical } from '#crds/canonical.ts'
import type { Client } from '../kube/client.ts'
import { isForbidden, isNotFound } from '../kube/errors.ts'
import { type Key, type KubeObject, SECRETS } from '../kube/objects.ts'
import { saltedHash } from '../kube/transform.ts'

/** A rotated key is seen within this time. */
const FRESH_MS = 60_000
/** A missing Secret is looked for more often, because a person is waiting. */
const MISSING_MS = 5_000
const LIMIT = 10_000

export type SecretFacts =
  | { readonly kind: 'found'; readonly hashes: Readonly<Record<string, string>> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'forbidden' }

type Entry = { readonly at: number; readonly facts: Promise<SecretFacts>; ttl: number }

export class Secrets {
  readonly #client: Pick<Client, 'get'>
  readonly #nowMs: () => number
  readonly #entries = new Map<Key, Entry>()

  constructor(client: Pick<Client, 'get'>, nowMs: () => number) {
    this.#client = client
    this.#nowMs = nowMs
  }

  async facts(key: Key): Promise<SecretFacts> {
    const now = this.#nowMs()
    const known = this.#entries.get(key)
    if (known && now - known.at < known.ttl) return known.facts
    const entry: Entry = { at: now, facts: this.#again(key, known?.facts), ttl: FRESH_MS }
    if (this.#entries.size >= LIMIT) this.#entries.clear()
    this.#entries.set(key, entry)
    try {
      const facts = await entry.facts
      if (facts.kind !== 'found') entry.ttl = MISSING_MS
      return facts
    } catch (thrown) {
      this.#entries.delete(key)
      throw thrown
    }
  }

  /** One field as text, for the operator's own connection to NATS. */
  async text(key: Key, field: string): Promise<string | undefined> {
    const secret = await this.#get(key).catch((thrown) => {
      if (isNotFound(thrown) || isForbidden(thrown)) return undefined
      throw thrown
    })
    const value = dataOf(secret)[field]
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
  }

  /** Keeps the identity of unchanged facts: equal facts are the same object. */
  async #again(key: Key, before: Promise<SecretFacts> | undefined): Promise<SecretFacts> {
    const facts = await this.#read(key)
    const old = await before?.catch(() => undefined)
    return old && canonical(old) === canonical(facts) ? old : facts
  }

  async #read(key: Key): Promise<SecretFacts> {
    try {
      const secret = await this.#get(key)
      const salt = secret.metadata.uid ?? ''
      // An empty field counts as missing: the workload would refuse it.
      const hashes = Object.entries(dataOf(secret))
        .filter(([, value]) => Buffer.from(value, 'base64').toString('utf8').trim() !== '')
        .map(([field, value]) => [field, saltedHash(salt, value)] as const)
      return { kind: 'found', hashes: Object.fromEntries(hashes) }
    } catch (thrown) {
      if (isNotFound(thrown)) return { kind: 'missing' }
      if (isForbidden(thrown)) return { kind: 'forbidden' }
      throw thrown
    }
  }

  #get(key: Key): Promise<KubeObject> {
    return this.#client.get(SECRETS, key)
  }
}

const dataOf = (secret: KubeObject | undefined): Readonly<Record<string, string>> =>
  (secret?.data ?? {}) as Record<string, string>
