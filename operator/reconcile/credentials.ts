// Whether the needed Secrets exist and have the needed fields, and their hashes.

import { shortHashOf } from '#crds/canonical.ts'
import { type Fact, good, waiting } from '../status/status.ts'
import type { Secrets } from './secrets.ts'

export type Need = { readonly name: string; readonly fields: readonly string[] }

export type Credentials = {
  readonly fact: Fact
  hash(secret: string, fields: readonly string[]): string | undefined
}

export async function readCredentials(
  secrets: Secrets,
  namespace: string,
  needs: readonly Need[]
): Promise<Credentials> {
  const hashes = new Map<string, Readonly<Record<string, string>>>()
  let fact = needs.length === 0 ? good('NotNeeded') : good('Found')
  for (const { name, fields } of needs) {
    const facts = await secrets.facts(`${namespace}/${name}`)
    if (facts.kind === 'found') hashes.set(name, facts.hashes)
    if (fact.standing !== 'good') continue
    if (facts.kind === 'missing') fact = waiting('SecretNotFound', `there is no Secret ${name}`)
    else if (facts.kind === 'forbidden')
      fact = waiting('SecretForbidden', `the operator may not read Secret ${name}`)
    else {
      const missing = fields.filter((field) => !Object.hasOwn(facts.hashes, field))
      if (missing.length > 0)
        fact = waiting('SecretIncomplete', `Secret ${name} has no value of ${missing.join(', ')}`)
    }
  }
  return {
    fact,
    hash(secret, fields) {
      const known = hashes.get(secret)
      return known && shortHashOf(fields.map((field) => known[field]))
    },
  }
}
