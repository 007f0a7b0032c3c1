// Rows of tables as texts, to be compared: read from the columns, and made the naive way from lines, one by one.

import { EVENT, EVENT_NAMES, type MarketEvent, SIDE } from '#market/event.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { INSTRUMENT_TEXTS, LAYOUT, QUOTE_DECIMALS } from '../tables/layout.ts'
import {
  type Column,
  type DecimalColumn,
  type Int64Column,
  isValid,
  type NamesColumn,
  type Table,
  type TableName,
  type TextColumn,
} from '../tables/table.ts'

/** Values by the names of columns, as JSON: whole numbers as text, decimals without zeros at the end, null for what is absent. */
export type RowValues = Readonly<Record<string, string | number | null>>

export const textOfRow = (row: RowValues): string => JSON.stringify(row)

export function tableRows(table: Table): string[] {
  const kinds = LAYOUT[table.name]
  return Array.from({ length: table.length }, (_, i) => {
    const row: Record<string, string | number | null> = {
      recv: int64(table.recv, i),
      conn: name(table.conn, i),
      n: int64(table.n, i),
      row: table.row[i]!,
      type: name(table.type, i),
      symbol: name(table.symbol, i),
    }
    for (const [key, kind] of Object.entries(kinds)) {
      row[key] = cellOf(table.columns.get(key)!, kind, i)
    }
    return textOfRow(row)
  })
}

function cellOf(column: Column, kind: string, i: number): string | number | null {
  switch (kind) {
    case 'time':
      return int64(column as Int64Column, i)
    case 'decimal': {
      const { scale, scales } = column as DecimalColumn
      const value = int64(column as Int64Column, i)
      return value === null
        ? null
        : plainDecimal(BigInt(value), scales === null ? scale : scales[i]!)
    }
    case 'names':
      return name(column as NamesColumn, i)
    case 'small':
      return (column as Uint8Array)[i]!
    default: {
      const { offsets, bytes, valid } = column as TextColumn
      if (!isValid(valid, i)) return null
      return Buffer.from(bytes.subarray(offsets[i]!, offsets[i + 1]!)).toString()
    }
  }
}

function int64({ words, valid }: Int64Column, i: number): string | null {
  if (!isValid(valid, i)) return null
  const bytes = words.slice(2 * i, 2 * i + 2)
  return String(new BigInt64Array(bytes.buffer)[0])
}

const name = ({ codes, names }: NamesColumn, i: number): string => names[codes[i]!]!

/** `12.5`: without zeros at the end. */
export function plainDecimal(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

type Line = {
  readonly recv: string
  readonly conn: string
  readonly n: number
  readonly type?: string
  readonly symbol?: string
  readonly frame?: unknown
  readonly text?: string
  readonly base64?: string
  readonly event?: { readonly kind: string }
}

/** What the tables of lines must say, row by row; of format 1, `namesOf` tells type and symbol. */
export function naiveTables(
  lines: Iterable<string>,
  normalizerOf: (connection: string) => Normalizer,
  namesOf: (line: Line) => { readonly type: string; readonly symbol: string } = ({
    type = '',
    symbol = '',
  }) => ({ type, symbol })
): Record<TableName, string[]> {
  const tables: Record<TableName, string[]> = {
    ...{ trade: [], quote: [], book: [], instrument: [], unknown: [] },
  }
  const all = [...lines].map((text) => ({ text, line: JSON.parse(text) as Line }))
  const key = ({ line }: (typeof all)[number]) => `${line.recv} ${line.conn}`
  all.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.line.n - b.line.n))
  for (const { text, line } of all) {
    const recvMs = Date.parse(`${line.recv.slice(0, 23)}Z`)
    const recvNs = Number(line.recv.slice(23, 29))
    const { type, symbol } = namesOf(line)
    const recv = nanos(recvMs, recvNs)
    const common = { recv, conn: line.conn, n: String(line.n) }
    if (line.event !== undefined) continue
    const header = { recvMs, recvNs, feed: 'any', type, symbol }
    let row = 0
    normalizerOf(line.conn).normalize(payloadOf(line, text), header, (one) => {
      const keys = { ...common, row: row++, type: one.type, symbol: one.symbol }
      const [table, own] = ownOf(one)
      tables[table].push(textOfRow({ ...keys, ...own }))
    })
  }
  return tables
}

function payloadOf({ text, base64 }: Line, line: string): Buffer {
  if (text !== undefined) return Buffer.from(text)
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return Buffer.from(line.slice(line.indexOf('"frame":') + 8, -1))
}

const nanos = (ms: number, ns: number): string => String(BigInt(ms) * 1_000_000n + BigInt(ns))

function ownOf(event: MarketEvent): [TableName, RowValues] {
  const time = event.timeMs < 0 ? null : nanos(event.timeMs, event.timeNs)
  const dated = { time, sequence: event.sequence }
  const decimal = (value: number, scale: number) =>
    Number.isNaN(value) ? null : plainDecimal(BigInt(value), scale)
  const side = (buy: string, sell: string) =>
    event.side === SIDE.none ? '' : event.side === SIDE.buy ? buy : sell
  const level = (buy: string, sell: string) => ({
    side: side(buy, sell),
    price: decimal(event.price, event.priceScale),
    size: decimal(event.size, event.sizeScale),
    flags: event.flags,
  })
  switch (event.kind) {
    case EVENT.trade:
      return ['trade', { ...dated, id: event.id, ...level('buy', 'sell') }]
    case EVENT.bookChange:
    case EVENT.bookSnapshot:
      return [
        'book',
        { ...dated, id: event.id, event: EVENT_NAMES[event.kind]!, ...level('bid', 'ask') },
      ]
    case EVENT.quote: {
      const values = QUOTE_DECIMALS.map((key) => [key, decimal(event[key], event[`${key}Scale`])])
      return ['quote', { ...dated, ...Object.fromEntries(values), flags: event.flags }]
    }
    case EVENT.instrument: {
      const { phase, action } = event.instrument!
      const texts = INSTRUMENT_TEXTS.map((key) => [key, event.instrument![key] ?? null])
      return ['instrument', { ...dated, phase, action, ...Object.fromEntries(texts) }]
    }
    default:
      return ['unknown', { reason: event.reason }]
  }
}
