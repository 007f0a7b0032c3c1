// Whether an open connection lives: silence ends it, although its TCP may live; it is pinged if the exchange wants that.

import type { Exchange, Transport } from '#exchanges/protocol/adapter.ts'
import type { Connection } from './connection.ts'

const WATCH_MS = 1_000
/** The process itself stood still for so long: silence then proves nothing. */
const PAUSED_MS = 5_000

/** Looks once a second until it is cleared, and calls `onLook` each time. */
export function watchLife(
  o: {
    readonly exchange: Exchange
    readonly connection: Connection
    readonly transport: Transport
    readonly steadyMs: () => number
  },
  onLook: () => void
): NodeJS.Timeout {
  const { connection, transport, steadyMs } = o
  const { silentMs, pingEveryMs } = o.exchange
  let seen = -1
  let aliveAt = steadyMs()
  let checkedAt = aliveAt
  let pingedAt = aliveAt
  return setInterval(() => {
    onLook()
    const now = steadyMs()
    const signs =
      connection.frames + connection.pings + (pingEveryMs === null ? 0 : connection.pongs)
    if (signs !== seen || now - checkedAt > PAUSED_MS) aliveAt = now
    seen = signs
    checkedAt = now
    if (pingEveryMs !== null && now - pingedAt >= pingEveryMs) {
      pingedAt = now
      transport.ping()
    }
    if (silentMs === null || now - aliveAt <= silentMs || connection.failure !== null) return
    connection.failure = {
      kind: 'network',
      message: `no frame and no ping for ${Math.round((now - aliveAt) / 1000)} s: the connection is dead`,
      status: 0,
      retryAfterMs: null,
    }
    transport.terminate()
  }, WATCH_MS)
}
