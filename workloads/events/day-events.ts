// What the connections of a day say of themselves: the event records that gaps are made from, in the total order. Only members
// that hold any are read.

import { type KeyedLine, type Manifest, readRuns, type Span } from '#archive/read/reader.ts'
import type { SsmdError } from '#crds/errors.ts'

/** The events of connections that gaps are made from. */
const TOLD = ['open', 'ready', 'close', 'gap', 'drop', 'proof']

export type ConnectionEvent = Pick<KeyedLine, 'recv' | 'connection' | 'number'> & {
  /** Undefined: it is not understood. */
  readonly fields: Readonly<Record<string, unknown>> | undefined
}

export type Damage = Span & { readonly error: SsmdError }

export type DayEvents = {
  readonly events: readonly ConnectionEvent[]
  readonly damage: readonly Damage[]
}

/** `from` and `to`: receive times, inclusive and exclusive. */
export async function dayEvents(
  root: string,
  { feed, day }: Pick<Manifest, 'feed' | 'day'>,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }
): Promise<DayEvents> {
  const events: ConnectionEvent[] = []
  const damage: Damage[] = []
  const onDamage = (error: SsmdError, span: Span): void => {
    damage.push({ from: span.from, to: span.to, error })
  }
  for await (const run of readRuns(root, feed, day, { from, to, types: TOLD, onDamage })) {
    for (const line of run) {
      if (!isEvent(line)) continue
      const { recv, connection, number } = line
      events.push({ recv, connection, number, fields: fieldsOf(line) })
    }
  }
  return { events, damage }
}

const EVENT = Buffer.from('"event":')
const TYPE = Buffer.from('"type":')

/** Event records have no symbol: their payload stands behind the type, or in format 1 in its place. */
function isEvent({ bytes, namesAt }: KeyedLine): boolean {
  const at = stands(TYPE, bytes, namesAt) ? bytes.indexOf('",', namesAt) + 2 : namesAt
  return stands(EVENT, bytes, at)
}

const stands = (wanted: Buffer, bytes: Buffer, at: number): boolean =>
  bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0

function fieldsOf({ bytes }: KeyedLine): ConnectionEvent['fields'] {
  try {
    const { event } = JSON.parse(bytes.toString('utf8')) as { readonly event: unknown }
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined
    return event as Record<string, unknown>
  } catch {
    // The connector's fault; the archive keeps the bytes.
    return undefined
  }
}
