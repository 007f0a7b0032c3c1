// Which feeds an Environment or an Archive names after `--feed`, `--add-feed` and `--remove-feed`. Pure.

import { usageError } from '#crds/errors.ts'
import type { Edit } from '../repository/edit.ts'

export type FeedNameFlags = {
  /** Instead of those that it names now. */
  readonly feed?: readonly string[]
  readonly addFeed?: readonly string[]
  readonly removeFeed?: readonly string[]
}

/** The edit of `spec.feeds`, if any flag asks for one. Throws SSMD_E_USAGE for one that cannot be removed. */
export function feedEdits(what: string, feeds: readonly string[], flags: FeedNameFlags): Edit[] {
  const { feed, addFeed = [], removeFeed = [] } = flags
  if (feed === undefined && addFeed.length + removeFeed.length === 0) return []
  const unknown = removeFeed.find((name) => !feeds.includes(name))
  if (unknown !== undefined) {
    throw usageError(`${what} has no feed ${unknown}`, `it has: ${feeds.join(', ')}`)
  }
  const wanted = new Set([...(feed ?? feeds), ...addFeed])
  for (const name of removeFeed) wanted.delete(name)
  return [{ path: ['spec', 'feeds'], value: [...wanted] }]
}
