// From one set of wanted symbols to another, as a session is told. For tests of the connector only.

import type { Wanted } from '../adapter.ts'

export function wants(
  before: readonly string[],
  after: readonly string[],
  resumed: ReadonlyMap<string, number> = new Map()
): Wanted {
  const [had, has] = [new Set(before), new Set(after)]
  return {
    added: after.filter((symbol) => !had.has(symbol)),
    removed: before.filter((symbol) => !has.has(symbol)),
    resumed,
    extent: 'all',
  }
}
