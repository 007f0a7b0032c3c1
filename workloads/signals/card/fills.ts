// A simple model of trading the fires: each opens a position at the quote some time later, and closes it after a while, or when the
// instrument settles. It says what crossing the spread and paying fees leaves of a signal, not what a real order would have got.

import type { Fills } from '#runs/card.ts'
import type { Fees } from './fees.ts'
import { keyOf, type MarketPass, type Settlement } from './market-pass.ts'
import { ENTRY, EXIT } from './moments.ts'
import { ascending, quantile } from './numbers.ts'
import type { Quote } from './quote.ts'

export type FillModel = {
  readonly entry: 'taker' | 'maker'
  readonly size: number
  readonly feesOf: (feed: string) => Fees
}

/** A position that was opened and closed. */
export type Fill = {
  readonly openedMs: number
  readonly closedMs: number
  readonly gross: number
  readonly fees: number
  readonly net: number
  readonly turnover: number
  readonly isSettled: boolean
  readonly isPartial: boolean
}

export type Filled = {
  /** By the time of their end. */
  readonly list: readonly Fill[]
  readonly unfilled: number
  readonly unclosed: number
  /** Shown at the price of entry. */
  readonly shown: readonly number[]
}

export function fill(pass: MarketPass, model: FillModel): Filled {
  const list: Fill[] = []
  const shown: number[] = []
  let [unfilled, unclosed] = [0, 0]
  for (const quote of pass.quotes) {
    const { asked } = quote
    const end = pass.settlements.get(keyOf(asked.feed, asked.symbol))
    for (let i = 0; i < asked.fires.length; i++) {
      const entry = entryOf(quote, i, end, model)
      if (entry === undefined) unfilled++
      else {
        if (!Number.isNaN(entry.shown)) shown.push(entry.shown)
        const closed = close(quote, i, end, entry, model)
        if (closed === undefined) unclosed++
        else list.push(closed)
      }
    }
  }
  list.sort((a, b) => a.closedMs - b.closedMs || a.openedMs - b.openedMs)
  return { list, unfilled, unclosed, shown }
}

type Entry = { readonly price: number; readonly shown: number; readonly size: number }

/** Undefined: nothing to trade with. */
function entryOf(
  { asked, passed }: Quote,
  fire: number,
  end: Settlement | undefined,
  { entry, size }: FillModel
): Entry | undefined {
  const place = asked.fireAt(fire) + ENTRY
  if (end !== undefined && asked.ms[place]! >= end.ms) return undefined
  // A buyer takes the ask, or waits at the bid.
  const isAsk = (asked.fires[fire]!.side === 1) === (entry === 'taker')
  const price = (isAsk ? asked.ask : asked.bid)[place]!
  if (Number.isNaN(price)) return undefined
  const shown = (isAsk ? asked.askSize : asked.bidSize)[place]!
  if (entry === 'maker') {
    if (passed[fire] !== 1) return undefined
    return { price, shown, size }
  }
  return { price, shown, size: Number.isNaN(shown) ? size : Math.min(size, shown) }
}

function close(
  { asked }: Quote,
  fire: number,
  end: Settlement | undefined,
  entry: Entry,
  { entry: kind, size: wanted, feesOf }: FillModel
): Fill | undefined {
  const place = asked.fireAt(fire)
  const { side } = asked.fires[fire]!
  const exitMs = asked.ms[place + EXIT]!
  const quoted = (side === 1 ? asked.bid : asked.ask)[place + EXIT]!
  const isSettled = end !== undefined && (end.ms <= exitMs || Number.isNaN(quoted))
  const exit = isSettled ? end.value : quoted
  if (Number.isNaN(exit)) return undefined
  const { price, size } = entry
  const { cost } = feesOf(asked.feed)
  const opening = cost(asked.symbol, kind, price, size)
  const closing = isSettled ? 0 : cost(asked.symbol, 'taker', exit, size)
  const gross = side * (exit - price) * size
  return {
    openedMs: asked.ms[place + ENTRY]!,
    closedMs: isSettled ? end.ms : exitMs,
    gross,
    fees: opening + closing,
    net: gross - opening - closing,
    turnover: (price + (isSettled ? 0 : exit)) * size,
    isSettled,
    isPartial: size < wanted,
  }
}

const sum = (list: readonly Fill[], of: (fill: Fill) => number): number =>
  list.reduce((total, one) => total + of(one), 0)

/** `days`: how many the window has. */
export function fillsPart({ list, unfilled, unclosed, shown }: Filled, days: number): Fills {
  const turnover = sum(list, (one) => one.turnover)
  const sizes = ascending(shown)
  return {
    count: list.length,
    unfilled,
    unclosed,
    atSettlement: list.filter(({ isSettled }) => isSettled).length,
    partial: list.filter(({ isPartial }) => isPartial).length,
    gross: sum(list, (one) => one.gross),
    fees: sum(list, (one) => one.fees),
    net: sum(list, (one) => one.net),
    turnover,
    turnoverPerDay: days === 0 ? null : turnover / days,
    capacity: { p10: quantile(sizes, 0.1), median: quantile(sizes, 0.5) },
  }
}
