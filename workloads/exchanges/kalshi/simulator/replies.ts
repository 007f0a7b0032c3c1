// The bytes of what the exchange answers to commands, as Kalshi writes them: key order and all. Pure.
import { KALSHI_ERRORS, type KalshiErrorCode } from './errors.ts'

const withId = (id: number): string => (id === 0 ? '' : `"id":${id},`)
const withSid = (sid: number | null, seq: number | null): string =>
  `${sid === null ? '' : `"sid":${sid},`}${seq === null ? '' : `"seq":${seq},`}`

export const subscribedReply = (id: number, channel: string, sid: number): string =>
  `{${withId(id)}"type":"subscribed","msg":{"channel":"${channel}","sid":${sid}}}`

export const unsubscribedReply = (id: number, sid: number, seq: number): string =>
  `{${withId(id)}${withSid(sid, seq)}"type":"unsubscribed"}`

/** `markets` null: the client asked for answers without the list. */
export const okReply = (
  id: number,
  sid: number,
  seq: number | null,
  markets: readonly string[] | null
): string =>
  `{${withId(id)}${withSid(sid, seq)}"type":"ok"${
    markets === null ? '' : `,"msg":{"market_tickers":${JSON.stringify(markets)}}`
  }}`

export const listReply = (
  id: number,
  subscriptions: readonly { readonly channel: string; readonly sid: number }[]
): string =>
  `{${withId(id)}"type":"ok","msg":${JSON.stringify(
    subscriptions.map(({ channel, sid }) => ({ channel, sid }))
  )}}`

export const errorReply = (
  id: number,
  code: KalshiErrorCode,
  scope: { sid?: number; seq?: number | null; markets?: readonly string[] } = {}
): string => {
  const markets = scope.markets ? `,"market_tickers":${JSON.stringify(scope.markets)}` : ''
  return `{${withId(id)}${withSid(scope.sid ?? null, scope.seq ?? null)}"type":"error","msg":{"code":${code},"msg":${JSON.stringify(KALSHI_ERRORS[code])}${markets}}}`
}

export const snapshotFrame = (id: number, sid: number, seq: number, msg: string): string =>
  `{"type":"orderbook_snapshot",${withId(id)}"sid":${sid},"seq":${seq},"msg":${msg}}`

export const tickerFrame = (sid: number, msg: string): string =>
  `{"type":"ticker","sid":${sid},"msg":${msg}}`
