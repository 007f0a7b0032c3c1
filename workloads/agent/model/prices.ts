// What models cost, by date. A model that is not listed has no price: its cost is unknown, and never shown as nothing.

import type { Usage } from '../agent-events.ts'

/** Dollars for a million tokens. */
export type Price = {
  readonly model: string
  /** A day; of several of one model the last one not after the date of the call holds. */
  readonly effectiveFrom: string
  readonly input: number
  readonly output: number
  /** Of the price of input: what a token costs that is read from the cache. */
  readonly cacheRead: number
  /** For whole requests whose prompt is longer. */
  readonly longPrompt?: { readonly above: number; readonly input: number; readonly output: number }
}

/** Of the price of input: what a token costs that is written into the cache for an hour. */
const CACHE_WRITE = 2

/** From the provider's price list of October 2026, as third parties quote it. */
export const PRICES: readonly Price[] = [
  { model: 'claude-opus-5-5', effectiveFrom: '2026-10-01', input: 4, output: 20, cacheRead: 0.05 },
  {
    model: 'claude-sonnet-5-5',
    effectiveFrom: '2026-10-01',
    input: 2,
    output: 10,
    cacheRead: 0.05,
  },
  {
    model: 'claude-haiku-5-5',
    effectiveFrom: '2026-10-01',
    input: 0.1,
    output: 0.5,
    cacheRead: 0.05,
    longPrompt: { above: 100_000, input: 0.5, output: 2.5 },
  },
  {
    model: 'claude-fable-5-1',
    effectiveFrom: '2026-10-01',
    input: 10,
    output: 50,
    cacheRead: 0.025,
  },
]

/** In dollars; null if the price of the model on that day is not known. Names with a date behind them are the same model. */
export function costOf(model: string, usage: Usage, day: string): number | null {
  const price = PRICES.findLast(
    (one) => (model === one.model || model.startsWith(`${one.model}-`)) && one.effectiveFrom <= day
  )
  if (price === undefined) return null
  const { inputTokens, cacheWriteTokens, cacheReadTokens, outputTokens } = usage
  const prompt = inputTokens + cacheWriteTokens + cacheReadTokens
  const { longPrompt } = price
  const { input, output } =
    longPrompt !== undefined && prompt > longPrompt.above ? longPrompt : price
  const read = inputTokens + cacheWriteTokens * CACHE_WRITE + cacheReadTokens * price.cacheRead
  return (read * input + outputTokens * output) / 1e6
}
