// Events of every kind, drawn at random, for properties that must hold whatever comes: books that are crossed, chains with holes, gaps.

import fc from 'fast-check'
import { EVENT, FLAG, MarketEvent } from '../../event.ts'

const T0 = Date.parse('2026-11-24T12:00:00Z')

/** What an event of any kind is made of. */
export const DRAWN = fc.record({
  kind: fc.constantFrom(
    ...([EVENT.trade, EVENT.trade, EVENT.quote, EVENT.bookSnapshot, EVENT.bookChange] as const),
    ...([EVENT.bookChange, EVENT.instrument, EVENT.gap] as const)
  ),
  feed: fc.constantFrom('f', 'g'),
  symbol: fc.constantFrom('A', 'A', 'B'),
  wait: fc.nat(40_000),
  price: fc.integer({ min: 90, max: 110 }),
  priceScale: fc.nat(2),
  size: fc.oneof(fc.nat(9), fc.integer({ min: 2 ** 40, max: 2 ** 52 }), fc.constant(Number.NaN)),
  side: fc.constantFrom(1, 2),
  flags: fc.nat(31),
  phase: fc.constantFrom('open' as const, 'closed' as const, 'changed' as const),
  update: fc.integer({ min: 1, max: 60 }),
})
export type Drawn = typeof DRAWN extends fc.Arbitrary<infer D> ? D : never

/** In order of receive time. */
export function eventsOf(list: readonly Drawn[]): MarketEvent[] {
  let ms = T0
  let last = 0
  return list.map((one) => {
    ms += one.wait
    const event = new MarketEvent()
    event.feed = one.feed
    event.symbol = one.kind === EVENT.gap && one.update < 30 ? '' : one.symbol
    event.recvMs = ms
    event.recvNs = one.wait % 1000
    event.begin(one.kind)
    event.timeMs = ms - 3
    event.side = one.side
    event.flags = one.flags & (one.kind === EVENT.gap ? 3 : one.kind < EVENT.quote ? 16 : 15)
    event.price = one.price
    event.priceScale = one.priceScale
    // Only trades may be without a size.
    event.size = one.kind !== EVENT.trade && Number.isNaN(one.size) ? 0 : one.size
    // Most of them continue a chain.
    const update = one.update > 50 ? last + 2 : last + 1
    last = update
    const text = `${update} ${update + (one.update % 2)}`
    event.bytes = Buffer.from(`xx${text}`)
    event.idStart = 2
    event.idEnd = text.indexOf(' ') + 2
    event.sequenceStart = event.idEnd + 1
    event.sequenceEnd = event.bytes.length
    if (one.kind === EVENT.quote) {
      Object.assign(event, { bid: one.price, ask: one.price + one.side, bidSize: 3, askSize: 4 })
    } else if (one.kind === EVENT.instrument) event.instrument = { phase: one.phase, action: '' }
    else if (one.kind === EVENT.gap) event.untilMs = event.flags === FLAG.first ? -1 : ms - 1
    return event
  })
}
