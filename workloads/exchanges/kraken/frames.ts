// What a Kraken frame says of itself, from its bytes alone: type, symbol, trade ids, and whether the book of its symbol still has
// the checksum that the exchange sends. The hot path: one scan of the frame, one walk over its items, no string made but
// for names met the first time.

import { isUtf8 } from 'node:buffer'
import { FORM } from '#wire/form.ts'
import { FrameScanner, VALUE } from '#wire/scanner.ts'
import { type Frame, type MessageType, UNKNOWN } from '../protocol/adapter.ts'
import { ByteTable } from '../protocol/byte-table.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { CheckedBook, Checksums, type Side } from './book.ts'
import { Items, wholeAt } from './items.ts'
import { Pair } from './pair.ts'
import {
  BOOK,
  channelType,
  ERROR,
  INSTRUMENT,
  methodType,
  NO_TRADES,
  SUBSCRIBE,
  TICKER,
  TRADE,
  UNSUBSCRIBE,
} from './types.ts'

const CHANNEL = 0
const TYPE = 1
const METHOD = 2
const DATA = 3
const PATHS = ['channel', 'type', 'method', 'data']

/** Real symbols are some 10 characters; what is longer is no name. */
const MAX_SYMBOL_BYTES = 200

/** Kraken has some 1,500. */
const MAX_PAIRS = 100_000

export type FramesOptions = {
  /** Levels of a book. */
  readonly depth: number
  /** For the time when a book was last right, unix milliseconds. */
  readonly nowMs: () => number
  readonly declared?: DeclaredTypes
}

export class KrakenFrames {
  readonly frame: Frame & { first: number } = {
    type: UNKNOWN,
    symbol: '',
    first: -1,
    sequence: -1,
    scope: 0,
    form: FORM.json,
    understood: false,
    unproven: '',
    control: false,
  }
  /** Books that the last frame showed to be wrong. */
  readonly wrong: Pair[] = []
  readonly #o: FramesOptions
  readonly #declared: DeclaredTypes
  readonly #scanner = new FrameScanner(PATHS)
  readonly #channels = new ByteTable<MessageType>(channelType, 1000)
  readonly #methods = new ByteTable<MessageType>(methodType, 1000)
  /** The last scope of trades that was given away. */
  #scopes = 0
  readonly #pairs = new ByteTable<Pair>((name) => this.#newPair(name))
  readonly #byName = new Map<string, Pair>()
  readonly #byScope = new Map<number, Pair>()
  readonly #items = new Items()
  readonly #checksums = new Checksums()
  #payload: Buffer = Buffer.alloc(0)
  /** Where the time of the last frame stands. */
  #timeStart = -1
  #timeEnd = -1

  constructor(options: FramesOptions) {
    this.#o = options
    this.#declared = options.declared ?? new DeclaredTypes()
  }

  /** All that is known of a symbol. */
  pair(name: string): Pair {
    const bytes = Buffer.from(name)
    return this.#byName.get(name) ?? this.#pairs.get(bytes, 0, bytes.length)
  }

  /** The symbol whose trades are counted in this scope. */
  scoped(scope: number): Pair | undefined {
    return this.#byScope.get(scope)
  }

  /** Fills `frame`. */
  look(received: Buffer): void {
    const frame = this.frame
    const scanner = this.#scanner
    frame.type = UNKNOWN
    frame.symbol = ''
    frame.first = -1
    frame.sequence = -1
    frame.scope = 0
    frame.understood = false
    frame.unproven = ''
    frame.control = false
    this.#timeStart = -1
    if (this.wrong.length > 0) this.wrong.length = 0
    // A byte order mark is no JSON: the frame is kept as a text, and read all the same.
    const isMarked = received[0] === 0xef && received[1] === 0xbb && received[2] === 0xbf
    const payload = isMarked ? received.subarray(3) : received
    this.#payload = payload
    if (!scanner.scan(payload)) {
      frame.form = isUtf8(payload) ? FORM.text : FORM.binary
      return
    }
    frame.form = isMarked || scanner.breaksInside() ? FORM.text : FORM.json
    const type = this.#typeOf(payload)
    frame.type = type
    if (type === BOOK) this.#book(payload)
    else if (type === TRADE) this.#trades(payload)
    else if (type === TICKER) frame.understood = this.#named(payload)
    else if (type === INSTRUMENT) frame.understood = scanner.kind(DATA) === VALUE.other
    else if (type === UNKNOWN) this.#declared.fill(frame, this.#nameOf(), payload)
    else {
      frame.understood = true
      frame.control = type === SUBSCRIBE || type === UNSUBSCRIBE || type === ERROR
    }
  }

  /** The exchange's time of the last frame, unix milliseconds; 0 where it says none. */
  exchangeMs(): number {
    if (this.#timeStart < 0) return 0
    const ms = Date.parse(this.#payload.toString('latin1', this.#timeStart, this.#timeEnd))
    return Number.isNaN(ms) ? 0 : Math.max(0, ms)
  }

  #newPair(name: string): Pair {
    // The table forgets all names when it is full.
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const pair = new Pair(name, ++this.#scopes)
    // An exchange with endless names: they are not remembered.
    if (this.#byName.size >= MAX_PAIRS) return pair
    this.#byName.set(name, pair)
    this.#byScope.set(pair.scope, pair)
    return pair
  }

  #nameOf(): string | undefined {
    return this.#scanner.text(CHANNEL) ?? this.#scanner.text(METHOD)
  }

  #typeOf(payload: Buffer): MessageType {
    const scanner = this.#scanner
    if (scanner.kind(CHANNEL) === VALUE.text) {
      return this.#channels.get(payload, scanner.start(CHANNEL), scanner.end(CHANNEL))
    }
    if (scanner.kind(METHOD) === VALUE.text) {
      return this.#methods.get(payload, scanner.start(METHOD), scanner.end(METHOD))
    }
    return UNKNOWN
  }

  get #isSnapshot(): boolean {
    const scanner = this.#scanner
    // `snapshot` or `update`.
    return scanner.kind(TYPE) === VALUE.text && this.#payload[scanner.start(TYPE)] === 0x73
  }

  /** Goes to the first item of `data`, if there is one. */
  #begin(payload: Buffer): boolean {
    const scanner = this.#scanner
    this.#items.begin(payload, scanner.kind(DATA) === VALUE.other ? scanner.start(DATA) : -1)
    return this.#items.next()
  }

  /** The symbol of the item; null: it has none. */
  #pairAt(payload: Buffer): Pair | null {
    const { symbolStart: start, symbolEnd: end } = this.#items
    if (start < 0 || start === end || end - start > MAX_SYMBOL_BYTES) return null
    return this.#pairs.get(payload, start, end)
  }

  #noteTime(): void {
    this.#timeStart = this.#items.timeStart
    this.#timeEnd = this.#items.timeEnd
  }

  /** The symbol of all items; false if one has none, or if there are none. A frame of several symbols has none of its own. */
  #named(payload: Buffer): boolean {
    const frame = this.frame
    if (!this.#begin(payload)) return false
    this.#noteTime()
    const pair = this.#pairAt(payload)
    frame.symbol = pair?.name ?? ''
    let isNamed = pair !== null
    while (this.#items.next()) {
      const other = this.#pairAt(payload)
      if (other === null) isNamed = false
      if (other !== pair) frame.symbol = ''
    }
    return isNamed
  }

  #book(payload: Buffer): void {
    const frame = this.frame
    if (!this.#begin(payload)) return
    this.#noteTime()
    const isSnapshot = this.#isSnapshot
    let isUnderstood = true
    let first: Pair | null = null
    do {
      const pair = this.#pairAt(payload)
      if (first === null) {
        first = pair
        frame.symbol = pair?.name ?? ''
      } else if (pair !== first) frame.symbol = ''
      if (pair === null || !this.#change(payload, pair, isSnapshot)) isUnderstood = false
    } while (this.#items.next())
    frame.understood = isUnderstood
    if (this.wrong.length > 0) frame.control = true
  }

  /** Applies an item to the book of its symbol and checks it. False if it cannot be read. */
  #change(payload: Buffer, pair: Pair, isSnapshot: boolean): boolean {
    if (isSnapshot) {
      pair.book ??= new CheckedBook(this.#o.depth, this.#checksums)
      pair.book.clear()
      pair.state = 'checked'
    } else if (pair.state === 'awaited') {
      this.#isWrong(pair, 'a change came before the book')
      return true
    }
    const { book } = pair
    const isChecked = pair.state === 'checked' && book !== null
    const { checksumStart, checksumEnd, levels, hasBids, hasAsks } = this.#items
    const checksum = wholeAt(payload, checksumStart, checksumEnd)
    const isWhole = checksum >= 0 && hasBids && hasAsks && !levels.isOdd
    const isRead = isWhole && (!isChecked || this.#apply(payload, book))
    if (!isChecked) return isRead
    if (!isRead) {
      this.#isWrong(pair, 'levels or checksum cannot be read')
      return false
    }
    const computed = book.checksum()
    if (computed === checksum) pair.rightMs = this.#o.nowMs()
    else this.#isWrong(pair, `the checksum is ${computed}, and the exchange sent ${checksum}`)
    return true
  }

  /** Applies the levels of the item. False if the digits of one of them cannot be told. */
  #apply(payload: Buffer, book: CheckedBook): boolean {
    const { count, sides, places } = this.#items.levels
    for (let i = 0, at = 0; i < count; i++, at += 4) {
      const side = sides[i] as Side
      const price = places[at]!
      const priceEnd = places[at + 1]!
      if (!book.set(side, payload, price, priceEnd, places[at + 2]!, places[at + 3]!)) return false
    }
    return true
  }

  #isWrong(pair: Pair, why: string): void {
    pair.state = 'wrong'
    pair.why = why
    this.wrong.push(pair)
  }

  /** The ids of the trades are the numbers that the frame stands for. */
  #trades(payload: Buffer): void {
    const frame = this.frame
    if (!this.#begin(payload)) {
      if (this.#items.isEmpty) {
        frame.type = NO_TRADES
        frame.understood = true
      } else frame.unproven = 'no trade can be read in it'
      return
    }
    this.#noteTime()
    const pair = this.#pairAt(payload)
    if (pair === null) {
      frame.unproven = 'symbol is no symbol'
      return
    }
    frame.symbol = pair.name
    frame.scope = pair.scope
    let count = 0
    let least = Number.POSITIVE_INFINITY
    let most = -1
    do {
      const id = wholeAt(payload, this.#items.idStart, this.#items.idEnd)
      if (id < 0) {
        frame.unproven = 'trade_id is no whole number that can be counted with'
        return
      }
      if (count > 0 && this.#pairAt(payload) !== pair) {
        frame.symbol = ''
        frame.unproven = 'trades of several symbols are in one frame'
        return
      }
      count++
      if (id < least) least = id
      if (id > most) most = id
    } while (this.#items.next())
    if (most - least + 1 !== count) {
      frame.unproven = 'the trade ids of one frame have a hole, or one stands twice'
      return
    }
    frame.unproven = ''
    frame.first = least
    frame.sequence = most
    frame.understood = true
  }
}
