// Generated from crds/environment.yaml by `npm run generate`. Do not edit.

import type { Metadata } from './metadata.ts'

/**
 * An Environment says where and how feeds are captured: which of them, over which NATS, with whose
 * keys, and whether an exchange is real or simulated.
 */
export type Environment = {
  readonly apiVersion: 'ssmd.io/v1alpha1'
  readonly kind: 'Environment'
  readonly metadata: Metadata
  /** What is wanted. */
  readonly spec: EnvironmentSpec
  /** What is, as the operator last saw it. Never written by people. */
  readonly status?: EnvironmentStatus
}

export type EnvironmentSpec = {
  /** Names of the Feeds to capture, or `"*"` for every active one. */
  readonly feeds: readonly string[]
  /** The NATS server with JetStream that carries every frame from connector to archiver. */
  readonly transport: EnvironmentTransport
  /**
   * Credentials, by name. A feed takes the key that is named as the feed, else the one named as its
   * exchange. A key itself never stands here: only where it is found.
   */
  readonly keys?: Readonly<Record<string, EnvironmentKey>>
  /** Version of the wire schema that blocks are written in; `v1` where it is not given. */
  readonly schema?: 'v1'
  /**
   * The trading day as people of this environment see it. For people; archive days are always UTC
   * days.
   */
  readonly schedule?: EnvironmentSchedule
  /** How connectors run in this environment. */
  readonly connector: EnvironmentConnector
  /**
   * Which feeds come from ssmd's own simulator instead of the exchange, and what it plays. Whatever
   * came from a simulator is marked so everywhere: in blocks, manifests, tables and answers.
   */
  readonly simulator?: EnvironmentSimulator
  /** Stops every capture of the environment, on purpose and visibly. Streams and archives stay. */
  readonly suspend?: boolean
}

export type EnvironmentTransport = {
  /** Address of the server, such as `nats://127.0.0.1:4222`; `tls://…` where it is encrypted. */
  readonly url: string
  /** Secret with the NATS credentials, under the key `nats.creds`. */
  readonly credentialsRef?: EnvironmentTransportCredentialsRef
  /**
   * What JetStream keeps of each feed until it is archived. A full stream refuses new blocks, and
   * the connector holds them: nothing is thrown away to make room.
   */
  readonly stream: EnvironmentTransportStream
}

export type EnvironmentTransportCredentialsRef = {
  /** Name of the Secret. */
  readonly name: string
}

export type EnvironmentTransportStream = {
  /** For how long frames stay in the stream, archived or not. Default: 72h. */
  readonly maxAge: string
  /**
   * How much room a feed's stream may take. From half of it on, the older half of what every
   * archive has acknowledged makes room; what is not archived stays, and a stream that is full of
   * that refuses more. Default: 8Gi.
   */
  readonly maxBytes: string
  /** On how many servers of a NATS cluster each frame is stored. Default: 1. */
  readonly replicas: number
  /**
   * For how long the server knows a block again that is sent twice; not longer than `maxAge`.
   * Default: 2m.
   */
  readonly duplicateWindow: string
}

export type EnvironmentKey = {
  /** What kind of credential it is. */
  readonly type: 'apiKey'
  /** What it consists of; for Kalshi `apiKey` and `privateKey`. */
  readonly fields: readonly string[]
  /** Where the fields are found. */
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
   * How much a connector holds in memory while NATS does not answer. Beyond it frames are dropped,
   * counted, and written down as a gap. Default: 64Mi.
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
   * When a connector may be replaced because something that it reads has changed. Its restart is a
   * short hole in the data. A new image alone never replaces it outside a window.
   */
  readonly rollout?: EnvironmentConnectorRollout
}

export type EnvironmentConnectorResources = {
  /** What is set aside for it. */
  readonly requests?: Readonly<Record<string, number | string>>
  /** What it can never exceed. */
  readonly limits?: Readonly<Record<string, number | string>>
}

export type EnvironmentConnectorRollout = {
  /**
   * `Automatic` replaces it at once, `Window` within the window of each day, `Manual` when the Feed
   * gets a new value of the annotation `ssmd.io/rollout`, which is also heard under the other two.
   */
  readonly policy: 'Automatic' | 'Manual' | 'Window'
  /**
   * Times of the day (UTC) between which connectors may be replaced; over midnight where it ends
   * before it starts.
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
  /** Names of the Feeds that are simulated. An empty list simulates none. */
  readonly feeds: readonly string[]
  /**
   * A simulator that runs already, such as `ws://127.0.0.1:8980`. One is started where it is not
   * given.
   */
  readonly url?: string
  /**
   * How fast it plays: `"1"` as in life, `"10"` ten times faster, `max` as fast as it can. Default:
   * 1.
   */
  readonly speed: string
  /** Seed of the generated market; the same seed gives the same market. Default: 1. */
  readonly seed: number
  /** Frames a second of the generated market. Default: 200. */
  readonly rate: number
  /** How many markets are open at a time in the generated market. Default: 6. */
  readonly markets: number
  /** Files or folders of recorded traffic to play instead of a generated market, in this order. */
  readonly replay: readonly string[]
  /** What it does wrong on purpose, so that one sees what becomes of it. */
  readonly faults: readonly EnvironmentSimulatorFault[]
}

export type EnvironmentSimulatorFault = {
  /**
   * `cut` ends connections without a word, `skip` leaves a sequence number out, `duplicate` sends a
   * frame twice, `freeze` sends pings but no data, `unauthorized` answers 401, `tooManyRequests`
   * answers 429.
   */
  readonly kind: 'cut' | 'skip' | 'duplicate' | 'freeze' | 'unauthorized' | 'tooManyRequests'
  /** How often it happens. */
  readonly every?: string
  /** When it happens first. */
  readonly after?: string
  /** For how long it lasts. */
  readonly for?: string
  /** How many times it happens, or how many frames it takes. */
  readonly count?: number
  /** The channel that it befalls; all where it is not given. */
  readonly channel?: string
}

export type EnvironmentStatus = {
  /** The generation of the spec that this status speaks of; -1 before the first look. */
  readonly observedGeneration?: number
  /** Feeds that are captured / wanted. */
  readonly feeds?: string
  /** Names of the feeds whose exchange is simulated. */
  readonly simulated?: string
  /** What holds and what does not, by type. `Ready` sums up the others. */
  readonly conditions?: readonly EnvironmentStatusCondition[]
}

export type EnvironmentStatusCondition = {
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
