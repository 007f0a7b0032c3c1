// The durable consumer of an archive on the server. It is only a cache of where the archive stands, so it is never
// adjusted: it is deleted and made again, to begin at the sequence that the archive asks for.

import type { NatsConnection } from 'nats'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'

export type DurableWant = {
  readonly stream: string
  readonly durable: string
  readonly startSequence: number
}

const NANOS = 1_000_000
/** A commit may take long (a full disk); what is delivered again by then is recognised. */
const ACK_WAIT_MS = 60_000
/** Blocks between two commits; the server stops delivering above. */
const MAX_ACK_PENDING = 100_000

/** Makes the consumer in place of one of its name; gives the number of messages before it. */
export async function replaceDurable(nc: NatsConnection, want: DurableWant): Promise<number> {
  const { stream, durable } = want
  await deleteDurable(nc, want)
  const config = {
    name: durable,
    durable_name: durable,
    // One acknowledgement for everything up to a block.
    ack_policy: 'all',
    ack_wait: ACK_WAIT_MS * NANOS,
    max_ack_pending: MAX_ACK_PENDING,
    max_deliver: -1,
    deliver_policy: 'by_start_sequence',
    opt_start_seq: want.startSequence,
    replay_policy: 'instant',
  }
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
