// The durable consumer of an archive on the server. It is only a cache of where the archive stands, so it is never
// adjusted: it is deleted and made again, to begin at the sequence that the archive asks for.

import type { NatsConnection } from 'nats'
import { consumerConfig, type Metadata, ownMetadata } from '#crds/streams.ts'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'

export type DurableWant = {
  readonly stream: string
  readonly durable: string
  readonly startSequence: number
  /** Whose it is, where it is known: the operator's note on it (crds/streams.ts). */
  readonly metadata: Metadata
}

export type MadeDurable = {
  /** Messages before it. */
  readonly pending: number
  readonly metadata: Metadata
}

/** Makes the consumer in place of one of its name, whose metadata it takes over. */
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

type Info = { readonly config: { readonly metadata?: Metadata } }

async function metadataOf(nc: NatsConnection, want: DurableWant): Promise<Metadata> {
  const { stream, durable } = want
  const what = `reading consumer ${durable} of stream ${stream}`
  const info = await unlessMissing(
    askJetStream<Info>(nc, `CONSUMER.INFO.${stream}.${durable}`, undefined, what)
  )
  return ownMetadata(info?.config.metadata)
}

async function deleteDurable(nc: NatsConnection, want: DurableWant): Promise<void> {
  const { stream, durable } = want
  const what = `replacing consumer ${durable} of stream ${stream}`
  await unlessMissing(askJetStream(nc, `CONSUMER.DELETE.${stream}.${durable}`, undefined, what))
}

const unlessMissing = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof JetStreamError && error.errCode === JETSTREAM.consumerNotFound) {
      return undefined
    }
    throw error
  })
