// What makes a bar full, from the text that a user writes: `1m`, `100`, `2500.5`.

import { DecimalReader } from '../decimal.ts'
import { ExactSum } from './exact-sum.ts'

export const BAR_KINDS = ['time', 'tick', 'volume', 'value'] as const
export type BarKind = (typeof BAR_KINDS)[number]

/** A sum that a bar must reach, at whatever scale its own sum has. */
type Reached = { readonly scale: number; readonly at: (scale: number) => ExactSum }

export type BarSize =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'tick'; readonly trades: number }
  | ({ readonly kind: 'volume' | 'value' } & Reached)

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const DAY_MS = 86_400_000
const SPAN = /^(\d{1,8})(ms|s|m|h|d)$/

/** How a size of each kind is written. */
export const SIZE_FORMS: Readonly<Record<BarKind, string>> = {
  time: 'a whole number and ms, s, m, h or d, at most one day: 1m',
  tick: 'a whole number of trades: 100',
  volume: 'a size in the units of the exchange: 2500.5',
  value: 'price × size in the units of the exchange: 100000',
}

/** Undefined if the text is no size of that kind. */
export function barSize(kind: BarKind, text: string): BarSize | undefined {
  if (kind === 'time') {
    const [, count = '', unit = ''] = SPAN.exec(text) ?? []
    const ms = Number(count) * (UNITS[unit] ?? Number.NaN)
    return ms > 0 && ms <= DAY_MS ? { kind, ms } : undefined
  }
  if (kind === 'tick') {
    const trades = Number(text)
    return /^\d{1,12}$/.test(text) && trades > 0 ? { kind, trades } : undefined
  }
  const reader = new DecimalReader()
  const bytes = Buffer.from(text)
  const integer = /^[\d.]+$/.test(text) ? reader.read(bytes, 0, bytes.length) : Number.NaN
  return integer > 0 ? { kind, ...reached(integer, reader.scale) } : undefined
}

function reached(integer: number, scale: number): Reached {
  const sum = new ExactSum()
  sum.add(integer)
  let current = scale
  return {
    scale,
    at: (wanted) => {
      // Scales only grow while a bar does, and the next bar begins at the first one.
      if (wanted < current) {
        sum.clear()
        sum.add(integer)
        current = scale
      }
      if (wanted > current) sum.scale(wanted - current)
      current = wanted
      return sum
    },
  }
}
