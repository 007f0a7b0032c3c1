// The tables of one segment while they are built: market events are appended, and become tables in the total order.

import { EVENT, type Instrument, type MarketEvent } from '#market/event.ts'
import {
  GrowingDecimals,
  GrowingInt64,
  GrowingInts,
  GrowingNames,
  GrowingOptional,
  GrowingSmall,
  GrowingTexts,
  GrowingTimes,
  inOrder,
} from './growing.ts'
import { INSTRUMENT_TEXTS, QUOTE_DECIMALS } from './layout.ts'
import type { LineScan } from './line-scan.ts'
import { Names } from './names.ts'
import { orderOf } from './order.ts'
import { type Column, compareInt64, type Table, type TableName } from './table.ts'

const TWO_32 = 4_294_967_296

/** Codes of the line that rows are of, found once for all of them. */
type LineCodes = { conn: number; type: number; symbol: number }

/** What rows of every table say. */
class Rows {
  length = 0
  readonly #recv = new GrowingInt64()
  readonly #conn: GrowingNames
  readonly #n = new GrowingInt64()
  readonly #row = new GrowingInts()
  readonly #type: GrowingNames
  readonly #symbol: GrowingNames

  constructor(names: readonly string[]) {
    this.#conn = new GrowingNames(names)
    this.#type = new GrowingNames(names)
    this.#symbol = new GrowingNames(names)
  }

  push(line: LineScan, codes: LineCodes, symbol: number, row: number): void {
    this.length++
    this.#recv.push(line.recvLow, line.recvHigh)
    this.#conn.push(codes.conn)
    const n = line.n
    this.#n.push(n | 0, n < TWO_32 ? 0 : Math.floor(n / TWO_32))
    this.#row.push(row)
    this.#type.push(codes.type)
    this.#symbol.push(symbol)
  }

  finish(name: TableName, columns: ReadonlyMap<string, Finish>): Table {
    const conns = this.#conn.sorted.codes
    const recv = this.#recv.words
    const n = this.#n.words
    const row = this.#row.values
    const order = orderOf(
      this.length,
      (a, b) =>
        compareInt64(recv, a, b) ||
        conns[a]! - conns[b]! ||
        compareInt64(n, a, b) ||
        row[a]! - row[b]!
    )
    return {
      name,
      length: this.length,
      recv: this.#recv.finish(order),
      conn: this.#conn.finish(order),
      n: this.#n.finish(order),
      row: inOrder(row, order),
      type: this.#type.finish(order),
      symbol: this.#symbol.finish(order),
      columns: new Map([...columns].map(([key, column]) => [key, column.finish(order)])),
    }
  }
}

type Finish = { finish(order: Int32Array | null): Column }

/** Names of sides by SIDE. */
const BOOK_SIDES = ['', 'bid', 'ask']
const TRADE_SIDES = ['', 'buy', 'sell']
const BOOK_EVENTS = ['bookSnapshot', 'bookChange']

export class TableRows {
  readonly #names = new Names()
  readonly #wanted: ReadonlySet<TableName>
  readonly #codes: LineCodes = { conn: 0, type: 0, symbol: 0 }
  /** Of the last event, beside the symbol of its line. */
  #lineSymbol = ''
  readonly #trade = new Levels(this.#names.names, TRADE_SIDES)
  readonly #ids = new GrowingTexts()
  readonly #book = new Levels(this.#names.names, BOOK_SIDES)
  readonly #bookIds = new GrowingTexts()
  readonly #bookEvents = new GrowingNames(BOOK_EVENTS)
  readonly #quote = new Dated(this.#names.names)
  readonly #quoteFlags = new GrowingSmall()
  readonly #quoteValues = QUOTE_DECIMALS.map(() => new GrowingDecimals())
  readonly #instrument = new Dated(this.#names.names)
  readonly #phases = new GrowingNames(this.#names.names)
  readonly #actions = new GrowingNames(this.#names.names)
  readonly #texts = INSTRUMENT_TEXTS.map(() => new GrowingOptional())
  readonly #unknown = new Rows(this.#names.names)
  readonly #reasons = new GrowingNames(this.#names.names)

  constructor(wanted: ReadonlySet<TableName>) {
    this.#wanted = wanted
  }

  /** Goes to a line: its events follow. */
  line(line: LineScan): void {
    const codes = this.#codes
    const names = this.#names
    codes.conn = names.code(line.conn)
    codes.type = names.code(line.type)
    codes.symbol = names.code(line.symbol)
    this.#lineSymbol = line.symbol
  }

  /** Appends an event of the last line, the `row`-th of its frame. */
  event(line: LineScan, event: MarketEvent, row: number): void {
    const symbol =
      event.symbol === this.#lineSymbol ? this.#codes.symbol : this.#names.code(event.symbol)
    const codes = this.#codes
    switch (event.kind) {
      case EVENT.bookSnapshot:
      case EVENT.bookChange:
        if (!this.#wanted.has('book')) return
        this.#book.push(line, codes, symbol, row, event)
        this.#bookIds.push(event.bytes, event.idStart, event.idEnd)
        this.#bookEvents.push(event.kind - EVENT.bookSnapshot)
        return
      case EVENT.trade:
        if (!this.#wanted.has('trade')) return
        this.#trade.push(line, codes, symbol, row, event)
        this.#ids.push(event.bytes, event.idStart, event.idEnd)
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
  readonly #times = new GrowingTimes()
  readonly #sequences = new GrowingTexts()

  constructor(names: readonly string[]) {
    this.#rows = new Rows(names)
  }

  push(line: LineScan, codes: LineCodes, symbol: number, row: number, event: MarketEvent): void {
    this.#rows.push(line, codes, symbol, row)
    this.#times.pushTime(event.timeMs, event.timeNs)
    this.#sequences.push(event.bytes, event.sequenceStart, event.sequenceEnd)
  }

  finish(name: TableName, columns: Readonly<Record<string, Finish>>): Table {
    const all = { time: this.#times, sequence: this.#sequences, ...columns }
    return this.#rows.finish(name, new Map(Object.entries(all)))
  }
}

/** Trades, and levels of books. */
class Levels {
  readonly #rows: Dated
  readonly #sides: GrowingNames
  readonly #prices = new GrowingDecimals()
  readonly #sizes = new GrowingDecimals()
  readonly #flags = new GrowingSmall()

  constructor(names: readonly string[], sides: readonly string[]) {
    this.#rows = new Dated(names)
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
