// Rules of a Feed beyond its schema, without other resources, on one day. Pure.

import { descriptionProblems } from '#crds/descriptions.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Located } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { listWords } from '#crds/problems.ts'
import { nearest } from '#crds/suggest.ts'
import { isTimeZone } from '#crds/time-zones.ts'
import { versionInForce } from '#crds/versions.ts'

/** Every problem of the feed on the UTC day `date`. A disabled feed need not be able to run. */
export function checkFeed(feed: Located<Feed>, date: string): Problem[] {
  if (feed.resource.spec.state === 'disabled') return timeZone(feed)
  return [
    ...versionIsInForce(feed, date),
    ...channelsAreKnown(feed),
    ...descriptionIsSound(feed),
    ...bookDepthIsOffered(feed),
    ...booksCanBegin(feed, date),
    ...globsCanBeResolved(feed, date),
    ...generatorIsSound(feed),
    ...timeZone(feed),
  ]
}

function versionIsInForce(feed: Located<Feed>, date: string): Problem[] {
  if (versionInForce(feed.resource, date)) return []
  const coming = feed.resource.spec.versions
    .map((version) => version.effectiveFrom)
    .filter((from) => from > date)
    .sort()[0]
  const found = coming ? `the first begins on ${coming}` : 'the last one has ended'
  return [
    problemAt(
      feed,
      'spec.versions',
      'SSMD_E_RESOURCE_INVALID',
      `expected a version that is in force on ${date}, found none: ${found}`,
      'add a version, or change effectiveFrom or effectiveTo'
    ),
  ]
}

function channelsAreKnown(feed: Located<Feed>): Problem[] {
  const { exchange, channels } = feed.resource.spec
  const declared = EXCHANGES[exchange]?.channels
  if (!declared) return []
  const known = Object.keys(declared)
  return channels.flatMap((channel, i) => {
    if (known.includes(channel)) return []
    const near = nearest(channel, known)
    return problemAt(
      feed,
      `spec.channels[${i}]`,
      'SSMD_E_RESOURCE_INVALID',
      `expected a channel of ${exchange}, found ${JSON.stringify(channel)}`,
      near ? `did you mean ${near}?` : `it has ${listWords(known, 'and')}`
    )
  })
}

/** An exchange without channels of its own is described by the Feed; every other one is not. */
function descriptionIsSound(feed: Located<Feed>): Problem[] {
  const { spec } = feed.resource
  const problem = (field: string, message: string, hint: string) =>
    problemAt(feed, field, 'SSMD_E_RESOURCE_INVALID', message, hint)
  if (EXCHANGES[spec.exchange]?.channels === null)
    return descriptionProblems(spec).map(({ field, message, hint }) =>
      problem(field, message, hint)
    )
  const described = (['subscribe', 'unsubscribe'] as const).find((name) => spec[name])
  if (described === undefined) return []
  return [
    problem(
      `spec.${described}`,
      `expected no ${described}: ssmd knows what ${spec.exchange} is to be sent`,
      'remove it'
    ),
  ]
}

function bookDepthIsOffered(feed: Located<Feed>): Problem[] {
  const { exchange, bookDepth } = feed.resource.spec
  const facts = EXCHANGES[exchange]
  if (bookDepth === undefined || facts === undefined) return []
  const found = (expected: string, hint: string) => [
    problemAt(
      feed,
      'spec.bookDepth',
      'SSMD_E_RESOURCE_INVALID',
      `expected ${expected}, found ${bookDepth}`,
      hint
    ),
  ]
  if (facts.bookDepth === null) {
    return found(
      `no bookDepth: ${exchange} leaves no choice of the depth of a book`,
      'remove bookDepth'
    )
  }
  const { allowed } = facts.bookDepth
  if (allowed.includes(bookDepth)) return []
  return found(`a depth of ${exchange}`, `it has ${listWords(allowed.map(String), 'and')}`)
}

/** Where snapshots of books are fetched beside the stream, there must be an address to fetch them from. */
function booksCanBegin(feed: Located<Feed>, date: string): Problem[] {
  const { exchange, channels, versions } = feed.resource.spec
  const facts = EXCHANGES[exchange]
  const version = versionInForce(feed.resource, date)
  if (!facts?.books.chained || !version || version.restEndpoint !== undefined) return []
  const at = channels.findIndex((channel) => facts.channels?.[channel] === 'book')
  if (at < 0) return []
  return [
    problemAt(
      feed,
      `spec.channels[${at}]`,
      'SSMD_E_RESOURCE_INVALID',
      `expected a version with restEndpoint, found ${version.name} without: the books of channel ${channels[at]} begin with a snapshot that is asked for there`,
      `give spec.versions[${versions.indexOf(version)}].restEndpoint`
    ),
  ]
}

function globsCanBeResolved(feed: Located<Feed>, date: string): Problem[] {
  const { exchange, symbols, versions } = feed.resource.spec
  const version = versionInForce(feed.resource, date)
  // An exchange that is always simulated needs no discovery.
  const needsRest = !EXCHANGES[exchange]?.alwaysSimulated
  const glob = symbols?.include.findIndex((symbol) => /[*?]/.test(symbol)) ?? -1
  if (!version || version.restEndpoint !== undefined || !needsRest || glob < 0) return []
  return [
    problemAt(
      feed,
      `spec.symbols.include[${glob}]`,
      'SSMD_E_RESOURCE_INVALID',
      `expected exact names, found the glob ${JSON.stringify(symbols?.include[glob])}: version ${version.name} has no restEndpoint to resolve it with`,
      `give spec.versions[${versions.indexOf(version)}].restEndpoint, or write the names out`
    ),
  ]
}

/** Checks the numbers of `<exchange>://generator?rate=1000&symbols=10&seed=7`. */
function generatorIsSound(feed: Located<Feed>): Problem[] {
  const { exchange, versions } = feed.resource.spec
  if (!EXCHANGES[exchange]?.alwaysSimulated) return []
  return versions.flatMap(({ endpoint }, i) => {
    const query = new URLSearchParams(endpoint.split('?')[1] ?? '')
    return ['rate', 'symbols', 'seed'].flatMap((name) => {
      const value = query.get(name)
      if (value === null || /^\d{1,15}$/.test(value)) return []
      return problemAt(
        feed,
        `spec.versions[${i}].endpoint`,
        'SSMD_E_RESOURCE_INVALID',
        `expected a whole number for ${name}, found ${JSON.stringify(value)}`,
        `write an endpoint such as ${exchange}://generator?rate=1000&symbols=10&seed=7`
      )
    })
  })
}

function timeZone(feed: Located<Feed>): Problem[] {
  const name = feed.resource.spec.calendar?.timezone
  if (name === undefined || isTimeZone(name)) return []
  return [
    problemAt(
      feed,
      'spec.calendar.timezone',
      'SSMD_E_RESOURCE_INVALID',
      `expected an IANA time zone, found ${JSON.stringify(name)}`,
      'write one such as America/New_York or UTC'
    ),
  ]
}
