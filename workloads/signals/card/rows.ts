// A card as rows of words: the one place that says what is shown of it, for text and for HTML.

import type { Card, Moves } from '#runs/card.ts'
import { counted, money, percent, short, signed, span, whole } from './words.ts'

export type Row = readonly [name: string, value: string]
export type Section = { readonly title: string; readonly rows: readonly Row[] }
export type Table = { readonly head: readonly string[]; readonly rows: readonly string[][] }

/** What a reader must know before the numbers: empty if there is nothing. */
export function warnings({ coverage, fires, model, fills, outcomes }: Card): string[] {
  const { gaps, missingDays, stopped, unknownFrames, dropped, books } = coverage
  const missing = outcomes.reduce((sum, one) => sum + one.fires.missing, 0)
  const free = model.fees.filter(({ from }) => from === 'none').map(({ feed }) => feed)
  const said: (readonly [boolean, string])[] = [
    [stopped !== null, `The signal was stopped: ${stopped}. The numbers are of what came before.`],
    [missingDays.length > 0, `Days without data: ${missingDays.join(', ')}.`],
    [gaps.count > 0, `${counted(gaps.count, 'gap')} in the window, ${span(gaps.seconds)} in all.`],
    [
      (books.staleShare ?? 0) > 0.01,
      `Books were stale for ${percent(books.staleShare)} of their time.`,
    ],
    [
      unknownFrames > 0,
      `${counted(unknownFrames, 'frame')} did not fit what is known of the exchange.`,
    ],
    [dropped > 0, `${counted(dropped, 'gap')} of frames that were received and not kept.`],
    [missing > 0, `${counted(missing, 'price')} at the horizons are not known and left out.`],
    [fires.total > 0 && fires.total < 30, `${counted(fires.total, 'fire')}: too few to say much.`],
    [
      fires.withoutSide > 0,
      `${counted(fires.withoutSide, 'fire')} named no side and count as buys.`,
    ],
    [fills.unclosed > 0, `${counted(fills.unclosed, 'position')} had no price to close at.`],
    [free.length > 0, `No fees are counted for ${free.join(', ')}: say them with --fee.`],
  ]
  return said.filter(([is]) => is).map(([, text]) => text)
}

export const sections = (card: Card): Section[] => [
  firesRows(card),
  coverageRows(card),
  fillsRows(card),
  resultRows(card),
]

function firesRows({ fires, coverage }: Card): Section {
  const { interArrivalSeconds: wait, clustering } = fires
  const [top] = fires.perSymbol
  return {
    title: 'Fires',
    rows: [
      ['fires', `${whole(fires.total)}, ${whole(fires.buys)} buys and ${whole(fires.sells)} sells`],
      ['days with fires', `${fires.perDay.length} of ${coverage.days}`],
      ['instruments', whole(fires.symbols)],
      [
        'most fires',
        top === undefined
          ? '–'
          : `${top.symbol} ${whole(top.fires)} (${percent(fires.topSymbolShare)})`,
      ],
      [
        'time between fires',
        wait === null
          ? '–'
          : `median ${span(wait.median)}, mean ${span(wait.mean)}, from ${span(wait.min)} to ${span(wait.max)}`,
      ],
      [
        'clustering',
        `${short(clustering.dispersion)} (1 is chance); ${percent(clustering.withinSecond)} within 1 s`,
      ],
      ['left out by a cooldown', whole(coverage.cooled)],
    ],
  }
}

function coverageRows({ coverage }: Card): Section {
  const { gaps, books } = coverage
  const reasons = Object.entries(gaps.byReason).map(([reason, count]) => `${reason} ${count}`)
  const share = percent(coverage.minutesWithData / Math.max(1, coverage.minutes))
  return {
    title: 'Data of the window',
    rows: [
      ['days', `${coverage.days}, ${coverage.missingDays.length} missing`],
      [
        'minutes with data',
        `${whole(coverage.minutesWithData)} of ${whole(coverage.minutes)} (${share})`,
      ],
      ['events', whole(coverage.events)],
      [
        'gaps',
        gaps.count === 0 ? 'none' : `${gaps.count}, ${span(gaps.seconds)}: ${reasons.join(', ')}`,
      ],
      [
        'stale books',
        `${percent(books.staleShare)} of the time of ${counted(books.instruments, 'book')}`,
      ],
      ['unknown frames', whole(coverage.unknownFrames)],
      ['gaps of dropped frames', whole(coverage.dropped)],
      ['signal', coverage.stopped === null ? 'ran to the end' : `stopped: ${coverage.stopped}`],
    ],
  }
}

function fillsRows({ fills, model }: Card): Section {
  const hold = model.hold === 'settlement' ? 'until settlement' : `for ${span(model.hold / 1000)}`
  return {
    title: 'Fills',
    rows: [
      [
        'model',
        `${model.entry}, ${short(model.size)} each, ${model.latencyMs} ms after the fire, held ${hold}`,
      ],
      ['fees', model.fees.map(feesText).join('; ')],
      [
        'filled',
        `${whole(fills.count)} (${whole(fills.partial)} in part, ${whole(fills.atSettlement)} held to settlement)`,
      ],
      ['not filled', `${whole(fills.unfilled)}; ${whole(fills.unclosed)} not closed`],
      [
        'result',
        `${money(fills.net)} net = ${money(fills.gross)} gross - ${fills.fees.toFixed(2)} fees`,
      ],
      ['turnover', `${short(fills.turnover)}, ${short(fills.turnoverPerDay)} a day`],
      [
        'capacity',
        `${short(fills.capacity.median)} shown at entry (median), ${short(fills.capacity.p10)} at the 10th percentile`,
      ],
    ],
  }
}

const feesText = ({ feed, from, formula, taker, maker }: Card['model']['fees'][number]): string =>
  from === 'none'
    ? `${feed}: none`
    : formula === 'quadratic'
      ? `${feed}: ${taker} × price × (1 - price) × size, makers ${maker}`
      : `${feed}: ${taker} of the value, makers ${maker}`

function resultRows({ result, trials }: Card): Section {
  const { period } = result
  return {
    title: 'Result',
    rows: [
      [
        'wins',
        `${whole(result.wins)}, losses ${whole(result.losses)} (${percent(result.winRate)})`,
      ],
      ['profit factor', short(result.profitFactor)],
      ['largest drawdown', result.maxDrawdown.toFixed(2)],
      ['longest drawdown', span(result.drawdownSeconds)],
      [
        `Sharpe, of one ${period}`,
        `${short(result.sharpe)} over ${counted(result.periods, period)}`,
      ],
      [`Sortino, of one ${period}`, short(result.sortino)],
      [
        'trials',
        `${counted(trials.count, 'run')} of this signal; the best without skill: ${short(trials.expectedBest)}`,
      ],
      ['deflated Sharpe', percent(trials.deflatedSharpe)],
    ],
  }
}

export function outcomeTable({ outcomes }: Card): Table {
  return {
    head: [
      'horizon',
      'fires',
      'missing',
      'hits',
      '95 %',
      'mean',
      'median',
      'random',
      'hits',
      'mean',
    ],
    rows: outcomes.map(({ horizon, fires, baseline }) => [
      horizon,
      whole(fires.count),
      whole(fires.missing),
      percent(fires.hitRate),
      interval(fires),
      signed(fires.meanTicks),
      signed(fires.medianTicks),
      whole(baseline.count),
      percent(baseline.hitRate),
      signed(baseline.meanTicks),
    ]),
  }
}

const interval = ({ interval: found }: Moves): string =>
  found === null ? '–' : `${(100 * found[0]).toFixed(0)} to ${(100 * found[1]).toFixed(0)} %`
