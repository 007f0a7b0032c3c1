// Reads a block without copying it. `Block.read` checks everything in advance: pointers, bounds, sizes, terminators,
// indices, consecutive numbers. What it returns can be read without a further check, and never outside its bytes.

import type { Form } from './form.ts'
import { BLOCK, ELEMENT, KIND, RECORD, TYPE, WORD } from './layout.ts'
import { refuse, Segment } from './segment.ts'

export type BlockType = { readonly name: string; readonly group: string }

/** Upper half of 2^53: larger values have no exact number. */
const UNSAFE_HIGH = 0x20_0000

/** 2^32 ns are 4294 ms and 967,296 ns: with both, the sums below stay far under 2^53. */
const MS_OF_HIGH = 4294
const NANOS_OF_HIGH = 967_296

export class Block {
  readonly environment: string
  readonly feed: string
  readonly connection: string
  readonly shard: number
  readonly simulated: boolean
  /** Number of the first record. */
  readonly first: number
  /** Records in the block. */
  readonly length: number
  readonly types: readonly BlockType[]
  readonly symbols: readonly string[]
  /** The bytes that payloads lie in; see `payloadStart`. */
  readonly bytes: Buffer
  readonly #view: DataView
  readonly #records: number
  readonly #step: number
  readonly #pointer: number

  private constructor(segment: Segment) {
    const root = segment.root(BLOCK.dataWords, BLOCK.pointers)
    const view = segment.view
    this.bytes = segment.bytes
    this.#view = view
    this.environment = segment.text(root + BLOCK.environment, 'environment')
    this.feed = segment.text(root + BLOCK.feed, 'feed')
    this.connection = segment.text(root + BLOCK.connection, 'connection')
    this.shard = view.getUint16(root + BLOCK.shard, true)
    this.simulated = (view.getUint8(root + BLOCK.simulated) & 1) === 1
    this.first = safeUint64(view, root + BLOCK.first, 'first')
    this.types = readTypes(segment, root)
    this.symbols = readSymbols(segment, root)
    const records = segment.structList(
      root + BLOCK.records,
      RECORD.dataWords,
      RECORD.pointers,
      'records'
    )
    this.length = records.length
    this.#records = records.at
    this.#step = records.step
    this.#pointer = records.pointers
    if (this.length > 0 && this.first === 0) refuse('the first number is 0; numbers start at 1')
    this.#check(segment)
  }

  /** Reads and checks; keeps a view of `bytes`, which must not change afterwards. */
  static read(bytes: Uint8Array): Block {
    return new Block(new Segment(bytes))
  }

  /** Number of the last record; `first - 1` where there is none. */
  get last(): number {
    return this.first + this.length - 1
  }

  recv(i: number): bigint {
    return this.#view.getBigUint64(this.#at(i), true)
  }

  /** The receive time without a bigint: milliseconds since 1970, and the nanoseconds within. */
  recvMs(i: number): number {
    const at = this.#at(i)
    const high = this.#view.getUint32(at + 4, true)
    const rest = high * NANOS_OF_HIGH + this.#view.getUint32(at, true)
    return high * MS_OF_HIGH + Math.floor(rest / 1e6)
  }

  recvNs(i: number): number {
    const at = this.#at(i)
    return (
      (this.#view.getUint32(at + 4, true) * NANOS_OF_HIGH + this.#view.getUint32(at, true)) % 1e6
    )
  }

  number(i: number): number {
    this.#at(i)
    return this.first + i
  }

  /** The exchange's own sequence, -1 where it has none. */
  sequence(i: number): number {
    const at = this.#at(i)
    if ((this.#view.getUint8(at + RECORD.sequenced) & 1) === 0) return -1
    return (
      this.#view.getUint32(at + RECORD.sequence + 4, true) * 0x1_0000_0000 +
      this.#view.getUint32(at + RECORD.sequence, true)
    )
  }

  scope(i: number): number {
    return this.#view.getUint32(this.#at(i) + RECORD.scope, true)
  }

  form(i: number): Form {
    return this.#view.getUint16(this.#at(i) + RECORD.form, true) as Form
  }

  /** Index into `types`. */
  typeIndex(i: number): number {
    return this.#view.getUint16(this.#at(i) + RECORD.type, true)
  }

  /** Index into `symbols`. */
  symbolIndex(i: number): number {
    return this.#view.getUint32(this.#at(i) + RECORD.symbol, true)
  }

  type(i: number): string {
    return this.types[this.typeIndex(i)]!.name
  }

  group(i: number): string {
    return this.types[this.typeIndex(i)]!.group
  }

  symbol(i: number): string {
    return this.symbols[this.symbolIndex(i)]!
  }

  /** Where the payload starts in `bytes`: for those who copy it and need no view. */
  payloadStart(i: number): number {
    const pointer = this.#at(i) + this.#pointer
    return pointer + WORD + (this.#view.getInt32(pointer, true) >> 2) * WORD
  }

  payloadLength(i: number): number {
    return this.#view.getUint32(this.#at(i) + this.#pointer + 4, true) >>> 3
  }

  /** A view, no copy. */
  payload(i: number): Uint8Array {
    const start = this.payloadStart(i)
    return this.bytes.subarray(start, start + this.payloadLength(i))
  }

  #at(i: number): number {
    if (i >>> 0 !== i || i >= this.length) {
      throw new RangeError(`record ${i} of a block of ${this.length}`)
    }
    return this.#records + i * this.#step
  }

  /** One pass over the records; afterwards every accessor is safe. */
  #check(segment: Segment): void {
    const { length, first } = this
    const view = this.#view
    const types = this.types.length
    const symbols = this.symbols.length
    for (let i = 0; i < length; i++) {
      const at = this.#records + i * this.#step
      const number =
        view.getUint32(at + RECORD.number + 4, true) * 0x1_0000_0000 +
        view.getUint32(at + RECORD.number, true)
      if (number !== first + i) refuse(`record ${i} has number ${number}, not ${first + i}`)
      if (number > Number.MAX_SAFE_INTEGER) refuse(`record ${i} has a number beyond 2^53`)
      if (view.getUint16(at + RECORD.type, true) >= types) {
        refuse(`record ${i} has type ${view.getUint16(at + RECORD.type, true)} of ${types}`)
      }
      if (view.getUint32(at + RECORD.symbol, true) >= symbols) {
        refuse(`record ${i} has symbol ${view.getUint32(at + RECORD.symbol, true)} of ${symbols}`)
      }
      if (view.getUint16(at + RECORD.form, true) > 3) {
        refuse(`record ${i} has form ${view.getUint16(at + RECORD.form, true)}, none of 0 to 3`)
      }
      if (
        (view.getUint8(at + RECORD.sequenced) & 1) === 1 &&
        view.getUint32(at + RECORD.sequence + 4, true) >= UNSAFE_HIGH
      ) {
        refuse(`record ${i} has a sequence beyond 2^53`)
      }
      this.#checkPayload(segment, at + this.#pointer, i)
    }
  }

  #checkPayload(segment: Segment, pointer: number, i: number): void {
    const low = this.#view.getInt32(pointer, true)
    const high = this.#view.getUint32(pointer + 4, true)
    if (low === 0 && high === 0) return
    if ((low & 3) !== KIND.list || (high & 7) !== ELEMENT.byte) {
      refuse(`the payload of record ${i} is no list of bytes in this segment`)
    }
    const start = pointer / WORD + 1 + (low >> 2)
    const words = ((high >>> 3) + 7) >>> 3
    segment.claim(start, words, PAYLOAD)
  }
}

const PAYLOAD = 'a payload'

function readTypes(segment: Segment, root: number): BlockType[] {
  const list = segment.structList(root + BLOCK.types, TYPE.dataWords, TYPE.pointers, 'types')
  const types: BlockType[] = []
  for (let i = 0; i < list.length; i++) {
    const at = list.at + i * list.step + list.pointers
    types.push({
      name: segment.text(at + TYPE.name, 'the name of a type'),
      group: segment.text(at + TYPE.group, 'the group of a type'),
    })
  }
  return types
}

function readSymbols(segment: Segment, root: number): string[] {
  const list = segment.pointerList(root + BLOCK.symbols, 'symbols')
  const symbols: string[] = []
  for (let i = 0; i < list.length; i++) symbols.push(segment.text(list.at + i * WORD, 'a symbol'))
  return symbols
}

function safeUint64(view: DataView, at: number, what: string): number {
  const high = view.getUint32(at + 4, true)
  if (high >= UNSAFE_HIGH) refuse(`${what} is beyond 2^53`)
  return high * 0x1_0000_0000 + view.getUint32(at, true)
}
