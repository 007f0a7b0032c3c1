// Keeps a full stream from refusing what comes while everything in it is archived. Once half of its bytes are used,
// the older half of what every archive has acknowledged is removed; what one of them has not acknowledged never is.

import type { NatsConnection } from 'nats'
import { askJetStream } from './api.ts'

/** Share of a stream's bytes from which room is made. What is below it stays until its age, to be read again. */
const USED = 0.5

type Info = {
  readonly config: { readonly max_bytes?: number }
  readonly state: { readonly bytes: number; readonly first_seq: number }
}
type Consumer = {
  readonly config: { readonly durable_name?: string; readonly ack_policy?: string }
  readonly ack_floor: { readonly stream_seq: number }
}
type ConsumerPage = { readonly total: number; readonly consumers: readonly Consumer[] | null }

/** Removes what is archived where the stream needs room; resolves with how many messages went. */
export async function makeRoom(nc: NatsConnection, stream: string): Promise<number> {
  const what = `making room in stream ${stream}`
  const { config, state } = await askJetStream<Info>(nc, `STREAM.INFO.${stream}`, undefined, what)
  const limit = config.max_bytes ?? -1
  if (limit <= 0 || state.bytes < limit * USED) return 0
  const archived = await acknowledgedByAll(nc, stream, what)
  const removable = archived + 1 - state.first_seq
  if (removable < 1) return 0
  const seq = state.first_seq + Math.ceil(removable / 2)
  const { purged } = await askJetStream<{ purged: number }>(
    nc,
    `STREAM.PURGE.${stream}`,
    { seq },
    what
  )
  return purged
}

/** Up to where every durable consumer that acknowledges has done so; 0 where there is none. */
async function acknowledgedByAll(
  nc: NatsConnection,
  stream: string,
  what: string
): Promise<number> {
  let floor = Number.POSITIVE_INFINITY
  for (let offset = 0; ; ) {
    const page = await askJetStream<ConsumerPage>(nc, `CONSUMER.LIST.${stream}`, { offset }, what)
    const consumers = page.consumers ?? []
    for (const { config, ack_floor } of consumers) {
      if (config.durable_name === undefined || config.ack_policy === 'none') continue
      floor = Math.min(floor, ack_floor.stream_seq)
    }
    offset += consumers.length
    if (consumers.length === 0 || offset >= page.total) break
  }
  return floor === Number.POSITIVE_INFINITY ? 0 : floor
}
