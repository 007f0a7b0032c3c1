// What the connections of a day say of themselves: the event records that gaps are made from, in the total order. Only segments that
// hold any are read.

import type { SsmdError } from '#crds/errors.ts'
import {
  compareKeys,
  type DayRecords,
  eventRows,
  keyAt,
  payloadOf,
  type RecordKey,
} from './record-tables.ts'

/** The events of connections that gaps are made from. */
const TOLD = ['open', 'ready', 'close', 'gap', 'drop', 'proof']

export type ConnectionEvent = RecordKey & {
  /** Undefined: it is not understood. */
  readonly fields: Readonly<Record<string, unknown>> | undefined
}

export type Damage = { readonly error: SsmdError; readonly from: string; readonly to: string }

export type DayEvents = {
  readonly events: readonly ConnectionEvent[]
  readonly damage: readonly Damage[]
}

/** `from` and `to`: receive times, inclusive and exclusive. */
export async function dayEvents(
  records: DayRecords,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }
): Promise<DayEvents> {
  const events: ConnectionEvent[] = []
  const damage: Damage[] = []
  for (const segment of records.manifest.segments) {
    if (!TOLD.some((type) => Object.hasOwn(segment.types, type))) continue
    if ((from !== undefined && segment.to < from) || (to !== undefined && segment.from >= to)) {
      continue
    }
    const read = await records.table(segment, { types: TOLD, from, to, payloads: true })
    damage.push(...read.damage)
    const { type } = read.table
    const isTold = type.names.map((name) => TOLD.includes(name))
    for (const row of eventRows(read.table)) {
      if (!isTold[type.codes[row]!]) continue
      const key = keyAt(read.table, row)
      if ((from !== undefined && key.recv < from) || (to !== undefined && key.recv >= to)) continue
      events.push({ ...key, fields: fieldsOf(payloadOf(read.table, row)) })
    }
  }
  return { events: events.sort(compareKeys), damage }
}

function fieldsOf(payload: string): ConnectionEvent['fields'] {
  try {
    const event: unknown = JSON.parse(payload)
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined
    return event as Record<string, unknown>
  } catch {
    // The connector's fault; the archive keeps the bytes.
    return undefined
  }
}
