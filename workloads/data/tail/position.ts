// Where a reader of the live tail is, as the text of a Last-Event-ID, so that it continues there. Pure.
//
// Of records: by feed, the record behind which to continue, `<feed>.<stream>.<sequence>.<index>` with commas between. Of market
// events: `<milliseconds>.<nanoseconds>.<rows>`: how many rows of that receive time were delivered, in the total order.

/** Of one feed: the last record that was delivered. */
export type RecordPosition = {
  /** Which stream of that name: when it was created, milliseconds since 1970. */
  readonly created: number
  readonly sequence: number
  /** In its block; -1: none of it. */
  readonly index: number
}

export type EventPosition = { readonly ms: number; readonly ns: number; readonly rows: number }

const RECORD = /^([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\.([0-9a-z]{1,9})\.(\d{1,15})\.(-1|\d{1,9})$/
const EVENT = /^(\d{1,15})\.(\d{1,6})\.(\d{1,9})$/
/** More feeds than a tail takes. */
const MOST = 100

export const recordPositionText = (
  positions: Iterable<readonly [feed: string, position: RecordPosition]>
): string =>
  Array.from(
    positions,
    ([feed, { created, sequence, index }]) => `${feed}.${created.toString(36)}.${sequence}.${index}`
  ).join(',')

/** Undefined if no tail of records wrote it. */
export function readRecordPositions(text: string): Map<string, RecordPosition> | undefined {
  const parts = text.split(',', MOST + 1)
  if (parts.length > MOST) return undefined
  const positions = new Map<string, RecordPosition>()
  for (const part of parts) {
    const [, feed = '', created = '', sequence = '', index = ''] = RECORD.exec(part) ?? []
    if (feed === '') return undefined
    positions.set(feed, {
      created: Number.parseInt(created, 36),
      sequence: Number(sequence),
      index: Number(index),
    })
  }
  return positions
}

export const eventPositionText = ({ ms, ns, rows }: EventPosition): string => `${ms}.${ns}.${rows}`

/** Undefined if no tail of market events wrote it. */
export function readEventPosition(text: string): EventPosition | undefined {
  const found = EVENT.exec(text)
  if (found === null) return undefined
  const [ms = 0, ns = 0, rows = 0] = found.slice(1).map(Number)
  return { ms, ns, rows }
}
