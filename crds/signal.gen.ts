// Generated from crds/signal.yaml by `npm run generate`. Do not edit.

import type { Metadata } from './metadata.ts'

/**
 * A Signal is a program over the market events of an Environment's feeds. It runs live, in a
 * sandbox, and what it fires becomes the feed `signal-<name>` and goes to its sinks.
 */
export type Signal = {
  readonly apiVersion: 'ssmd.io/v1alpha1'
  readonly kind: 'Signal'
  readonly metadata: Metadata
  /** The desired state. */
  readonly spec: SignalSpec
  /** The observed state, written by the operator only. */
  readonly status?: SignalStatus
}

export type SignalSpec = {
  /**
   * The Environment whose feeds it reads. Immutable: what the signal knows, and its fires, are kept
   * there.
   */
  readonly environmentRef: SignalEnvironmentRef
  /** The program, as TypeScript. `ssmd signal deploy` writes it here from `<name>.ts`. */
  readonly source: string
  /**
   * Values of parameters of the program, instead of its defaults; each a text, a number, true or
   * false.
   */
  readonly params?: Readonly<Record<string, string | number | boolean>>
  /** Names of the Feeds that it reads; the Environment must capture each of them. */
  readonly feeds: readonly string[]
  /**
   * Symbols that it is shown, exact or as globs such as `KXINXD-*` (default those that the program
   * names).
   */
  readonly symbols?: readonly string[]
  /**
   * How it reads. `log` is the stream in total order: nothing is lost, and a restart catches up.
   * `fast` is the live subjects: least delay, but what passes while the signal does not run is
   * gone. Default: log.
   */
  readonly mode: 'log' | 'fast'
  /** Where fires are sent, beside the feed `signal-<name>`. */
  readonly sinks?: readonly SignalSink[]
  /** CPU and memory of the signal's container, as in a Pod. */
  readonly resources?: SignalResources
  /** Stops the signal. Its fires, and what it knows, stay. Default: false. */
  readonly suspend: boolean
}

export type SignalEnvironmentRef = {
  /** Name of the Environment. */
  readonly name: string
}

export type SignalSink = {
  /** A name for it in status and metrics. */
  readonly name: string
  /** What it is. */
  readonly type: 'webhook' | 'ntfy' | 'slack' | 'email'
  /** The address of a webhook, or of an ntfy server. */
  readonly url?: string
  /** The topic of ntfy. */
  readonly topic?: string
  /** Recipients of e-mail. */
  readonly to?: readonly string[]
  /** The sender of e-mail. */
  readonly from?: string
  /**
   * The Secret's key that holds the bearer token of a webhook or of ntfy, the webhook address of
   * Slack, or the smtp or smtps URL with credentials of e-mail. Credentials stand nowhere else.
   */
  readonly secretRef?: SignalSinkSecretRef
  /** How many fires it is sent at most (default without limit). */
  readonly rateLimit?: SignalSinkRateLimit
}

export type SignalSinkSecretRef = {
  /** Name of the Secret. */
  readonly name: string
  /** The key in it. */
  readonly key: string
}

export type SignalSinkRateLimit = {
  /** Number of fires. */
  readonly fires: number
  /** In this time. */
  readonly per: string
}

export type SignalResources = {
  /** Requested resources. */
  readonly requests?: Readonly<Record<string, number | string>>
  /** Resource limits. */
  readonly limits?: Readonly<Record<string, number | string>>
}

export type SignalStatus = {
  /** The generation of the spec that this status describes; -1 before the first observation. */
  readonly observedGeneration?: number
  /** The first 12 digits of the SHA-256 of the source that the operator read. */
  readonly sourceHash?: string
  /** Fires of the present UTC day. */
  readonly firesToday?: number
  /** When it last fired. */
  readonly lastFireTime?: string
  /** Age of the newest event that it has seen, in seconds, as of the report; 0 if nothing waits. */
  readonly lagSeconds?: number
  /** The same in words, such as `0.2s`. */
  readonly lag?: string
  /** Errors of the signal and of its sinks since its process started. */
  readonly errors?: number
  /**
   * What the last start made good from the stream. A backtest of the same events has the same
   * fires-hash.
   */
  readonly catchUp?: SignalStatusCatchUp
  /**
   * What the stream no longer held when the signal last started; the signal was shown a gap in its
   * place.
   */
  readonly missed?: SignalStatusMissed
  /** When the figures were reported; they are written twice a minute at most. */
  readonly reportedTime?: string
  /** Conditions by type. `Ready` is the summary. */
  readonly conditions?: readonly SignalStatusCondition[]
}

export type SignalStatusCatchUp = {
  /** Receive time of its first event. */
  readonly from?: string
  /** Receive time of its last event. */
  readonly to?: string
  /** Events in it. */
  readonly events?: number
  /** Fires in it. */
  readonly fires?: number
  /** SHA-256 over the lines of these fires. */
  readonly firesHash?: string
}

export type SignalStatusMissed = {
  /** The Feed, or the feeds joined by commas. */
  readonly feed?: string
  /** Receive time from which events are missing. */
  readonly begins?: string
  /** Receive time until which events are missing. */
  readonly ends?: string
}

export type SignalStatusCondition = {
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
