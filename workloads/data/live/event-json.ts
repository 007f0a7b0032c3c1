// A market event as one line of JSON: what it does not say is left out, prices and sizes are decimal text. Pure.

import { decimalText } from '#market/decimal.ts'
import { EVENT, EVENT_NAMES, FLAG, type MarketEvent, SIDE } from '#market/event.ts'

export function eventJson(event: MarketEvent): string {
  return JSON.stringify({
    event: EVENT_NAMES[event.kind],
    feed: event.feed,
    symbol: event.symbol || undefined,
    type: event.type || undefined,
    recv: event.recvText,
    time: event.timeText || undefined,
    ...ownOf(event),
    sequence: event.sequence || undefined,
    id: event.id || undefined,
    history: (event.flags & FLAG.history) !== 0 || undefined,
  })
}

/** Undefined if it was not sent. */
const decimal = (mantissa: number, scale: number): string | undefined =>
  Number.isNaN(mantissa) ? undefined : decimalText(mantissa, scale)

function ownOf(event: MarketEvent): object {
  const { flags } = event
  switch (event.kind) {
    case EVENT.trade:
      return { side: sideOf(event.side, 'buy', 'sell'), ...levelOf(event) }
    case EVENT.bookSnapshot:
    case EVENT.bookChange:
      return {
        side: sideOf(event.side, 'bid', 'ask'),
        ...levelOf(event),
        first: (flags & FLAG.first) !== 0 || undefined,
        last: (flags & FLAG.last) !== 0 || undefined,
        empty: (flags & FLAG.empty) !== 0 || undefined,
        change: (flags & FLAG.change) !== 0 || undefined,
      }
    case EVENT.quote:
      return {
        bid: decimal(event.bid, event.bidScale),
        bidSize: decimal(event.bidSize, event.bidSizeScale),
        ask: decimal(event.ask, event.askScale),
        askSize: decimal(event.askSize, event.askSizeScale),
        last: decimal(event.last, event.lastScale),
        lastSize: decimal(event.lastSize, event.lastSizeScale),
        volume: decimal(event.volume, event.volumeScale),
      }
    case EVENT.instrument:
      return { instrument: event.instrument }
    default:
      return { reason: event.reason }
  }
}

const sideOf = (side: number, one: string, other: string): string | undefined =>
  side === SIDE.none ? undefined : side === SIDE.bid ? one : other

const levelOf = ({ price, priceScale, size, sizeScale }: MarketEvent): object => ({
  price: decimal(price, priceScale),
  size: decimal(size, sizeScale),
})
