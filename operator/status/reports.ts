// Validates a report from the network: keeps only the fields that the operator uses, of bounded length and count. Pure.

import type { ArchiverReport, ConnectorReport, SignalReport, Trouble } from '#bus/report.ts'

/** A trouble; a later version may report kinds that this one does not know. */
export type ReportedTrouble = Omit<Trouble, 'kind'> & { readonly kind: string }

type Common = {
  readonly environment: string
  readonly feed: string
  readonly name: string
  readonly state: string
  readonly message: string
  readonly code?: string
  readonly troubles?: readonly ReportedTrouble[]
  /** When it arrived, by our clock: the workload's own may be wrong. */
  readonly seenAt: number
}

type OfConnector = 'role' | 'connections' | 'connected' | 'framesPerSecond' | 'lastFrameAt'
export type ConnectorSays = Common & Pick<ConnectorReport, OfConnector | 'unackedSeconds'>

type OfArchiver = 'role' | 'archive' | 'recordsPerSecond' | 'lastCommitAt' | 'lagSeconds'
export type ArchiverSays = Common &
  Pick<ArchiverReport, OfArchiver | 'pendingBlocks' | 'day' | 'dayGaps'>

type OfSignal = 'role' | 'signal' | 'events' | 'firesToday' | 'lastFireAt' | 'lagSeconds' | 'errors'
export type SignalSays = Common &
  Pick<SignalReport, OfSignal> & {
    readonly catchUp: Omit<NonNullable<SignalReport['catchUp']>, 'done'> | null
    readonly missed: SignalReport['missed']
  }

export type Says = ConnectorSays | ArchiverSays | SignalSays

const NAME_LIMIT = 253
const WORD_LIMIT = 64
const TEXT_LIMIT = 1000
const TROUBLE_LIMIT = 16
const FEED_LIMIT = 16

/** Undefined for anything that is not a report of version 1. */
export function parseReport(data: unknown, seenAt: number): Says | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const from = data as Record<string, unknown>
  const { version, role, environment, feed, name, state, message } = from
  if (version !== 1) return undefined
  if (!isName(environment) || !isName(feed) || !isName(name)) return undefined
  if (typeof state !== 'string' || typeof message !== 'string') return undefined
  const troubles = troublesOf(from.troubles)
  const common: Common = {
    environment,
    feed,
    name,
    state: oneLine(state, WORD_LIMIT),
    message: oneLine(message, TEXT_LIMIT),
    ...(typeof from.code === 'string' ? { code: oneLine(from.code, WORD_LIMIT) } : {}),
    ...(troubles.length === 0 ? {} : { troubles }),
    seenAt,
  }
  switch (role) {
    case 'connector':
      return connectorOf(from, common)
    case 'archiver':
      return archiverOf(from, common)
    case 'signal':
      return signalOf(from, common)
    default:
      return undefined
  }
}

function connectorOf(from: Record<string, unknown>, common: Common): ConnectorSays | undefined {
  const { connections, connected, framesPerSecond, lastFrameAt, unackedSeconds } = from
  if (!isWhole(connections) || !isWhole(connected) || !isCount(framesPerSecond)) return undefined
  return {
    role: 'connector',
    ...common,
    connections,
    connected,
    framesPerSecond,
    lastFrameAt: isCount(lastFrameAt) ? lastFrameAt : null,
    ...(isCount(unackedSeconds) ? { unackedSeconds } : {}),
  }
}

function archiverOf(from: Record<string, unknown>, common: Common): ArchiverSays | undefined {
  const { archive, recordsPerSecond, dayGaps, lastCommitAt, lagSeconds, pendingBlocks, day } = from
  if (!isName(archive) || !isCount(recordsPerSecond) || !isWhole(dayGaps)) return undefined
  return {
    role: 'archiver',
    ...common,
    archive,
    recordsPerSecond,
    dayGaps,
    lastCommitAt: isCount(lastCommitAt) ? lastCommitAt : null,
    lagSeconds: isCount(lagSeconds) ? lagSeconds : null,
    // An older archiver does not report it: assume that records wait.
    pendingBlocks: isCount(pendingBlocks) ? pendingBlocks : 1,
    day: typeof day === 'string' ? oneLine(day, WORD_LIMIT) : null,
  }
}

function signalOf(from: Record<string, unknown>, common: Common): SignalSays | undefined {
  const { signal, events, firesToday, errors, lastFireAt, lagSeconds } = from
  if (!isName(signal) || !isCount(events) || !isCount(firesToday) || !isCount(errors))
    return undefined
  return {
    role: 'signal',
    ...common,
    signal,
    events,
    firesToday: whole(firesToday),
    errors: whole(errors),
    lastFireAt: isCount(lastFireAt) ? lastFireAt : null,
    lagSeconds: isCount(lagSeconds) ? lagSeconds : null,
    catchUp: catchUpOf(from.catchUp),
    missed: missedOf(from.missed),
  }
}

function catchUpOf(given: unknown): SignalSays['catchUp'] {
  const { from, to, events, fires, firesHash } = (given ?? {}) as Record<string, unknown>
  if (!isCount(events) || !isCount(fires) || typeof firesHash !== 'string') return null
  return {
    from: isCount(from) ? from : null,
    to: isCount(to) ? to : null,
    events: whole(events),
    fires: whole(fires),
    firesHash: oneLine(firesHash, WORD_LIMIT),
  }
}

function missedOf(given: unknown): SignalSays['missed'] {
  const { feeds, from, to } = (given ?? {}) as Record<string, unknown>
  if (!Array.isArray(feeds) || !isCount(from) || !isCount(to)) return null
  return { feeds: feeds.filter(isName).slice(0, FEED_LIMIT), from, to }
}

/** One trouble for each kind, with the messages joined. */
function troublesOf(given: unknown): readonly ReportedTrouble[] {
  if (!Array.isArray(given)) return []
  const found = new Map<string, ReportedTrouble>()
  for (const entry of given.slice(0, 10 * TROUBLE_LIMIT)) {
    const { kind, message, since } = (entry ?? {}) as Record<string, unknown>
    if (typeof kind !== 'string' || !/^[A-Z][A-Za-z0-9]{0,63}$/.test(kind)) continue
    if (typeof message !== 'string' || !isCount(since)) continue
    const said = oneLine(message, TEXT_LIMIT)
    const before = found.get(kind)
    if (before)
      found.set(kind, {
        kind,
        message: oneLine(`${before.message}; ${said}`, TEXT_LIMIT),
        since: Math.min(before.since, since),
      })
    else if (found.size < TROUBLE_LIMIT) found.set(kind, { kind, message: said, since })
  }
  return [...found.values()]
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= NAME_LIMIT

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

/** Bounded, so that it fits the field of the status. */
const isWhole = (value: unknown): value is number =>
  Number.isInteger(value) && isCount(value) && value <= 1e9

/** Bounded too: a counter of years stays one. */
const whole = (value: number): number => Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER)

function oneLine(text: string, limit: number): string {
  // Cut first: the text may be a megabyte long.
  const line = text.slice(0, limit + 1).replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}
