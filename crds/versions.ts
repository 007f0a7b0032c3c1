// Which version of a feed is in force on a day.

import type { Feed, FeedVersion } from './feed.gen.ts'

/**
 * The version with the greatest `effectiveFrom` not after the UTC day `date` (YYYY-MM-DD) that has not ended:
 * `effectiveTo` is its last day. Undefined where there is none.
 */
export function versionInForce(feed: Feed, date: string): FeedVersion | undefined {
  let best: FeedVersion | undefined
  for (const version of feed.spec.versions) {
    // Days of this form compare as texts.
    if (version.effectiveFrom > date) continue
    if (version.effectiveTo !== undefined && version.effectiveTo < date) continue
    if (best === undefined || version.effectiveFrom > best.effectiveFrom) best = version
  }
  return best
}
