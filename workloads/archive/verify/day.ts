// Checks the arithmetic of a manifest: its sums must equal what was found in the files of the day.

import type { Manifest } from '../format/manifest.ts'
import { checkCounts, ToldCounts } from './counts.ts'
import type { SegmentFindings } from './segment.ts'

type Finding = { readonly where: string; readonly what: string }

export function checkDay(
  manifest: Manifest,
  segments: readonly SegmentFindings[],
  place: { readonly feed: string; readonly day: string }
): Finding[] {
  const findings: Finding[] = []
  const expect = (where: string, said: unknown, found: unknown): void => {
    if (said !== found)
      findings.push({ where, what: `says ${String(said)}, found ${String(found)}` })
  }
  expect('feed', manifest.feed, place.feed)
  expect('day', manifest.day, place.day)
  const named = manifest.segments
  expect('records', manifest.records, sum(named.map((segment) => segment.records)))
  expect('bytes', manifest.bytes, sum(named.map((segment) => segment.bytes)))
  expect('rawBytes', manifest.rawBytes, sum(named.map((segment) => segment.rawBytes)))
  expect('from', manifest.from, first(named.map((segment) => segment.from)))
  expect('to', manifest.to, last(named.map((segment) => segment.to)))
  const names = new Set(named.map((segment) => segment.name))
  expect('segments', names.size, named.length)
  const { connections, moreConnections: more } = manifest
  const records = sum(connections.map((connection) => connection.records)) + (more?.records ?? 0)
  expect('connections', records, manifest.records)
  const skipped = sum(connections.map((connection) => connection.skipped)) + (more?.skipped ?? 0)
  expect('skipped', sum(Object.values(manifest.skipped)), skipped)
  const simulated = connections.some((connection) => connection.simulated)
  // Those that are not named may be it, too.
  if (more === undefined || simulated) expect('simulated', manifest.simulated, simulated)
  const imported = connections.some(({ id }) => id.startsWith('import-'))
  if (more === undefined || imported) expect('imported', manifest.imported === true, imported)
  findings.push(...checkConnections(manifest, segments), ...checkGaps(manifest))
  findings.push(...checkSums(manifest, segments), ...checkFeeds(manifest))
  expect('condition', manifest.condition, conditionOf(manifest))
  return findings
}

function checkConnections(manifest: Manifest, segments: readonly SegmentFindings[]): Finding[] {
  // A file that is damaged says nothing of what it held.
  if (segments.some((segment) => segment.damaged)) return []
  const findings: Finding[] = []
  const found = new Map<string, { records: number; first: number; last: number }>()
  for (const { numbers } of segments) {
    for (const [id, set] of numbers) {
      const before = found.get(id)
      found.set(id, {
        records: (before?.records ?? 0) + set.size,
        first: Math.min(before?.first ?? set.first, set.first),
        last: Math.max(before?.last ?? set.last, set.last),
      })
    }
  }
  manifest.connections.forEach((connection, i) => {
    const { id, records, first, last, skipped } = connection
    const where = `connections[${i}] (${id})`
    const seen = found.get(id)
    found.delete(id)
    if ((seen?.records ?? 0) !== records) {
      const what = `says ${records} records, found ${seen?.records ?? 0}`
      findings.push({ where, what })
    } else if (
      seen !== undefined &&
      skipped === 0 &&
      (seen.first !== first || seen.last !== last)
    ) {
      const what = `says numbers ${first} to ${last}, found ${seen.first} to ${seen.last}`
      findings.push({ where, what })
    }
  })
  const { moreConnections: more } = manifest
  const others = sum([...found.values()].map(({ records }) => records))
  if (more !== undefined && others === more.records && found.size <= more.count) return findings
  for (const id of found.keys()) {
    findings.push({ where: 'connections', what: `connection ${id} is in the files and not named` })
  }
  return findings
}

/** What `counts` events add up to. A day that an older ssmd began has no sums. */
function checkSums({ counts }: Manifest, segments: readonly SegmentFindings[]): Finding[] {
  if (counts === undefined || segments.some((segment) => segment.damaged)) return []
  const told = new ToldCounts()
  for (const { events } of segments) told.join(events.counts)
  return checkCounts(counts, told).map((what) => ({ where: 'counts', what }))
}

/** Connections name files that there are, and the times are of this day. */
function checkFeeds({ day, feeds = [], connections }: Manifest): Finding[] {
  const findings: Finding[] = []
  const names = new Set(feeds.map(({ name }) => name))
  if (names.size !== feeds.length) findings.push({ where: 'feeds', what: 'names a file twice' })
  for (const { name, from } of feeds) {
    if (from.startsWith(day)) continue
    findings.push({ where: `feeds (${name})`, what: `begins at ${from}, on another day` })
  }
  for (const { id, feed } of connections) {
    if (feed === undefined || names.has(feed)) continue
    findings.push({ where: `connections (${id})`, what: `${feed} is not among the feeds` })
  }
  return findings
}

function checkGaps(manifest: Manifest): Finding[] {
  const findings: Finding[] = []
  const end = `${manifest.day}T24`
  manifest.gaps.forEach((gap, i) => {
    const where = `gaps[${i}] (${gap.cause})`
    const { from, to, numbers, missing, count } = gap
    if (to !== null && to < from) findings.push({ where, what: `ends at ${to}, before ${from}` })
    if (from < manifest.day || from > end) {
      findings.push({ where, what: `begins at ${from}, on another day` })
    }
    const span = numbers === undefined ? null : numbers[1] - numbers[0] + 1
    const isWrong = count === undefined ? missing !== span : (missing ?? 0) > (span ?? 0)
    if (numbers !== undefined && span !== null && isWrong) {
      const what = `says that ${missing} are missing, its numbers are ${numbers.join(' to ')}`
      findings.push({ where, what })
    }
  })
  return findings
}

/** `available` and `pending` differ by time, which is not to be judged here. */
function conditionOf({ condition, gaps, records, imported }: Manifest): Manifest['condition'] {
  if (gaps.length > 0) return records === 0 ? 'missing' : 'degraded'
  if (imported === true) return 'degraded'
  return condition === 'available' ? 'available' : 'pending'
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const first = (texts: readonly string[]): string | null => [...texts].sort()[0] ?? null
const last = (texts: readonly string[]): string | null => [...texts].sort().at(-1) ?? null
