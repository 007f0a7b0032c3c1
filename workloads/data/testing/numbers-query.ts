// A query over the numbers from 0: as many rows as asked for, with a fault or a wait where a test wants one.

import type { Quality, Query } from '../model/query.ts'
import type { Column, RowRun } from '../model/rows.ts'

const COLUMNS: readonly Column[] = [
  { name: 'n', type: 'integer', says: 'The number.', optional: false },
  { name: 'text', type: 'text', says: 'The number in words of a test.' },
  { name: 'frame', type: 'bytes', says: 'The number as a frame.' },
]
const RUN = 1000

export type NumbersOptions = {
  /** Thrown instead of this row's run. */
  readonly failAt?: number
  readonly error?: Error
  /** Called before each run. */
  readonly onRun?: (start: number, signal: AbortSignal) => Promise<void> | void
  readonly quality?: Quality
  readonly class?: Query['class']
}

/** All numbers below `count`. */
export function numbersQuery(options: NumbersOptions = {}): Query {
  return {
    name: 'numbers',
    path: '/v1/numbers',
    summary: 'Numbers',
    description: 'Numbers of a test.',
    class: options.class ?? 'read',
    parameters: [
      { name: 'count', required: true, schema: { type: 'integer', minimum: 0, maximum: 1e9 } },
      { name: 'kind', list: true, schema: { type: 'string', enum: ['even', 'odd', 'all'] } },
    ],
    answer: { kind: 'rows', columns: COLUMNS, limit: { usual: 1000, most: 100_000_000 } },
    budget: 1000,
    async run({ count }, { after, limit, signal }) {
      const first = after === null ? 0 : Number(after[0]) + 1
      const end = Math.min(Number(count), first + limit)
      return {
        kind: 'rows',
        ...(options.quality ? { quality: () => options.quality! } : {}),
        rows: {
          columns: COLUMNS,
          next: () => (end < Number(count) ? [end - 1] : null),
          runs: (async function* () {
            for (let start = first; start < end; start += RUN) {
              await options.onRun?.(start, signal)
              signal.throwIfAborted()
              const length = Math.min(RUN, end - start)
              const { failAt = -1 } = options
              if (failAt >= start && failAt < start + length) throw options.error!
              yield runOf(start, length)
            }
          })(),
        },
      }
    },
  }
}

function runOf(start: number, length: number): RowRun {
  const all = Array.from({ length }, (_, i) => start + i)
  return {
    length,
    columns: [
      { type: 'integer', values: Float64Array.from(all) },
      { type: 'text', values: all.map((n) => `number ${n}, as a text that takes some room`) },
      { type: 'bytes', values: all.map((n) => Buffer.from(`{"n": ${n}}`)) },
    ],
  }
}
