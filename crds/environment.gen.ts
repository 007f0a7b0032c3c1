// Generated from crds/environment.yaml by `npm run generate`. Do not edit.

import type { Metadata } from './metadata.ts'

/**
 * An Environment declares where and how feeds are captured: which feeds, over which NATS, with
 * which keys, and whether an exchange is real or simulated.
 */
export type Environment = {
  readonly apiVersion: 'ssmd.io/v1alpha1'
  readonly kind: 'Environment'
  readonly metadata: Metadata
  /** The desired state. */
  readonly spec: EnvironmentSpec
  /** The observed state, written by the operator only. */
  readonly status?: EnvironmentStatus
}

export type EnvironmentSpec = {
  /** Names of the Feeds to capture, or `"*"` for every active one. */
  readonly feeds: readonly string[]
  /** The NATS server with JetStream that carries every frame from connector to archiver. */
  readonly transport: EnvironmentTransport
  /**
   * Credentials, by name. A feed uses the key named after the feed, else the key named after its
   * exchange. Never write a key itself here: declare where to read it.
   */
  readonly keys?: Readonly<Record<string, EnvironmentKey>>
  /** Version of the wire schema of blocks (default `v1`). */
  readonly schema?: 'v1'
  /** The trading day of this environment. Informational; archive days are always UTC days. */
  readonly schedule?: EnvironmentSchedule
  /** How connectors run in this environment. */
  readonly connector: EnvironmentConnector
  /**
   * Which feeds come from ssmd's simulator instead of the exchange, and what it plays. Simulated
   * data is marked everywhere: in blocks, manifests, tables and answers.
   */
  readonly simulator?: EnvironmentSimulator
  /** Stops every capture of the environment. Streams and archives stay. */
  readonly suspend?: boolean
}

export type EnvironmentTransport = {
  /**
   * Address of the server, such as `nats://127.0.0.1:4222`; `tls://…` for an encrypted connection.
   */
  readonly url: string
  /** Secret with the NATS credentials, under the key `nats.creds`. */
  readonly credentialsRef?: EnvironmentTransportCredentialsRef
  /**
   * The stream of each feed. A stream full of messages that are not archived yet refuses new
   * blocks, and the connector buffers them: nothing is discarded to make room.
   */
  readonly stream: EnvironmentTransportStream
}

export type EnvironmentTransportCredentialsRef = {
  /** Name of the Secret. */
  readonly name: string
}

export type EnvironmentTransportStream = {
  /** How long messages stay in the stream, archived or not. Default: 72h. */
  readonly maxAge: string
  /**
   * Size limit of a feed's stream. Once it is half full, the oldest messages that every archive has
   * acknowledged are removed; messages that are not archived yet stay, and a stream full of them
   * refuses more. Default: 8Gi.
   */
  readonly maxBytes: string
  /** Number of servers of a NATS cluster that store each message. Default: 1. */
  readonly replicas: number
  /** How long the server detects duplicates of a block; at most `maxAge`. Default: 2m. */
  readonly duplicateWindow: string
}

export type EnvironmentKey = {
  /** Type of the credential. */
  readonly type: 'apiKey'
  /** Its fields; for Kalshi `apiKey` and `privateKey`. */
  readonly fields: readonly string[]
  /** Where to read the fields. */
  readonly source: EnvironmentKeySource
}

export type EnvironmentKeySource = {
  /**
   * Environment variable of each field, such as `privateKey: KALSHI_PRIVATE_KEY`. For local use.
   */
  readonly env?: Readonly<Record<string, string>>
  /** A Secret of the same namespace that holds each field under its own name. */
  readonly secret?: EnvironmentKeySourceSecret
}

export type EnvironmentKeySourceSecret = {
  /** Name of the Secret. */
  readonly name: string
}

export type EnvironmentSchedule = {
  /** IANA time zone, such as `UTC` or `America/New_York`. */
  readonly timezone?: string
  /** When the day begins in that zone, `HH:MM`. */
  readonly dayStart?: string
  /** When it ends in that zone, `HH:MM`. */
  readonly dayEnd?: string
}

export type EnvironmentConnector = {
  /** CPU and memory of the connector's container, as in a Pod. */
  readonly resources?: EnvironmentConnectorResources
  /**
   * How much a connector buffers in memory while NATS does not answer. Beyond it frames are
   * dropped, counted, and recorded as a gap. Default: 64Mi.
   */
  readonly bufferBytes: string
  /**
   * How long frames are gathered into one block before it is published. At the default `5ms` it
   * adapts to the rate: a connector gathers about 100 frames, for 5 ms to `lingerMax`. Any other
   * value fixes it; `0ms` publishes each frame immediately. Default: 5ms.
   */
  readonly linger: string
  /**
   * The longest that a frame waits for others while `linger` adapts to the rate; `50ms` if it is
   * not given. A connector that is killed loses at most about this much. Live subjects never wait.
   */
  readonly lingerMax?: string
  /**
   * How many connectors capture each feed; 1 if it is not given. Each symbol belongs to one of
   * them, by a hash of its name. Another number restarts the connectors of every feed; symbols that
   * move to another one have a gap `resharded`. A synthetic feed and one that asks for no symbols
   * have one. Limits that an exchange sets for an address or a key hold for all connectors
   * together: see docs/shards.md.
   */
  readonly shards?: number
  /**
   * When a connector may be replaced because its configuration has changed. Its restart is a short
   * hole in the data. A new image alone never replaces it outside a window.
   */
  readonly rollout?: EnvironmentConnectorRollout
}

export type EnvironmentConnectorResources = {
  /** Requested resources. */
  readonly requests?: Readonly<Record<string, number | string>>
  /** Resource limits. */
  readonly limits?: Readonly<Record<string, number | string>>
}

export type EnvironmentConnectorRollout = {
  /**
   * `Automatic` replaces it immediately, `Window` within the daily window, `Manual` when the
   * annotation `ssmd.io/rollout` of the Feed gets a new value. The annotation also works under the
   * other two policies.
   */
  readonly policy: 'Automatic' | 'Manual' | 'Window'
  /**
   * Time of the day (UTC) in which connectors may be replaced; it spans midnight if it ends before
   * it starts.
   */
  readonly window?: EnvironmentConnectorRolloutWindow
}

export type EnvironmentConnectorRolloutWindow = {
  /** When it opens, `HH:MM` in UTC. */
  readonly start: string
  /** When it closes, `HH:MM` in UTC. */
  readonly end: string
}

export type EnvironmentSimulator = {
  /** Names of the Feeds to simulate. An empty list simulates none. */
  readonly feeds: readonly string[]
  /** A running simulator, such as `ws://127.0.0.1:8980` (default one is started). */
  readonly url?: string
  /** Speed: `"1"` is real time, `"10"` ten times faster, `max` as fast as possible. Default: 1. */
  readonly speed: string
  /** Seed of the generated market; the same seed generates the same market. Default: 1. */
  readonly seed: number
  /** Frames per second of the generated market. Default: 200. */
  readonly rate: number
  /** Number of open markets in the generated market. Default: 6. */
  readonly markets: number
  /**
   * Files or folders of recorded traffic to play instead of a generated market, in this order.
   * Where several exchanges are simulated, `<exchange>=<path>` names whose traffic it is.
   */
  readonly replay: readonly string[]
  /** Faults to inject. */
  readonly faults: readonly EnvironmentSimulatorFault[]
}

export type EnvironmentSimulatorFault = {
  /**
   * `cut` ends connections without a close frame, `skip` omits a sequence number, `duplicate` sends
   * a frame twice, `freeze` sends pings but no data, `unauthorized` answers 401, `tooManyRequests`
   * answers 429.
   */
  readonly kind: 'cut' | 'skip' | 'duplicate' | 'freeze' | 'unauthorized' | 'tooManyRequests'
  /** Interval between occurrences. */
  readonly every?: string
  /** Delay of the first occurrence. */
  readonly after?: string
  /** Duration. */
  readonly for?: string
  /** Number of occurrences, or of affected frames. */
  readonly count?: number
  /** The affected channel (default all). */
  readonly channel?: string
  /** The affected exchange, where several are simulated (default all). */
  readonly exchange?: string
}

export type EnvironmentStatus = {
  /** The generation of the spec that this status describes; -1 before the first observation. */
  readonly observedGeneration?: number
  /** Feeds that are captured / wanted. */
  readonly feeds?: string
  /** Names of the feeds whose exchange is simulated. */
  readonly simulated?: string
  /** Conditions by type. `Ready` is the summary. */
  readonly conditions?: readonly EnvironmentStatusCondition[]
}

export type EnvironmentStatusCondition = {
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
