// Writes blocks (exchanges/schemas/block.capnp) straight into bytes: no object per record, two buffers that are
// reused, one fresh array per block. The bytes are those that capnp-ts writes when it is given the same fields in
// the order of the schema; a property test holds the two equal. What the schema cannot say is refused here.

import { SsmdError } from '#crds/errors.ts'
import type { Form } from './form.ts'
import {
  BLOCK,
  ELEMENT,
  FRAME_BYTES,
  KIND,
  MAX_LIST,
  padded,
  RECORD,
  TYPE,
  WORD,
} from './layout.ts'
import { EncodedText, type Mark, SymbolRef, TypeRef } from './refs.ts'

export type { SymbolRef, TypeRef } from './refs.ts'

export type BlockHeader = {
  readonly environment: string
  readonly feed: string
  readonly connection: string
  readonly shard: number
  readonly simulated: boolean
}

/** Names kept for the next block; beyond it the tables are cleared, between two blocks. */
const MAX_SYMBOLS = 100_000
const MAX_TYPES = 10_000
/** Record.type is a UInt16. */
const MAX_TYPES_IN_BLOCK = 65_536

const START_RECORDS = 256 * RECORD.bytes
const START_PAYLOADS = 256 * 1024
/** Buffers that a rare huge block made larger than this are released after it. */
const KEEP_BYTES = 8 * 1024 * 1024

const MAX_RECV = 2n ** 64n - 1n

export class BlockWriter {
  readonly #head: Uint8Array
  readonly #typesByKey = new Map<string, TypeRef>()
  readonly #symbolsByName = new Map<string, SymbolRef>()
  #types: TypeRef[] = []
  #symbols: SymbolRef[] = []
  #tableBytes = 0
  #mark: Mark = {}
  #records = new Uint8Array(START_RECORDS)
  #view = new DataView(this.#records.buffer)
  #payloads = new Uint8Array(START_PAYLOADS)
  #payloadBytes = 0
  #count = 0
  #first = 0
  #firstRecv = 0n

  readonly #maxSymbols: number

  /** `maxSymbols`: names that are remembered from one block to the next. */
  constructor(header: BlockHeader, maxSymbols = MAX_SYMBOLS) {
    this.#maxSymbols = maxSymbols
    if (header.shard !== (header.shard & 0xffff)) {
      throw new SsmdError('SSMD_E_BLOCK', `shard ${header.shard} is not a number from 0 to 65535`)
    }
    this.#head = encodeHead(header)
  }

  /** Records in the block so far. */
  get count(): number {
    return this.#count
  }

  /** Size that `finish` would give now. */
  get bytes(): number {
    return (
      this.#head.length +
      this.#tableBytes +
      WORD +
      WORD +
      this.#count * RECORD.bytes +
      this.#payloadBytes
    )
  }

  /** Number of the first record, 0 while there is none. */
  get first(): number {
    return this.#first
  }

  /** Receive time of the first record, 0 while there is none. */
  get firstRecv(): bigint {
    return this.#firstRecv
  }

  /** The type of this name and group. Keep it where it is used often: this looks it up. */
  type(name: string, group: string): TypeRef {
    const key = `${name}\0${group}`
    let ref = this.#typesByKey.get(key)
    if (ref === undefined) {
      ref = new TypeRef(name, group)
      this.#typesByKey.set(key, ref)
    }
    return ref
  }

  /** The symbol of this name; the empty text where a frame has none. */
  symbol(name: string): SymbolRef {
    let ref = this.#symbolsByName.get(name)
    if (ref === undefined) {
      ref = new SymbolRef(name)
      this.#symbolsByName.set(name, ref)
    }
    return ref
  }

  /** Adds a record; the payload is copied. Either all of it is added, or it throws and nothing changed. */
  add(
    recv: bigint,
    number: number,
    type: TypeRef,
    symbol: SymbolRef,
    form: Form,
    /** -1: the exchange numbered it not. */
    sequence: number,
    scope: number,
    payload: Uint8Array
  ): void {
    const count = this.#count
    const at = count * RECORD.bytes
    const size = payload.length
    const payloadAt = this.#payloadBytes
    const sequenced = sequence !== -1
    if (
      recv < 0n ||
      recv > MAX_RECV ||
      !Number.isSafeInteger(number) ||
      number < 1 ||
      (count > 0 && number !== this.#first + count) ||
      (sequenced && (!Number.isSafeInteger(sequence) || sequence < 0)) ||
      scope >>> 0 !== scope ||
      (form & 3) !== form ||
      size > MAX_LIST
    ) {
      this.#refuse(recv, number, form, sequence, scope, size)
    }
    if (type.mark !== this.#mark) this.#enterType(type)
    if (symbol.mark !== this.#mark) this.#enterSymbol(symbol)
    if (at + RECORD.bytes > this.#records.length) this.#growRecords()
    const end = payloadAt + padded(size)
    if (end > this.#payloads.length) this.#growPayloads(end)

    const view = this.#view
    view.setBigUint64(at, recv, true)
    view.setUint32(at + RECORD.number, number, true)
    view.setUint32(at + RECORD.number + 4, number / 0x1_0000_0000, true)
    if (sequenced) {
      view.setUint32(at + RECORD.sequence, sequence, true)
      view.setUint32(at + RECORD.sequence + 4, sequence / 0x1_0000_0000, true)
      view.setUint32(at + RECORD.sequenced, 1, true)
    } else {
      view.setUint32(at + RECORD.sequence, 0, true)
      view.setUint32(at + RECORD.sequence + 4, 0, true)
      view.setUint32(at + RECORD.sequenced, 0, true)
    }
    view.setUint32(at + RECORD.scope, scope, true)
    view.setUint32(at + RECORD.symbol, symbol.index, true)
    view.setUint16(at + RECORD.type, type.index, true)
    view.setUint16(at + RECORD.form, form, true)
    // Relative to the end of the records list; `finish` adds the words of the records still to come.
    const offset = payloadAt / WORD - (at + RECORD.bytes) / WORD
    view.setUint32(at + RECORD.payload, (offset << 2) | KIND.list, true)
    view.setUint32(at + RECORD.payload + 4, (size << 3) | ELEMENT.byte, true)

    const payloads = this.#payloads
    for (let i = payloadAt + size; i < end; i++) payloads[i] = 0
    payloads.set(payload, payloadAt)
    this.#payloadBytes = end
    if (count === 0) {
      this.#first = number
      this.#firstRecv = recv
    }
    this.#count = count + 1
  }

  /** The block as a message of its own memory; the writer is then empty and ready for the next. */
  finish(): Uint8Array {
    const count = this.#count
    const total = this.bytes
    // allocUnsafeSlow: memory of its own, not zeroed. Every byte below `total` is written.
    const slow = Buffer.allocUnsafeSlow(total)
    const out = new Uint8Array(slow.buffer, 0, total)
    const view = new DataView(slow.buffer, 0, total)
    out.set(this.#head)
    view.setUint32(4, (total - FRAME_BYTES) / WORD, true)
    const root = FRAME_BYTES + WORD
    view.setUint32(root + BLOCK.first, this.#first, true)
    view.setUint32(root + BLOCK.first + 4, this.#first / 0x1_0000_0000, true)

    let at = this.#head.length
    putList(view, root + BLOCK.types, at, ELEMENT.composite, this.#types.length * TYPE.pointers)
    at = this.#putTypes(out, view, at)
    putList(view, root + BLOCK.symbols, at, ELEMENT.pointer, this.#symbols.length)
    at = this.#putSymbols(out, view, at)
    const words = count * (RECORD.dataWords + RECORD.pointers)
    putList(view, root + BLOCK.records, at, ELEMENT.composite, words)
    putTag(view, at, count, RECORD.dataWords, RECORD.pointers)
    at += WORD
    const recordBytes = count * RECORD.bytes
    out.set(this.#records.subarray(0, recordBytes), at)
    for (let p = at + RECORD.payload; p < at + recordBytes; p += RECORD.bytes) {
      view.setInt32(p, view.getInt32(p, true) + (words << 2), true)
    }
    out.set(this.#payloads.subarray(0, this.#payloadBytes), at + recordBytes)
    this.#reset()
    return out
  }

  #putTypes(out: Uint8Array, view: DataView, start: number): number {
    const types = this.#types
    putTag(view, start, types.length, TYPE.dataWords, TYPE.pointers)
    let pointer = start + WORD
    let at = pointer + types.length * TYPE.pointers * WORD
    for (const type of types) {
      at = putText(out, view, pointer, at, type.nameText)
      at = putText(out, view, pointer + WORD, at, type.groupText)
      pointer += 2 * WORD
    }
    return at
  }

  #putSymbols(out: Uint8Array, view: DataView, start: number): number {
    const symbols = this.#symbols
    let pointer = start
    let at = start + symbols.length * WORD
    for (const symbol of symbols) {
      at = putText(out, view, pointer, at, symbol.text)
      pointer += WORD
    }
    return at
  }

  #enterType(type: TypeRef): void {
    if (this.#types.length === MAX_TYPES_IN_BLOCK) {
      throw new SsmdError('SSMD_E_BLOCK', `a block holds ${MAX_TYPES_IN_BLOCK} types at most`)
    }
    type.mark = this.#mark
    type.index = this.#types.length
    this.#types.push(type)
    this.#tableBytes += 2 * WORD + type.nameText.bytes.length + type.groupText.bytes.length
  }

  #enterSymbol(symbol: SymbolRef): void {
    symbol.mark = this.#mark
    symbol.index = this.#symbols.length
    this.#symbols.push(symbol)
    this.#tableBytes += WORD + symbol.text.bytes.length
  }

  #growRecords(): void {
    const records = new Uint8Array(this.#records.length * 2)
    records.set(this.#records)
    this.#records = records
    this.#view = new DataView(records.buffer)
  }

  #growPayloads(needed: number): void {
    const payloads = new Uint8Array(Math.max(needed, this.#payloads.length * 2))
    payloads.set(this.#payloads.subarray(0, this.#payloadBytes))
    this.#payloads = payloads
  }

  #reset(): void {
    this.#types = []
    this.#symbols = []
    this.#tableBytes = 0
    this.#mark = {}
    this.#payloadBytes = 0
    this.#count = 0
    this.#first = 0
    this.#firstRecv = 0n
    if (this.#typesByKey.size > MAX_TYPES) this.#typesByKey.clear()
    if (this.#symbolsByName.size > this.#maxSymbols) this.#symbolsByName.clear()
    if (this.#payloads.length > KEEP_BYTES) this.#payloads = new Uint8Array(START_PAYLOADS)
    if (this.#records.length > KEEP_BYTES) {
      this.#records = new Uint8Array(START_RECORDS)
      this.#view = new DataView(this.#records.buffer)
    }
  }

  /** Says which of the values that `add` was given cannot be written. */
  #refuse(
    recv: bigint,
    number: number,
    form: number,
    sequence: number,
    scope: number,
    size: number
  ): never {
    const refuse = (what: string): never => {
      throw new SsmdError('SSMD_E_BLOCK', `cannot write a record: ${what}`)
    }
    if (recv < 0n || recv > MAX_RECV) refuse(`receive time ${recv} is not an unsigned 64-bit value`)
    if (!Number.isSafeInteger(number) || number < 1) {
      refuse(`number ${number} is not an integer from 1 to 2^53 - 1`)
    }
    if (this.#count > 0 && number !== this.#first + this.#count) {
      refuse(`number ${number} does not follow ${this.#first + this.#count - 1}`)
    }
    if (sequence !== -1 && (!Number.isSafeInteger(sequence) || sequence < 0)) {
      refuse(`sequence ${sequence} is not an integer from 0 to 2^53 - 1 (or -1 for none)`)
    }
    if (scope >>> 0 !== scope) refuse(`scope ${scope} is not an unsigned 32-bit value`)
    if ((form & 3) !== form) refuse(`form ${form} is none of 0 to 3`)
    return refuse(`payload of ${size} bytes is larger than ${MAX_LIST}`)
  }
}

/** All that is the same in every block of a writer: frame, root pointer, root struct, its three texts. */
function encodeHead(header: BlockHeader): Uint8Array {
  const texts = [header.environment, header.feed, header.connection].map((t) => new EncodedText(t))
  const root = FRAME_BYTES + WORD
  const textsAt = root + (BLOCK.dataWords + BLOCK.pointers) * WORD
  const head = new Uint8Array(texts.reduce((sum, text) => sum + text.bytes.length, textsAt))
  const view = new DataView(head.buffer)
  view.setUint32(FRAME_BYTES, KIND.struct, true)
  view.setUint32(FRAME_BYTES + 4, BLOCK.dataWords | (BLOCK.pointers << 16), true)
  view.setUint16(root + BLOCK.shard, header.shard, true)
  view.setUint8(root + BLOCK.simulated, header.simulated ? 1 : 0)
  let at = textsAt
  let pointer = root + BLOCK.environment
  for (const text of texts) {
    at = putText(head, view, pointer, at, text)
    pointer += WORD
  }
  return head
}

/** Writes the text at `at` and its pointer; returns where the next object goes. */
function putText(
  out: Uint8Array,
  view: DataView,
  pointer: number,
  at: number,
  text: EncodedText
): number {
  putList(view, pointer, at, ELEMENT.byte, text.length)
  out.set(text.bytes, at)
  return at + text.bytes.length
}

/** A list pointer at `pointer` to `target`; `size` is elements, or words where the list is composite. */
function putList(
  view: DataView,
  pointer: number,
  target: number,
  element: number,
  size: number
): void {
  const offset = (target - pointer - WORD) / WORD
  view.setUint32(pointer, (offset << 2) | KIND.list, true)
  view.setUint32(pointer + 4, (size << 3) | element, true)
}

/** The tag word of a composite list: a struct pointer whose offset is the number of elements. */
function putTag(
  view: DataView,
  at: number,
  count: number,
  dataWords: number,
  pointers: number
): void {
  view.setUint32(at, (count << 2) | KIND.struct, true)
  view.setUint32(at + 4, dataWords | (pointers << 16), true)
}
