// Generated from crds/archive.yaml by `npm run generate`. Do not edit.

import type { Metadata } from './metadata.ts'

/**
 * An Archive says what is kept of an Environment's feeds, where, and for how long. Its files are
 * plain JSONL.gz with a manifest for each day.
 */
export type Archive = {
  readonly apiVersion: 'ssmd.io/v1alpha1'
  readonly kind: 'Archive'
  readonly metadata: Metadata
  /** What is wanted. */
  readonly spec: ArchiveSpec
  /** What is, as the operator last saw it. Never written by people. */
  readonly status?: ArchiveStatus
}

export type ArchiveSpec = {
  /**
   * The Environment whose feeds are kept. It never changes, so that one archive never mixes two of
   * them.
   */
  readonly environmentRef: ArchiveEnvironmentRef
  /** Names of the Feeds to keep; each must be one that the Environment captures. */
  readonly feeds: readonly string[]
  /**
   * Message types to keep, by the exchange's own names; all where it is not given. What happens to
   * a connection is always kept.
   */
  readonly types?: readonly string[]
  /**
   * Where the files lie: a `path` of this computer (or of the node), or a `claim` on a volume of
   * the cluster.
   */
  readonly storage: ArchiveStorage
  /** When a segment ends and the next begins. */
  readonly rotation: ArchiveRotation
  /**
   * How often records are made durable and acknowledged. Shorter shows them sooner, longer
   * compresses better. Default: 1s.
   */
  readonly commitInterval: string
  /** How the files are compressed. */
  readonly compression: ArchiveCompression
  /** For how long days are kept; for ever where it is not given. */
  readonly retention?: ArchiveRetention
  /** CPU and memory of the archiver's container, as in a Pod. */
  readonly resources?: ArchiveResources
  /**
   * What becomes of the data when this resource is deleted. `Retain` keeps it; `Delete` removes the
   * claim that was made for it, and with it the data. A folder or a claim that was there before is
   * never removed. Default: Retain.
   */
  readonly deletionPolicy: 'Retain' | 'Delete'
}

export type ArchiveEnvironmentRef = {
  /** Name of the Environment. */
  readonly name: string
}

export type ArchiveStorage = {
  /**
   * A folder. A relative one whose first part is `data` lies in the `--data` folder of `ssmd up`.
   */
  readonly path?: string
  /** A PersistentVolumeClaim: a new one of a `size`, or one that is there, by its `name`. */
  readonly claim?: ArchiveStorageClaim
}

export type ArchiveStorageClaim = {
  /** How large a claim to make, such as `100Gi`. */
  readonly size?: string
  /** Its storage class; the cluster's default where it is not given. */
  readonly storageClassName?: string
  /** Name of a claim that is there. */
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
  /** What is set aside for it. */
  readonly requests?: Readonly<Record<string, number | string>>
  /** What it can never exceed. */
  readonly limits?: Readonly<Record<string, number | string>>
}

export type ArchiveStatus = {
  /** The generation of the spec that this status speaks of; -1 before the first look. */
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
  /** What holds and what does not, by type. `Ready` sums up the others. */
  readonly conditions?: readonly ArchiveStatusCondition[]
}

export type ArchiveStatusCondition = {
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
