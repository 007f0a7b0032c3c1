// What Binance allows, as it documents it (web-socket-streams.md and rest-api.md of binance/binance-spot-api-docs).

/** Messages that it takes from one connection in a second: commands, pings and pongs. */
const MESSAGES_PER_SECOND = 5
/** Between two commands: four fit into a second, which leaves one message for the pong. */
export const COMMAND_SPACING_MS = 1000 / (MESSAGES_PER_SECOND - 1) + 10
/** Streams that one connection carries. */
export const STREAMS_PER_CONNECTION = 1024
/** Streams named in one command: a thousand of them are more text than its gateway is known to take. */
export const STREAMS_PER_COMMAND = 200
/** Attempts to connect, by one address. */
export const DIALS = { count: 300, withinMs: 5 * 60_000 }
/** Of every limit that others may share, this part is used. */
export const USED_PART = 0.9
/** Weight of REST requests in a minute, by one address. */
export const WEIGHT_PER_MINUTE = 6_000
export const WEIGHT_HEADER = 'x-mbx-used-weight-1m'
export const PRICE_WEIGHT = 2
export const EXCHANGE_INFO_WEIGHT = 20

/** Weight of a snapshot with this many levels on each side. */
export const snapshotWeight = (levels: number): number =>
  levels <= 100 ? 5 : levels <= 500 ? 25 : levels <= 1000 ? 50 : 250

/** It ends a connection after a day. */
export const LIFE_MS = 24 * 3_600_000
/** A connection is renewed so long before its end. */
export const RENEW_BEFORE_MS = 10 * 60_000
/** It pings every 20 s. */
export const SILENT_MS = 65_000
