// The durable consumer of an archive on the server. It is only a cache of where the archive stands, so it is never
// adjusted: it is deleted and made again, to begin at the sequence that the archive asks for.

import type { NatsConnection } from 'nats'
import { consumerConfig } from '#crds/streams.ts'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'

export type DurableWant = {
  readonly stream: string
  readonly durable: string
  readonly startSequence: number
}

/** Makes the consumer in place of one of its name; gives the number of messages before it. */
export async function replaceDurable(nc: NatsConnection, want: DurableWant): Promise<number> {
  const { stream, durable } = want
  await deleteDurable(nc, want)
  const config = consumerConfig(durable, want.startSequence)
  const made = await askJetStream<{ readonly num_pending?: number }>(
    nc,
    `CONSUMER.CREATE.${stream}.${durable}`,
    { stream_name: stream, config, action: '' },
    `making consumer ${durable} of stream ${stream}`
  )
  return made.num_pending ?? 0
}

async function deleteDurable(nc: NatsConnection, want: DurableWant): Promise<void> {
  const { stream, durable } = want
  try {
    const what = `replacing consumer ${durable} of stream ${stream}`
    await askJetStream(nc, `CONSUMER.DELETE.${stream}.${durable}`, undefined, what)
  } catch (error) {
    const missing = error instanceof JetStreamError && error.errCode === JETSTREAM.consumerNotFound
    if (!missing) throw error
  }
}
