// The buffers of one column of a run as Arrow lays them out: a bit for each row that has a value, and the values.

import type { ColumnValues } from '../model/rows.ts'
import { decimalWords, wideWords } from './decimal128.ts'

export type ArrowBuffers = {
  readonly nullCount: number
  readonly validity: Uint8Array
  readonly values: Uint8Array | BigInt64Array | BigUint64Array
  readonly offsets?: Int32Array
}

const NONE = new Uint8Array(0)
const TWO_32 = 4_294_967_296

export function arrowBuffers(column: ColumnValues, length: number): ArrowBuffers {
  switch (column.type) {
    case 'text':
      return bytesBuffers(length, (i) => column.values[i] ?? null)
    case 'json':
      return bytesBuffers(length, (i) => {
        const value = column.values[i]
        return value === null || value === undefined ? null : JSON.stringify(value)
      })
    case 'bytes':
      return bytesBuffers(length, (i) => column.values[i] ?? null)
    case 'flag': {
      const bits = new Uint8Array(Math.ceil(length / 8))
      for (let i = 0; i < length; i++) if (column.values[i] === 1) bits[i >> 3]! |= 1 << (i & 7)
      return { ...validity(length, (i) => column.values[i] !== 2), values: bits }
    }
    case 'integer': {
      const words = new Int32Array(2 * length)
      for (let i = 0; i < length; i++) setInt64(words, i, column.values[i]!, 1, 0)
      return {
        ...validity(length, (i) => !Number.isNaN(column.values[i])),
        values: new BigInt64Array(words.buffer),
      }
    }
    case 'time': {
      const words = new Int32Array(2 * length)
      for (let i = 0; i < length; i++)
        if (column.ms[i] !== -1) setInt64(words, i, column.ms[i]!, 1_000_000, column.ns[i]!)
      return {
        ...validity(length, (i) => column.ms[i] !== -1),
        values: new BigInt64Array(words.buffer),
      }
    }
    case 'decimal': {
      const { values, scales, wide } = column
      const words = new Uint32Array(4 * length)
      for (let i = 0; i < length; i++) {
        const value = values[i]!
        if (!Number.isNaN(value)) decimalWords(value, scales[i]!, words, 4 * i)
        else if (wide?.has(i)) wideWords(wide.get(i)!, scales[i]!, words, 4 * i)
      }
      return {
        ...validity(length, (i) => !Number.isNaN(values[i]) || (wide?.has(i) ?? false)),
        values: new BigUint64Array(words.buffer),
      }
    }
  }
}

/** `value * factor + more` as 64 bits: exact, though the product is not a number. */
function setInt64(words: Int32Array, i: number, value: number, factor: number, more: number): void {
  if (Number.isNaN(value)) return
  const high = Math.floor(value / TWO_32)
  const low = (value - high * TWO_32) * factor + more
  const carry = Math.floor(low / TWO_32)
  words[2 * i] = low - carry * TWO_32
  words[2 * i + 1] = high * factor + carry
}

function validity(
  length: number,
  has: (i: number) => boolean
): { readonly nullCount: number; readonly validity: Uint8Array } {
  const bits = new Uint8Array(Math.ceil(length / 8))
  let nullCount = 0
  for (let i = 0; i < length; i++) {
    if (has(i)) bits[i >> 3]! |= 1 << (i & 7)
    else nullCount++
  }
  return { nullCount, validity: nullCount === 0 ? NONE : bits }
}

function bytesBuffers(length: number, of: (i: number) => string | Uint8Array | null): ArrowBuffers {
  const offsets = new Int32Array(length + 1)
  let bytes = Buffer.allocUnsafe(16 * length + 64)
  let end = 0
  const room = (more: number): void => {
    if (end + more <= bytes.length) return
    const next = Buffer.allocUnsafe(Math.max(bytes.length * 2, end + more))
    bytes.copy(next, 0, 0, end)
    bytes = next
  }
  for (let i = 0; i < length; i++) {
    const value = of(i)
    if (typeof value === 'string') {
      room(value.length * 3)
      end += bytes.write(value, end, 'utf8')
    } else if (value !== null) {
      room(value.length)
      bytes.set(value, end)
      end += value.length
    }
    offsets[i + 1] = end
  }
  return { ...validity(length, (i) => of(i) !== null), values: bytes.subarray(0, end), offsets }
}
