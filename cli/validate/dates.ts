// Days on which no version of a Feed would be in force, and ends that a later version overrides. Pure.

import type { Feed } from '#crds/feed.gen.ts'
import type { Located, Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'

/** Of versions that matter on the UTC day `date` or later. */
export const dateProblems = ({ feeds }: Resources, date: string): Problem[] =>
  feeds.flatMap((feed) => (feed.resource.spec.state === 'disabled' ? [] : problemsOf(feed, date)))

function problemsOf(feed: Located<Feed>, date: string): Problem[] {
  const { versions } = feed.resource.spec
  const inOrder = [...versions.entries()].sort(([, a], [, b]) =>
    a.effectiveFrom < b.effectiveFrom ? -1 : 1
  )
  return inOrder.flatMap(([i, { name, effectiveTo }], place): Problem[] => {
    const next = inOrder[place + 1]?.[1]
    if (effectiveTo === undefined || effectiveTo < date || next === undefined) return []
    const field = `spec.versions[${i}].effectiveTo`
    const problem = (message: string, hint: string) => [
      problemAt(feed, field, 'SSMD_E_RESOURCE_INVALID', message, hint),
    ]
    const from = next.effectiveFrom
    if (effectiveTo >= from) {
      return problem(
        `expected ${name} to end before ${next.name} begins on ${from}, found ${effectiveTo}`,
        `${next.name} is in force from then on: remove effectiveTo, or write the day before`
      )
    }
    const first = dayAfter(effectiveTo)
    if (first >= from) return []
    return problem(
      `expected a version in force on every day, found none from ${first} until ${next.name} begins on ${from}`,
      'remove effectiveTo, or move one of the two days'
    )
  })
}

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
