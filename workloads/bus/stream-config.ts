// The configuration of a feed's JetStream stream and of its archives' consumers, the same for operator and workloads, because
// either may create them first. Nothing here shrinks a stream. Pure.

import type { Environment } from '#crds/environment.gen.ts'
import { SsmdError } from '#crds/errors.ts'
import { parseDuration, parseSize } from '#crds/quantities.ts'
import { logSubjects, streamName } from './names.ts'

export type StreamWant = {
  readonly name: string
  readonly subjects: readonly string[]
  readonly maxAgeMs: number
  readonly maxBytes: number
  readonly replicas: number
  readonly duplicateWindowMs: number
}

/** Metadata of a stream: the version of exchanges/schemas/block.capnp that its messages are written in. */
export const SCHEMA_KEY = 'ssmd.io/schema'
export const SCHEMA_VERSION = 'v1'

/** The parts of a stream's configuration that we read; the rest is sent back as it came. */
export type StreamConfig = {
  readonly subjects?: readonly string[]
  readonly retention?: string
  readonly storage?: string
  readonly discard?: string
  readonly max_age?: number
  readonly max_bytes?: number
  readonly num_replicas?: number
  readonly duplicate_window?: number
  readonly sealed?: boolean
  readonly metadata?: Readonly<Record<string, string>>
}

const NANOS = 1_000_000
/** A commit may take long (a full disk); what is delivered again by then is recognised. */
const ACK_WAIT_MS = 60_000
/** Blocks between two commits; the server stops delivering above. */
const MAX_ACK_PENDING = 100_000

/** The stream that an Environment wants for one of its feeds. */
export function streamWantOf(environment: Environment, feed: string): StreamWant {
  const { name } = environment.metadata
  const { maxAge, maxBytes, replicas, duplicateWindow } = environment.spec.transport.stream
  return {
    name: streamName(name, feed),
    subjects: [logSubjects(name, feed)],
    maxAgeMs: parseDuration(maxAge),
    maxBytes: parseSize(maxBytes),
    replicas,
    duplicateWindowMs: parseDuration(duplicateWindow),
  }
}

/** `discard: new`: a full stream refuses new blocks, and the connector keeps them; `old` would silently lose old ones. */
export const newStreamConfig = (want: StreamWant): object => ({
  name: want.name,
  subjects: want.subjects,
  retention: 'limits',
  storage: 'file',
  discard: 'new',
  max_age: want.maxAgeMs * NANOS,
  max_bytes: want.maxBytes,
  num_replicas: want.replicas,
  duplicate_window: want.duplicateWindowMs * NANOS,
  deny_delete: true,
  allow_direct: true,
  metadata: { [SCHEMA_KEY]: SCHEMA_VERSION },
})

/** The configuration to send, or undefined if the stream already suffices. */
export function widenedStream(have: StreamConfig, want: StreamWant): StreamConfig | undefined {
  const refuse = (what: string, hint: string): never => {
    throw new SsmdError('SSMD_E_STREAM', `stream ${want.name} ${what}`, { hint })
  }
  const remake = 'ssmd does not change it: move its data away and delete it, or use another name'
  if (have.retention !== 'limits') refuse(`has retention ${have.retention}, not limits`, remake)
  if (have.storage !== 'file') refuse(`has storage ${have.storage}, not file`, remake)
  if (have.sealed) refuse('is sealed: it takes no more messages', remake)
  if (have.discard !== 'new') {
    const hint = `nats stream edit ${want.name} --discard new`
    refuse(`discards old messages when it is full, read or not`, hint)
  }
  const schema = have.metadata?.[SCHEMA_KEY] ?? SCHEMA_VERSION
  if (schema !== SCHEMA_VERSION) refuse(`holds schema ${schema}, not ${SCHEMA_VERSION}`, remake)

  const subjects = have.subjects ?? []
  const missing = want.subjects.filter((subject) => !subjects.includes(subject))
  const change: { -readonly [K in keyof StreamConfig]: StreamConfig[K] } = {}
  if (missing.length > 0) change.subjects = [...subjects, ...missing]
  if (narrower(have.max_age, want.maxAgeMs * NANOS, 0)) change.max_age = want.maxAgeMs * NANOS
  if (narrower(have.max_bytes, want.maxBytes, -1)) change.max_bytes = want.maxBytes
  if ((have.num_replicas ?? 1) < want.replicas) change.num_replicas = want.replicas
  const window = want.duplicateWindowMs * NANOS
  if ((have.duplicate_window ?? 0) < window) change.duplicate_window = window
  if (Object.keys(change).length === 0) return undefined
  const metadata = { ...have.metadata, [SCHEMA_KEY]: SCHEMA_VERSION }
  return { ...have, ...change, metadata }
}

/** Whether a limit is below the wanted one; `unlimited` (and what is below it) never is. */
const narrower = (have: number | undefined, want: number, unlimited: number): boolean =>
  (have ?? unlimited) > unlimited && (have ?? unlimited) < want

/**
 * Metadata of a durable: the Archive and the feed that it is for, and the uid of the Environment that they were found in. Two
 * clusters may share a NATS server; by the uid each knows its own.
 */
export const DURABLE_KEYS = {
  environment: 'ssmd.io/environment-uid',
  archive: 'ssmd.io/archive',
  feed: 'ssmd.io/feed',
} as const

export type Metadata = Readonly<Record<string, string>>

/** Our part of a durable's metadata; the server adds its own keys. */
export const ownMetadata = (metadata: Metadata | undefined): Metadata =>
  Object.fromEntries(Object.entries(metadata ?? {}).filter(([key]) => key.startsWith('ssmd.io/')))

/** The durable consumer of an archive, from a sequence on: one acknowledgement for everything up to a block. */
export const consumerConfig = (
  durable: string,
  startSequence: number,
  metadata: Metadata = {}
): object => ({
  name: durable,
  durable_name: durable,
  ack_policy: 'all',
  ack_wait: ACK_WAIT_MS * NANOS,
  max_ack_pending: MAX_ACK_PENDING,
  max_deliver: -1,
  deliver_policy: 'by_start_sequence',
  opt_start_seq: startSequence,
  replay_policy: 'instant',
  ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
})
