// The card of a run: what its fires were worth. Times are RFC 3339 in UTC, spans are milliseconds or seconds as their names say, and what
// cannot be said is null. docs/signals.md explains every row.

export type Card = {
  readonly version: 1
  readonly model: Model
  readonly fires: FiresPart
  readonly coverage: Coverage
  /** By horizon, the shortest first; the last is the settlement if any instrument has one. */
  readonly outcomes: readonly Outcome[]
  readonly fills: Fills
  readonly result: Result
  readonly trials: Trials
  readonly charts: Charts
}

/** What the numbers were made with. */
export type Model = {
  readonly from: string
  readonly to: string
  readonly latencyMs: number
  /** How long a position is held; `settlement`: until the instrument settles. */
  readonly hold: number | 'settlement'
  /** Contracts or units of each fire. */
  readonly size: number
  /** `taker`: at the quote. `maker`: at the own side's best price, filled by a trade beyond it. */
  readonly entry: 'taker' | 'maker'
  readonly fees: readonly FeesOf[]
  readonly seed: number
  /** Random moments of the baseline for each fire, and how far from it they are at most. */
  readonly draws: number
  readonly baselineMs: number
}

export type FeesOf = {
  readonly feed: string
  /** Of the exchange's facts, as the command was told, or none. */
  readonly from: 'exchange' | 'told' | 'none'
  readonly formula: 'quadratic' | 'notional'
  readonly taker: number
  readonly maker: number
}

export type FiresPart = {
  readonly total: number
  /** Whose payload names no side: they count as buys. */
  readonly withoutSide: number
  readonly buys: number
  readonly sells: number
  readonly perDay: readonly { readonly day: string; readonly fires: number }[]
  /** Those with the most fires, 20 at most. */
  readonly perSymbol: readonly {
    readonly feed: string
    readonly symbol: string
    readonly fires: number
  }[]
  readonly symbols: number
  readonly topSymbolShare: number | null
  readonly interArrivalSeconds: Spread | null
  readonly clustering: {
    /** Variance by mean of the fires of a minute with data: 1 if they come by chance, more if they come in clusters. */
    readonly dispersion: number | null
    /** Share of fires within one second after the one before. */
    readonly withinSecond: number | null
  }
}

export type Spread = {
  readonly min: number
  readonly p10: number
  readonly median: number
  readonly mean: number
  readonly p90: number
  readonly max: number
}

export type Coverage = {
  readonly days: number
  readonly missingDays: readonly string[]
  readonly minutes: number
  readonly minutesWithData: number
  readonly events: number
  readonly gaps: {
    readonly count: number
    /** With overlaps counted once, of each feed. */
    readonly seconds: number
    readonly byReason: Readonly<Record<string, number>>
  }
  /** Gaps in which frames were received and could not be kept. */
  readonly dropped: number
  /** Frames that do not fit what is known of the exchange. */
  readonly unknownFrames: number
  readonly books: {
    readonly instruments: number
    /** Share of the time of all books in which they were not to be relied on. */
    readonly staleShare: number | null
  }
  /** Fires left out by a cooldown. */
  readonly cooled: number
  /** Why the signal was stopped; null: it was not. */
  readonly stopped: string | null
}

export type Outcome = {
  readonly horizon: string
  readonly fires: Moves
  readonly baseline: Moves
  /** Mean move of the fires minus that of the baseline, in ticks. */
  readonly advantageTicks: number | null
}

export type Moves = {
  /** With a price at both ends. */
  readonly count: number
  /** Without one. */
  readonly missing: number
  readonly hits: number
  readonly hitRate: number | null
  /** Wilson, 95 %. */
  readonly interval: readonly [low: number, high: number] | null
  readonly meanTicks: number | null
  readonly medianTicks: number | null
}

export type Fills = {
  /** Opened and closed. */
  readonly count: number
  /** No price to trade at, or no trade beyond the order of a maker. */
  readonly unfilled: number
  /** Opened, and neither a price to close at nor a settlement: not in the result. */
  readonly unclosed: number
  readonly atSettlement: number
  /** Less was shown than was wanted. */
  readonly partial: number
  readonly gross: number
  readonly fees: number
  readonly net: number
  readonly turnover: number
  readonly turnoverPerDay: number | null
  /** Sizes shown at the price of entry. */
  readonly capacity: { readonly p10: number | null; readonly median: number | null }
}

export type Result = {
  readonly wins: number
  readonly losses: number
  readonly winRate: number | null
  readonly profitFactor: number | null
  readonly maxDrawdown: number
  /** From the peak before it to the fill that reached the peak again, or to the last one. */
  readonly drawdownSeconds: number
  /** Of the ratios below: net results of each of these with data, not annualised. */
  readonly period: 'day' | 'hour' | 'minute'
  readonly periods: number
  readonly sharpe: number | null
  readonly sortino: number | null
}

export type Trials = {
  /** Runs of this signal, with this one. */
  readonly count: number
  /** Of the Sharpe ratios of the trials: as their cards say, or 1 / (periods - 1), which it is without any skill. */
  readonly variance: number | null
  readonly varianceOf: 'trials' | 'chance'
  readonly expectedBest: number | null
  readonly deflatedSharpe: number | null
}

export type Charts = {
  /** Of the instruments with the most fires: [ms since 1970, lowest, highest, last] of the middle between bid and ask. */
  readonly prices: readonly {
    readonly feed: string
    readonly symbol: string
    readonly points: readonly (readonly [number, number, number, number])[]
    /** [ms since 1970, side: 1 or -1, price]. */
    readonly fires: readonly (readonly [number, number, number | null])[]
  }[]
  /** [ms since 1970, net result until then]. */
  readonly equity: readonly (readonly [number, number])[]
  /** [ms, ms, feed]: merged. */
  readonly gaps: readonly (readonly [number, number, string])[]
}
