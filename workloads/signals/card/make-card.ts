// The card of a run: its fires, and a second reading of the archive that the signal cannot see.

import type { Card, Charts, Coverage, Model, Trials } from '#runs/card.ts'
import { type Fees, feesFor, type Rates } from './fees.ts'
import { type Fill, fill, fillsPart } from './fills.ts'
import { firesPart, readFire } from './fires.ts'
import { feedOptions, feesOf, type MarketPass, type PassScope, readMarket } from './market-pass.ts'
import { askMoments, BASELINE_MS, drawsOf, FIRE_STRIDE } from './moments.ts'
import { deflated, deviation } from './numbers.ts'
import { outcomes } from './outcomes.ts'
import { type Periods, periodsOf, resultOf } from './result.ts'

export type CardModel = Pick<Model, 'latencyMs' | 'hold' | 'size' | 'entry' | 'seed'> & {
  /** Instead of what the exchanges charge. */
  readonly rates?: Rates | undefined
}

export const USUAL_MODEL: CardModel = {
  latencyMs: 100,
  hold: 300_000,
  size: 1,
  entry: 'taker',
  seed: 1,
}

export type CardOptions = {
  /** Lines of fires.jsonl. */
  readonly fires: readonly string[]
  readonly scope: PassScope
  /** Of the window: RFC 3339 in UTC, inclusive and exclusive. */
  readonly window: { readonly from: string; readonly to: string }
  readonly days: { readonly count: number; readonly missing: readonly string[] }
  readonly run: Pick<Coverage, 'cooled' | 'stopped'>
  readonly model: CardModel
  readonly onProgress?: (events: number, recvMs: number) => void
}

/** Results of each period: what the deflated Sharpe ratio is made of once the number of trials is known. */
export type Judged = { readonly card: Omit<Card, 'trials'>; readonly periods: Periods }

export type TrialsSoFar = {
  /** With this run. */
  readonly count: number
  /** Sharpe ratios of the others, of each period. */
  readonly ratios: readonly { readonly period: string; readonly sharpe: number }[]
}

export async function makeCard(options: CardOptions): Promise<Judged> {
  const { scope, model, run, days } = options
  const fires = options.fires.map(readFire)
  const window = { fromMs: Date.parse(options.window.from), toMs: Date.parse(options.window.to) }
  const { latencyMs, seed } = model
  const holdMs = model.hold === 'settlement' ? Number.POSITIVE_INFINITY : model.hold
  const asked = askMoments(fires, { latencyMs, holdMs, seed, ...window })
  const pass = await readMarket(scope, asked, window, options.onProgress)
  const fees = await feesOfFeeds(scope, model.rates)
  const filled = fill(pass, { ...model, feesOf: (feed) => fees.get(feed)! })
  const { coverage } = pass
  const periods = periodsOf(filled.list, coverage.minutes)
  const card: Judged['card'] = {
    version: 1,
    model: {
      ...options.window,
      latencyMs,
      hold: model.hold,
      size: model.size,
      entry: model.entry,
      fees: [...fees.values()].map(({ about }) => about),
      seed,
      draws: drawsOf(fires.length),
      baselineMs: BASELINE_MS,
    },
    fires: firesPart(fires, coverage.minutes),
    coverage: coveragePart(pass, window, { ...run, days }),
    outcomes: outcomes(pass),
    fills: fillsPart(filled, daysOf(window)),
    result: resultOf(filled.list, periods),
    charts: chartsOf(pass, filled.list),
  }
  return { card, periods }
}

export const withTrials = ({ card, periods }: Judged, trials: TrialsSoFar): Card => ({
  ...card,
  trials: deflatedBy(periods, trials),
})

type Window = { readonly fromMs: number; readonly toMs: number }

const daysOf = ({ fromMs, toMs }: Window): number => (toMs - fromMs) / 86_400_000

async function feesOfFeeds(
  scope: PassScope,
  rates: Rates | undefined
): Promise<ReadonlyMap<string, Fees>> {
  const options = await feedOptions(scope)
  return new Map(
    [...scope.feeds].sort().map((feed) => {
      const facts = feesOf(options.get(feed)?.exchange ?? null)
      return [feed, feesFor(feed, facts, rates)]
    })
  )
}

function coveragePart(
  { coverage, lastMs }: MarketPass,
  { fromMs, toMs }: Window,
  { cooled, stopped, days }: Pick<Coverage, 'cooled' | 'stopped'> & Pick<CardOptions, 'days'>
): Coverage {
  const holes = coverage.holes()
  return {
    days: days.count,
    missingDays: days.missing,
    minutes: Math.ceil((toMs - fromMs) / 60_000),
    minutesWithData: coverage.minutes.size,
    events: coverage.events,
    gaps: {
      count: coverage.gaps,
      seconds: holes.reduce((sum, [from, to]) => sum + to - from, 0) / 1000,
      byReason: Object.fromEntries([...coverage.byReason].sort()),
    },
    dropped: coverage.dropped,
    unknownFrames: coverage.unknown,
    books: { staleShare: coverage.staleShare(lastMs), instruments: coverage.books },
    cooled,
    stopped,
  }
}

/** Of so few trials their spread says nothing. */
const ENOUGH = 2

export function deflatedBy({ period, results }: Periods, { count, ratios }: TrialsSoFar): Trials {
  const own = ratios.filter((one) => one.period === period).map(({ sharpe }) => sharpe)
  const spread = own.length < ENOUGH ? null : deviation(own)
  const chance = results.length < 2 ? null : 1 / (results.length - 1)
  const variance = spread === null || spread === 0 ? chance : spread ** 2
  const { probability, expectedBest } = deflated(results, count, variance ?? 0)
  return {
    count,
    variance,
    varianceOf: variance === chance ? 'chance' : 'trials',
    expectedBest,
    deflatedSharpe: probability,
  }
}

/** Instruments whose prices are drawn, and fires of each that are. */
const DRAWN = 4
const MARKS = 500
const STEPS = 1000

function chartsOf({ quotes, coverage }: MarketPass, fills: readonly Fill[]): Charts {
  const most = [...quotes]
    .sort((a, b) => b.asked.fires.length - a.asked.fires.length)
    .slice(0, DRAWN)
  let net = 0
  const equity = fills.map((one): [number, number] => {
    net += one.net
    return [one.closedMs, net]
  })
  return {
    prices: most.map(({ asked, line }) => ({
      feed: asked.feed,
      symbol: asked.symbol,
      points: line.points,
      fires: thinned(asked.fires, MARKS).map(([{ recvMs, side }, i]) => {
        const price = asked.middle(i * FIRE_STRIDE)
        return [recvMs, side, Number.isNaN(price) ? null : price] as const
      }),
    })),
    equity: thinned(equity, STEPS).map(([one]) => one),
    gaps: thinned(coverage.holes(), STEPS).map(([one]) => one),
  }
}

/** `most` of them at most, evenly, with their places; the last is one of them. */
function thinned<T>(all: readonly T[], most: number): (readonly [one: T, place: number])[] {
  const step = Math.max(1, Math.ceil(all.length / most))
  return all
    .map((one, i) => [one, i] as const)
    .filter(([, i]) => i % step === 0 || i === all.length - 1)
}
