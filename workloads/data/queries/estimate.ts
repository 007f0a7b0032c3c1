// How much an answer of records would be, before it is asked for: from manifests and indexes, without reading a record.

import { indexedSegments } from '#archive/read/indexed-members.ts'
import { intervalOf } from '../model/interval.ts'
import { type PlainRow, plainRows } from '../model/plain-rows.ts'
import type { Query } from '../model/query.ts'
import type { Column } from '../model/rows.ts'
import { Holdings } from '../read/holdings.ts'
import { refuseUnknown } from '../read/known-names.ts'
import {
  always,
  BUDGET,
  DAY_COLUMN,
  FEED_COLUMN,
  FEEDS,
  FROM,
  flag,
  integer,
  listOf,
  SMALL,
  SYMBOLS,
  TO,
  TYPES,
} from './common.ts'

const COLUMNS: readonly Column[] = [
  FEED_COLUMN,
  DAY_COLUMN,
  always(integer('records', 'Records at most.')),
  always(integer('rawBytes', 'Bytes of their lines at most.')),
  always(integer('bytes', 'Bytes that are read from the disk for them.')),
  always(
    flag('exact', 'True if records and rawBytes are exact: nothing in the files read is left out.')
  ),
]

export const estimate: Query = {
  name: 'estimate',
  path: '/v1/estimate',
  summary: 'Rows and bytes of a download before it is made',
  description:
    'One row for each feed and day that the same parameters of `records` would read: an upper bound from manifests and indexes, which ' +
    'know types and symbols by members of some thousand records. `about` has the sums.',
  class: 'read',
  parameters: [FEEDS, SYMBOLS, TYPES, FROM, TO],
  answer: { kind: 'rows', columns: COLUMNS, limit: SMALL },
  budget: BUDGET,
  run: async (parameters, context) => {
    const interval = intervalOf(parameters)
    const { from = '', to = '~' } = interval
    const names = { types: listOf(parameters, 'type'), symbols: listOf(parameters, 'symbol') }
    const holdings = new Holdings(context)
    const feeds = await holdings.chosen(listOf(parameters, 'feed'))
    const { days } = await holdings.days({ feeds: feeds.map(({ feed }) => feed), ...interval })
    await refuseUnknown(context, feeds, days, names)
    const rows: PlainRow[] = []
    const sums = { records: 0, rawBytes: 0, bytes: 0 }
    const touches = (span: { from: string; to: string }) => span.to >= from && span.from < to
    for (const { feed, own, root, day } of days) {
      context.signal.throwIfAborted()
      const row = { feed, day, records: 0, rawBytes: 0, bytes: 0, exact: true }
      for await (const { members } of indexedSegments(root.path, own, day, touches)) {
        for (const member of members()) {
          const share = touches(member) ? shareOf(member, names) : 0
          if (share === 0) continue
          row.records += share
          row.rawBytes += member.rawBytes
          row.bytes += member.bytes
          const isWhole = member.from >= from && member.to < to && share === member.lines
          if (!isWhole || !hasOnly(member, names.symbols)) row.exact = false
        }
      }
      rows.push(row)
      sums.records += row.records
      sums.rawBytes += row.rawBytes
      sums.bytes += row.bytes
    }
    return plainRows({ columns: COLUMNS, rows, order: ['feed', 'day'], about: () => sums }, context)
  },
}

type Member = {
  readonly lines: number
  readonly types: Readonly<Record<string, number>>
  readonly symbols: readonly string[]
  readonly hasOthers: boolean
}
type Names = {
  readonly types: readonly string[] | undefined
  readonly symbols: readonly string[] | undefined
}

/** Lines of a member that may be asked for. */
function shareOf({ lines, types: held, symbols, hasOthers }: Member, names: Names): number {
  const isNamed = names.symbols?.some((symbol) => symbols.includes(symbol)) ?? true
  if (!isNamed && !hasOthers) return 0
  if (names.types === undefined) return lines
  return names.types.reduce((sum, type) => sum + (Object.hasOwn(held, type) ? held[type]! : 0), 0)
}

const hasOnly = ({ symbols, hasOthers }: Member, wanted: readonly string[] | undefined): boolean =>
  wanted === undefined || (!hasOthers && symbols.every((symbol) => wanted.includes(symbol)))
