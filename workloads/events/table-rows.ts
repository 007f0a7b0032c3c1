// Rows of a table, one at a time, in one reused event: without a batch in between, for readers that handle each row once. What the table has
// not is never set, so nothing is cleared for a row.

import { EVENT, MarketEvent, SIDE } from '#market/event.ts'
import { instrumentAt } from './table-append.ts'
import { readDecimal } from './table-decimals.ts'
import { QUOTE_DECIMALS } from './tables/layout.ts'
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

const KINDS: Readonly<Record<TableName, number>> = {
  trade: EVENT.trade,
  quote: EVENT.quote,
  book: EVENT.bookChange,
  instrument: EVENT.instrument,
  unknown: EVENT.unknown,
}
const SIDES: Readonly<Record<string, number>> = {
  bid: SIDE.bid,
  ask: SIDE.ask,
  buy: SIDE.buy,
  sell: SIDE.sell,
}
/** Integers with a smaller upper word have at most 53 bits. */
const MOST_HIGH = 2 ** 21
const TWO_32 = 4_294_967_296

export class TableRows<Place> {
  readonly feed: string
  readonly event = new MarketEvent()
  readonly symbols: NamesColumn
  /** By code of the symbol: for the reader, who knows what belongs there. */
  readonly places: (Place | undefined)[]
  readonly #table: Table
  readonly #names: readonly string[]
  readonly #codes: Int32Array
  readonly #types: NamesColumn
  readonly #connections: NamesColumn
  readonly #numbers: Int32Array
  readonly #rows: Int32Array
  #shown = 0
  readonly #recv: Int32Array
  readonly #time: Int64Column | null
  readonly #sequence: TextColumn | null
  readonly #id: TextColumn | null
  readonly #flags: Uint8Array | null
  readonly #sides: NamesColumn | null
  readonly #sideOf: Uint8Array
  readonly #snapshots: Uint8Array | null
  readonly #events: Int32Array | null
  readonly #price: DecimalColumn | null
  readonly #size: DecimalColumn | null
  readonly #isPlain: boolean
  readonly #quotes: readonly DecimalColumn[]
  readonly #reasons: NamesColumn | null
  readonly #value = new Float64Array(1)
  readonly #scale = new Uint8Array(1)

  constructor(table: Table, feed: string) {
    const column = <C>(name: string): C | null => (table.columns.get(name) as C | undefined) ?? null
    this.feed = feed
    this.symbols = table.symbol
    this.places = new Array(table.symbol.names.length).fill(undefined)
    this.#table = table
    // Columns of a table are found by their names: once.
    this.#names = table.symbol.names
    this.#codes = table.symbol.codes
    this.#types = table.type
    this.#connections = table.conn
    this.#numbers = table.n.words
    this.#rows = table.row
    this.#recv = table.recv.words
    this.#time = column('time')
    this.#sequence = column('sequence')
    this.#id = column('id')
    this.#flags = column('flags')
    this.#sides = column('side')
    this.#sideOf = Uint8Array.from(this.#sides?.names ?? [], (name) => SIDES[name] ?? SIDE.none)
    const events = column<NamesColumn>('event')
    this.#events = events?.codes ?? null
    this.#snapshots =
      events && Uint8Array.from(events.names, (name) => (name === 'bookSnapshot' ? 1 : 0))
    this.#price = column('price')
    this.#size = column('size')
    const isPlain = (one: DecimalColumn | null): boolean => one !== null && one.scales === null
    this.#isPlain = isPlain(this.#price) && isPlain(this.#size)
    this.#quotes =
      table.name === 'quote' ? QUOTE_DECIMALS.map((name) => column<DecimalColumn>(name)!) : []
    this.#reasons = column('reason')
    const { event } = this
    event.begin(KINDS[table.name])
    event.feed = feed
  }

  /** Says of which record the row is that is shown. */
  locate(): void {
    const { event } = this
    const i = this.#shown
    event.connection = this.#connections.names[this.#connections.codes[i]!]!
    event.number = int64At(this.#numbers, i)
    event.row = this.#rows[i]!
  }

  /** Shows a row; of which record it is, `locate` says. */
  fill(i: number): void {
    const event = this.event
    this.#shown = i
    const recv = this.#recv
    const high = recv[2 * i + 1]!
    // 2^32 ns are 4294 ms and 967,296 ns.
    const nanos = high * 967_296 + (recv[2 * i]! >>> 0)
    const ms = Math.floor(nanos / 1e6)
    event.recvMs = high * 4294 + ms
    event.recvNs = nanos - ms * 1e6
    event.symbol = this.#names[this.#codes[i]!]!
    event.type = this.#types.names[this.#types.codes[i]!]!
    if (this.#time !== null) this.#fillTime(this.#time, i)
    const flags = this.#flags
    if (flags !== null) event.flags = flags[i]!
    if (this.#sides !== null) event.side = this.#sideOf[this.#sides.codes[i]!]!
    const events = this.#events
    if (events !== null) {
      event.kind = this.#snapshots![events[i]!] === 1 ? EVENT.bookSnapshot : EVENT.bookChange
    }
    if (this.#price !== null) this.#fillLevel(i)
    else if (this.#quotes.length > 0) this.#fillQuote(i)
    else if (this.#reasons !== null) event.reason = this.#reasons.names[this.#reasons.codes[i]!]!
    else event.instrument = instrumentAt(this.#table, i)
    if (this.#events !== null) this.#fillTexts(i)
  }

  #fillTime({ words, valid }: Int64Column, i: number): void {
    const event = this.event
    if (valid !== null && !isValid(valid, i)) {
      event.timeMs = -1
      event.timeNs = 0
      return
    }
    const high = words[2 * i + 1]!
    const nanos = high * 967_296 + (words[2 * i]! >>> 0)
    const ms = Math.floor(nanos / 1e6)
    event.timeMs = high * 4294 + ms
    event.timeNs = nanos - ms * 1e6
  }

  #fillLevel(i: number): void {
    const event = this.event
    const price = this.#price!
    const size = this.#size!
    const isThere = isValid(price.valid, i) && isValid(size.valid, i)
    if (this.#isPlain && isThere) {
      const prices = price.words
      const sizes = size.words
      const high = prices[2 * i + 1]!
      const sizeHigh = sizes[2 * i + 1]!
      const isShort = high < MOST_HIGH && high >= -MOST_HIGH
      if (isShort && sizeHigh < MOST_HIGH && sizeHigh >= -MOST_HIGH) {
        event.price = high * TWO_32 + (prices[2 * i]! >>> 0)
        event.size = sizeHigh * TWO_32 + (sizes[2 * i]! >>> 0)
        event.priceScale = price.scale
        event.sizeScale = size.scale
        return
      }
    }
    this.#read(price, i)
    event.price = this.#value[0]!
    event.priceScale = this.#scale[0]!
    this.#read(size, i)
    event.size = this.#value[0]!
    event.sizeScale = this.#scale[0]!
  }

  #fillQuote(i: number): void {
    const event = this.event
    for (let c = 0; c < QUOTE_DECIMALS.length; c++) {
      this.#read(this.#quotes[c]!, i)
      const name = QUOTE_DECIMALS[c]!
      event[name] = this.#value[0]!
      event[`${name}Scale`] = this.#scale[0]!
    }
  }

  #read(column: DecimalColumn, i: number): void {
    readDecimal(column, i, this.#value, this.#scale, 0)
  }

  /** Chains of books read them, and nothing else does: of trades they are not shown. */
  #fillTexts(i: number): void {
    const event = this.event
    const sequence = this.#sequence
    const id = this.#id
    if (sequence !== null && sequence.offsets.length > 0) {
      event.bytes = sequence.bytes
      event.sequenceStart = sequence.offsets[i]!
      event.sequenceEnd = sequence.offsets[i + 1]!
    }
    event.idStart = 0
    event.idEnd = 0
    if (id !== null && id.offsets[i] !== id.offsets[i + 1]) this.#joinTexts(id, i)
  }

  /** An event has one place for both. */
  #joinTexts(id: TextColumn, i: number): void {
    const event = this.event
    const sequence = event.sequenceEnd - event.sequenceStart
    const bytes = new Uint8Array(sequence + id.offsets[i + 1]! - id.offsets[i]!)
    bytes.set(event.bytes.subarray(event.sequenceStart, event.sequenceEnd))
    bytes.set(id.bytes.subarray(id.offsets[i]!, id.offsets[i + 1]!), sequence)
    event.bytes = bytes
    event.sequenceStart = 0
    event.sequenceEnd = sequence
    event.idStart = sequence
    event.idEnd = bytes.length
  }
}
