// What an Environment needs beyond its schema: feeds that exist, keys they can use, exchanges that can be simulated,
// a stream that NATS accepts. Pure.

import type { Environment } from '#crds/environment.gen.ts'
import { feedsOf, isSimulated, keyOf } from '#crds/environments.ts'
import { EXCHANGES } from '#crds/exchanges.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Located, Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { listWords } from '#crds/problems.ts'
import { parseDuration } from '#crds/quantities.ts'
import { nearest } from '#crds/suggest.ts'
import { isTimeZone } from '#crds/time-zones.ts'
import { versionInForce } from '#crds/versions.ts'
import { checkReference } from '../references.ts'

/** `connector-<environment>-<feed>` has to be a label of at most 63 characters. */
const MAX_NAMES = 63 - 'connector--'.length

/** Every problem of the environment among these resources, on the UTC day `date`. */
export function checkEnvironment(
  environment: Located<Environment>,
  resources: Resources,
  date: string
): Problem[] {
  const feeds = feedsOf(
    environment.resource,
    resources.feeds.map(({ resource }) => resource)
  )
  return [
    ...feedsExist(environment, resources),
    ...feeds.flatMap((feed) => [
      ...keyIsThere(environment, feed, date),
      ...namesFit(environment, feed),
    ]),
    ...simulatorFits(environment, resources, feeds),
    ...streamIsSound(environment),
    ...timeZone(environment),
  ]
}

function feedsExist(environment: Located<Environment>, resources: Resources): Problem[] {
  return environment.resource.spec.feeds.flatMap((name, i) =>
    name === '*'
      ? []
      : checkReference(environment, `spec.feeds[${i}]`, { kind: 'Feed', name }, resources)
  )
}

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

function simulatorFits(
  environment: Located<Environment>,
  resources: Resources,
  feeds: readonly Feed[]
): Problem[] {
  const { simulator } = environment.resource.spec
  if (!simulator) return []
  const problems = simulator.feeds.flatMap((name, i) => {
    const field = `spec.simulator.feeds[${i}]`
    const feed = resources.feeds.find(({ resource }) => resource.metadata.name === name)?.resource
    if (!feed) return checkReference(environment, field, { kind: 'Feed', name }, resources)
    const exchange = EXCHANGES[feed.spec.exchange]
    if (!exchange || exchange.hasSimulator) return []
    const found = `found ${name} of exchange ${feed.spec.exchange}`
    const hint = exchange.alwaysSimulated
      ? 'remove it here: it is simulated by its nature'
      : 'remove it here, or suspend the environment'
    const message = `expected a feed whose exchange has a simulator, ${found}`
    return [problemAt(environment, field, 'SSMD_E_RESOURCE_INVALID', message, hint)]
  })
  return [...problems, ...faultsBefall(environment, feeds)]
}

/** A fault for a channel that no simulated feed has would never happen, and a test of it prove nothing. */
function faultsBefall(environment: Located<Environment>, feeds: readonly Feed[]): Problem[] {
  const { simulator } = environment.resource.spec
  const simulated = feeds.filter(({ metadata }) => simulator?.feeds.includes(metadata.name))
  const channels = new Set(simulated.flatMap(({ spec }) => spec.channels))
  if (channels.size === 0) return []
  return (simulator?.faults ?? []).flatMap(({ channel }, i) => {
    if (channel === undefined || channels.has(channel)) return []
    const near = nearest(channel, channels)
    return problemAt(
      environment,
      `spec.simulator.faults[${i}].channel`,
      'SSMD_E_RESOURCE_INVALID',
      `expected a channel of a simulated feed, found ${JSON.stringify(channel)}`,
      near ? `did you mean ${near}?` : `they have ${listWords([...channels], 'and')}`
    )
  })
}

function streamIsSound(environment: Located<Environment>): Problem[] {
  const { maxAge, duplicateWindow } = environment.resource.spec.transport.stream
  if (parseDuration(duplicateWindow) <= parseDuration(maxAge)) return []
  return [
    problemAt(
      environment,
      'spec.transport.stream.duplicateWindow',
      'SSMD_E_RESOURCE_INVALID',
      `expected at most maxAge, ${maxAge}, found ${duplicateWindow}`,
      'NATS refuses such a stream: shorten duplicateWindow or lengthen maxAge'
    ),
  ]
}

function timeZone(environment: Located<Environment>): Problem[] {
  const name = environment.resource.spec.schedule?.timezone
  if (name === undefined || isTimeZone(name)) return []
  return [
    problemAt(
      environment,
      'spec.schedule.timezone',
      'SSMD_E_RESOURCE_INVALID',
      `expected an IANA time zone, found ${JSON.stringify(name)}`,
      'write one such as America/New_York or UTC'
    ),
  ]
}
