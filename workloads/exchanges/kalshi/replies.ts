// Kalshi's acks and errors, in every form that servers of any age send them, as one union. Reads anything:
// what it cannot make out is `other`.

export type Reply =
  | {
      readonly kind: 'subscribed'
      readonly id: number
      readonly channel: string | null
      readonly sid: number
    }
  | {
      readonly kind: 'ok'
      readonly id: number
      readonly sid: number
      /** All markets of the subscription, where the server says them. */
      readonly markets: readonly string[] | null
    }
  | { readonly kind: 'unsubscribed'; readonly id: number; readonly sid: number }
  | {
      readonly kind: 'error'
      readonly id: number
      readonly sid: number
      readonly code: number
      readonly text: string
      /** The channel it speaks of; empty where it names none. */
      readonly channel: string
      readonly markets: readonly string[]
    }
  | {
      readonly kind: 'list'
      readonly id: number
      readonly subscriptions: readonly { readonly channel: string; readonly sid: number }[]
    }
  | {
      readonly kind: 'snapshot'
      readonly id: number
      readonly sid: number
      readonly market: string
    }
  | {
      readonly kind: 'lifecycle'
      readonly event: string
      readonly market: string
    }
  | { readonly kind: 'other' }

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** A whole number above zero, or its digits as a text; else 0: id 0 and sid 0 mean none. */
function count(value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : 0
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const texts = (value: unknown): readonly string[] | null =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : null

const BYTE_ORDER_MARK = /^\uFEFF/

/** Reads a frame that the session must act on. */
export function readReply(payload: Buffer): Reply {
  let frame: unknown
  try {
    frame = JSON.parse(payload.toString('utf8').replace(BYTE_ORDER_MARK, ''))
  } catch {
    return { kind: 'other' } // it is archived; there is nothing to act on
  }
  if (!isFields(frame)) return { kind: 'other' }
  const msg = isFields(frame.msg) ? frame.msg : {}
  const id = count(frame.id)
  const sid = count(frame.sid) || count(msg.sid)
  switch (frame.type) {
    case 'subscribed':
      return {
        kind: 'subscribed',
        id,
        sid,
        channel: text(msg.channel) || null,
      }
    case 'ok': {
      if (Array.isArray(frame.msg)) {
        const subscriptions = frame.msg
          .filter(isFields)
          .map((one) => ({ channel: text(one.channel), sid: count(one.sid) }))
        return { kind: 'list', id, subscriptions }
      }
      const markets = texts(msg.market_tickers) ?? texts(frame.market_tickers)
      return { kind: 'ok', id, sid, markets }
    }
    case 'unsubscribed':
      return { kind: 'unsubscribed', id, sid }
    case 'error': {
      const one = text(msg.market_ticker)
      const markets = texts(msg.market_tickers) ?? (one === '' ? [] : [one])
      return {
        kind: 'error',
        id,
        sid,
        code: count(msg.code) || count(frame.code),
        text: text(msg.msg) || text(frame.msg),
        channel: text(msg.channel),
        markets,
      }
    }
    case 'orderbook_snapshot':
      return { kind: 'snapshot', id, sid, market: text(msg.market_ticker) }
    case 'market_lifecycle_v2':
      return {
        kind: 'lifecycle',
        event: text(msg.event_type),
        market: text(msg.market_ticker),
      }
    default:
      return { kind: 'other' }
  }
}
