// What Coinbase Advanced Trade allows, as it documents it (docs.cdp.coinbase.com, "Advanced Trade WebSocket Rate Limits" and
// "Overview"), and what we take of that.

/** Messages without a key that it takes in a second, by one address. */
const MESSAGES_PER_SECOND = 8
/** Connections that it takes in a second, by one address; newer pages say 750. */
const DIALS_PER_SECOND = 8
/** Of a limit that other programs of this address may share, this part is used. */
const USED_PART = 0.9

/** Between two messages of a feed, whatever their connection. */
export const MESSAGE_SPACING_MS = Math.ceil(1000 / (MESSAGES_PER_SECOND * USED_PART))
export const DIALS = { count: Math.floor(DIALS_PER_SECOND * USED_PART), withinMs: 1000 }
/** A connection that has sent no subscribe for so long is ended. */
export const SUBSCRIBE_WITHIN_MS = 5_000
/** Heartbeats come every second: a connection that is silent for this long is dead. */
export const SILENT_MS = 15_000
/** One hole in the count of a connection spoils every book of it, so they are few. */
export const PRODUCTS_PER_CONNECTION = 5
/** Products named in one message. No limit is documented; 50 names are 1 KB. */
export const PRODUCTS_PER_MESSAGE = 50
/** Products of one page of REST, and pages of one question. */
export const PRODUCTS_PER_PAGE = 1_000
export const MAX_PAGES = 20
/** Between two requests over REST: 10 a second are allowed. */
export const REST_SPACING_MS = 125
