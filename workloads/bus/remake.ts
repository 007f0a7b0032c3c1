// Makes a stream where one of its name may just have been deleted. nats-server (2.15.2) forgets the name and tells the readers
// before it has removed the files: whoever makes the stream again in that moment gets one that stands on the files of its
// predecessor, which then go. It takes no message, or loses what it took at the next start of the server; only its
// beginning gives it away, for a new stream has no last sequence.

import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { SsmdError } from '#crds/errors.ts'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'
import { newStreamConfig, type StreamConfig, type StreamWant } from './stream-config.ts'

/** The server has removed a small stream within milliseconds; whoever finds one gone waits so long before making it again. */
export const SETTLE_MS = 1_000
const ATTEMPTS = 3

/** A stream as the server describes it, as far as we look. */
export type Info = {
  readonly created: string
  readonly config: StreamConfig
  readonly state: { readonly first_seq: number; readonly last_seq: number }
}

type Made = Info & { readonly did_create?: boolean; readonly state: { readonly messages: number } }

/** The stream as made, or as it was where somebody else has made it with the same configuration. */
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

/** The stream, or why the server could not make it now: its folder may be one that is just being removed. */
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

/** Whether what it says to hold can be read: then the server found a stream that it had lost, and nothing of it may go. */
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
