// Generated from crds/feed.yaml by `npm run generate`. Do not edit.

import type { Metadata } from './metadata.ts'

/**
 * A Feed declares what to capture: an exchange, how to reach it, and which channels and symbols.
 * Every Environment that names the Feed captures it.
 */
export type Feed = {
  readonly apiVersion: 'ssmd.io/v1alpha1'
  readonly kind: 'Feed'
  readonly metadata: Metadata
  /** The desired state. */
  readonly spec: FeedSpec
  /** The observed state, written by the operator only. */
  readonly status?: FeedStatus
}

export type FeedSpec = {
  /** Display name, shown in tables and on the web page. */
  readonly displayName?: string
  /**
   * The exchange, and with it the adapter that speaks its protocol. Immutable: all data archived
   * under this name comes from this exchange. `synthetic` is a seeded generator that needs no
   * network and no key.
   */
  readonly exchange: 'binance' | 'coinbase' | 'kalshi' | 'kraken' | 'synthetic'
  /** Transport of the exchange. Default: websocket. */
  readonly type: 'websocket'
  /**
   * `active` is captured. `deprecated` is captured too, with a warning. `disabled` is not captured;
   * archived data stays. Default: active.
   */
  readonly state: 'active' | 'deprecated' | 'disabled'
  /**
   * How to reach the exchange, and from which day. The version with the latest `effectiveFrom` up
   * to today (UTC) that has not ended is in force, so an announced change of the exchange can be
   * declared in advance.
   */
  readonly versions: readonly FeedVersion[]
  /**
   * The channels to subscribe to, in the exchange's own names, such as `orderbook_delta`, `trade`,
   * `ticker`.
   */
  readonly channels: readonly string[]
  /**
   * Price levels on each side of an order book that are asked for, where the exchange lets one
   * choose: the REST snapshot of binance (default 100), the subscription of kraken. Each exchange
   * has its own list of depths.
   */
  readonly bookDepth?: number
  /** Which symbols to capture (default all that the exchange sends). */
  readonly symbols?: FeedSymbols
  /**
   * Where to find symbol and sequence in message types that the adapter does not know, as dot paths
   * into the frame, such as `msg.market_ticker`.
   */
  readonly messageTypes?: readonly FeedMessageType[]
  /** When the exchange trades. Informational; capture runs at all hours. */
  readonly calendar?: FeedCalendar
  /** Where it is captured. Informational; no program reads it. */
  readonly captureLocations?: readonly FeedCaptureLocation[]
}

export type FeedVersion = {
  /** Name of the version, unique in the feed, such as `v2`. */
  readonly name: string
  /** First UTC day on which the version is in force, as `YYYY-MM-DD`. */
  readonly effectiveFrom: string
  /** Last UTC day on which it is in force, if its end is known. */
  readonly effectiveTo?: string
  /**
   * The WebSocket to capture, `wss://…` (or `ws://…` in a test). For exchange `synthetic`, the
   * generator and its settings: `synthetic://generator?rate=1000&symbols=10&seed=7`.
   */
  readonly endpoint: string
  /** Base address of the exchange's REST interface; discovery of symbols needs it. */
  readonly restEndpoint?: string
  /** Encoding of frames (default `json`). */
  readonly protocol?: 'json'
  /**
   * How to authenticate. `apiKey` uses the key of the Environment that is named after the feed or
   * after its exchange. Default: none.
   */
  readonly authMethod: 'none' | 'apiKey'
  /**
   * Requests per second that the exchange allows (commands and REST calls), if lower than the
   * adapter's own limit.
   */
  readonly rateLimitPerSecond?: number
  /** Symbols per connection; more are spread over several connections. */
  readonly maxSymbolsPerConnection?: number
}

export type FeedSymbols = {
  /**
   * Exact names, or globs such as `KXGOLD15M-*` (`*` any text, `?` one character). Globs are
   * resolved by discovery.
   */
  readonly include: readonly string[]
  /** Names or globs to exclude from the symbols that `include` selects. */
  readonly exclude?: readonly string[]
  /** How globs are resolved. */
  readonly discover: FeedSymbolsDiscover
}

export type FeedSymbolsDiscover = {
  /** How often the exchange is asked for new symbols. Default: 60s. */
  readonly interval: string
}

export type FeedMessageType = {
  /** The type, as the exchange calls it. */
  readonly name: string
  /** The files it is archived in, `<group>_000.jsonl.gz` (default `other`). */
  readonly group?: string
  /** Dot path of the symbol. */
  readonly symbol?: string
  /** Dot path of the exchange's own sequence number, if it has one. */
  readonly sequence?: string
  /** Dot path of the scope of the sequence, such as `sid` (default the whole connection). */
  readonly scope?: string
}

export type FeedCalendar = {
  /** IANA time zone, such as `America/New_York`. */
  readonly timezone?: string
  /** Name of the calendar of holidays, such as `us-federal`. */
  readonly holidayCalendar?: string
  /** Opening time in that zone, `HH:MM`. */
  readonly openTime?: string
  /** Closing time in that zone, `HH:MM`. */
  readonly closeTime?: string
}

export type FeedCaptureLocation = {
  /** Name of the place. */
  readonly site: string
  /** Type of the place. */
  readonly type?: 'cloud' | 'colo' | 'onPrem'
  /** Provider of the place. */
  readonly provider?: string
  /** Region of the provider. */
  readonly region?: string
  /** How its clock is synchronised, such as `ntp` or `ptp`. */
  readonly clock?: string
}

export type FeedStatus = {
  /** The generation of the spec that this status describes; -1 before the first observation. */
  readonly observedGeneration?: number
  /** Name of the version in force. */
  readonly version?: string
  /** Connections that are open / wanted, over all environments. */
  readonly connected?: string
  /** Frames received each second, over all environments. */
  readonly messagesPerSecond?: number
  /** When the last frame arrived, as of the report. */
  readonly lastMessageTime?: string
  /**
   * How far durable data is behind what was received, as of the report, such as `0.2s`: the worst
   * of all connectors (frames that JetStream has not acknowledged) and archivers (records that are
   * not committed).
   */
  readonly lag?: string
  /** When the figures were reported; they are written twice a minute at most. */
  readonly reportedTime?: string
  /** Known holes of the present UTC day. */
  readonly gapsToday?: number
  /** The same figures for each Environment that captures the feed. */
  readonly environments?: readonly FeedStatusEnvironment[]
  /** Conditions by type. `Ready` is the summary. */
  readonly conditions?: readonly FeedStatusCondition[]
}

export type FeedStatusEnvironment = {
  /** Name of the Environment. */
  readonly name: string
  /** Whether a simulator stands in for the exchange. */
  readonly simulated?: boolean
  /** Connections that are open / wanted. */
  readonly connected?: string
  /** Frames received each second. */
  readonly messagesPerSecond?: number
  /** When the last frame arrived, as of the report. */
  readonly lastMessageTime?: string
  /**
   * How far durable data is behind what was received, as of the report, such as `0.2s`: the worst
   * of all connectors (frames that JetStream has not acknowledged) and archivers (records that are
   * not committed).
   */
  readonly lag?: string
  /** When the figures were reported; they are written twice a minute at most. */
  readonly reportedTime?: string
  /** Known holes of the present UTC day. */
  readonly gapsToday?: number
}

export type FeedStatusCondition = {
  /** Type of the condition, in CamelCase. */
  readonly type: string
  /** True, False or Unknown. */
  readonly status: 'True' | 'False' | 'Unknown'
  /** The generation of the spec that it describes. */
  readonly observedGeneration?: number
  /** When its status last changed. */
  readonly lastTransitionTime: string
  /** Why, as one CamelCase word; each has a page in the runbook. */
  readonly reason: string
  /** What was found, and what to do. */
  readonly message: string
}
