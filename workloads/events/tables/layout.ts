// Which columns each table has beside those that all of them have (table.ts), and of which kind they are. The order is that of
// the files.

import type { TableName } from './table.ts'

/**
 * `time`: nanoseconds since 1970, or absent. `decimal`: an integer, with one scale for the column, or absent. `names`: a text that
 * occurs again and again. `text`: any other text; `optional`: or absent. `small`: 0 to 255.
 */
export type ColumnKind = 'time' | 'decimal' | 'names' | 'text' | 'optional' | 'small'

type Layout = Readonly<Record<string, ColumnKind>>

const WHEN: Layout = { time: 'time', sequence: 'text' }
/** `flags`: bits of FLAG (event.ts). */
const LEVEL: Layout = { side: 'names', price: 'decimal', size: 'decimal', flags: 'small' }

/** What `Instrument` says, as decimal texts and RFC 3339, as the exchange sent them. */
export const INSTRUMENT_TEXTS = [
  ...(['tick', 'sizeStep', 'title', 'strikeType', 'floorStrike', 'capStrike'] as const),
  ...(['openTime', 'closeTime', 'result', 'settlement'] as const),
] as const

export const QUOTE_DECIMALS = [
  ...(['bid', 'bidSize', 'ask', 'askSize', 'last', 'lastSize', 'volume'] as const),
] as const

export const LAYOUT: Readonly<Record<TableName, Layout>> = {
  trade: { ...WHEN, id: 'text', ...LEVEL },
  quote: {
    ...WHEN,
    ...Object.fromEntries(QUOTE_DECIMALS.map((name) => [name, 'decimal'] as const)),
    flags: 'small',
  },
  /** `event`: bookSnapshot or bookChange. `id`: some exchanges number a change twice, from and to. */
  book: { ...WHEN, id: 'text', event: 'names', ...LEVEL },
  instrument: {
    ...WHEN,
    phase: 'names',
    action: 'names',
    ...Object.fromEntries(INSTRUMENT_TEXTS.map((name) => [name, 'optional'] as const)),
  },
  unknown: { reason: 'names' },
}
