// JetStream's own API as the operator uses it: what is there, made where it is missing, widened where more is asked for. The
// workloads do the same with the same configuration (crds/streams.ts), whoever comes first. No stream is ever deleted here.

import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { SsmdError } from '#crds/errors.ts'
import {
  consumerConfig,
  DURABLE_KEYS,
  type Metadata,
  newStreamConfig,
  ownMetadata,
  type StreamConfig,
  type StreamWant,
  widenedStream,
} from '#crds/streams.ts'

export const CONSUMER_NOT_FOUND = 10_014
const NAME_IN_USE = 10_058
const STREAM_NOT_FOUND = 10_059
const TIMEOUT_MS = 5_000

/** JetStream answered, and refused. */
export class JetStreamRefusal extends SsmdError {
  readonly errCode: number

  constructor(what: string, errCode: number, description: string) {
    super('SSMD_E_STREAM', `${what}: ${description}`)
    this.errCode = errCode
  }
}

type Answer = { readonly error?: { readonly err_code?: number; readonly description?: string } }
type Info = { readonly config: StreamConfig }

export async function ask<T>(
  nc: NatsConnection,
  verb: string,
  body: object | undefined
): Promise<T> {
  const payload = body === undefined ? '' : JSON.stringify(body)
  const message = await nc.request(`$JS.API.${verb}`, payload, { timeout: TIMEOUT_MS })
  const answer = message.json<T & Answer>()
  if (answer.error) {
    const { err_code: errCode = 0, description = 'unknown error' } = answer.error
    throw new JetStreamRefusal(verb, errCode, description)
  }
  return answer
}

export const unless = (errCode: number) => (thrown: unknown) => {
  if (thrown instanceof JetStreamRefusal && thrown.errCode === errCode) return undefined
  throw thrown
}

/** nats-server removes the files of a deleted stream after its name: one that is made again at once would stand on them. */
const SETTLE_MS = 2_000

/**
 * The stream as wanted, or wider; SSMD_E_STREAM where what is there must not be used. One that was there and is gone is made
 * again after a moment; a workload is usually faster.
 */
export async function ensureStream(
  nc: NatsConnection,
  want: StreamWant,
  was: 'there' | 'unknown'
): Promise<void> {
  const read = () =>
    ask<Info>(nc, `STREAM.INFO.${want.name}`, undefined).catch(unless(STREAM_NOT_FOUND))
  let found = await read()
  if (!found && was === 'there') {
    await sleep(SETTLE_MS)
    found = await read()
  }
  if (!found) {
    const config = newStreamConfig(want)
    const made = await ask<Info>(nc, `STREAM.CREATE.${want.name}`, config).catch(
      unless(NAME_IN_USE)
    )
    if (made) return
    // A connector was faster, perhaps with other limits.
    found = await read()
  }
  const wider = found && widenedStream(found.config, want)
  if (wider) await ask(nc, `STREAM.UPDATE.${want.name}`, wider)
}

/** Names of the streams that take something of these subjects: one question for a thousand of them. */
export async function streamNames(nc: NatsConnection, subject: string): Promise<Set<string>> {
  const names = new Set<string>()
  for (;;) {
    const body = { subject, offset: names.size }
    const page = await ask<{ total: number; streams?: readonly string[] | null }>(
      nc,
      'STREAM.NAMES',
      body
    )
    const { total, streams } = page
    const before = names.size
    for (const name of streams ?? []) names.add(name)
    if (names.size >= total || names.size === before) return names
  }
}

type Consumer = { readonly config: { readonly metadata?: Metadata } }

/**
 * The durable consumer of an archive: from its beginning where it is missing, else as the archiver left it; and a note on it
 * whose it is.
 */
export async function ensureConsumer(
  nc: NatsConnection,
  stream: string,
  durable: string,
  metadata: Metadata
): Promise<void> {
  const verb = `CONSUMER.INFO.${stream}.${durable}`
  const found = await ask<Consumer>(nc, verb, undefined).catch(unless(CONSUMER_NOT_FOUND))
  const create = `CONSUMER.CREATE.${stream}.${durable}`
  if (!found) {
    // `create`: an archiver that comes between keeps its own.
    const config = consumerConfig(durable, 1, metadata)
    await ask(nc, create, { stream_name: stream, config, action: 'create' })
    return
  }
  const noted = ownMetadata(found.config.metadata)
  if (Object.values(DURABLE_KEYS).every((key) => noted[key] === metadata[key])) return
  const config = { ...found.config, metadata: { ...noted, ...metadata } }
  // An archiver that makes it anew meanwhile keeps its own; the note is then put on it the next time.
  await ask(nc, create, { stream_name: stream, config, action: 'update' }).catch((thrown) => {
    if (!(thrown instanceof JetStreamRefusal)) throw thrown
  })
}
