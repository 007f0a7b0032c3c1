// The JetStream stream of one feed: made where it is missing, widened where more is asked for, and otherwise left as
// it is. Nothing here shrinks or deletes. A stream that could lose or mix data is refused, not repaired.

import type { NatsConnection } from 'nats'
import { SsmdError } from '#crds/errors.ts'
import { askJetStream, JETSTREAM, JetStreamError } from './api.ts'

export type StreamFacts = {
  readonly name: string
  /** When it was made, as the server tells it: a stream made again has another. */
  readonly created: string
  readonly firstSequence: number
  readonly lastSequence: number
}

export type StreamWant = {
  readonly name: string
  readonly subjects: readonly string[]
  readonly maxAgeMs: number
  readonly maxBytes: number
  readonly replicas: number
  readonly duplicateWindowMs: number
}

/** Why the sequences of a stream start again: it was made anew, or its server lost its end in a power cut. */
export type Restart = 'recreated' | 'rolled-back'

/** Compares a stream with what was read of it: `created` then, and the sequence that is wanted next. */
export function restartOf(facts: StreamFacts, created: string, want: number): Restart | undefined {
  if (facts.created !== created) return 'recreated'
  return facts.lastSequence + 1 < want ? 'rolled-back' : undefined
}

/** The same for whoever cannot go on from there. */
export function restartError(facts: StreamFacts, why: Restart): SsmdError {
  const what =
    why === 'recreated'
      ? `stream ${facts.name} was deleted and made again at ${facts.created}`
      : `stream ${facts.name} ends at ${facts.lastSequence}, before what was already read of it`
  return new SsmdError('SSMD_E_STREAM', what, {
    hint: 'start again: what is there now is then read from its beginning',
  })
}

/** Metadata of a stream: the version of exchanges/schemas/block.capnp that its messages are written in. */
export const SCHEMA_KEY = 'ssmd.io/schema'
export const SCHEMA_VERSION = 'v1'

/** The parts of a stream's configuration that we read; the rest is sent back as it came. */
type Config = {
  readonly subjects?: readonly string[]
  readonly retention?: string
  readonly storage?: string
  readonly discard?: string
  readonly max_age?: number
  readonly max_bytes?: number
  readonly num_replicas?: number
  readonly duplicate_window?: number
  readonly sealed?: boolean
  readonly metadata?: Readonly<Record<string, string>>
}

type Info = {
  readonly created: string
  readonly config: Config
  readonly state: { readonly first_seq: number; readonly last_seq: number }
}

const NANOS = 1_000_000

/** The stream as it is, or undefined where there is none. */
export async function streamFacts(
  nc: NatsConnection,
  name: string
): Promise<StreamFacts | undefined> {
  const info = await readStream(nc, name)
  return info && factsOf(name, info)
}

/** The stream as wanted: made, widened or as it was; SSMD_E_STREAM where it must not be used. */
export async function ensureStream(nc: NatsConnection, want: StreamWant): Promise<StreamFacts> {
  const found = (await readStream(nc, want.name)) ?? (await createStream(nc, want))
  const wider = widen(found.config, want)
  if (!wider) return factsOf(want.name, found)
  const info = await askJetStream<Info>(
    nc,
    `STREAM.UPDATE.${want.name}`,
    wider,
    `widening stream ${want.name}`
  )
  return factsOf(want.name, info)
}

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
    return await askJetStream<Info>(nc, `STREAM.CREATE.${want.name}`, newConfig(want), what)
  } catch (error) {
    // Somebody else was faster, with other limits: theirs is then compared with what is wanted.
    if (!(error instanceof JetStreamError) || error.errCode !== JETSTREAM.nameInUse) throw error
    const info = await readStream(nc, want.name)
    if (!info) throw error
    return info
  }
}

/** `discard: new`: a full stream refuses what comes, and the connector keeps it; `old` would lose it in silence. */
const newConfig = (want: StreamWant): object => ({
  name: want.name,
  subjects: want.subjects,
  retention: 'limits',
  storage: 'file',
  discard: 'new',
  max_age: want.maxAgeMs * NANOS,
  max_bytes: want.maxBytes,
  num_replicas: want.replicas,
  duplicate_window: want.duplicateWindowMs * NANOS,
  deny_delete: true,
  allow_direct: true,
  metadata: { [SCHEMA_KEY]: SCHEMA_VERSION },
})

/** The configuration to send, or undefined where the stream already suffices. */
function widen(have: Config, want: StreamWant): Config | undefined {
  const refuse = (what: string, hint: string): never => {
    throw new SsmdError('SSMD_E_STREAM', `stream ${want.name} ${what}`, { hint })
  }
  const remake = 'ssmd does not change it: move its data away and delete it, or use another name'
  if (have.retention !== 'limits') refuse(`has retention ${have.retention}, not limits`, remake)
  if (have.storage !== 'file') refuse(`has storage ${have.storage}, not file`, remake)
  if (have.sealed) refuse('is sealed: it takes no more messages', remake)
  if (have.discard !== 'new') {
    const hint = `nats stream edit ${want.name} --discard new`
    refuse(`discards old messages when it is full, read or not`, hint)
  }
  const schema = have.metadata?.[SCHEMA_KEY] ?? SCHEMA_VERSION
  if (schema !== SCHEMA_VERSION) refuse(`holds schema ${schema}, not ${SCHEMA_VERSION}`, remake)

  const subjects = have.subjects ?? []
  const missing = want.subjects.filter((subject) => !subjects.includes(subject))
  const change: { -readonly [K in keyof Config]: Config[K] } = {}
  if (missing.length > 0) change.subjects = [...subjects, ...missing]
  if (narrower(have.max_age, want.maxAgeMs * NANOS, 0)) change.max_age = want.maxAgeMs * NANOS
  if (narrower(have.max_bytes, want.maxBytes, -1)) change.max_bytes = want.maxBytes
  if ((have.num_replicas ?? 1) < want.replicas) change.num_replicas = want.replicas
  const window = want.duplicateWindowMs * NANOS
  if ((have.duplicate_window ?? 0) < window) change.duplicate_window = window
  if (Object.keys(change).length === 0) return undefined
  const metadata = { ...have.metadata, [SCHEMA_KEY]: SCHEMA_VERSION }
  return { ...have, ...change, metadata }
}

/** Whether a limit is below the wanted one; `unlimited` (and what is below it) never is. */
const narrower = (have: number | undefined, want: number, unlimited: number): boolean =>
  (have ?? unlimited) > unlimited && (have ?? unlimited) < want

const factsOf = (name: string, info: Info): StreamFacts => ({
  name,
  created: info.created,
  // A stream that never held a message says 0.
  firstSequence: Math.max(1, info.state.first_seq),
  lastSequence: info.state.last_seq,
})
