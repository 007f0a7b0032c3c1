// The tables of one segment while they are built: market events are appended, and become tables in the total order.

import { EVENT, type Instrument, type MarketEvent } from '#market/event.ts'
import {
  GrowingDecimals,
  GrowingNames,
  GrowingOptional,
  GrowingSmall,
  GrowingTexts,
  GrowingTimes,
  inOrder,
  pairsInOrder,
  sortedNames,
  twice,
  USUAL,
} from './growing.ts'
import { INSTRUMENT_TEXTS, QUOTE_DECIMALS } from './layout.ts'
import type { LineScan } from './line-scan.ts'
import { LastName, Names } from './names.ts'
import { orderOf } from './order.ts'
import { type Column, compareInt64, type NamesColumn, type Table, type TableName } from './table.ts'

const TWO_32 = 4_294_967_296

/** Codes of the line that rows are of, found once for all of them. */
type LineCodes = { conn: number; type: number; symbol: number }

/** What rows of every table say. All columns grow together: one look at the room for all of them. */
class Rows {
  length = 0
  #recv = new Int32Array(2 * USUAL)
  #n = new Int32Array(2 * USUAL)
  #row = new Int32Array(USUAL)
  #conn = new Int32Array(USUAL)
  #type = new Int32Array(USUAL)
  #symbol = new Int32Array(USUAL)
  readonly #names: readonly string[]

  constructor(names: readonly string[]) {
    this.#names = names
  }

  push(line: LineScan, codes: LineCodes, symbol: number, row: number): void {
    const i = this.length
    if (i === this.#row.length) this.#grow()
    this.length = i + 1
    this.#recv[2 * i] = line.recvLow
    this.#recv[2 * i + 1] = line.recvHigh
    const n = line.n
    this.#n[2 * i] = n | 0
    this.#n[2 * i + 1] = n < TWO_32 ? 0 : Math.floor(n / TWO_32)
    this.#row[i] = row
    this.#conn[i] = codes.conn
    this.#type[i] = codes.type
    this.#symbol[i] = symbol
  }

  #grow(): void {
    this.#recv = twice(this.#recv)
    this.#n = twice(this.#n)
    this.#row = twice(this.#row)
    this.#conn = twice(this.#conn)
    this.#type = twice(this.#type)
    this.#symbol = twice(this.#symbol)
  }

  finish(name: TableName, columns: ReadonlyMap<string, Finish>): Table {
    const { length } = this
    const [recv, n, row] = [this.#recv, this.#n, this.#row.subarray(0, length)]
    const conn = sortedNames(this.#conn.subarray(0, length), this.#names)
    const conns = conn.codes
    const order = orderOf(
      length,
      (a, b) =>
        compareInt64(recv, a, b) ||
        conns[a]! - conns[b]! ||
        compareInt64(n, a, b) ||
        row[a]! - row[b]!
    )
    const codes = (values: Int32Array): NamesColumn =>
      sortedNames(inOrder(values.subarray(0, length), order), this.#names)
    return {
      ...{ name, length },
      recv: { words: pairsInOrder(recv.subarray(0, 2 * length), order), valid: null },
      conn: { codes: inOrder(conns, order), names: conn.names },
      n: { words: pairsInOrder(n.subarray(0, 2 * length), order), valid: null },
      row: inOrder(row, order),
      type: codes(this.#type),
      symbol: codes(this.#symbol),
      columns: new Map([...columns].map(([key, column]) => [key, column.finish(order)])),
    }
  }
}

type Finish = { finish(order: Int32Array | null): Column }

/** Of a column beside those that all tables have: the others are not made. */
type IsWanted = (column: string) => boolean

/** Names of sides by SIDE. */
const BOOK_SIDES = ['', 'bid', 'ask']
const TRADE_SIDES = ['', 'buy', 'sell']
const BOOK_EVENTS = ['bookSnapshot', 'bookChange']

export class TableRows {
  readonly #names = new Names()
  readonly #conns = new LastName(this.#names)
  readonly #types = new LastName(this.#names)
  readonly #symbols = new LastName(this.#names)
  /** Symbols that a line does not say. */
  readonly #others = new LastName(this.#names)
  readonly #wanted: ReadonlySet<TableName>
  readonly #hasIds: boolean
  readonly #codes: LineCodes = { conn: 0, type: 0, symbol: 0 }
  /** Of the last event, beside the symbol of its line. */
  #lineSymbol = ''
  readonly #trade: Levels
  readonly #ids = new GrowingTexts()
  readonly #book: Levels
  readonly #bookIds = new GrowingTexts()
  readonly #bookEvents = new GrowingNames(BOOK_EVENTS)
  readonly #quote: Dated
  readonly #quoteFlags = new GrowingSmall()
  readonly #quoteValues = QUOTE_DECIMALS.map(() => new GrowingDecimals())
  readonly #instrument: Dated
  readonly #phases = new GrowingNames(this.#names.names)
  readonly #actions = new GrowingNames(this.#names.names)
  readonly #texts = INSTRUMENT_TEXTS.map(() => new GrowingOptional())
  readonly #unknown = new Rows(this.#names.names)
  readonly #reasons = new GrowingNames(this.#names.names)

  /** `columns`: @default all */
  constructor(wanted: ReadonlySet<TableName>, columns?: readonly string[]) {
    const isWanted: IsWanted = (column) => columns?.includes(column) ?? true
    const { names } = this.#names
    this.#wanted = wanted
    this.#hasIds = isWanted('id')
    this.#trade = new Levels(names, TRADE_SIDES, isWanted)
    this.#book = new Levels(names, BOOK_SIDES, isWanted)
    this.#quote = new Dated(names, isWanted)
    this.#instrument = new Dated(names, isWanted)
  }

  /** Goes to a line: its events follow. */
  line(line: LineScan): void {
    const codes = this.#codes
    codes.conn = this.#conns.code(line.conn)
    codes.type = this.#types.code(line.type)
    codes.symbol = this.#symbols.code(line.symbol)
    this.#lineSymbol = line.symbol
  }

  /** Appends an event of the last line, the `row`-th of its frame. */
  event(line: LineScan, event: MarketEvent, row: number): void {
    const symbol =
      event.symbol === this.#lineSymbol ? this.#codes.symbol : this.#others.code(event.symbol)
    const codes = this.#codes
    switch (event.kind) {
      case EVENT.bookSnapshot:
      case EVENT.bookChange:
        if (!this.#wanted.has('book')) return
        this.#book.push(line, codes, symbol, row, event)
        if (this.#hasIds) this.#bookIds.push(event.bytes, event.idStart, event.idEnd)
        this.#bookEvents.push(event.kind - EVENT.bookSnapshot)
        return
      case EVENT.trade:
        if (!this.#wanted.has('trade')) return
        this.#trade.push(line, codes, symbol, row, event)
        if (this.#hasIds) this.#ids.push(event.bytes, event.idStart, event.idEnd)
        return
      case EVENT.quote:
        if (!this.#wanted.has('quote')) return
        this.#quote.push(line, codes, symbol, row, event)
        this.#pushQuote(event)
        return
      case EVENT.instrument:
        if (!this.#wanted.has('instrument')) return
        this.#instrument.push(line, codes, symbol, row, event)
        this.#pushInstrument(event.instrument!)
        return
      case EVENT.unknown:
        if (!this.#wanted.has('unknown')) return
        this.#unknown.push(line, codes, symbol, row)
        this.#reasons.push(this.#names.code(event.reason))
        return
      default:
        throw new RangeError(`a normaliser emitted an event of kind ${event.kind}`)
    }
  }

  finish(): Map<TableName, Table> {
    const made: Record<TableName, () => Table> = {
      trade: () => this.#trade.finish('trade', { before: { id: this.#ids } }),
      quote: () =>
        this.#quote.finish('quote', {
          ...Object.fromEntries(QUOTE_DECIMALS.map((name, i) => [name, this.#quoteValues[i]!])),
          flags: this.#quoteFlags,
        }),
      book: () =>
        this.#book.finish('book', { before: { id: this.#bookIds, event: this.#bookEvents } }),
      instrument: () =>
        this.#instrument.finish('instrument', {
          phase: this.#phases,
          action: this.#actions,
          ...Object.fromEntries(INSTRUMENT_TEXTS.map((name, i) => [name, this.#texts[i]!])),
        }),
      unknown: () => this.#unknown.finish('unknown', new Map([['reason', this.#reasons]])),
    }
    return new Map([...this.#wanted].map((name) => [name, made[name]()]))
  }

  #pushQuote(event: MarketEvent): void {
    const values = this.#quoteValues
    values[0]!.push(event.bid, event.bidScale)
    values[1]!.push(event.bidSize, event.bidSizeScale)
    values[2]!.push(event.ask, event.askScale)
    values[3]!.push(event.askSize, event.askSizeScale)
    values[4]!.push(event.last, event.lastScale)
    values[5]!.push(event.lastSize, event.lastSizeScale)
    values[6]!.push(event.volume, event.volumeScale)
    this.#quoteFlags.push(event.flags)
  }

  #pushInstrument(instrument: Instrument): void {
    this.#phases.push(this.#names.code(instrument.phase))
    this.#actions.push(this.#names.code(instrument.action))
    for (const [i, name] of INSTRUMENT_TEXTS.entries()) {
      const text = instrument[name]
      if (text === undefined) this.#texts[i]!.pushAbsent()
      else {
        const bytes = Buffer.from(text)
        this.#texts[i]!.push(bytes, 0, bytes.length)
      }
    }
  }
}

/** Rows with the time and the number that the exchange gave them. */
class Dated {
  readonly #rows: Rows
  readonly #isWanted: IsWanted
  readonly #times = new GrowingTimes()
  readonly #hasTimes: boolean
  readonly #sequences = new GrowingTexts()
  readonly #hasSequences: boolean

  constructor(names: readonly string[], isWanted: IsWanted) {
    this.#rows = new Rows(names)
    this.#isWanted = isWanted
    this.#hasTimes = isWanted('time')
    this.#hasSequences = isWanted('sequence')
  }

  push(line: LineScan, codes: LineCodes, symbol: number, row: number, event: MarketEvent): void {
    this.#rows.push(line, codes, symbol, row)
    if (this.#hasTimes) this.#times.pushTime(event.timeMs, event.timeNs)
    if (this.#hasSequences) {
      this.#sequences.push(event.bytes, event.sequenceStart, event.sequenceEnd)
    }
  }

  finish(name: TableName, columns: Readonly<Record<string, Finish>>): Table {
    const all = { time: this.#times, sequence: this.#sequences, ...columns }
    const wanted = Object.entries(all).filter(([column]) => this.#isWanted(column))
    return this.#rows.finish(name, new Map(wanted))
  }
}

/** Trades, and levels of books. */
class Levels {
  readonly #rows: Dated
  readonly #sides: GrowingNames
  readonly #prices = new GrowingDecimals()
  readonly #sizes = new GrowingDecimals()
  readonly #flags = new GrowingSmall()

  constructor(names: readonly string[], sides: readonly string[], isWanted: IsWanted) {
    this.#rows = new Dated(names, isWanted)
    this.#sides = new GrowingNames(sides)
  }

  push(line: LineScan, codes: LineCodes, symbol: number, row: number, event: MarketEvent): void {
    this.#rows.push(line, codes, symbol, row, event)
    this.#sides.push(event.side)
    this.#prices.push(event.price, event.priceScale)
    this.#sizes.push(event.size, event.sizeScale)
    this.#flags.push(event.flags)
  }

  finish(
    name: TableName,
    { before }: { readonly before: Readonly<Record<string, Finish>> }
  ): Table {
    const [side, price, size, flags] = [this.#sides, this.#prices, this.#sizes, this.#flags]
    return this.#rows.finish(name, { ...before, side, price, size, flags })
  }
}
