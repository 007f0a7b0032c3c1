// Keeps a stream of archived blocks from filling up and refusing new ones. Once half of its bytes are used, removes the older
// half of the blocks that every archive has acknowledged, and never an unacknowledged one.

import type { NatsConnection } from 'nats'
import { askJetStream } from './api.ts'

/** Share of a stream's bytes from which blocks are removed. Below it, blocks stay until `maxAge`, to be read again. */
const USED = 0.5

type Info = {
  readonly config: { readonly max_bytes?: number }
  readonly state: { readonly bytes: number; readonly first_seq: number; readonly last_seq: number }
}
type Consumer = {
  readonly config: { readonly durable_name?: string; readonly ack_policy?: string }
  readonly ack_floor: { readonly stream_seq: number }
}
type ConsumerPage = { readonly total: number; readonly consumers: readonly Consumer[] | null }

/**
 * Removes archived blocks if the stream needs room; resolves with the number of removed messages. `unread`: what becomes of blocks of a
 * stream that has no durable consumer.
 */
export async function makeRoom(
  nc: NatsConnection,
  stream: string,
  unread: 'keep' | 'remove' = 'keep'
): Promise<number> {
  const what = `making room in stream ${stream}`
  const { config, state } = await askJetStream<Info>(nc, `STREAM.INFO.${stream}`, undefined, what)
  const limit = config.max_bytes ?? -1
  if (limit <= 0 || state.bytes < limit * USED) return 0
  const floor = await acknowledgedByAll(nc, stream, what)
  const archived = floor ?? (unread === 'keep' ? 0 : state.last_seq)
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

/** The sequence up to which every durable consumer has acknowledged; undefined without one. */
async function acknowledgedByAll(
  nc: NatsConnection,
  stream: string,
  what: string
): Promise<number | undefined> {
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
  return floor === Number.POSITIVE_INFINITY ? undefined : floor
}
