// How order books of an exchange are kept, as parameters of builders.

import { EXCHANGES } from '#crds/exchanges.gen.ts'

/** Of an exchange that is not known, and of one that a Feed describes, nothing. */
export function bookRules(exchange: string | undefined): Readonly<Record<string, string>> {
  const facts =
    exchange !== undefined && Object.hasOwn(EXCHANGES, exchange) ? EXCHANGES[exchange] : undefined
  if (facts === undefined) return {}
  const { channels, chained, truncated } = facts.books
  const isProven = channels.some((name) => (facts.channels?.[name] ?? 'nothing') !== 'nothing')
  return {
    chained: String(chained),
    proven: String(isProven),
    ...(truncated && facts.bookDepth ? { depths: facts.bookDepth.allowed.join(' ') } : {}),
  }
}
