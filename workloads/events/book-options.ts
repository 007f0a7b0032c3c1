// How the books of a day are kept, by what is known of its exchange and what its connectors told.

import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { OrderBookOptions } from '#market/builders/order-books.ts'

const NOTHING = 'nothing'

/** `proof`: by channel, as the manifest of the day says. */
export function bookOptions(
  exchange: string | null,
  proof: Readonly<Record<string, string>>
): OrderBookOptions {
  const facts = exchange !== null && Object.hasOwn(EXCHANGES, exchange) ? EXCHANGES[exchange] : null
  const { channels = [], chained = false, truncated = false } = facts?.books ?? {}
  // A Feed that describes its exchange says itself what its channels prove.
  const proofs =
    channels.length === 0
      ? Object.values(proof)
      : channels.map((name) => proof[name] ?? facts?.channels?.[name])
  return {
    isChained: chained,
    isProven: proofs.some((word) => word !== undefined && word !== NOTHING),
    ...(truncated && facts?.bookDepth ? { depths: facts.bookDepth.allowed } : {}),
  }
}
