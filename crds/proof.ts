// What the protocol of a Feed's exchange can prove about completeness, channel by channel: the exchange's facts, and never more.

import { EXCHANGES, type Proof } from './exchanges.gen.ts'
import type { Feed } from './feed.gen.ts'

const STRONGEST_FIRST: readonly string[] = ['frames', 'book', 'trades', 'nothing'] satisfies Proof[]

/**
 * By channel of the Feed; by message type, where the exchange is described by the Feed alone: a sequence that the Feed declares
 * proves frames. What nothing is known of proves nothing.
 */
export function proofOf(feed: Feed): Readonly<Record<string, Proof>> {
  const { exchange, channels, messageTypes = [] } = feed.spec
  const facts = EXCHANGES[exchange]
  if (facts?.channels === null) {
    const data = messageTypes.filter(({ kind = 'data' }) => kind === 'data')
    return Object.fromEntries(
      data.map(({ name, sequence }) => [name, sequence === undefined ? 'nothing' : 'frames'])
    )
  }
  const known = facts?.channels ?? {}
  return Object.fromEntries(
    channels.map((channel) => [
      channel,
      Object.hasOwn(known, channel) ? (known[channel] ?? 'nothing') : 'nothing',
    ])
  )
}

/** Of a word that a later release adds. */
const LAST = STRONGEST_FIRST.length

/** Such as `frames: orderbook_delta, trade; nothing: ticker`; empty if nothing is known. */
export function proofText(proof: Readonly<Record<string, string>>): string {
  const channels = Map.groupBy(Object.keys(proof).sort(), (channel) => proof[channel] ?? '')
  const rank = (word: string): number => {
    const place = STRONGEST_FIRST.indexOf(word)
    return place < 0 ? LAST : place
  }
  return [...channels]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([word, names]) => `${word}: ${names.join(', ')}`)
    .join('; ')
}
