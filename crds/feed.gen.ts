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
   * network and no key. `generic` is any exchange that sends JSON: this Feed describes it, by
   * `subscribe` and `messageTypes`.
   */
  readonly exchange: 'binance' | 'coinbase' | 'generic' | 'kalshi' | 'kraken' | 'synthetic'
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
   * Exchange `generic`: the messages to send once a connection is open, each a text or an object of
   * JSON. With `{symbol}` a message is sent once for each symbol; with `{symbols}` once for each
   * batch of symbols: an entry of a list that contains it is repeated for each symbol, and a value
   * that is `{symbols}` becomes the list. With `{channel}` it is sent for each of `channels`.
   * `{id}` is a number that counts the messages. A message without any of these is sent once.
   */
  readonly subscribe?: readonly unknown[]
  /**
   * Exchange `generic`: the messages that end what `subscribe` began, with the same placeholders.
   * Without them, a symbol that is removed stays subscribed until the connection ends.
   */
  readonly unsubscribe?: readonly unknown[]
  /** Exchange `generic`: how many symbols one message with `{symbols}` names (default 50). */
  readonly symbolsPerMessage?: number
  /** Exchange `generic`: a message that keeps the connection open, if the exchange asks for one. */
  readonly ping?: FeedPing
  /**
   * Exchange `generic`: a connection on which nothing arrives for so long is dead, and is dialled
   * again (default 60s).
   */
  readonly silence?: string
  /**
   * Exchange `generic`: the JSON Schema that frames of kind `data` have to fit. The connector
   * checks the sample of frames that it normalises, `ssmd data verify --schema` every archived
   * frame; none is refused. `ssmd feed update --schema <name>:<version>` copies it here from the
   * folder `schemas`.
   */
  readonly schema?: FeedSchema
  /**
   * Message types that the adapter of the exchange does not know: which file they go to, and where
   * symbol and sequence stand. For exchange `generic` these are all types there are: a frame has
   * the first type of this list that matches it. A path names a value in a frame: `data.price` is a
   * member of a member, `data[0]` the first entry of a list, `data[].price` a member of each entry.
   * `[]` stands at most once in a path, and all paths of a type that contain it name the same list.
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
  /**
   * Exchange `generic`: what is asked of `restEndpoint` to list the symbols, such as
   * `/api/v5/public/instruments?instType=SPOT`. Globs need it.
   */
  readonly path?: string
  /** Exchange `generic`: path of the list of symbols in the answer (default the answer itself). */
  readonly list?: string
  /** Exchange `generic`: path of the name in an entry of that list (default the entry itself). */
  readonly name?: string
}

export type FeedPing = {
  /** The message, a text such as `ping` or an object of JSON; `{id}` counts the messages. */
  readonly message: unknown
  /** How often it is sent. */
  readonly interval: string
}

export type FeedSchema = {
  /** The schema and its version, such as `ticks:v1`. */
  readonly name: string
  /** Its text, as the file has it. */
  readonly source: string
}

export type FeedMessageType = {
  /** The type, as the exchange calls it. */
  readonly name: string
  /**
   * Exchange `generic`: what such a frame is (default `data`). `ack` confirms a subscription,
   * `error` refuses one, `heartbeat` says that the exchange is alive, `info` is anything else that
   * is no market data.
   */
  readonly kind?: 'data' | 'ack' | 'error' | 'heartbeat' | 'info'
  /**
   * Exchange `generic`: path of the value that tells the type, such as `arg.channel` (default
   * `type`).
   */
  readonly type?: string
  /**
   * Exchange `generic`: the value at `type` (default the name). `*` is any text, so that `"*"`
   * means that a value is present. `{symbol}` is the symbol, as in `live_trades_{symbol}`: then no
   * path `symbol` is needed. A frame that is not JSON, such as `pong`, is matched as a whole.
   */
  readonly match?: string
  /** The files it is archived in, `<group>_000.jsonl.gz` (default `other`). */
  readonly group?: string
  /** Path of the symbol. */
  readonly symbol?: string
  /** Exchange `generic`: path of the exchange's time. */
  readonly time?: string
  /**
   * Exchange `generic`: unit of a time that is a number (default: decided by its number of digits).
   * A time such as `2026-11-30T12:00:00Z` is read whatever the unit.
   */
  readonly timeUnit?: 's' | 'ms' | 'us' | 'ns'
  /**
   * Path of the exchange's own sequence number, if it has one that rises by exactly 1 with each
   * frame of its scope. Without it, nothing is proven about completeness.
   */
  readonly sequence?: string
  /**
   * Path of what the sequence counts in, such as `sid`; for exchange `generic` any text or number,
   * and several paths joined by `+`, such as `channel+symbol` (default the whole connection).
   */
  readonly scope?: string
  /** Exchange `generic`, of an ack or an error: path of the channel that it is about. */
  readonly channel?: string
  /**
   * Exchange `generic`, of an ack or an error: path of the `{id}` of the message that it answers.
   */
  readonly id?: string
  /** Exchange `generic`, of an error: path of what the exchange says about it. */
  readonly reason?: string
  /** Exchange `generic`, of an error: path of its code. */
  readonly code?: string
  /** Exchange `generic`: where the fields of a trade stand, if such a frame says trades. */
  readonly trade?: FeedMessageTypeTrade
  /**
   * Exchange `generic`: where the fields of a quote stand, if such a frame says the best prices. A
   * field that is missing, null or empty in a frame is absent.
   */
  readonly quote?: FeedMessageTypeQuote
}

export type FeedMessageTypeTrade = {
  /** Path of the price. */
  readonly price: string
  /** Path of the size. */
  readonly size: string
  /** Path of the side of the taker; without it the side is not known. */
  readonly side?: string
  /**
   * The values at `side` that mean that the taker bought, such as `buy`, `B` or `false` (default
   * `buy`, in any case).
   */
  readonly buy?: readonly string[]
  /** The values at `side` that mean that the taker sold (default `sell`, in any case). */
  readonly sell?: readonly string[]
  /** Path of the exchange's name of the trade. */
  readonly id?: string
}

export type FeedMessageTypeQuote = {
  /** Path of the best bid. */
  readonly bid?: string
  /** Path of the size at the best bid. */
  readonly bidSize?: string
  /** Path of the best ask. */
  readonly ask?: string
  /** Path of the size at the best ask. */
  readonly askSize?: string
  /** Path of the last price. */
  readonly last?: string
  /** Path of the last size. */
  readonly lastSize?: string
  /** Path of the volume traded. */
  readonly volume?: string
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
  /**
   * What the exchange's protocol can prove about completeness, by channel: `frames` (each frame is
   * numbered), `book` (losses show in the book), `trades` (losses of trades show), or `nothing`.
   */
  readonly proof?: string
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
