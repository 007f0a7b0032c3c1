// A ring is an array whose length is a power of two: what has number n stands at n & (length - 1).

type Column = Float64Array | Int32Array | Uint8Array

/** Moves what has the numbers from `first` to `next` - 1 into a larger ring. */
export function moved<C extends Column>(from: C, to: C, first: number, next: number): C {
  const [old, mask] = [from.length - 1, to.length - 1]
  for (let n = first; n < next; n++) to[n & mask] = from[n & old]!
  return to
}
