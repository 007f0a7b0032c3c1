// The JetStream stream of one feed: created if it is missing, widened if more is wanted, and otherwise left unchanged. Nothing
// here shrinks or deletes a stream, except one that was just created on files that are being removed (remake.ts). A stream that
// could lose or mix data is refused, not repaired.

import type { NatsConnection } from 'nats'
import { SsmdError } from '#crds/errors.ts'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'
import { createAnew, type Info } from './remake.ts'
import { type StreamWant, widenedStream } from './stream-config.ts'

export { SCHEMA_KEY, SCHEMA_VERSION, type StreamWant } from './stream-config.ts'

export type StreamFacts = {
  readonly name: string
  /** When the server created it: a recreated stream has another time. */
  readonly created: string
  readonly firstSequence: number
  readonly lastSequence: number
  /** When its first message was stored, RFC 3339; empty if it holds none. */
  readonly firstTime: string
  /** When the last message was stored, held or not; empty if there never was one. */
  readonly lastTime: string
}

/** Why the sequences of a stream start again: it was recreated, or its server lost its end in a power cut. */
export type Restart = 'recreated' | 'rolled-back'

/** Compares a stream with what was read of it: `created` then, and the sequence that is wanted next. */
export function restartOf(facts: StreamFacts, created: string, want: number): Restart | undefined {
  if (facts.created !== created) return 'recreated'
  return facts.lastSequence + 1 < want ? 'rolled-back' : undefined
}

/** The same as an error, for a reader that cannot continue. */
export function restartError(facts: StreamFacts, why: Restart): SsmdError {
  const what =
    why === 'recreated'
      ? `stream ${facts.name} was deleted and recreated at ${facts.created}`
      : `stream ${facts.name} ends at ${facts.lastSequence}, before what was already read of it`
  return new SsmdError('SSMD_E_STREAM', what, {
    hint: 'restart: the new stream is then read from its beginning',
  })
}

/** The existing stream, or undefined. */
export async function streamFacts(
  nc: NatsConnection,
  name: string
): Promise<StreamFacts | undefined> {
  const info = await readStream(nc, name)
  return info && factsOf(name, info)
}

/** The stream as wanted: created, widened or unchanged; SSMD_E_STREAM if it must not be used. */
export async function ensureStream(nc: NatsConnection, want: StreamWant): Promise<StreamFacts> {
  const found = (await readStream(nc, want.name)) ?? (await createStream(nc, want))
  const wider = widenedStream(found.config, want)
  if (!wider) return factsOf(want.name, found)
  const info = await askJetStream<Info>(
    nc,
    `STREAM.UPDATE.${want.name}`,
    wider,
    `widening stream ${want.name}`
  )
  return factsOf(want.name, info)
}

/** Names of the streams that take any of these subjects: one request per thousand streams. */
export async function streamNames(nc: NatsConnection, subject: string): Promise<Set<string>> {
  const names = new Set<string>()
  for (;;) {
    const body = { subject, offset: names.size }
    const { total, streams } = await askJetStream<Names>(
      nc,
      'STREAM.NAMES',
      body,
      `listing streams of ${subject}`
    )
    const before = names.size
    for (const name of streams ?? []) names.add(name)
    if (names.size >= total || names.size === before) return names
  }
}

type Names = { readonly total: number; readonly streams?: readonly string[] | null }

async function readStream(nc: NatsConnection, name: string): Promise<Info | undefined> {
  try {
    return await askJetStream<Info>(nc, `STREAM.INFO.${name}`, undefined, `reading stream ${name}`)
  } catch (error) {
    if (error instanceof JetStreamError && error.errCode === JETSTREAM.streamNotFound) return
    throw error
  }
}

async function createStream(nc: NatsConnection, want: StreamWant): Promise<Info> {
  const what = `making stream ${want.name}`
  try {
    return await createAnew(nc, want, what)
  } catch (error) {
    // Another program was faster, with other limits: compare its stream with the wanted one.
    if (!(error instanceof JetStreamError) || error.errCode !== JETSTREAM.nameInUse) throw error
    const info = await readStream(nc, want.name)
    if (!info) throw error
    return info
  }
}

const factsOf = (name: string, info: Info): StreamFacts => ({
  name,
  created: info.created,
  // A stream that never held a message says 0.
  firstSequence: Math.max(1, info.state.first_seq),
  lastSequence: info.state.last_seq,
  firstTime: info.state.first_seq > info.state.last_seq ? '' : timeOf(info.state.first_ts),
  lastTime: timeOf(info.state.last_ts),
})

/** The year 1 stands for none. */
const timeOf = (text = ''): string => (text.startsWith('0001-') ? '' : text)
