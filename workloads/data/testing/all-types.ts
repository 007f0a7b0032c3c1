// Rows of every type of column, with what is hard in each: the edges of numbers, quotes, line feeds, absent values.

import type { Column, ColumnValues, RowRun, Rows } from '../model/rows.ts'

const says = 'A column of a test.'
export const ALL_TYPES: readonly Column[] = [
  { name: 'text', type: 'text', says },
  { name: 'integer', type: 'integer', says },
  { name: 'decimal', type: 'decimal', says },
  { name: 'time', type: 'time', says },
  { name: 'flag', type: 'flag', says },
  { name: 'json', type: 'json', says },
  { name: 'frame', type: 'bytes', says },
]

export const TEXTS = [
  'plain',
  'with "quotes", commas',
  'two\nlines',
  '',
  'é€😀',
  'back\\slash',
  null,
]
export const INTEGERS = [0, 1, -1, 9_007_199_254_740_991, -9_007_199_254_740_991, 42, null]
/** Mantissa, scale, and the decimal as text. */
export const DECIMALS: readonly (readonly [number | bigint, number, string] | null)[] = [
  [0, 0, '0'],
  [-1, 4, '-0.0001'],
  [4800, 4, '0.4800'],
  [9_007_199_254_740_991, 18, '0.009007199254740991'],
  [-9_007_199_254_740_991, 0, '-9007199254740991'],
  [123_456_789_012_345_678_901n, 8, '1234567890123.45678901'],
  null,
]
/** Milliseconds, nanoseconds within, the time as text, and in nanoseconds. */
export const TIMES: readonly (readonly [number, number, string, bigint] | null)[] = [
  [1_764_000_000_000, 0, '2025-11-24T16:00:00.000000000Z', 1_764_000_000_000_000_000n],
  [1_764_000_000_999, 999_999, '2025-11-24T16:00:00.999999999Z', 1_764_000_000_999_999_999n],
  [1_764_000_001_000, 1, '2025-11-24T16:00:01.000000001Z', 1_764_000_001_000_000_001n],
  [0, 5, '1970-01-01T00:00:00.000000005Z', 5n],
  [631_152_000_000, 7, '1990-01-01T00:00:00.000000007Z', 631_152_000_000_000_007n],
  [9_214_646_399_999, 999_999, '2261-12-31T23:59:59.999999999Z', 9_214_646_399_999_999_999n],
  null,
]
export const FLAGS = [true, false, true, false, true, false, null]
export const JSONS = [{ a: 1 }, [1, 'x'], 'text', 5, true, { 'k"': null }, null]
export const FRAMES: readonly (string | Buffer | null)[] = [
  '{"type":"trade", "n":1}',
  'PONG',
  '{"broken":',
  '[1,2]',
  '{"two":\n1}',
  Buffer.from([0xff, 0x00, 0x7f]),
  null,
]
export const ROWS = TEXTS.length

/** All rows `times` times, in runs of `size` rows that are one object, overwritten each time. */
export function allTypes(times = 1, size = 3): Rows {
  const total = ROWS * times
  return {
    columns: ALL_TYPES,
    next: () => null,
    runs: (async function* () {
      for (let start = 0; start < total; start += size) {
        const length = Math.min(size, total - start)
        const run: RowRun = { length, columns: columnsOf(start, length) }
        yield run
        // What a writer keeps beyond its run is seen to be wrong.
        for (const column of run.columns) spoil(column)
      }
    })(),
  }
}

function columnsOf(start: number, length: number): ColumnValues[] {
  const pick = <T>(list: readonly T[]): T[] =>
    Array.from({ length }, (_, i) => list[(start + i) % ROWS]!)
  const decimals = pick(DECIMALS)
  const times = pick(TIMES)
  const wide = new Map<number, bigint>()
  for (const [i, one] of decimals.entries()) if (typeof one?.[0] === 'bigint') wide.set(i, one[0])
  return [
    { type: 'text', values: pick(TEXTS) },
    { type: 'integer', values: Float64Array.from(pick(INTEGERS), (value) => value ?? Number.NaN) },
    {
      type: 'decimal',
      values: Float64Array.from(decimals, (one) =>
        typeof one?.[0] === 'number' ? one[0] : Number.NaN
      ),
      scales: Uint8Array.from(decimals, (one) => one?.[1] ?? 0),
      wide,
    },
    {
      type: 'time',
      ms: Float64Array.from(times, (one) => one?.[0] ?? -1),
      ns: Int32Array.from(times, (one) => one?.[1] ?? 0),
    },
    {
      type: 'flag',
      values: Uint8Array.from(pick(FLAGS), (one) => (one === null ? 2 : Number(one))),
    },
    { type: 'json', values: pick(JSONS) },
    { type: 'bytes', values: pick(FRAMES).map((one) => (one === null ? null : Buffer.from(one))) },
  ]
}

function spoil(column: ColumnValues): void {
  if (column.type === 'time') column.ms.fill(1)
  else if (column.type === 'bytes') for (const one of column.values) one?.fill(0)
  else if (column.type === 'text' || column.type === 'json')
    (column.values as unknown[]).fill('spoiled')
  else column.values.fill(0)
}
