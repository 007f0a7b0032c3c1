// The days that a caller may see, and the parameters that choose among them.

import type { DaySummary } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { nearestName } from '../nearest.ts'
import type { Parameter, Parameters, QueryContext } from '../query.ts'
import { surveyRoots } from '../roots.ts'

export const FEEDS: Parameter = {
  name: 'feed',
  list: true,
  schema: {
    type: 'string',
    pattern: '^[a-z0-9]([-.a-z0-9]{0,125}[a-z0-9])?$',
    description: 'Names of feeds; all without it.',
    examples: ['kalshi'],
  },
}

export const DAY_SPAN: readonly Parameter[] = [
  {
    name: 'from',
    schema: {
      type: 'string',
      format: 'instant',
      description: 'Days that end after it: RFC 3339, or a day.',
      examples: ['2026-11-24'],
    },
  },
  {
    name: 'to',
    schema: {
      type: 'string',
      format: 'instant',
      description: 'Days that begin before it: RFC 3339, or a day, which is then not among them.',
    },
  },
]

export const inSpan = (day: string, { from, to }: Parameters): boolean =>
  (typeof from !== 'string' || day >= from.slice(0, 10)) && (typeof to !== 'string' || day < to)

/** By feed and day. Throws SSMD_E_NOT_FOUND if a feed that is asked for does not exist for the caller. */
export async function daysOf(
  { roots, grant }: QueryContext,
  wanted: Parameters[string]
): Promise<DaySummary[]> {
  const all = await surveyRoots(roots.map(({ path, name = '' }) => ({ path, name })))
  const days = all
    .flatMap(({ days: held }) => held.days)
    .filter(({ feed, day }) => grant.feeds(feed) && grant.days(day))
    .sort((a, b) => (a.feed < b.feed ? -1 : a.feed > b.feed ? 1 : a.day < b.day ? -1 : 1))
  if (!Array.isArray(wanted)) return days
  const names = [...new Set(days.map(({ feed }) => feed))]
  for (const feed of wanted as readonly string[])
    if (!names.includes(feed)) throw noFeed(feed, names)
  return days.filter(({ feed }) => wanted.includes(feed))
}

function noFeed(feed: string, names: readonly string[]): SsmdError {
  const near = nearestName(feed, names)
  return new SsmdError('SSMD_E_NOT_FOUND', `there is no feed ${JSON.stringify(feed)}`, {
    hint: near ? `did you mean ${near}?` : `there are: ${names.slice(0, 20).join(', ') || 'none'}`,
  })
}
