// The statistics of a card, pure: what cannot be said of so few numbers is null, never NaN or infinite.

/** Two-sided 95 % of a normal distribution. */
const Z95 = 1.959963984540054
/** Euler's constant. */
const GAMMA = 0.5772156649015329

export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length

/** Between two values linearly, as NumPy does it. `sorted`: ascending. */
export function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null
  const place = share * (sorted.length - 1)
  const low = Math.floor(place)
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!]
  return a + (b - a) * (place - low)
}

export const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

export const median = (values: readonly number[]): number | null => quantile(ascending(values), 0.5)

/** Standard deviation of a sample, with n - 1. */
export function deviation(values: readonly number[]): number | null {
  const middle = mean(values)
  if (middle === null || values.length < 2) return null
  const squares = values.reduce((sum, one) => sum + (one - middle) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

/** Wilson's interval of 95 % for a share. */
export function wilson(hits: number, of: number): readonly [low: number, high: number] | null {
  if (of === 0) return null
  const share = hits / of
  const z2 = Z95 ** 2
  const middle = (share + z2 / (2 * of)) / (1 + z2 / of)
  const half = (Z95 / (1 + z2 / of)) * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of ** 2))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

/** Mean by standard deviation, of one period. */
export function sharpe(values: readonly number[]): number | null {
  const spread = deviation(values)
  const middle = mean(values)
  if (spread === null || middle === null || isNothing(spread, values)) return null
  return middle / spread
}

/** Mean by the root of the mean square of what is below zero, of one period. */
export function sortino(values: readonly number[]): number | null {
  const middle = mean(values)
  if (middle === null || values.length < 2) return null
  const below = Math.sqrt(
    values.reduce((sum, one) => sum + Math.min(one, 0) ** 2, 0) / values.length
  )
  return below === 0 ? null : middle / below
}

/** Values that are equal but for the rounding of sums. */
const isNothing = (spread: number, values: readonly number[]): boolean =>
  spread <= 1e-12 * Math.max(...values.map(Math.abs), Number.MIN_VALUE)

export type Deflated = {
  /** The probability that the Sharpe ratio is above what the best of all trials without any skill would have. */
  readonly probability: number | null
  /** That Sharpe ratio. */
  readonly expectedBest: number | null
}

/**
 * Bailey and López de Prado (2014), "The Deflated Sharpe Ratio". `variance`: of the Sharpe ratios of the trials, of the same period.
 * With one trial it is their probabilistic Sharpe ratio against zero.
 */
export function deflated(values: readonly number[], trials: number, variance: number): Deflated {
  const ratio = sharpe(values)
  if (ratio === null || values.length < 3) return { probability: null, expectedBest: null }
  const expectedBest =
    trials < 2
      ? 0
      : Math.sqrt(variance) *
        ((1 - GAMMA) * inverseNormal(1 - 1 / trials) +
          GAMMA * inverseNormal(1 - 1 / (trials * Math.E)))
  const { skew, kurtosis } = shapeOf(values)
  const error = 1 - skew * ratio + ((kurtosis - 1) / 4) * ratio ** 2
  if (error <= 0) return { probability: null, expectedBest }
  const z = ((ratio - expectedBest) * Math.sqrt(values.length - 1)) / Math.sqrt(error)
  return { probability: normal(z), expectedBest }
}

function shapeOf(values: readonly number[]): { readonly skew: number; readonly kurtosis: number } {
  const middle = mean(values)!
  const moment = (power: number): number => mean(values.map((one) => (one - middle) ** power))!
  const variance = moment(2)
  return { skew: moment(3) / variance ** 1.5, kurtosis: moment(4) / variance ** 2 }
}

/** The normal distribution: the probability of less than `z`. */
export function normal(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const tail = x < 3 ? (1 - erfSeries(x)) / 2 : erfcFraction(x) / 2
  return z < 0 ? tail : 1 - tail
}

function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
    term *= -(x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

/** Far from zero, where 1 - erf(x) would lose its digits. */
function erfcFraction(x: number): number {
  let fraction = 0
  for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction)
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction))
}

/** Below which `z` a share of the normal distribution is: bisection, because it is asked a few times alone. */
export function inverseNormal(share: number): number {
  let [low, high] = [-40, 40]
  for (let i = 0; i < 200 && high - low > 1e-15; i++) {
    const middle = (low + high) / 2
    if (normal(middle) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
