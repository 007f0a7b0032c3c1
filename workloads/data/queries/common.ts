// Parameters and columns that queries share, so that one name means one thing everywhere.

import type { Parameter } from '../model/query.ts'
import type { Column } from '../model/rows.ts'

export const FEED: Parameter = {
  name: 'feed',
  required: true,
  schema: {
    type: 'string',
    description: 'The feed; of a named root, the name of the root in front: live.kraken.',
    examples: ['kalshi'],
  },
}

export const FEEDS: Parameter = {
  name: 'feed',
  list: true,
  schema: {
    type: 'string',
    description: 'Only these feeds. All if left out.',
    examples: ['kalshi'],
  },
}

export const SYMBOL: Parameter = {
  name: 'symbol',
  required: true,
  schema: {
    type: 'string',
    description: "The exchange's own name of the instrument.",
    examples: ['KXGOLD15M-26NOV231915-15'],
  },
}

export const SYMBOLS: Parameter = {
  name: 'symbol',
  list: true,
  schema: {
    type: 'string',
    description: "Only these instruments, by the exchange's own names. All if left out.",
    examples: ['KXGOLD15M-26NOV231915-15'],
  },
}

export const TYPES: Parameter = {
  name: 'type',
  list: true,
  schema: {
    type: 'string',
    description: "Only these message types, by the exchange's own names. All if left out.",
    examples: ['trade'],
  },
}

const WHEN = 'a day, or RFC 3339 with up to nine decimals. Times are receive times, in UTC.'

export const FROM: Parameter = {
  name: 'from',
  schema: {
    type: 'string',
    format: 'instant',
    description: `From here on: ${WHEN}`,
    examples: ['2026-11-24', '2026-11-24T00:01:00Z'],
  },
}

export const TO: Parameter = {
  name: 'to',
  schema: {
    type: 'string',
    format: 'instant',
    description: `Before this time: ${WHEN}`,
    examples: ['2026-11-25', '2026-11-24T00:02:00Z'],
  },
}

export const AT: Parameter = {
  name: 'at',
  schema: {
    type: 'string',
    format: 'instant',
    description: `As it was just before this time: ${WHEN} The end of what is archived if left out.`,
    examples: ['2026-11-24T00:01:00Z'],
  },
}

export const FEED_COLUMN: Column = {
  name: 'feed',
  type: 'text',
  says: 'The feed, by the name that it goes by.',
  optional: false,
}
export const DAY_COLUMN: Column = {
  name: 'day',
  type: 'text',
  says: 'The UTC day, such as 2026-11-24.',
  optional: false,
}
export const SYMBOL_COLUMN: Column = {
  name: 'symbol',
  type: 'text',
  says: "The exchange's own name of the instrument.",
  optional: false,
}

/** A column that every row has. */
export const always = (column: Column): Column => ({ ...column, optional: false })

export const text = (name: string, says: string): Column => ({ name, type: 'text', says })
export const integer = (name: string, says: string): Column => ({ name, type: 'integer', says })
export const decimal = (name: string, says: string): Column => ({ name, type: 'decimal', says })
export const time = (name: string, says: string): Column => ({ name, type: 'time', says })
export const flag = (name: string, says: string): Column => ({ name, type: 'flag', says })
export const json = (name: string, says: string): Column => ({ name, type: 'json', says })

/** Answers that are small by nature: all of it, unless it is cut into pages. */
export const SMALL = { usual: 10_000, most: 100_000 } as const
/** Bytes of an answer as a tool of an agent gets it. */
export const BUDGET = 16_384

/** A parameter that is a list; undefined if it was left out. */
export const listOf = (
  parameters: Readonly<Record<string, unknown>>,
  name: string
): readonly string[] | undefined => parameters[name] as readonly string[] | undefined
