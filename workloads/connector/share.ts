// The share of a feed's symbols that belongs to one of its connectors.

import type { SymbolFilter } from '#exchanges/protocol/globs.ts'
import { type Share, shardOfSymbol } from '#wire/shards.ts'

/** The filter, less the symbols of other shards; each of them that it meets is told to `onOther`. */
export function shareOf(
  filter: SymbolFilter,
  { index, of }: Share,
  onOther: (symbol: string) => void
): SymbolFilter {
  if (of === 1) return filter
  const isOurs = (symbol: string) => shardOfSymbol(symbol, of) === index
  return {
    ...filter,
    exact: filter.exact.filter(isOurs),
    matches(symbol) {
      if (!filter.matches(symbol)) return false
      if (isOurs(symbol)) return true
      onOther(symbol)
      return false
    },
  }
}
