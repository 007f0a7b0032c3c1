// Reads figures out of a program's /metrics text.

/** Sum of a metric over all its label sets; 0 where it is absent. */
export function metricSum(text: string, name: string): number {
  let sum = 0
  for (const line of text.split('\n'))
    if (line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      sum += Number(line.slice(line.lastIndexOf(' ') + 1))
  return sum
}

/**
 * Quantiles of a histogram, each as the upper bound of the bucket that holds it (so never better than the truth);
 * `before` is an earlier text of the same program, what it counted is left out.
 */
export function quantiles(
  text: string,
  name: string,
  wanted: readonly number[],
  before = ''
): number[] {
  const read = (source: string) => {
    const buckets = new Map<number, number>()
    for (const line of source.split('\n')) {
      const match = /^(\w+)_bucket\{(?:[^}]*,)?le="([^"]+)"[^}]*\} (\S+)/.exec(line)
      if (match?.[1] !== name) continue
      const bound = match[2] === '+Inf' ? Number.POSITIVE_INFINITY : Number(match[2])
      buckets.set(bound, (buckets.get(bound) ?? 0) + Number(match[3]))
    }
    return buckets
  }
  const old = read(before)
  const buckets = [...read(text)]
    .map(([bound, count]) => [bound, count - (old.get(bound) ?? 0)] as const)
    .sort((a, b) => a[0] - b[0])
  const total = buckets.at(-1)?.[1] ?? 0
  return wanted.map((q) => buckets.find(([, count]) => count >= total * q)?.[0] ?? Number.NaN)
}
