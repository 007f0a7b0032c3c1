// Creates a stream although one of the same name may just have been deleted. nats-server (2.15.2) forgets the name and notifies
// readers before it has removed the files: a stream that is created in that moment uses the files of its predecessor, which
// then disappear. It accepts no message, or loses its messages at the next start of the server. It shows by its last sequence,
// which a new stream does not have.

import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { SsmdError } from '#crds/errors.ts'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'
import { newStreamConfig, type StreamConfig, type StreamWant } from './stream-config.ts'

/** Wait before a missing stream is recreated: the server removes the files of a small stream within milliseconds. */
export const SETTLE_MS = 1_000
const ATTEMPTS = 3

/** The fields that we read of the server's description of a stream. */
export type Info = {
  readonly created: string
  readonly config: StreamConfig
  readonly state: {
    readonly first_seq: number
    readonly last_seq: number
    readonly first_ts?: string
    readonly last_ts?: string
  }
}

type Made = Info & { readonly did_create?: boolean; readonly state: { readonly messages: number } }

/** The created stream, or an existing one with the same configuration. */
export async function createAnew(
  nc: NatsConnection,
  want: StreamWant,
  what: string
): Promise<Info> {
  let why = 'the server is still removing the one before'
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(SETTLE_MS)
    const made = await create(nc, want, what)
    if (made instanceof JetStreamError) {
      why = made.message
      continue
    }
    if (made.did_create !== true || made.state.last_seq === 0) return made
    await sleep(SETTLE_MS)
    if (await hasFiles(nc, want.name, made)) return made
    await askJetStream(nc, `STREAM.DELETE.${want.name}`, undefined, what)
  }
  throw new SsmdError('SSMD_E_NATS', why.startsWith(what) ? why : `${what}: ${why}`)
}

/** The stream, or why the server could not create it now: its folder may just be being removed. */
async function create(
  nc: NatsConnection,
  want: StreamWant,
  what: string
): Promise<Made | JetStreamError> {
  try {
    return await askJetStream<Made>(nc, `STREAM.CREATE.${want.name}`, newStreamConfig(want), what)
  } catch (thrown) {
    if (thrown instanceof JetStreamError && thrown.errCode === JETSTREAM.notCreated) return thrown
    throw thrown
  }
}

/** Whether its messages can be read: then the server found a lost stream, of which nothing may be removed. */
async function hasFiles(nc: NatsConnection, stream: string, { state }: Made): Promise<boolean> {
  if (state.messages === 0) return false
  const body = { seq: state.first_seq }
  try {
    await askJetStream(nc, `STREAM.MSG.GET.${stream}`, body, `reading stream ${stream}`)
    return true
  } catch (thrown) {
    if (thrown instanceof JetStreamError) return false
    throw thrown
  }
}
