// A run of market events as columns, in their order; gaps are rows of it. Events are copied in, and shown again by one
// reused event: `batch.each(fn)`. Columns may be read directly by position; they are replaced when the batch grows. A reader of
// columns may write rows directly: behind `reserve`, and with `length` set afterwards.

import { EVENT, type Instrument, MarketEvent } from './event.ts'

/** Rows that there is room for at first. */
const USUAL = 1024
/** Decimals of a quote: bid, bidSize, ask, askSize, last, lastSize, volume. */
const QUOTE = 7

/** What only few events say. */
type Rare = {
  readonly instrument: Instrument | undefined
  readonly reason: string
  readonly untilMs: number
  readonly untilNs: number
}

export class EventBatch {
  /** Rows. */
  length = 0
  /** False: the rows are in the order of their arrival, and some may be before rows of an earlier batch. */
  ordered = true
  kinds = new Uint8Array(USUAL)
  flags = new Uint8Array(USUAL)
  sides = new Uint8Array(USUAL)
  /** Places in `names`. */
  feeds = new Int32Array(USUAL)
  types = new Int32Array(USUAL)
  symbols = new Int32Array(USUAL)
  connections = new Int32Array(USUAL)
  numbers = new Float64Array(USUAL)
  rows = new Int32Array(USUAL)
  recvMs = new Float64Array(USUAL)
  recvNs = new Int32Array(USUAL)
  timeMs = new Float64Array(USUAL)
  timeNs = new Int32Array(USUAL)
  prices = new Float64Array(USUAL)
  priceScales = new Uint8Array(USUAL)
  sizes = new Float64Array(USUAL)
  sizeScales = new Uint8Array(USUAL)
  /** Where in `bytes` the sequence and the id of a row stand. */
  sequenceStarts = new Int32Array(USUAL)
  sequenceLengths = new Int32Array(USUAL)
  idStarts = new Int32Array(USUAL)
  idLengths = new Int32Array(USUAL)
  bytes = new Uint8Array(16 * USUAL)
  /** Bytes in use. */
  bytesLength = 0
  /** Of a quote its place in `quotes` and `quoteScales`, in rows of seven; of what is rare, its place in `rare`. */
  places = new Int32Array(USUAL)
  quotes = new Float64Array(QUOTE * 64)
  quoteScales = new Uint8Array(QUOTE * 64)
  /** Numbers of `quotes` in use. */
  quotesLength = 0
  /** Names of feeds, types, symbols and connections. */
  readonly names: string[] = []
  readonly rare: Rare[] = []
  /** Changes when `names` is cleared: places that were found before are void then. */
  generation = 0
  readonly #refs = new Map<string, number>()
  readonly #event = new MarketEvent()
  /** The names of the last row: most rows have the same, and finding a place takes longer. */
  #feed: string | undefined
  #type: string | undefined
  #symbol: string | undefined
  #connection: string | undefined
  #feedPlace = 0
  #typePlace = 0
  #symbolPlace = 0
  #connectionPlace = 0

  /** Forgets the rows and the names, and keeps the room. */
  clear(): void {
    this.length = 0
    this.ordered = true
    this.names.length = 0
    this.rare.length = 0
    this.#refs.clear()
    this.generation++
    this.quotesLength = 0
    this.bytesLength = 0
    this.#feed = undefined
    this.#type = undefined
    this.#symbol = undefined
    this.#connection = undefined
  }

  /** Copies an event to the end. */
  append(event: MarketEvent): void {
    const i = this.length
    if (i === this.kinds.length) this.#grow()
    this.length = i + 1
    this.kinds[i] = event.kind
    this.flags[i] = event.flags
    this.sides[i] = event.side
    if (event.feed !== this.#feed) {
      this.#feed = event.feed
      this.#feedPlace = this.place(event.feed)
    }
    this.feeds[i] = this.#feedPlace
    if (event.type !== this.#type) {
      this.#type = event.type
      this.#typePlace = this.place(event.type)
    }
    this.types[i] = this.#typePlace
    if (event.symbol !== this.#symbol) {
      this.#symbol = event.symbol
      this.#symbolPlace = this.place(event.symbol)
    }
    this.symbols[i] = this.#symbolPlace
    if (event.connection !== this.#connection) {
      this.#connection = event.connection
      this.#connectionPlace = this.place(event.connection)
    }
    this.connections[i] = this.#connectionPlace
    this.numbers[i] = event.number
    this.rows[i] = event.row
    this.recvMs[i] = event.recvMs
    this.recvNs[i] = event.recvNs
    this.timeMs[i] = event.timeMs
    this.timeNs[i] = event.timeNs
    this.prices[i] = event.price
    this.priceScales[i] = event.priceScale
    this.sizes[i] = event.size
    this.sizeScales[i] = event.sizeScale
    const sequence = event.sequenceEnd - event.sequenceStart
    const id = event.idEnd - event.idStart
    const start = this.bytesLength
    if (start + sequence + id > this.bytes.length) this.#growBytes(sequence + id)
    const from = event.bytes
    const to = this.bytes
    // Some ten or forty bytes: a loop is faster than a call of `set`, which needs an object.
    for (let k = 0; k < sequence; k++) to[start + k] = from[event.sequenceStart + k]!
    for (let k = 0; k < id; k++) to[start + sequence + k] = from[event.idStart + k]!
    this.sequenceStarts[i] = start
    this.sequenceLengths[i] = sequence
    this.idStarts[i] = start + sequence
    this.idLengths[i] = id
    this.bytesLength = start + sequence + id
    if (event.kind === EVENT.quote) this.#appendQuote(i, event)
    else if (event.kind >= EVENT.instrument) this.#appendRare(i, event)
  }

  /** Calls `fn` for every row in order, with one event that is valid until `fn` returns. */
  each(fn: (event: MarketEvent, row: number) => void): void {
    const event = this.#event
    const { length } = this
    for (let i = 0; i < length; i++) {
      this.read(i, event)
      fn(event, i)
    }
  }

  /** Fills an event from a row. Its sequence and id stay in this batch. */
  read(i: number, event: MarketEvent): void {
    const names = this.names
    const kind = this.kinds[i]!
    event.begin(kind)
    event.flags = this.flags[i]!
    event.side = this.sides[i]!
    event.feed = names[this.feeds[i]!]!
    event.type = names[this.types[i]!]!
    event.symbol = names[this.symbols[i]!]!
    event.connection = names[this.connections[i]!]!
    event.number = this.numbers[i]!
    event.row = this.rows[i]!
    event.recvMs = this.recvMs[i]!
    event.recvNs = this.recvNs[i]!
    event.timeMs = this.timeMs[i]!
    event.timeNs = this.timeNs[i]!
    event.price = this.prices[i]!
    event.priceScale = this.priceScales[i]!
    event.size = this.sizes[i]!
    event.sizeScale = this.sizeScales[i]!
    event.bytes = this.bytes
    event.sequenceStart = this.sequenceStarts[i]!
    event.sequenceEnd = event.sequenceStart + this.sequenceLengths[i]!
    event.idStart = this.idStarts[i]!
    event.idEnd = event.idStart + this.idLengths[i]!
    if (kind === EVENT.quote) this.#readQuote(this.places[i]!, event)
    else if (kind >= EVENT.instrument) {
      const rare = this.rare[this.places[i]!]!
      event.instrument = rare.instrument
      event.reason = rare.reason
      event.untilMs = rare.untilMs
      event.untilNs = rare.untilNs
    }
  }

  /** Makes room for `rows` more, `quotes` of them quotes, and bytes of their sequences and ids. */
  reserve(rows: number, quotes: number, bytes: number): void {
    while (this.length + rows > this.kinds.length) this.#grow()
    while (this.quotesLength + QUOTE * quotes > this.quotes.length) this.#growQuotes()
    if (this.bytesLength + bytes > this.bytes.length) this.#growBytes(bytes)
  }

  /** The place in `names` of a name. */
  place(name: string): number {
    let place = this.#refs.get(name)
    if (place === undefined) {
      place = this.names.push(name) - 1
      this.#refs.set(name, place)
    }
    return place
  }

  #appendRare(i: number, event: MarketEvent): void {
    const { instrument, reason, untilMs, untilNs } = event
    this.places[i] = this.rare.push({ instrument, reason, untilMs, untilNs }) - 1
  }

  #appendQuote(i: number, event: MarketEvent): void {
    const place = this.quotesLength
    if (place === this.quotes.length) this.#growQuotes()
    const { quotes, quoteScales } = this
    quotes[place] = event.bid
    quotes[place + 1] = event.bidSize
    quotes[place + 2] = event.ask
    quotes[place + 3] = event.askSize
    quotes[place + 4] = event.last
    quotes[place + 5] = event.lastSize
    quotes[place + 6] = event.volume
    quoteScales[place] = event.bidScale
    quoteScales[place + 1] = event.bidSizeScale
    quoteScales[place + 2] = event.askScale
    quoteScales[place + 3] = event.askSizeScale
    quoteScales[place + 4] = event.lastScale
    quoteScales[place + 5] = event.lastSizeScale
    quoteScales[place + 6] = event.volumeScale
    this.places[i] = place
    this.quotesLength = place + QUOTE
  }

  #readQuote(place: number, event: MarketEvent): void {
    const { quotes, quoteScales } = this
    event.bid = quotes[place]!
    event.bidSize = quotes[place + 1]!
    event.ask = quotes[place + 2]!
    event.askSize = quotes[place + 3]!
    event.last = quotes[place + 4]!
    event.lastSize = quotes[place + 5]!
    event.volume = quotes[place + 6]!
    event.bidScale = quoteScales[place]!
    event.bidSizeScale = quoteScales[place + 1]!
    event.askScale = quoteScales[place + 2]!
    event.askSizeScale = quoteScales[place + 3]!
    event.lastScale = quoteScales[place + 4]!
    event.lastSizeScale = quoteScales[place + 5]!
    event.volumeScale = quoteScales[place + 6]!
  }

  #growQuotes(): void {
    const room = 2 * this.quotes.length
    this.quotes = twice(this.quotes, new Float64Array(room))
    this.quoteScales = twice(this.quoteScales, new Uint8Array(room))
  }

  #growBytes(needed: number): void {
    const room = Math.max(2 * this.bytes.length, this.bytesLength + needed)
    this.bytes = twice(this.bytes, new Uint8Array(room))
  }

  #grow(): void {
    const room = 2 * this.kinds.length
    this.kinds = twice(this.kinds, new Uint8Array(room))
    this.flags = twice(this.flags, new Uint8Array(room))
    this.sides = twice(this.sides, new Uint8Array(room))
    this.feeds = twice(this.feeds, new Int32Array(room))
    this.types = twice(this.types, new Int32Array(room))
    this.symbols = twice(this.symbols, new Int32Array(room))
    this.connections = twice(this.connections, new Int32Array(room))
    this.numbers = twice(this.numbers, new Float64Array(room))
    this.rows = twice(this.rows, new Int32Array(room))
    this.recvMs = twice(this.recvMs, new Float64Array(room))
    this.recvNs = twice(this.recvNs, new Int32Array(room))
    this.timeMs = twice(this.timeMs, new Float64Array(room))
    this.timeNs = twice(this.timeNs, new Int32Array(room))
    this.prices = twice(this.prices, new Float64Array(room))
    this.priceScales = twice(this.priceScales, new Uint8Array(room))
    this.sizes = twice(this.sizes, new Float64Array(room))
    this.sizeScales = twice(this.sizeScales, new Uint8Array(room))
    this.sequenceStarts = twice(this.sequenceStarts, new Int32Array(room))
    this.idStarts = twice(this.idStarts, new Int32Array(room))
    this.sequenceLengths = twice(this.sequenceLengths, new Int32Array(room))
    this.idLengths = twice(this.idLengths, new Int32Array(room))
    this.places = twice(this.places, new Int32Array(room))
  }
}

type Column = Uint8Array | Int32Array | Float64Array
function twice<T extends Column>(old: Column, room: T): T {
  room.set(old)
  return room
}
