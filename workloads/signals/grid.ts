// The combinations of parameters of a sweep: `a,b,c` and `from:to:step`, as texts.

import { usageError } from '#crds/errors.ts'

export type Params = Readonly<Record<string, string>>

/** Larger sweeps run for days. */
const MOST = 10_000

/** Every combination, the last parameter changing first. */
export function gridOf(texts: readonly (readonly [name: string, values: string])[]): Params[] {
  let grid: Params[] = [{}]
  const seen = new Set<string>()
  for (const [name, text] of texts) {
    if (seen.has(name)) throw usageError(`--param ${name} is given twice`, 'write a,b,c')
    seen.add(name)
    const values = valuesOf(name, text)
    if (grid.length * values.length > MOST) {
      throw usageError(`these are more than ${MOST} combinations`, 'give fewer values')
    }
    grid = grid.flatMap((params) => values.map((value) => ({ ...params, [name]: value })))
  }
  return grid
}

function valuesOf(name: string, text: string): string[] {
  const range = /^(-?[\d.]+):(-?[\d.]+):([\d.]+)$/.exec(text)
  if (range === null) return text.split(',')
  const [from, to, step] = range.slice(1).map(Number) as [number, number, number]
  if (![from, to, step].every(Number.isFinite) || !(step > 0) || to < from) {
    throw usageError(
      `--param ${name}=${text} is no range`,
      'write from:to:step, such as 0.01:0.05:0.01'
    )
  }
  // In whole steps, so that 0.1 + 0.2 is 0.3.
  const count = Math.floor((to - from) / step + 1e-9) + 1
  if (count > MOST)
    throw usageError(`--param ${name}=${text} has ${count} values`, 'take a larger step')
  const decimals = Math.max(...[range[1]!, range[3]!].map((one) => one.split('.')[1]?.length ?? 0))
  return Array.from({ length: count }, (_, i) => (from + i * step).toFixed(decimals))
}
