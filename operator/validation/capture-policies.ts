// Rules of one Feed in one Environment: a key that it can use, and names of valid length. Pure.

import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated, keyOf } from '#crds/environments.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Located } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { listWords } from '#crds/problems.ts'
import { nearest } from '#crds/suggest.ts'
import { versionInForce } from '#crds/versions.ts'

/** `connector-<environment>-<feed>` must be a label of at most 63 characters. */
const MAX_NAMES = 63 - 'connector--'.length

/** What blocks this feed in the environment; the other feeds continue. */
export const checkCapture = (
  environment: Located<Environment>,
  feed: Feed,
  date: string
): Problem[] => [...keyIsThere(environment, feed, date), ...namesFit(environment, feed)]

function keyIsThere(environment: Located<Environment>, feed: Feed, date: string): Problem[] {
  const { resource } = environment
  if (versionInForce(feed, date)?.authMethod !== 'apiKey') return []
  if (isSimulated(resource, feed)) return []
  const { exchange } = feed.spec
  const needed = EXCHANGES[exchange]?.keyFields ?? []
  const found = keyOf(resource, feed)
  if (!found) {
    const near = nearest(exchange, Object.keys(resource.spec.keys ?? {}))
    const message = `expected a key named ${feed.metadata.name}${exchange === feed.metadata.name ? '' : ` or ${exchange}`}, found none: the feed ${feed.metadata.name} connects to ${exchange} with one`
    const hint = near
      ? `did you mean the key ${near}?`
      : `add one with fields [${needed.join(', ')}], or name the feed in spec.simulator.feeds`
    return [problemAt(environment, 'spec.keys', 'SSMD_E_CREDENTIALS', message, hint)]
  }
  const missing = needed.filter((field) => !found.key.fields.includes(field))
  if (missing.length === 0) return []
  return [
    problemAt(
      environment,
      `spec.keys.${found.name}.fields`,
      'SSMD_E_CREDENTIALS',
      `expected the fields ${listWords(needed, 'and')} that ${exchange} needs, found no ${listWords(missing)}`,
      `add ${listWords(missing, 'and')} to fields and to source`
    ),
  ]
}

function namesFit(environment: Located<Environment>, feed: Feed): Problem[] {
  const { spec, metadata } = environment.resource
  const length = metadata.name.length + feed.metadata.name.length
  if (length <= MAX_NAMES) return []
  const i = spec.feeds.indexOf(feed.metadata.name)
  return [
    problemAt(
      environment,
      i < 0 ? 'spec.feeds' : `spec.feeds[${i}]`,
      'SSMD_E_RESOURCE_INVALID',
      `expected names of environment and feed of together at most ${MAX_NAMES} characters, found ${length} with feed ${feed.metadata.name}`,
      'shorten one of the two names'
    ),
  ]
}
