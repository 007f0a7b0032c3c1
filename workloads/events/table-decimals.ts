// Decimals of a table as the integers and scales of a batch: at most 53 bits each, NaN for those that are absent.

import { type DecimalColumn, int64At, isValid } from './tables/table.ts'

export function appendDecimals(
  start: number,
  values: Float64Array,
  scales: Uint8Array,
  column: DecimalColumn,
  rows: Int32Array | null,
  from: number,
  to: number
): void {
  const { words, valid, scale } = column
  const isPlain = column.scales === null
  for (let k = from, o = start; k < to; k++, o++) {
    const i = rows === null ? k : rows[k]!
    const high = words[2 * i + 1]!
    if (isPlain && valid === null && high < MOST_HIGH && high >= -MOST_HIGH) {
      values[o] = high * 4_294_967_296 + (words[2 * i]! >>> 0)
      scales[o] = scale
    } else readDecimal(column, i, values, scales, o)
  }
}

/** Integers with a smaller upper word have at most 53 bits. */
const MOST_HIGH = 2 ** 21

/** Writes the value and the scale of one row to a place. */
export function readDecimal(
  { words, valid, scale, scales }: DecimalColumn,
  i: number,
  values: Float64Array,
  to: Uint8Array,
  o: number
): void {
  if (!isValid(valid, i)) {
    values[o] = Number.NaN
    to[o] = 0
    return
  }
  const high = words[2 * i + 1]!
  to[o] = scales === null ? scale : scales[i]!
  if (high < MOST_HIGH && high >= -MOST_HIGH) {
    values[o] = int64At(words, i)
    return
  }
  // It had at most 53 bits at the scale that it was sent with: the zeros at its end came with the scale of the column.
  let large = (BigInt(high) << 32n) + BigInt(words[2 * i]! >>> 0)
  while (large % 10n === 0n && to[o]! > 0 && !Number.isSafeInteger(Number(large))) {
    large /= 10n
    to[o]!--
  }
  values[o] = Number(large)
}
