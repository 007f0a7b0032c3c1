// Generated from crds/archive.yaml by `npm run generate`. Do not edit.

import type { Metadata } from './metadata.ts'

/**
 * An Archive declares which feeds of an Environment to keep, where, and for how long. Its files are
 * plain JSONL.gz with a manifest for each day.
 */
export type Archive = {
  readonly apiVersion: 'ssmd.io/v1alpha1'
  readonly kind: 'Archive'
  readonly metadata: Metadata
  /** The desired state. */
  readonly spec: ArchiveSpec
  /** The observed state, written by the operator only. */
  readonly status?: ArchiveStatus
}

export type ArchiveSpec = {
  /**
   * The Environment whose feeds are kept. Immutable, so one archive never mixes two Environments.
   */
  readonly environmentRef: ArchiveEnvironmentRef
  /** Names of the Feeds to keep; the Environment must capture each of them. */
  readonly feeds: readonly string[]
  /**
   * Message types to keep, in the exchange's own names (default all). Connection events are always
   * kept.
   */
  readonly types?: readonly string[]
  /**
   * Where to store the files: a `path` of this computer (or of the node), or a `claim` on a volume
   * of the cluster.
   */
  readonly storage: ArchiveStorage
  /** When a segment ends and the next begins. */
  readonly rotation: ArchiveRotation
  /**
   * How often records are committed and acknowledged. Shorter shows them sooner, longer compresses
   * better. Default: 1s.
   */
  readonly commitInterval: string
  /** Compression of the files. */
  readonly compression: ArchiveCompression
  /** How long days are kept (default without limit). */
  readonly retention?: ArchiveRetention
  /** CPU and memory of the archiver's container, as in a Pod. */
  readonly resources?: ArchiveResources
  /**
   * What happens to the data when this resource is deleted. `Retain` keeps it; `Delete` removes the
   * claim that was created for it, and with it the data. A folder or an existing claim is never
   * removed. Default: Retain.
   */
  readonly deletionPolicy: 'Retain' | 'Delete'
}

export type ArchiveEnvironmentRef = {
  /** Name of the Environment. */
  readonly name: string
}

export type ArchiveStorage = {
  /** A folder. A relative path that begins with `data` is in the `--data` folder of `ssmd up`. */
  readonly path?: string
  /** A PersistentVolumeClaim: a new one of a `size`, or an existing one by its `name`. */
  readonly claim?: ArchiveStorageClaim
}

export type ArchiveStorageClaim = {
  /** Size of the claim to create, such as `100Gi`. */
  readonly size?: string
  /** Its storage class (default that of the cluster). */
  readonly storageClassName?: string
  /** Name of an existing claim. */
  readonly name?: string
}

export type ArchiveRotation = {
  /**
   * Length of the slices of a day, counted from midnight UTC; a segment never spans two of them.
   * Default: 1h.
   */
  readonly maxAge: string
  /** A segment also ends when its lines reach this size, uncompressed. Default: 256Mi. */
  readonly maxBytes: string
}

export type ArchiveCompression = {
  /** gzip level, 1 (fast) to 9 (small). Default: 6. */
  readonly level: number
}

export type ArchiveRetention = {
  /** Days older than this are removed. */
  readonly days: number
}

export type ArchiveResources = {
  /** Requested resources. */
  readonly requests?: Readonly<Record<string, number | string>>
  /** Resource limits. */
  readonly limits?: Readonly<Record<string, number | string>>
}

export type ArchiveStatus = {
  /** The generation of the spec that this status describes; -1 before the first observation. */
  readonly observedGeneration?: number
  /** Records committed each second. */
  readonly recordsPerSecond?: number
  /** When records were last made durable, as of the report. */
  readonly lastCommitTime?: string
  /**
   * Age of the newest committed record in seconds, as of the report; 0 if nothing waits to be
   * committed.
   */
  readonly lagSeconds?: number
  /** The same in words, such as `0.2s`. */
  readonly lag?: string
  /** When the figures were reported; they are written twice a minute at most. */
  readonly reportedTime?: string
  /** Known holes of the present UTC day. */
  readonly gapsToday?: number
  /** Conditions by type. `Ready` is the summary. */
  readonly conditions?: readonly ArchiveStatusCondition[]
}

export type ArchiveStatusCondition = {
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
