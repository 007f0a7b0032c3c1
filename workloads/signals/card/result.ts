// What the fills come to: wins, drawdown, and ratios of a stated period.

import type { Result } from '#runs/card.ts'
import type { Fill } from './fills.ts'
import { sharpe, sortino } from './numbers.ts'

const MINUTE_MS = 60_000
const PERIODS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', MINUTE_MS],
] as const
/** Of fewer periods no ratio says anything: the next shorter one is taken. */
const ENOUGH = 10

export type Periods = { readonly period: Result['period']; readonly results: readonly number[] }

/** Net results of the periods that had data or a result; those without a result count 0. */
export function periodsOf(fills: readonly Fill[], minutes: ReadonlySet<number>): Periods {
  for (const [period, ms] of PERIODS) {
    const results = new Map<number, number>()
    for (const minute of minutes) results.set(Math.floor((minute * MINUTE_MS) / ms), 0)
    for (const { closedMs, net } of fills) {
      const at = Math.floor(closedMs / ms)
      results.set(at, (results.get(at) ?? 0) + net)
    }
    if (results.size < ENOUGH && period !== 'minute') continue
    return { period, results: [...results].sort(([a], [b]) => a - b).map(([, net]) => net) }
  }
  throw new Error('there is always a shortest period')
}

export function resultOf(fills: readonly Fill[], { period, results }: Periods): Result {
  const won = fills.filter(({ net }) => net > 0)
  const lost = fills.filter(({ net }) => net < 0)
  const gain = won.reduce((sum, { net }) => sum + net, 0)
  const loss = lost.reduce((sum, { net }) => sum - net, 0)
  return {
    wins: won.length,
    losses: lost.length,
    winRate: fills.length === 0 ? null : won.length / fills.length,
    profitFactor: loss === 0 ? null : gain / loss,
    ...drawdown(fills),
    period,
    periods: results.length,
    sharpe: sharpe(results),
    sortino: sortino(results),
  }
}

/** Less than any fee: what is left of binary fractions is no drawdown. */
const NOTHING = 1e-9

/** Of the net result, which begins at 0; how long the longest one lasted, from its peak until that was reached again or to the end. */
function drawdown(fills: readonly Fill[]): Pick<Result, 'maxDrawdown' | 'drawdownSeconds'> {
  let [sum, peak, maxDrawdown, longestMs] = [0, 0, 0, 0]
  let peakMs = fills.reduce((least, { openedMs }) => Math.min(least, openedMs), Infinity)
  let isBelow = false
  for (const { closedMs, net } of fills) {
    sum += net
    const falls = sum < peak - NOTHING
    if (falls || isBelow) longestMs = Math.max(longestMs, closedMs - peakMs)
    if (falls) maxDrawdown = Math.max(maxDrawdown, peak - sum)
    else {
      peak = sum
      peakMs = closedMs
    }
    isBelow = falls
  }
  return { maxDrawdown, drawdownSeconds: longestMs / 1000 }
}
