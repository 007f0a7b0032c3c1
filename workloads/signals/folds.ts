// The parts of a walk forward: of each fold the time in which parameters are chosen, and behind an embargo the time in which they are tried.

import { usageError } from '#crds/errors.ts'

export type Window = { readonly from: string; readonly to: string }
export type Fold = { readonly train: Window; readonly test: Window }

export type FoldOptions = {
  readonly folds: number
  readonly trainMs: number
  readonly testMs: number
  readonly embargoMs: number
}

/** Each begins a test later than the one before; no two tests overlap. Throws a usage error if they do not fit. */
export function foldsOf(
  { from, to }: Window,
  { folds, trainMs, testMs, embargoMs }: FoldOptions
): Fold[] {
  const [startMs, endMs] = [Date.parse(from), Date.parse(to)]
  const wantedMs = trainMs + embargoMs + folds * testMs
  if (trainMs <= 0 || testMs <= 0 || startMs + wantedMs > endMs) {
    throw usageError(
      `${folds} folds take ${hours(wantedMs)} hours, and there are ${hours(endMs - startMs)}`,
      'give fewer folds, shorter --train and --test, or more time with --from and --to'
    )
  }
  return Array.from({ length: folds }, (_, i) => {
    const trainFrom = startMs + i * testMs
    const testFrom = trainFrom + trainMs + embargoMs
    return {
      train: { from: timeAt(trainFrom), to: timeAt(trainFrom + trainMs) },
      test: { from: timeAt(testFrom), to: timeAt(testFrom + testMs) },
    }
  })
}

const timeAt = (ms: number): string => new Date(ms).toISOString().replace('Z', '000000Z')
const hours = (ms: number): string => String(Math.round(ms / 36_000) / 100)
