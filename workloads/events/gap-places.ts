// Where the gaps of a manifest become known: with the record behind them, which may be in the next day. Pure.

import type { Manifest } from '#archive/read/reader.ts'
import type { ConnectionEvent } from './day-events.ts'
import type { PlacedGap } from './day-gaps.ts'
import type { RecordKey } from './records.ts'
import { startOf } from './times.ts'

export type Placed = readonly [RecordKey, PlacedGap]

export class GapPlaces {
  /** Of the day before, to be told in this one. */
  #later: readonly PlacedGap[] = []

  /** Of the next day; `continues`: the one behind it is read, too. */
  next(
    placed: readonly PlacedGap[],
    { day, connections }: Pick<Manifest, 'day' | 'connections'>,
    events: readonly ConnectionEvent[],
    continues: boolean
  ): Placed[] {
    const last = new Map(connections.map((one) => [one.id, one.last]))
    const isLater = ({ connection, number }: PlacedGap): boolean =>
      continues && number > (last.get(connection) ?? number)
    const drops = placesOfDrops(events)
    const placeOf = (gap: PlacedGap): RecordKey | undefined =>
      drops.get(`${gap.connection} ${gap.number}`)
    const midnight = { recv: startOf(day), connection: '', number: 0 }
    const told = this.#later.map((gap): Placed => [placeOf(gap) ?? midnight, gap])
    this.#later = placed.filter(isLater)
    const now = placed.filter((gap) => !isLater(gap))
    return told.concat(now.map((gap) => [placeOf(gap) ?? gap, gap]))
  }
}

/**
 * By connection and first number that was dropped: the record that tells it. A hole before them ended when they came, and is
 * known with that record.
 */
function placesOfDrops(events: readonly ConnectionEvent[]): ReadonlyMap<string, RecordKey> {
  const places = new Map<string, RecordKey>()
  for (const event of events) {
    if (event.fields?.kind !== 'drop') continue
    places.set(`${event.connection} ${event.fields.fromNumber}`, event)
  }
  return places
}
