// The stream of a feed, or clear words if nothing of it was captured yet.

import type { NatsConnection } from 'nats'
import { streamName } from '#bus/names.ts'
import { type StreamFacts, streamFacts } from '#bus/stream.ts'
import { SsmdError } from '#crds/errors.ts'

/** Rejects with SSMD_E_STREAM if there is none. */
export async function knownStream(
  nc: NatsConnection,
  environment: string,
  feed: string
): Promise<StreamFacts> {
  const facts = await streamFacts(nc, streamName(environment, feed))
  if (facts !== undefined) return facts
  throw new SsmdError('SSMD_E_STREAM', `feed ${feed}: nothing of it was captured yet`, {
    hint: 'start its connector: it creates the stream',
  })
}
