// The instruments of feeds: when each was first and last seen, from the indexes of segments, or exactly from the records.

import { indexedSegments } from '#archive/read/indexed-members.ts'
import { LineReader } from '#events/line.ts'
import { type Interval, intervalOf } from '../model/interval.ts'
import { comparePositions, type PlainRow, plainRows } from '../model/plain-rows.ts'
import type { Parameter, Query, QueryContext } from '../model/query.ts'
import type { Column } from '../model/rows.ts'
import { type HeldDay, Holdings } from '../read/holdings.ts'
import { lineRuns } from '../read/lines.ts'
import { QualityBook } from '../read/quality.ts'
import {
  always,
  BUDGET,
  FEED_COLUMN,
  FEEDS,
  FROM,
  integer,
  json,
  listOf,
  SYMBOL_COLUMN,
  TO,
  time,
} from './common.ts'

const COLUMNS: readonly Column[] = [
  FEED_COLUMN,
  SYMBOL_COLUMN,
  always(time('first', 'The first record with this symbol; without `exact` at or before it.')),
  always(time('last', 'The last record with this symbol; without `exact` at or behind it.')),
  integer('records', 'Records with this symbol; only with `exact`.'),
  integer('trades', 'Those of them that are in the group trades; only with `exact`.'),
  json('types', 'Records with this symbol by message type; only with `exact`.'),
]

const PREFIX: Parameter = {
  name: 'prefix',
  schema: {
    type: 'string',
    description: 'Only symbols that begin with this.',
    examples: ['KXGOLD'],
  },
}
const EXACT: Parameter = {
  name: 'exact',
  schema: {
    type: 'boolean',
    default: false,
    description:
      'Read the records: exact times, and counts by type. Without it the indexes alone answer.',
  },
}

export const symbols: Query = {
  name: 'symbols',
  path: '/v1/symbols',
  summary: 'The instruments of feeds, first and last seen, with counts on request',
  description:
    'One row for each feed and symbol that the lines of the interval name, by feed and symbol. The times come from the indexes, which ' +
    'know them by members of some thousand records; `exact` reads the records. `about.unnamed` is true if an index holds more symbols ' +
    'than it names, or frames that name several.',
  class: 'read',
  parameters: [FEEDS, PREFIX, FROM, TO, EXACT],
  answer: { kind: 'rows', columns: COLUMNS, limit: { usual: 10_000, most: 1_000_000 } },
  budget: BUDGET,
  run: async (parameters, context) => {
    const interval = intervalOf(parameters)
    const holdings = new Holdings(context)
    const feeds = listOf(parameters, 'feed')
    const { days, damaged } = await holdings.days({ feeds, ...interval })
    const quality = new QualityBook(interval)
    quality.addDamaged(damaged)
    const seen = new Seen(String(parameters.prefix ?? ''))
    if (parameters.exact === true)
      await readRecords(context, holdings, days, interval, quality, seen)
    else await readIndexes(context, holdings, days, interval, quality, seen)
    const { unnamed } = seen
    return plainRows(
      {
        columns: COLUMNS,
        rows: seen.rows(),
        order: ['feed', 'symbol'],
        quality: () => quality.quality(),
        about: () => ({ exact: parameters.exact === true, unnamed }),
      },
      context
    )
  },
}

/** Groups of what is about a connection, and no market data. */
const OURS = ['connection', 'control']

type Facts = {
  readonly feed: string
  readonly symbol: string
  first: string
  last: string
  records: number
  trades: number
  readonly types: Map<string, number>
}

class Seen {
  readonly #prefix: string
  readonly #feeds = new Map<string, Map<string, Facts>>()
  /** There may be symbols that have no row. */
  unnamed = false

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** Undefined if it is not asked for. */
  see(feed: string, symbol: string, first: string, last: string): Facts | undefined {
    if (symbol === '' || !symbol.startsWith(this.#prefix)) return undefined
    let facts = this.#feeds.get(feed)?.get(symbol)
    if (facts === undefined) {
      facts = { feed, symbol, first, last, records: 0, trades: 0, types: new Map() }
      const own = this.#feeds.get(feed) ?? new Map<string, Facts>()
      this.#feeds.set(feed, own.set(symbol, facts))
    }
    if (first < facts.first) facts.first = first
    if (last > facts.last) facts.last = last
    return facts
  }

  rows(): PlainRow[] {
    const all = [...this.#feeds.values()].flatMap((own) => [...own.values()])
    all.sort((a, b) => comparePositions([a.feed, a.symbol], [b.feed, b.symbol]))
    return all.map(({ types, records, trades, ...row }) =>
      records === 0
        ? row
        : { ...row, records, trades, types: Object.fromEntries([...types].sort()) }
    )
  }
}

async function readIndexes(
  { signal, onProgress }: QueryContext,
  holdings: Holdings,
  days: readonly HeldDay[],
  { from = '', to = '~' }: Interval,
  quality: QualityBook,
  seen: Seen
): Promise<void> {
  for (const [i, held] of days.entries()) {
    const { feed, own, root, day } = held
    quality.add(feed, await holdings.manifest(held, day))
    const touches = (span: { from: string; to: string }) => span.to >= from && span.from < to
    for await (const { segment, members } of indexedSegments(root.path, own, day, touches)) {
      signal.throwIfAborted()
      const isOurs = OURS.includes(segment.group)
      for (const member of members()) {
        if (!touches(member)) continue
        if (member.hasOthers || (!isOurs && member.symbols.includes(''))) seen.unnamed = true
        for (const symbol of member.symbols) seen.see(feed, symbol, member.from, member.to)
      }
    }
    onProgress?.(i + 1, days.length)
  }
}

async function readRecords(
  { signal }: QueryContext,
  holdings: Holdings,
  days: readonly HeldDay[],
  interval: Interval,
  quality: QualityBook,
  seen: Seen
): Promise<void> {
  const trades = new Set<string>()
  const ours = new Set<string>()
  for (const held of days) {
    const { segments } = await holdings.manifest(held, held.day)
    for (const { group, types } of segments) {
      if (group === 'trades') for (const type of Object.keys(types)) trades.add(type)
      if (OURS.includes(group)) for (const type of Object.keys(types)) ours.add(type)
    }
  }
  const reader = new LineReader()
  const source = { holdings, days, choice: interval, quality, signal }
  for await (const { feed, lines } of lineRuns(source)) {
    for (const line of lines) {
      if (!reader.read(line) || reader.isEvent) continue
      const { type } = reader
      if (reader.symbol === '' && !ours.has(type)) seen.unnamed = true
      const facts = seen.see(feed, reader.symbol, line.recv, line.recv)
      if (facts === undefined) continue
      facts.records++
      if (trades.has(type)) facts.trades++
      facts.types.set(type, (facts.types.get(type) ?? 0) + 1)
    }
  }
}
