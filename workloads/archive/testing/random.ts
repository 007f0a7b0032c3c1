// A small seeded generator (mulberry32), so that a failing run can be repeated; tests print their seed.

export type Random = {
  /** 0 to below 1. */
  next(): number
  /** A whole number from `from` to `to`. */
  int(from: number, to: number): number
  pick<T>(values: readonly T[]): T
}

export function seeded(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (values) => values[Math.floor(next() * values.length)]!,
  }
}

/** The seed of a test run: `SSMD_TEST_SEED`, or a new one; printed. */
export function testSeed(what: string): number {
  const seed = Number(process.env.SSMD_TEST_SEED ?? Math.floor(Math.random() * 1e9))
  process.stdout.write(`${what}: SSMD_TEST_SEED=${seed}\n`)
  return seed
}
