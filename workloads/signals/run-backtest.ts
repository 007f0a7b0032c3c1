// One run: the signal over an archive, and then the card, from a reading of its own.

import { endOf, padded, startOf } from '#events/times.ts'
import { type Backtest, type BacktestOptions, backtest } from './backtest.ts'
import { type CardModel, type Judged, makeCard } from './card/make-card.ts'
import type { DaysRead } from './days.ts'

/** What is being done, and how many events of it are done; for the card also how far the time of the archive is. */
export type RunProgress = (phase: 'signal' | 'card', events: number, recvMs?: number) => void

export type RunOptions = Omit<BacktestOptions, 'onProgress'> & {
  readonly model: CardModel
  readonly onProgress?: RunProgress
}

export type Run = {
  readonly backtest: Backtest
  readonly window: { readonly from: string; readonly to: string }
  readonly judged: Judged
}

/** Throws a Refusal if the signal cannot be loaded; one that is stopped later has a card of what came before. */
export async function runBacktest(options: RunOptions): Promise<Run> {
  const { model, onProgress, ...own } = options
  const done = await backtest({
    ...own,
    onProgress: (events) => onProgress?.('signal', events),
  })
  const window = windowOf(options.scope, done.days)
  const { verdict, counts, days } = done
  const judged = await makeCard({
    fires: done.fires.map(({ text }) => text),
    scope: { ...options.scope, ...window },
    window,
    days: { count: days.read.length, missing: days.missing },
    run: { cooled: counts.cooled, stopped: verdict.kind === 'ran' ? null : stoppedText(verdict) },
    model,
    onProgress: (events, recvMs) => onProgress?.('card', events, recvMs),
  })
  return { backtest: done, window, judged }
}

const stoppedText = ({ line, identifier, why }: Finding): string =>
  `line ${line}: ${identifier}: ${why}`

type Finding = { readonly line: number; readonly identifier: string; readonly why: string }

/** From the beginning of the first day to the end of the last one, unless it was said. */
export function windowOf(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  days: DaysRead
): Run['window'] {
  const known = days.read.map(({ day }) => day).sort()
  return {
    from: from === undefined ? startOf(known[0] ?? '1970-01-01') : padded(from),
    to: to === undefined ? endOf(known.at(-1) ?? '1970-01-01') : padded(to),
  }
}
