// The durable consumers that archives have left in the streams of an Environment. A full stream makes room only behind what all
// of them have acknowledged, so one whose Archive is gone would stop a capture in the end.

import type { NatsConnection } from 'nats'
import { logSubjects } from '#crds/names.ts'
import { DURABLE_KEYS, type Metadata, ownMetadata } from '#crds/streams.ts'
import { ask, CONSUMER_NOT_FOUND, unless } from './api.ts'

export type Durable = {
  readonly stream: string
  readonly name: string
  readonly archive: string
  readonly feed: string
}

type Names = { readonly total: number; readonly streams: readonly string[] | null }
type Page = { readonly total: number; readonly consumers: readonly Consumer[] | null }
type Consumer = {
  readonly config: { readonly durable_name?: string; readonly metadata?: Metadata }
  readonly num_waiting?: number
}

/** Those that were noted to be of this Environment (by its uid) and that nobody reads at this moment. */
export async function idleDurables(
  nc: NatsConnection,
  environment: string,
  uid: string
): Promise<readonly Durable[]> {
  const found: Durable[] = []
  for (const stream of await streamsOf(nc, environment))
    for (const { config, num_waiting: readers = 0 } of await consumersOf(nc, stream)) {
      const name = config.durable_name
      const noted = ownMetadata(config.metadata)
      const archive = noted[DURABLE_KEYS.archive]
      const feed = noted[DURABLE_KEYS.feed]
      if (noted[DURABLE_KEYS.environment] !== uid || readers > 0) continue
      if (name !== undefined && archive && feed) found.push({ stream, name, archive, feed })
    }
  return found
}

export async function removeDurable(
  nc: NatsConnection,
  { stream, name }: Pick<Durable, 'stream' | 'name'>
): Promise<void> {
  await ask(nc, `CONSUMER.DELETE.${stream}.${name}`, undefined).catch(unless(CONSUMER_NOT_FOUND))
}

async function streamsOf(nc: NatsConnection, environment: string): Promise<readonly string[]> {
  const names: string[] = []
  for (;;) {
    const body = { subject: logSubjects(environment, '*'), offset: names.length }
    const { total, streams } = await ask<Names>(nc, 'STREAM.NAMES', body)
    names.push(...(streams ?? []))
    if (!streams?.length || names.length >= total) return names
  }
}

async function consumersOf(nc: NatsConnection, stream: string): Promise<readonly Consumer[]> {
  const found: Consumer[] = []
  for (;;) {
    const body = { offset: found.length }
    const { total, consumers } = await ask<Page>(nc, `CONSUMER.LIST.${stream}`, body)
    found.push(...(consumers ?? []))
    if (!consumers?.length || found.length >= total) return found
  }
}
