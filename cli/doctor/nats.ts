// NATS as the Environments name it: whether it answers, whether what it acknowledges is on the disk, and whether the streams are as they
// have to be and have room.

import type { NatsConnection } from 'nats'
import { askJetStream, JETSTREAM, JetStreamError } from '#bus/api.ts'
import { connectBus } from '#bus/connect.ts'
import { type StreamConfig, type StreamWant, widenedStream } from '#bus/stream-config.ts'
import { describeError, SsmdError } from '#crds/errors.ts'
import { formatBytes } from '../text.ts'
import { bad, good, skipped, type Verdict, warning } from './verdict.ts'

const CONNECT_MS = 4000
const ASK_MS = 1500
const FULL = 0.9
const FILLING = 0.7

export type Reach = {
  readonly url: string
  /** On this computer: `ssmd up` runs it. */
  readonly isOurs: boolean
  readonly isUp: boolean
  /** Why there is no connection; undefined if there is one. */
  readonly failure: string | undefined
  readonly version: string | undefined
}

export function judgeReach({ url, isOurs, isUp, failure, version }: Reach): Verdict {
  if (failure === undefined) return good(`${url} answers, version ${version}`)
  if (isOurs && !isUp) return skipped(`${url} is not running; ssmd up starts it`)
  const found = `${url}: ${failure}`
  return isOurs
    ? bad(found, 'Read data/.ssmd/logs/nats-server.log, and restart ssmd up.')
    : bad(found, 'Start that NATS server, or correct transport.url and its credentials.')
}

/** `always`: every acknowledged block is on the disk. */
export type Sync =
  | { readonly kind: 'always' }
  | { readonly kind: 'later'; readonly every: string }
  | { readonly kind: 'unknown'; readonly why: string }

export function judgeSync(url: string, sync: Sync): Verdict {
  switch (sync.kind) {
    case 'always':
      return good(`${url} syncs before it acknowledges`)
    case 'later':
      return bad(
        `${url} acknowledges blocks that a power cut would lose: it syncs every ${sync.every}`,
        'Set sync_interval: always in the jetstream part of its configuration.'
      )
    case 'unknown':
      return skipped(`${url}: ${sync.why}`)
  }
}

export type StreamFacts = {
  readonly want: StreamWant
  /** Undefined: it does not exist yet. */
  readonly have: StreamConfig | undefined
  readonly bytes: number
}

export function judgeStream({ want, have, bytes }: StreamFacts): Verdict {
  const { name } = want
  if (have === undefined) return good(`${name} will be made`)
  let widened: StreamConfig | undefined
  try {
    widened = widenedStream(have, want)
  } catch (thrown) {
    const hint = thrown instanceof SsmdError ? thrown.hint : undefined
    return bad(describeError(thrown), sentence(hint ?? 'Use another name for the Environment.'))
  }
  const limit = have.max_bytes ?? -1
  const used = limit > 0 ? bytes / limit : 0
  const share = `${name} holds ${formatBytes(bytes)}, ${Math.round(used * 100)} % of its limit`
  const fix = 'Start the archivers that are behind, or raise transport.stream.maxBytes.'
  if (used >= FULL) return bad(`${share}: full, it refuses new blocks`, fix)
  if (used >= FILLING) return warning(share, fix)
  return widened === undefined
    ? good(`${name}: ${formatBytes(bytes)}`)
    : warning(
        `${name} is narrower than its Environment declares`,
        'Restart its connector, which widens it.'
      )
}

const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`

export type Dial = {
  readonly url: string
  readonly credentialsFile: string | undefined
  readonly credentials: string | undefined
}

/** A connection, or why there is none; the caller closes it. */
export async function dial(
  to: Dial,
  signal: AbortSignal
): Promise<{ readonly nc: NatsConnection } | { readonly failure: string }> {
  let failure = `no answer within ${CONNECT_MS / 1000} s`
  const late = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)])
  try {
    const nc = await connectBus({
      ...to,
      name: 'ssmd doctor',
      user: 'admin',
      signal: late,
      onFailure: (reason) => {
        failure = reason
      },
    })
    return { nc }
  } catch (thrown) {
    return { failure: late.aborted ? failure : describeError(thrown) }
  }
}

/** Only users of the system account are told. */
export async function askSync(nc: NatsConnection): Promise<Sync> {
  const hidden: Sync = {
    kind: 'unknown',
    why: 'only a user of its system account can tell; give one with --nats-creds',
  }
  try {
    const answer = await nc.request('$SYS.REQ.SERVER.PING.JSZ', '', { timeout: ASK_MS })
    const { data } = answer.json<{
      data?: { config?: { sync_always?: boolean; sync_interval?: number } }
    }>()
    if (data?.config === undefined) return hidden
    const { sync_always: isAlways, sync_interval: nanos = 0 } = data.config
    return isAlways ? { kind: 'always' } : { kind: 'later', every: `${nanos / 1e9} s` }
  } catch {
    // No responder, or no right to ask: that is the answer.
    return hidden
  }
}

/** As `ssmd up` has configured its own. */
export const syncIn = (config: string | undefined): Sync => {
  const every = /^\s*sync_interval:\s*"?(\w+)"?/m.exec(config ?? '')?.[1]
  if (every === undefined) return { kind: 'unknown', why: 'ssmd up has not configured it yet' }
  return every === 'always' ? { kind: 'always' } : { kind: 'later', every }
}

export async function askStream(nc: NatsConnection, want: StreamWant): Promise<StreamFacts> {
  try {
    const { config, state } = await askJetStream<{
      config: StreamConfig
      state: { bytes: number }
    }>(nc, `STREAM.INFO.${want.name}`, undefined, `reading stream ${want.name}`)
    return { want, have: config, bytes: state.bytes }
  } catch (thrown) {
    const isMissing =
      thrown instanceof JetStreamError && thrown.errCode === JETSTREAM.streamNotFound
    if (isMissing) return { want, have: undefined, bytes: 0 }
    throw thrown
  }
}
