// Copies rows of a table to the end of a batch: column by column, without an object, a string or a BigInt for a row.

import type { EventBatch } from '#market/columns.ts'
import { EVENT, type Instrument, SIDE } from '#market/event.ts'
import { appendDecimals, readDecimal } from './table-decimals.ts'
import { PlacesOf } from './table-places.ts'
import { INSTRUMENT_TEXTS, QUOTE_DECIMALS } from './tables/layout.ts'
import {
  type DecimalColumn,
  type Int64Column,
  int64At,
  isValid,
  type NamesColumn,
  type Table,
  type TableName,
  type TextColumn,
} from './tables/table.ts'

const KINDS: Readonly<Partial<Record<TableName, number>>> = {
  trade: EVENT.trade,
  quote: EVENT.quote,
  instrument: EVENT.instrument,
  unknown: EVENT.unknown,
}
const SIDES: Readonly<Record<string, number>> = {
  bid: SIDE.bid,
  ask: SIDE.ask,
  buy: SIDE.buy,
  sell: SIDE.sell,
}

export class TableAppend {
  readonly #table: Table
  readonly #feed: string
  readonly #types: PlacesOf
  readonly #symbols: PlacesOf
  readonly #connections: PlacesOf
  readonly #kind: number
  /** Of a book: which event a row is. */
  readonly #kinds: NamesColumn | null
  readonly #kindOf: Uint8Array
  readonly #time: Int64Column | null
  readonly #sequence: TextColumn | null
  readonly #id: TextColumn | null
  readonly #flags: Uint8Array | null
  readonly #sides: NamesColumn | null
  readonly #sideOf: Uint8Array
  readonly #price: DecimalColumn | null
  readonly #size: DecimalColumn | null
  readonly #quotes: readonly DecimalColumn[]

  /** `feed`: the name that the rows carry. */
  constructor(table: Table, feed: string) {
    const column = <C>(name: string): C | null => (table.columns.get(name) as C | undefined) ?? null
    this.#table = table
    this.#feed = feed
    this.#types = new PlacesOf(table.type.names)
    this.#symbols = new PlacesOf(table.symbol.names)
    this.#connections = new PlacesOf(table.conn.names)
    this.#kind = KINDS[table.name] ?? EVENT.none
    this.#kinds = column('event')
    this.#kindOf = bytesOf(this.#kinds, (name) =>
      name === 'bookSnapshot' ? EVENT.bookSnapshot : EVENT.bookChange
    )
    this.#time = column('time')
    this.#sequence = column('sequence')
    this.#id = column('id')
    this.#flags = column('flags')
    this.#sides = column('side')
    this.#sideOf = bytesOf(this.#sides, (name) => SIDES[name] ?? SIDE.none)
    this.#price = column('price')
    this.#size = column('size')
    this.#quotes =
      table.name === 'quote' ? QUOTE_DECIMALS.map((name) => column<DecimalColumn>(name)!) : []
  }

  /** Rows from `from` to `to`: of the table, or those that are listed in `rows`. */
  append(batch: EventBatch, rows: Int32Array | null, from: number, to: number): void {
    const count = to - from
    batch.reserve(
      count,
      this.#quotes.length > 0 ? count : 0,
      bytesIn(this.#sequence, rows, from, to) + bytesIn(this.#id, rows, from, to)
    )
    this.#appendNames(batch, rows, from, to)
    this.#appendRecords(batch, rows, from, to)
    this.#appendTimes(batch, rows, from, to)
    if (this.#sequence !== null) {
      appendTexts(
        batch,
        batch.sequenceStarts,
        batch.sequenceLengths,
        this.#sequence,
        rows,
        from,
        to
      )
    }
    if (this.#id !== null) {
      appendTexts(batch, batch.idStarts, batch.idLengths, this.#id, rows, from, to)
    }
    if (this.#price !== null) {
      appendDecimals(batch.length, batch.prices, batch.priceScales, this.#price, rows, from, to)
    }
    if (this.#size !== null) {
      appendDecimals(batch.length, batch.sizes, batch.sizeScales, this.#size, rows, from, to)
    }
    if (this.#quotes.length > 0) this.#appendQuotes(batch, rows, from, to)
    else if (this.#kind >= EVENT.instrument) this.#appendRare(batch, rows, from, to)
    batch.length += count
  }

  /** What every row has; what the table has not is absent. */
  #appendNames(batch: EventBatch, rows: Int32Array | null, from: number, to: number): void {
    const { type, symbol } = this.#table
    const types = this.#types.of(batch)
    const symbols = this.#symbols.of(batch)
    const kindCodes = this.#kinds?.codes ?? null
    const sideCodes = this.#sides?.codes ?? null
    const kindOf = this.#kindOf
    const sideOf = this.#sideOf
    const flags = this.#flags
    const kind = this.#kind
    const feed = batch.place(this.#feed)
    const { kinds, flags: marks, sides, feeds, types: typeColumn, symbols: symbolColumn } = batch
    const typeCodes = type.codes
    const symbolCodes = symbol.codes
    for (let k = from, o = batch.length; k < to; k++, o++) {
      const i = rows === null ? k : rows[k]!
      kinds[o] = kindCodes === null ? kind : kindOf[kindCodes[i]!]!
      marks[o] = flags === null ? 0 : flags[i]!
      sides[o] = sideCodes === null ? 0 : sideOf[sideCodes[i]!]!
      feeds[o] = feed
      const t = typeCodes[i]!
      const s = symbolCodes[i]!
      typeColumn[o] = types[t]! >= 0 ? types[t]! : this.#types.find(batch, t)
      symbolColumn[o] = symbols[s]! >= 0 ? symbols[s]! : this.#symbols.find(batch, s)
    }
    const start = batch.length
    const end = start + to - from
    if (this.#price === null) {
      batch.prices.fill(Number.NaN, start, end)
      batch.priceScales.fill(0, start, end)
      batch.sizes.fill(Number.NaN, start, end)
      batch.sizeScales.fill(0, start, end)
    }
    if (this.#sequence === null) batch.sequenceLengths.fill(0, start, end)
    if (this.#id === null) batch.idLengths.fill(0, start, end)
  }

  #appendRecords(batch: EventBatch, rows: Int32Array | null, from: number, to: number): void {
    const { conn, n, row } = this.#table
    const places = this.#connections.of(batch)
    const { codes } = conn
    const { words } = n
    const { connections, numbers, rows: frameRows } = batch
    for (let k = from, o = batch.length; k < to; k++, o++) {
      const i = rows === null ? k : rows[k]!
      const code = codes[i]!
      const place = places[code]!
      connections[o] = place >= 0 ? place : this.#connections.find(batch, code)
      numbers[o] = int64At(words, i)
      frameRows[o] = row[i]!
    }
  }

  #appendTimes(batch: EventBatch, rows: Int32Array | null, from: number, to: number): void {
    const recv = this.#table.recv.words
    const time = this.#time?.words ?? null
    const valid = this.#time?.valid ?? null
    const { recvMs, recvNs, timeMs, timeNs } = batch
    for (let k = from, o = batch.length; k < to; k++, o++) {
      const i = rows === null ? k : rows[k]!
      const high = recv[2 * i + 1]!
      // 2^32 ns are 4294 ms and 967,296 ns.
      const nanos = high * 967_296 + (recv[2 * i]! >>> 0)
      const ms = Math.floor(nanos / 1e6)
      recvMs[o] = high * 4294 + ms
      recvNs[o] = nanos - ms * 1e6
      if (time === null || !isValid(valid, i)) {
        timeMs[o] = -1
        timeNs[o] = 0
        continue
      }
      const upper = time[2 * i + 1]!
      const rest = upper * 967_296 + (time[2 * i]! >>> 0)
      const whole = Math.floor(rest / 1e6)
      timeMs[o] = upper * 4294 + whole
      timeNs[o] = rest - whole * 1e6
    }
  }

  #appendQuotes(batch: EventBatch, rows: Int32Array | null, from: number, to: number): void {
    const { quotes, quoteScales, places } = batch
    const columns = this.#quotes
    let place = batch.quotesLength
    for (let k = from, o = batch.length; k < to; k++, o++) {
      const i = rows === null ? k : rows[k]!
      places[o] = place
      for (let c = 0; c < columns.length; c++) {
        readDecimal(columns[c]!, i, quotes, quoteScales, place++)
      }
    }
    batch.quotesLength = place
  }

  #appendRare(batch: EventBatch, rows: Int32Array | null, from: number, to: number): void {
    const reasons = this.#table.columns.get('reason') as NamesColumn | undefined
    for (let k = from, o = batch.length; k < to; k++, o++) {
      const i = rows === null ? k : rows[k]!
      const reason = reasons === undefined ? '' : reasons.names[reasons.codes[i]!]!
      const instrument = reasons === undefined ? instrumentAt(this.#table, i) : undefined
      batch.places[o] = batch.rare.push({ instrument, reason, untilMs: -1, untilNs: 0 }) - 1
    }
  }
}

/** What a row of the table of instruments says. */
export function instrumentAt({ columns }: Table, i: number): Instrument {
  const named = (name: string): string => {
    const { codes, names } = columns.get(name) as NamesColumn
    return names[codes[i]!]!
  }
  const instrument: Record<string, string> = { phase: named('phase'), action: named('action') }
  for (const name of INSTRUMENT_TEXTS) {
    const { offsets, bytes, valid } = columns.get(name) as TextColumn
    if (!isValid(valid, i)) continue
    const text = bytes.subarray(offsets[i]!, offsets[i + 1]!)
    instrument[name] = Buffer.from(text.buffer, text.byteOffset, text.length).toString('utf8')
  }
  return instrument as unknown as Instrument
}

/** What each name of a column stands for. */
const bytesOf = (column: NamesColumn | null, of: (name: string) => number): Uint8Array =>
  Uint8Array.from(column?.names ?? [], of)

function bytesIn(
  column: TextColumn | null,
  rows: Int32Array | null,
  from: number,
  to: number
): number {
  if (column === null) return 0
  const { offsets } = column
  if (rows === null) return offsets[to]! - offsets[from]!
  let bytes = 0
  for (let k = from; k < to; k++) bytes += offsets[rows[k]! + 1]! - offsets[rows[k]!]!
  return bytes
}

/** Up to this number of texts a loop over their bytes is faster than a call of `set`, which needs an object. */
const FEW = 8

function appendTexts(
  batch: EventBatch,
  starts: Int32Array,
  lengths: Int32Array,
  { offsets, bytes }: TextColumn,
  rows: Int32Array | null,
  from: number,
  to: number
): void {
  const target = batch.bytes
  let at = batch.bytesLength
  if (rows === null && to - from > FEW) {
    const first = offsets[from]!
    target.set(bytes.subarray(first, offsets[to]!), at)
    for (let i = from, o = batch.length; i < to; i++, o++) {
      starts[o] = at + offsets[i]! - first
      lengths[o] = offsets[i + 1]! - offsets[i]!
    }
    batch.bytesLength = at + offsets[to]! - first
    return
  }
  for (let k = from, o = batch.length; k < to; k++, o++) {
    const i = rows === null ? k : rows[k]!
    const start = offsets[i]!
    const end = offsets[i + 1]!
    starts[o] = at
    lengths[o] = end - start
    for (let p = start; p < end; p++) target[at++] = bytes[p]!
  }
  batch.bytesLength = at
}
