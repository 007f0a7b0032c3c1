// Rules of an Environment beyond its schema: its feeds exist and can use their keys, its exchanges can be simulated, and
// NATS accepts its streams. Pure.

import type { Environment } from '#crds/environment.gen.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Located, Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { listWords } from '#crds/problems.ts'
import { parseDuration } from '#crds/quantities.ts'
import { nearest } from '#crds/suggest.ts'
import { isTimeZone } from '#crds/time-zones.ts'
import { checkCapture } from '../validation/capture-policies.ts'
import { capturedFeeds, feedNamed } from '../validation/named.ts'
import { checkReference } from '../validation/references.ts'

/** Every problem of the environment among these resources, on the UTC day `date`. */
export function checkEnvironment(
  environment: Located<Environment>,
  resources: Resources,
  date: string
): Problem[] {
  const feeds = capturedFeeds(environment.resource, resources)
  return [
    ...feedsExist(environment, resources),
    ...feeds.flatMap((feed) => checkCapture(environment, feed, date)),
    ...simulatorFits(environment, resources, feeds),
    ...streamIsSound(environment),
    ...timeZone(environment),
  ]
}

function feedsExist(environment: Located<Environment>, resources: Resources): Problem[] {
  return environment.resource.spec.feeds.flatMap((name, i) =>
    name === '*' || feedNamed(resources, name) !== undefined
      ? []
      : checkReference(environment, `spec.feeds[${i}]`, { kind: 'Feed', name }, resources)
  )
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
    const feed = feedNamed(resources, name)
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

/** Refuses a fault for a channel that no simulated feed has: it would never happen, and a test with it would prove nothing. */
function faultsBefall(environment: Located<Environment>, feeds: readonly Feed[]): Problem[] {
  const { simulator } = environment.resource.spec
  const named = new Set(simulator?.feeds)
  const simulated = feeds.filter(({ metadata }) => named.has(metadata.name))
  if (simulated.length === 0) return []
  return (simulator?.faults ?? []).flatMap(({ channel, exchange }, i) => {
    const meant = simulated.filter(
      ({ spec }) => exchange === undefined || spec.exchange === exchange
    )
    if (exchange !== undefined && meant.length === 0) {
      const found = `expected the exchange of a simulated feed, found ${JSON.stringify(exchange)}`
      const names = [...new Set(simulated.map(({ spec }) => spec.exchange))]
      return problemAt(
        environment,
        `spec.simulator.faults[${i}].exchange`,
        'SSMD_E_RESOURCE_INVALID',
        found,
        `they have ${listWords(names, 'and')}`
      )
    }
    const channels = new Set(meant.flatMap(({ spec }) => spec.channels))
    if (channel === undefined || channels.size === 0 || channels.has(channel)) return []
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
