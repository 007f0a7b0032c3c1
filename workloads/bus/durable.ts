// The durable consumer of an archive on the server. It only caches the archive's position: an archiver never adjusts it, but
// deletes and recreates it at the sequence that the archive needs. The operator only adds metadata that names the Archive.

import type { NatsConnection } from 'nats'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'
import { consumerConfig, DURABLE_KEYS, type Metadata, ownMetadata } from './stream-config.ts'

export type DurableWant = {
  readonly stream: string
  readonly durable: string
  readonly startSequence: number
  /** Whose it is, where it is known: the operator's note on it (stream-config.ts). */
  readonly metadata: Metadata
}

export type MadeDurable = {
  /** Messages before it. */
  readonly pending: number
  readonly metadata: Metadata
}

/** Replaces a consumer of the same name and keeps its metadata. */
export async function replaceDurable(nc: NatsConnection, want: DurableWant): Promise<MadeDurable> {
  const { stream, durable } = want
  const metadata = { ...want.metadata, ...(await metadataOf(nc, want)) }
  await deleteDurable(nc, want)
  const config = consumerConfig(durable, want.startSequence, metadata)
  const made = await askJetStream<{ readonly num_pending?: number }>(
    nc,
    `CONSUMER.CREATE.${stream}.${durable}`,
    { stream_name: stream, config, action: '' },
    `making consumer ${durable} of stream ${stream}`
  )
  return { pending: made.num_pending ?? 0, metadata }
}

/**
 * Creates a missing consumer at the beginning of the stream, leaves an existing one as the archiver made it, and sets its
 * metadata.
 */
export async function ensureDurable(
  nc: NatsConnection,
  want: Pick<DurableWant, 'stream' | 'durable' | 'metadata'>
): Promise<void> {
  const { stream, durable, metadata } = want
  const create = (config: object, action: 'create' | 'update') =>
    askJetStream(
      nc,
      `CONSUMER.CREATE.${stream}.${durable}`,
      { stream_name: stream, config, action },
      `making consumer ${durable} of stream ${stream}`
    )
  const found = await readDurable(nc, want)
  if (!found) {
    // `create`, so that a consumer that an archiver makes meanwhile stays.
    await create(consumerConfig(durable, 1, metadata), 'create')
    return
  }
  const noted = ownMetadata(found.config.metadata)
  if (Object.values(DURABLE_KEYS).every((key) => noted[key] === metadata[key])) return
  // If an archiver recreates it meanwhile, its consumer stays; the next call sets the metadata.
  await create({ ...found.config, metadata: { ...noted, ...metadata } }, 'update').catch(
    (thrown) => {
      if (!(thrown instanceof JetStreamError)) throw thrown
    }
  )
}

/** Up to where a consumer has acknowledged; undefined if there is none of this name. */
export const acknowledgedBy = async (nc: NatsConnection, want: Name): Promise<number | undefined> =>
  (await readDurable(nc, want))?.ack_floor.stream_seq

/** Names of the consumers of a stream. */
export async function durableNames(nc: NatsConnection, stream: string): Promise<string[]> {
  const names: string[] = []
  for (;;) {
    const what = `listing consumers of stream ${stream}`
    const body = { offset: names.length }
    const page = await askJetStream<Page>(nc, `CONSUMER.NAMES.${stream}`, body, what)
    const found = page.consumers ?? []
    names.push(...found)
    if (found.length === 0 || names.length >= page.total) return names
  }
}

type Page = { readonly total: number; readonly consumers: readonly string[] | null }

type Info = {
  readonly config: { readonly metadata?: Metadata }
  readonly ack_floor: { readonly stream_seq: number }
}

type Name = Pick<DurableWant, 'stream' | 'durable'>

function readDurable(nc: NatsConnection, { stream, durable }: Name): Promise<Info | undefined> {
  const what = `reading consumer ${durable} of stream ${stream}`
  return unlessMissing(
    askJetStream<Info>(nc, `CONSUMER.INFO.${stream}.${durable}`, undefined, what)
  )
}

const metadataOf = async (nc: NatsConnection, want: Name): Promise<Metadata> =>
  ownMetadata((await readDurable(nc, want))?.config.metadata)

/** Succeeds if it does not exist either. */
export async function deleteDurable(nc: NatsConnection, want: Name): Promise<void> {
  const { stream, durable } = want
  const what = `removing consumer ${durable} of stream ${stream}`
  await unlessMissing(askJetStream(nc, `CONSUMER.DELETE.${stream}.${durable}`, undefined, what))
}

const unlessMissing = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof JetStreamError && error.errCode === JETSTREAM.consumerNotFound) {
      return undefined
    }
    throw error
  })
