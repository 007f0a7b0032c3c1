// Measures several ways of doing one thing in turn, round by round, so that whatever else the computer does at that moment
// slows all of them.

/** CPU nanoseconds of one of `count` units of work for each way: the median of the rounds after a warm-up. */
export function alternate<Name extends string>(
  ways: Readonly<Record<Name, () => void>>,
  count: number,
  rounds = 15
): Record<Name, number> {
  const names = Object.keys(ways) as Name[]
  const taken = new Map<Name, number[]>(names.map((name) => [name, []]))
  const warmUp = 5
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const before = process.cpuUsage()
      ways[name]()
      const { user, system } = process.cpuUsage(before)
      if (round >= 0) taken.get(name)?.push(((user + system) * 1000) / count)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(taken.get(name) ?? [])])) as Record<
    Name,
    number
  >
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

/** How many times as fast, for the column beside a figure. */
export const times = (theirs: number, ours: number): string => `${(theirs / ours).toFixed(2)}x`
