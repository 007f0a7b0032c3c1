// Rows that are being made, as the columns of one run. It is reused for the next run, so that a row costs no object.

import type { Column, ColumnValues, RowRun } from './rows.ts'

/** Rows of a run, roughly. */
export const RUN_ROWS = 1024

type Buffers = {
  readonly texts: (string | null)[]
  readonly json: unknown[]
  readonly bytes: (Uint8Array | null)[]
  numbers: Float64Array
  small: Uint8Array
  nanos: Int32Array
  readonly wide: Map<number, bigint>
}

const NO_NUMBERS = new Float64Array(0)
const NO_SMALL = new Uint8Array(0)
const NO_NANOS = new Int32Array(0)

export class RowBuffer {
  length = 0
  readonly #columns: readonly Column[]
  readonly #buffers: readonly Buffers[]
  #room = RUN_ROWS

  constructor(columns: readonly Column[]) {
    this.#columns = columns
    this.#buffers = columns.map(({ type }) => buffersOf(type, RUN_ROWS))
  }

  /** Forgets the rows. */
  clear(): void {
    this.length = 0
    for (const { texts, json, bytes, wide } of this.#buffers) {
      texts.length = 0
      json.length = 0
      bytes.length = 0
      wide.clear()
    }
  }

  /** Values of the row that is being made, which `end` ends. Each column must be set. */
  text(column: number, value: string | null): void {
    this.#buffers[column]!.texts.push(value)
  }

  json(column: number, value: unknown): void {
    this.#buffers[column]!.json.push(value)
  }

  bytes(column: number, value: Uint8Array | null): void {
    this.#buffers[column]!.bytes.push(value)
  }

  /** NaN: absent. */
  integer(column: number, value: number): void {
    this.#buffers[column]!.numbers[this.length] = value
  }

  /** NaN: absent. Zeros at the end go: the scale of a table is not that of the frame, and one value has one text. */
  decimal(column: number, integer: number, scale: number): void {
    const { numbers, small } = this.#buffers[column]!
    let value = integer
    let decimals = scale
    while (decimals > 0 && value % 10 === 0) {
      value /= 10
      decimals--
    }
    numbers[this.length] = value
    small[this.length] = decimals
  }

  /** An integer of any size. */
  wide(column: number, integer: bigint, scale: number): void {
    let value = integer
    let decimals = scale
    while (decimals > 0 && value % 10n === 0n) {
      value /= 10n
      decimals--
    }
    const number = Number(value)
    if (Number.isSafeInteger(number)) {
      this.decimal(column, number, decimals)
      return
    }
    this.decimal(column, Number.NaN, decimals)
    this.#buffers[column]!.wide.set(this.length, value)
  }

  /** -1: absent. */
  time(column: number, ms: number, ns: number): void {
    const { numbers, nanos } = this.#buffers[column]!
    numbers[this.length] = ms
    nanos[this.length] = ns
  }

  flag(column: number, value: boolean | null): void {
    this.#buffers[column]!.small[this.length] = value === null ? 2 : value ? 1 : 0
  }

  end(): void {
    if (++this.length === this.#room) this.#grow()
  }

  /** For what becomes many rows at a time, such as the bars of all instruments. */
  #grow(): void {
    this.#room *= 2
    for (const buffers of this.#buffers) {
      if (buffers.numbers.length > 0)
        buffers.numbers = longer(buffers.numbers, new Float64Array(this.#room))
      if (buffers.small.length > 0)
        buffers.small = longer(buffers.small, new Uint8Array(this.#room))
      if (buffers.nanos.length > 0)
        buffers.nanos = longer(buffers.nanos, new Int32Array(this.#room))
    }
  }

  /** The rows so far, valid until `clear`. */
  run(): RowRun {
    return {
      length: this.length,
      columns: this.#columns.map(({ type }, i) => valuesOf(type, this.#buffers[i]!)),
    }
  }
}

function buffersOf(type: Column['type'], rows: number): Buffers {
  const isNumber = type === 'integer' || type === 'decimal' || type === 'time'
  const isSmall = type === 'flag' || type === 'decimal'
  return {
    texts: [],
    json: [],
    bytes: [],
    numbers: isNumber ? new Float64Array(rows) : NO_NUMBERS,
    small: isSmall ? new Uint8Array(rows) : NO_SMALL,
    nanos: type === 'time' ? new Int32Array(rows) : NO_NANOS,
    wide: new Map(),
  }
}

function valuesOf(type: Column['type'], buffers: Buffers): ColumnValues {
  switch (type) {
    case 'text':
      return { type, values: buffers.texts }
    case 'json':
      return { type, values: buffers.json }
    case 'bytes':
      return { type, values: buffers.bytes }
    case 'integer':
      return { type, values: buffers.numbers }
    case 'decimal': {
      const { numbers: values, small: scales, wide } = buffers
      return wide.size === 0 ? { type, values, scales } : { type, values, scales, wide }
    }
    case 'time':
      return { type, ms: buffers.numbers, ns: buffers.nanos }
    case 'flag':
      return { type, values: buffers.small }
  }
}

function longer<T extends Float64Array | Uint8Array | Int32Array>(old: T, room: T): T {
  room.set(old)
  return room
}
