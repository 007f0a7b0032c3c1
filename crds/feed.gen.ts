// Generated from crds/feed.yaml by `npm run generate`. Do not edit.

import type { Metadata } from './metadata.ts'

/**
 * A Feed says what there is to capture: an exchange, how to reach it, and which channels and
 * symbols of it. Every Environment that names the Feed captures it.
 */
export type Feed = {
  readonly apiVersion: 'ssmd.io/v1alpha1'
  readonly kind: 'Feed'
  readonly metadata: Metadata
  /** What is wanted. */
  readonly spec: FeedSpec
  /** What is, as the operator last saw it. Never written by people. */
  readonly status?: FeedStatus
}

export type FeedSpec = {
  /** A name for people, shown in tables and on the web page. */
  readonly displayName?: string
  /**
   * The exchange, and with it the adapter that speaks its protocol. It never changes: what was
   * archived under this name is this exchange's. `synthetic` is a seeded generator that needs no
   * network and no key.
   */
  readonly exchange: 'kalshi' | 'synthetic'
  /** How the exchange delivers. Default: websocket. */
  readonly type: 'websocket'
  /**
   * `active` is captured. `deprecated` is captured too, with a warning for whoever uses it.
   * `disabled` is not captured; what is archived stays. Default: active.
   */
  readonly state: 'active' | 'deprecated' | 'disabled'
  /**
   * How to reach the exchange, from when on. In force is the version with the greatest
   * `effectiveFrom` not after today (UTC) that has not ended, so an announced change of the
   * exchange can be declared before its day.
   */
  readonly versions: readonly FeedVersion[]
  /**
   * The channels to subscribe, by the exchange's own names, such as `orderbook_delta`, `trade`,
   * `ticker`.
   */
  readonly channels: readonly string[]
  /** Which symbols to capture; all that the exchange sends where it is not given. */
  readonly symbols?: FeedSymbols
  /**
   * Where symbol and sequence stand in message types that the adapter does not know, as dot paths
   * into the frame, such as `msg.market_ticker`.
   */
  readonly messageTypes?: readonly FeedMessageType[]
  /** When the exchange trades. For people; capture runs at all hours. */
  readonly calendar?: FeedCalendar
  /** Where it is captured. For people; no program reads it. */
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
  /** What frames are made of; `json` where it is not given. */
  readonly protocol?: 'json'
  /**
   * How the exchange knows who connects. `apiKey` takes the key of the Environment that is named as
   * the feed or as its exchange. Default: none.
   */
  readonly authMethod: 'none' | 'apiKey'
  /**
   * Requests a second that the exchange allows (commands and REST calls), if it is lower than the
   * adapter's own.
   */
  readonly rateLimitPerSecond?: number
  /** More symbols than this are spread over several connections. */
  readonly maxSymbolsPerConnection?: number
}

export type FeedSymbols = {
  /**
   * Exact names, or globs such as `KXGOLD15M-*` (`*` any text, `?` one character). Globs are
   * resolved by discovery.
   */
  readonly include: readonly string[]
  /** Names or globs that are left out of what `include` takes in. */
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
  /** The files it is archived in, `<group>_000.jsonl.gz`; `other` where it is not given. */
  readonly group?: string
  /** Dot path of the symbol. */
  readonly symbol?: string
  /** Dot path of the exchange's own sequence number, if it has one. */
  readonly sequence?: string
  /**
   * Dot path of what the sequence counts in, such as `sid`; the whole connection where it is not
   * given.
   */
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
  /** What kind of place it is. */
  readonly type?: 'cloud' | 'colo' | 'onPrem'
  /** Whose place it is. */
  readonly provider?: string
  /** Region of the provider. */
  readonly region?: string
  /** How its clock is kept, such as `ntp` or `ptp`. */
  readonly clock?: string
}

export type FeedStatus = {
  /** The generation of the spec that this status speaks of; -1 before the first look. */
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
  /** What holds and what does not, by type. `Ready` sums up the others. */
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
  /** What the condition is about, in CamelCase. */
  readonly type: string
  /** Whether it holds. */
  readonly status: 'True' | 'False' | 'Unknown'
  /** The generation of the spec that it speaks of. */
  readonly observedGeneration?: number
  /** When its status last changed. */
  readonly lastTransitionTime: string
  /** Why, as one CamelCase word; each has a page in the runbook. */
  readonly reason: string
  /** What a person should know and do. */
  readonly message: string
}
