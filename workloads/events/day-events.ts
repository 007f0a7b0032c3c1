// What the connections of a day say of themselves: the event records that gaps are made from, in the total order. Only members
// that hold any are read.

import type { Manifest } from '#archive/read/reader.ts'
import { timeText } from '#market/time.ts'
import { compareKeys, type DayRecords, type RecordKey } from './records.ts'
import { eventFields } from './stage.ts'
import type { SegmentDamage } from './tables/settled.ts'

/** The events of connections that gaps are made from. */
const TOLD = ['open', 'ready', 'close', 'gap', 'drop', 'proof']

export type ConnectionEvent = RecordKey & {
  /** Undefined: it is not understood. */
  readonly fields: Readonly<Record<string, unknown>> | undefined
}

export type DayEvents = {
  readonly events: readonly ConnectionEvent[]
  readonly damage: readonly SegmentDamage[]
}

type Span = { readonly from?: string | undefined; readonly to?: string | undefined }

/** `from` and `to`: receive times, inclusive and exclusive. */
export async function dayEvents(records: DayRecords, { from, to }: Span): Promise<DayEvents> {
  const events: ConnectionEvent[] = []
  const damage: SegmentDamage[] = []
  for (const segment of segmentsWith(records.manifest, { from, to })) {
    let found: ConnectionEvent[] = []
    const damaged = await records.scan(segment, { types: TOLD, from, to }, () => {
      found = []
      return (line) => {
        if (!line.isEvent || !TOLD.includes(line.type)) return
        const recv = timeText(line.recvMs, line.recvNs)
        if ((from !== undefined && recv < from) || (to !== undefined && recv >= to)) return
        const fields = eventFields(line.payload.subarray(line.start, line.end))
        found.push({ recv, connection: line.conn, number: line.n, fields })
      }
    })
    events.push(...found)
    damage.push(...damaged)
  }
  return { events: events.sort(compareKeys), damage }
}

const segmentsWith = ({ segments }: Manifest, { from, to }: Span) =>
  segments.filter(
    (one) =>
      (from === undefined || one.to >= from) &&
      (to === undefined || one.from < to) &&
      TOLD.some((type) => Object.hasOwn(one.types, type))
  )
