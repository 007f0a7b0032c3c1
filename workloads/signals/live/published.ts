// Which blocks of fires the stream has behind a place: those that a runner published after it had stored its state for the last time.

import type { NatsConnection } from 'nats'
import type { StreamFacts } from '#bus/stream.ts'
import { tailStream } from '#bus/tail.ts'
import { readBlock } from '#events/log-reading.ts'
import { blockId } from './fire-feed.ts'

const MAX_BYTES = 4 * 1024 * 1024

/** Their ids. */
export async function publishedSince(
  nc: NatsConnection,
  facts: StreamFacts,
  since: { readonly created: string; readonly sequence: number }
): Promise<ReadonlySet<string>> {
  const known = new Set<string>()
  const after = since.created === facts.created ? since.sequence : 0
  const { lastSequence, firstSequence, name } = facts
  if (lastSequence <= after || lastSequence < firstSequence) return known
  const stop = new AbortController()
  const from = Math.max(after + 1, firstSequence)
  const { blocks } = await tailStream(nc, {
    stream: name,
    from,
    maxBytes: MAX_BYTES,
    signal: stop.signal,
  })
  for await (const { sequence, data } of blocks) {
    const block = readBlock(data)
    if (block !== null) known.add(blockId(block.connection, block.first))
    if (sequence >= lastSequence) break
  }
  stop.abort()
  return known
}
