// Applies a connection event, the JSON payload of an event record, to the state of its connection. An event that is not
// understood stays in the archive as a line and changes nothing.

import type { GapCause, GapFault } from '#wire/events.ts'
import { maxNanos, minNanos, parseNanos } from '../format/time.ts'
import type { ConnectionState } from './connection.ts'
import { type GapSpan, MAX_REASON } from './gap-span.ts'

type Fields = Readonly<Record<string, unknown>>

/** The event of a payload, or undefined if it is no JSON object with a kind. */
export function parseConnectionEvent(payload: Uint8Array): Fields | undefined {
  try {
    const event: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined
    return event as Fields
  } catch {
    // Not JSON: the connector's fault, and no reason to stop an archive. The line keeps the bytes.
    return undefined
  }
}

/**
 * Applies an event to its connection and returns the gaps that it names. `before` is the receive time of
 * the record before it.
 */
export function applyConnectionEvent(
  connection: ConnectionState,
  event: Fields,
  at: bigint,
  before: bigint
): readonly GapSpan[] {
  switch (event.kind) {
    case 'open':
      connection.openedAt ??= at
      connection.follows ??= predecessorOf(event.follows)
      connection.exchange ??= nameOf(event.exchange)
      connection.replaces ??= textOf(event.replaces, '') || null
      connection.shards ??= shardsOf(event.shards)
      return NONE
    case 'ready':
      if (connection.readyAt !== null) return NONE
      connection.readyOrder = connection.lastOrder
      connection.readyAt = at
      connection.isComplete = event.complete === true
      connection.symbols = Math.max(0, numberOf(event.symbols) ?? 0)
      return NONE
    case 'proof':
      noteProof(connection, event, at, before)
      return NONE
    case 'close':
      connection.close ??= {
        at,
        cause: textOf(event.cause, 'disconnected') as GapCause,
        fault: textOf(event.fault, 'unknown') as GapFault,
        code: numberOf(event.code) ?? 0,
        reason: textOf(event.reason, ''),
        ...(typeof event.replacedBy === 'string' ? { replacedBy: event.replacedBy } : {}),
      }
      return NONE
    case 'gap':
      return [sequenceGap(connection, event, at, before)]
    case 'drop':
      return dropGaps(connection, event, at)
    default:
      return NONE
  }
}

const NONE: readonly GapSpan[] = []
const MAX_SYMBOLS = 50

/** What a `late` event says: sequences that came after all, and how many frames came late or again. */
export type LateFacts = {
  readonly scope: number
  readonly channel: string
  readonly filled: readonly (readonly [first: number, last: number])[]
  readonly late: number
  readonly repeated: number
}

export function lateFacts(event: Fields): LateFacts {
  const filled = Array.isArray(event.filled) ? (event.filled as unknown[]) : []
  return {
    scope: numberOf(event.scope) ?? 0,
    channel: textOf(event.channel, ''),
    filled: filled.flatMap((span) => {
      const [first, last] = Array.isArray(span) ? (span as unknown[]).map(numberOf) : []
      return first === undefined || last === undefined || last < first
        ? []
        : [[first, last] as const]
    }),
    late: Math.max(0, numberOf(event.late) ?? 0),
    repeated: Math.max(0, numberOf(event.repeated) ?? 0),
  }
}

function shardsOf(value: unknown): number | null {
  const shards = numberOf(value)
  return shards === undefined || shards < 1 ? null : shards
}

function predecessorOf(value: unknown): ConnectionState['follows'] {
  if (typeof value !== 'object' || value === null) return null
  const { connection, number } = value as Fields
  const last = numberOf(number)
  return typeof connection === 'string' && last !== undefined ? { connection, number: last } : null
}

function noteProof(connection: ConnectionState, event: Fields, at: bigint, before: bigint): void {
  const type = textOf(event.type, '')
  if (event.state === 'back') connection.proofBack(type, at)
  else if (event.state === 'lost') {
    const reason = textOf(event.reason, '').slice(0, MAX_REASON)
    const channel = textOf(event.channel, '')
    connection.proofLost({ type, channel, reason, from: minNanos(before, at), to: null })
  }
}

function sequenceGap(
  connection: ConnectionState,
  event: Fields,
  at: bigint,
  before: bigint
): GapSpan {
  const first = numberOf(event.fromSequence)
  const last = numberOf(event.toSequence)
  const scope = numberOf(event.scope)
  const jumps = numberOf(event.jumps) ?? 1
  const missing = numberOf(event.missing) ?? null
  const began = typeof event.from === 'string' ? parseNanos(event.from) : undefined
  const ended = typeof event.to === 'string' ? parseNanos(event.to) : undefined
  const what = whatOf(event, scope, first, last)
  const isCounted =
    scope !== undefined && first !== undefined && last !== undefined && last >= first
  const from = minNanos(began ?? before, at)
  return {
    cause: textOf(event.cause, 'exchange-sequence') as GapCause,
    fault: textOf(event.fault, 'exchange') as GapFault,
    from,
    to: ended === undefined ? at : maxNanos(from, ended),
    connection: connection.id,
    shard: connection.shard,
    missing,
    ...(jumps > 1 ? { count: jumps } : {}),
    ...(isCounted && missing !== null ? { scope, sequences: [first, last] as const } : {}),
    // Always there: it tells this gap from the end of a connection.
    channel: textOf(event.channel, ''),
    detail: [what, textOf(event.reason, '').slice(0, MAX_REASON)]
      .filter((t) => t !== '')
      .join(': '),
  }
}

/** What a gap speaks of. A channel that was never confirmed has no scope, and nothing to count. */
function whatOf(event: Fields, scope?: number, first?: number, last?: number): string {
  const symbols = symbolsOf(event.symbols)
  if (event.cause === 'unsubscribed' || scope === 0) return symbols
  return `${symbols === '' ? '' : `${symbols}, `}scope ${scope ?? '?'}, sequences ${first ?? '?'} to ${last ?? '?'}`
}

/** Symbols as a gap names them; a connector names 50 in one gap at most. */
function symbolsOf(value: unknown): string {
  const names = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  return names.slice(0, MAX_SYMBOLS).join(', ')
}

/** Frames that the connector had and could not keep: their numbers are used up. */
function dropGaps(connection: ConnectionState, event: Fields, at: bigint): GapSpan[] {
  const first = numberOf(event.fromNumber)
  const last = numberOf(event.toNumber)
  if (first === undefined || last === undefined || first < 1 || last < first) return []
  const from = (typeof event.from === 'string' ? parseNanos(event.from) : undefined) ?? at
  const to = (typeof event.to === 'string' ? parseNanos(event.to) : undefined) ?? at
  const fresh = connection.numbers.claim(first, last, (number) => (number === last ? to : from))
  return fresh.map((span) => ({
    cause: textOf(event.cause, 'buffer-full') as GapCause,
    fault: textOf(event.fault, 'ours') as GapFault,
    from: minNanos(from, to),
    to,
    connection: connection.id,
    shard: connection.shard,
    missing: span.last - span.first + 1,
    numbers: [span.first, span.last] as const,
    detail: 'received, and dropped by the connector',
  }))
}

/** A name that fits into a manifest. */
const nameOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= MAX_REASON ? value : null

const textOf = (value: unknown, otherwise: string): string =>
  typeof value === 'string' ? value : otherwise

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
