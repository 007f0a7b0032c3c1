// The durable consumers in the streams of an Environment. A full stream frees only blocks that all of them have acknowledged, so
// the consumer of a deleted Archive would finally stop a capture.

import type { NatsConnection } from 'nats'
import { askJetStream } from './api.ts'
import { logSubjects } from './names.ts'
import { streamNames } from './stream.ts'
import { DURABLE_KEYS, type Metadata, ownMetadata } from './stream-config.ts'

export type Durable = {
  readonly stream: string
  readonly durable: string
  readonly archive: string
  readonly feed: string
}

type Page = { readonly total: number; readonly consumers: readonly Consumer[] | null }
type Consumer = {
  readonly config: { readonly durable_name?: string; readonly metadata?: Metadata }
  readonly num_waiting?: number
}

/** The durables of this Environment (by the uid in their metadata) without a reader at this moment. */
export async function idleDurables(
  nc: NatsConnection,
  environment: string,
  uid: string
): Promise<readonly Durable[]> {
  const found: Durable[] = []
  for (const stream of await streamNames(nc, logSubjects(environment, '*')))
    for (const { config, num_waiting: readers = 0 } of await consumersOf(nc, stream)) {
      const name = config.durable_name
      const noted = ownMetadata(config.metadata)
      const archive = noted[DURABLE_KEYS.archive]
      const feed = noted[DURABLE_KEYS.feed]
      if (noted[DURABLE_KEYS.environment] !== uid || readers > 0) continue
      if (name !== undefined && archive && feed)
        found.push({ stream, durable: name, archive, feed })
    }
  return found
}

async function consumersOf(nc: NatsConnection, stream: string): Promise<readonly Consumer[]> {
  const found: Consumer[] = []
  for (;;) {
    const body = { offset: found.length }
    const what = `listing consumers of stream ${stream}`
    const { total, consumers } = await askJetStream<Page>(nc, `CONSUMER.LIST.${stream}`, body, what)
    found.push(...(consumers ?? []))
    if (!consumers?.length || found.length >= total) return found
  }
}
