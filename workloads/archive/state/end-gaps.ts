// The gaps after the ends of connections: the time until the next one of the slot was ready, or, once the number of shards has
// changed, until the shards were that have its symbols since.

import { shardOfSlot } from '#wire/shards.ts'
import { isImported } from '../format/names.ts'
import { byOrder, type ConnectionState } from './connection.ts'
import { type GapSpan, MAX_REASON } from './gap-span.ts'
import { numberOfShards, Resharding, type Resumption, SEAMLESS } from './resharding.ts'

/** How far to look among a slot's connections for one that overlaps: two, when a connector is replaced. */
const NEIGHBOURS = 4

/** Of connections that were not restored from manifests. */
export function endGaps(all: readonly ConnectionState[]): GapSpan[] {
  // No capture begins or ends with a file that is imported.
  const connections = all.filter(({ id }) => !isImported(id))
  const resharding = new Resharding(connections, endOf)
  const gaps: GapSpan[] = []
  for (const slot of slotsOf(connections)) {
    for (let i = 0; i < slot.length; i++) gaps.push(...endGapsAt(slot, i, resharding))
  }
  return gaps
}

/** The last connections of slots that no connection will follow: their symbols are captured elsewhere. */
export function retired(connections: Iterable<ConnectionState>): Set<string> {
  const known = [...connections].filter(({ revived }) => revived === null)
  const resharding = new Resharding(known, endOf)
  const ids = new Set<string>()
  for (const slot of slotsOf(known)) {
    const last = slot.at(-1)!
    const isOver = resharding
      .numbersAfter(last)
      .some((now) => resharding.resumed(last, resharding.heirs(last, now), now) !== null)
    if (isOver || (last.close !== null && resharding.restarted(last) !== null)) ids.add(last.id)
  }
  return ids
}

/** The connections of each slot, in their order. */
function slotsOf(connections: readonly ConnectionState[]): Iterable<ConnectionState[]> {
  const slots = new Map<number, ConnectionState[]>()
  for (const connection of connections) {
    const slot = slots.get(connection.shard)
    if (slot === undefined) slots.set(connection.shard, [connection])
    else slot.push(connection)
  }
  for (const slot of slots.values()) slot.sort(byOrder)
  return slots.values()
}

/** Times in which symbols of a slot's connection had no connection with all its subscriptions confirmed. */
function endGapsAt(slot: readonly ConnectionState[], i: number, resharding: Resharding): GapSpan[] {
  const connection = slot[i]!
  const { close } = connection
  const isDoubtful = close === null && mayLive(slot, i)
  // One that was never ready ended no capture, unless nothing was before it.
  if (connection.readyAt === null && (i > 0 || connection.follows !== null)) return []
  const { own, moved } = resumptionsOf(slot, i, resharding)
  // It may live as long as others have not all that it had.
  if (isDoubtful && (moved === null || moved.until === null || own === null)) return []
  const gaps: GapSpan[] = []
  const isSame = moved !== null && own?.order === moved.until?.order
  if (own !== undefined && !isSame && !isContinued(slot, i)) {
    gaps.push(...gapUntil(connection, own, null))
  }
  if (moved !== null) gaps.push(...gapUntil(connection, moved.until, moved.where))
  return gaps
}

/** Symbols that went to other connectors, and since when these have them; null: not yet. */
type Moved = { readonly until: Resumption | null; readonly where: string }

/**
 * When capture continued after the connection at `i`: of the symbols that stay with its connector (`own`; undefined if
 * none does, null if it has not), and of those that go to others (`moved`; null if none does).
 */
function resumptionsOf(
  slot: readonly ConnectionState[],
  i: number,
  resharding: Resharding
): { own: Resumption | null | undefined; moved: Moved | null } {
  const ended = slot[i]!
  const next = nextAfter(slot, i) ?? (ended.close === null ? null : resharding.restarted(ended))
  const numbers = resharding.numbersAfter(ended)
  if (numbers.length === 0) return { own: next, moved: null }
  const shard = shardOfSlot(ended.shard)
  let own = next
  let isKept = next !== null
  let until = next
  let where: string | null = null
  for (const now of numbers) {
    const heirs = resharding.heirs(ended, now)
    const others = heirs.filter((heir) => heir !== shard)
    own = earlier(own, resharding.resumed(ended, shard < now ? [shard] : heirs, now))
    isKept ||= shard < now
    const there = resharding.resumed(ended, others.length > 0 ? others : heirs, now)
    if (
      others.length > 0 &&
      (where === null || (there !== null && earlier(until, there) === there))
    ) {
      where = resharding.describe(ended, others, now)
    }
    until = earlier(until, there)
  }
  return { own: isKept ? own : undefined, moved: where === null ? null : { until, where } }
}

/** The one that the stream had first. */
const earlier = (a: Resumption | null, b: Resumption | null): Resumption | null =>
  a === null ? b : b === null || a.order <= b.order ? a : b

/** True if another connection of the slot had taken over before the one at `i` ended. */
function isContinued(slot: readonly ConnectionState[], i: number): boolean {
  const connection = slot[i]!
  const { close } = connection
  if (close?.replacedBy !== undefined && isReplaced(slot, close.replacedBy)) return true
  return slot
    .slice(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1)
    .some((other) => other !== connection && covers(other, connection, slot))
}

/** The gap from the end of a connection; none if capture never paused. */
function gapUntil(
  connection: ConnectionState,
  resumed: Resumption | null,
  where: string | null
): GapSpan[] {
  if (resumed?.order === SEAMLESS) return []
  const { close } = connection
  const end = endOf(connection)
  const ready = resumed?.at ?? null
  const isBack = ready !== null && ready < end
  const isAsked = where !== null && close?.cause === 'connector-stopped'
  return [
    {
      cause: isAsked ? 'resharded' : (close?.cause ?? 'connector-lost'),
      fault: isAsked ? 'ours' : (close?.fault ?? 'ours'),
      from: isBack ? ready : end,
      to: isBack ? end : ready,
      connection: connection.id,
      shard: connection.shard,
      missing: null,
      ...(isBack ? { clock: 'back' as const } : {}),
      detail: where ?? detailOf(connection),
    },
  ]
}

/** True if no other connection was opened after it, but such as were to replace it while it was open. */
function mayLive(shard: readonly ConnectionState[], at: number): boolean {
  const { id } = shard[at]!
  return shard.every((later, i) => i <= at || later.replaces === id)
}

/** True if the connection that a close event names was ready: the connector saw that, whatever the order of the stream. */
const isReplaced = (shard: readonly ConnectionState[], by: string): boolean =>
  shard.some(({ id, readyAt }) => id === by && readyAt !== null)

/** When the slot's next connection continued, by its own clock; null if none has. With other shards it has not all symbols. */
function nextAfter(slot: readonly ConnectionState[], i: number): Resumption | null {
  const ended = slot[i]!
  for (const next of slot.slice(i + 1)) {
    if (!continues(next, ended) || numberOfShards(next) !== numberOfShards(ended)) continue
    return { at: next.readyAt!, order: next.readyOrder }
  }
  return null
}

/** The last moment that a connection is known to have received at. */
export const endOf = (connection: ConnectionState): bigint =>
  connection.lastAt ?? connection.openedAt ?? connection.close?.at ?? 0n

/** True if capture continued with `other`, which is later in order: it was ready, and did not end before. */
function continues(other: ConnectionState, ended: ConnectionState): boolean {
  if (other.readyAt === null) return false
  // Without an order of the stream only the clocks can tell.
  if (other.lastOrder === 0) return other.readyAt > endOf(ended)
  return other.lastOrder > ended.lastOrder || comesAfter(other, ended)
}

/**
 * True if `other` was ready before `ended` ended and continued after it. A block that is sent again comes late, and
 * clocks can be wrong: there is no gap only if the stream and the times agree.
 */
function covers(
  other: ConnectionState,
  ended: ConnectionState,
  shard: readonly ConnectionState[]
): boolean {
  const end = endOf(ended)
  if (other.readyAt === null || other.readyAt > end) return false
  if (other.readyOrder > ended.lastOrder || comesAfter(other, ended)) return false
  if (other.close === null && other === shard.at(-1)) return true
  const isOrdered = other.lastOrder > 0 && ended.lastOrder > 0
  return isOrdered ? other.lastOrder > ended.lastOrder : endOf(other) > end
}

/** True if `other` says that it followed `ended` when that had said its last word. */
const comesAfter = ({ follows }: ConnectionState, { id, numbers }: ConnectionState): boolean =>
  follows?.connection === id && numbers.last <= follows.number

function detailOf({ close }: ConnectionState): string {
  if (close === null) return 'the connector ended without a close event'
  const code = close.code ? `code ${close.code}` : ''
  return [code, close.reason.slice(0, MAX_REASON)].filter((part) => part !== '').join(': ')
}
