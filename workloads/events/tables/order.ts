// Puts rows into an order: runs that are in order already are merged, neighbours first. Members of a segment hold blocks of several
// connections one after the other, so rows are mostly in order, and a late block is merged where it belongs.

import type { Order } from './growing.ts'

/** `compare` takes two rows. Null: they are in order already. */
export function orderOf(length: number, compare: (a: number, b: number) => number): Order {
  const starts = [0]
  for (let i = 1; i < length; i++) if (compare(i - 1, i) > 0) starts.push(i)
  if (starts.length === 1) return null
  let from = new Int32Array(length)
  for (let i = 0; i < length; i++) from[i] = i
  let to = new Int32Array(length)
  for (let runs = starts; runs.length > 1; ) {
    const merged: number[] = []
    for (let k = 0; k < runs.length; k += 2) {
      const start = runs[k]!
      const middle = runs[k + 1] ?? length
      mergeRuns(from, to, start, middle, runs[k + 2] ?? length, compare)
      merged.push(start)
    }
    runs = merged
    const last = from
    from = to
    to = last
  }
  return from
}

/** Merges the rows from `start` to `middle` and from there to `end`; of equal ones the first stays first. */
function mergeRuns(
  from: Int32Array,
  to: Int32Array,
  start: number,
  middle: number,
  end: number,
  compare: (a: number, b: number) => number
): void {
  if (middle === end || compare(from[middle - 1]!, from[middle]!) <= 0) {
    to.set(from.subarray(start, end), start)
    return
  }
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    const isLeft = right === end || (left < middle && compare(from[left]!, from[right]!) <= 0)
    to[at] = isLeft ? from[left++]! : from[right++]!
  }
}
