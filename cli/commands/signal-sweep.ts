// `ssmd signal sweep <file>`: a signal with many parameters on all cores, the best first; with folds, a walk forward.

import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { usageError } from '#crds/errors.ts'
import { cacheDirOf } from '#events/tables/cache-dir.ts'
import { deflatedBy } from '#signals/card/make-card.ts'
import { counted, money, percent, short, whole } from '#signals/card/words.ts'
import { daysOf } from '#signals/days.ts'
import { Refusal } from '#signals/findings.ts'
import { type Fold, foldsOf } from '#signals/folds.ts'
import { gridOf, type Params } from '#signals/grid.ts'
import { windowOf } from '#signals/run-backtest.ts'
import { type KeptRun, keepRun } from '#signals/run-files.ts'
import { type Program, readProgram } from '#signals/source.ts'
import { sweep } from '#signals/sweep.ts'
import type { SweepJob, SweepWork } from '#signals/sweep-worker.ts'
import { Trials } from '#signals/trials.ts'
import { writeJson, writeLines } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { formatSpan } from '../text.ts'
import { queryProgress } from './query-progress.ts'
import { aboutOf } from './signal-backtest.ts'
import {
  durationOf,
  type ModelFlags,
  modelOf,
  pairOf,
  type ReadScope,
  runsFolder,
  type ScopeFlags,
  scopeOf,
} from './signal-flags.ts'
import { readSource, type SignalOutput, tellRefusal } from './signal-source.ts'

type Measure = 'sharpe' | 'net' | 'profit-factor' | 'fires'

export type SignalSweepFlags = ScopeFlags &
  ModelFlags & {
    readonly param?: readonly string[]
    readonly by: Measure
    readonly folds?: number
    readonly train?: string
    readonly test?: string
    readonly embargo: string
    readonly jobs?: number
    readonly runs?: string
    readonly output: SignalOutput
  }

const TEN_YEARS_MS = 3650 * 86_400_000

/** One run of the sweep. */
type Tried = {
  readonly params: Params
  readonly kept: KeptRun
  /** Net results of the periods of its Sharpe ratio. */
  readonly results: readonly number[]
}

export async function runSignalSweep(file: string, flags: SignalSweepFlags): Promise<void> {
  const read = scopeOf(flags)
  if (flags.param === undefined) {
    throw usageError('no parameter is given', 'add --param threshold=1,2,3 or threshold=1:3:0.5')
  }
  const grid = gridOf(flags.param.map((text) => pairOf('--param', text, 'threshold=1,2,3')))
  const source = await readSource(file)
  try {
    const work: SweepWork = {
      source,
      name: basename(file),
      model: modelOf(flags),
      cacheDir: cacheDirOf(flags.cacheDir, process.env),
      scope: { roots: read.roots, feeds: read.feeds, symbols: read.symbols },
    }
    const sweeping = new Sweeping(work, readProgram(source), read, runsFolder(file, flags.runs))
    const jobs = flags.jobs ?? availableParallelism()
    if (flags.folds === undefined) {
      const tried = await sweeping.run(grid, read, jobs)
      await tellSweep(tried, sweeping.trials!, flags)
    } else await walkForward(sweeping, grid, await foldsOfFlags(read, flags), jobs, flags)
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    await tellRefusal(file, thrown.finding, flags.output)
  }
}

class Sweeping {
  trials: Trials | undefined
  readonly #work: SweepWork
  readonly #program: Program
  readonly #read: ReadScope
  readonly #runs: string

  constructor(work: SweepWork, program: Program, read: ReadScope, runs: string) {
    this.#work = work
    this.#program = program
    this.#read = read
    this.#runs = runs
  }

  /** Runs and keeps all of them, in the order of the grid. */
  async run(
    grid: readonly Params[],
    window: SweepJob['window'],
    threads: number,
    part: Readonly<Record<string, string | number>> = {}
  ): Promise<Tried[]> {
    const { from, to } = window
    const jobs = grid.map((params) => ({ params, window: { from, to } }))
    const tried: Tried[] = []
    const progress = queryProgress(process.stderr)
    const began = performance.now()
    try {
      for await (const run of sweep(this.#work, jobs, threads)) {
        const params = grid[tried.length]!
        const own = aboutOf({ ...this.#read, from, to }, this.#program, this.#work.source)
        this.trials ??= await Trials.of(this.#runs, run.backtest.about.id)
        const about = { ...own, run, part: { ...part, sweep: grid.length } }
        const kept = await keepRun(this.#runs, about, this.trials, Date.now())
        tried.push({ params, kept, results: run.judged.periods.results })
        const spent = performance.now() - began
        const left = (spent / tried.length) * (jobs.length - tried.length)
        progress.show(
          `${tried.length} of ${jobs.length} runs, ${short(tried.length / (spent / 60_000))} a minute, ${formatSpan(left)} left`
        )
      }
    } finally {
      progress.end()
    }
    return tried
  }
}

/** The best has the largest number; what cannot be said is last. */
function measureOf({ kept: { card } }: Tried, by: Measure): number {
  const { result, fills, fires } = card
  if (by === 'net') return fills.net
  if (by === 'fires') return fires.total
  return (by === 'sharpe' ? result.sharpe : result.profitFactor) ?? Number.NEGATIVE_INFINITY
}

const sorted = (tried: readonly Tried[], by: Measure): Tried[] =>
  [...tried].sort((a, b) => {
    const [one, other] = [measureOf(a, by), measureOf(b, by)]
    return one === other ? 0 : other - one
  })

/** With the number of all trials, not only of those before it. */
function rowOf({ params, kept, results }: Tried, trials: Trials) {
  const { fires, fills, result } = kept.card
  const { deflatedSharpe, count } = deflatedBy({ period: result.period, results }, trials.soFar)
  return {
    params,
    fires: fires.total,
    fills: fills.count,
    net: fills.net,
    profitFactor: result.profitFactor,
    maxDrawdown: result.maxDrawdown,
    period: result.period,
    sharpe: result.sharpe,
    deflatedSharpe,
    trials: count,
    verdict: kept.manifest.verdict,
    run: kept.run,
  }
}

const paramsText = (params: Params): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

const COLUMNS: readonly Column[] = [
  { title: 'PARAMETERS' },
  ...['FIRES', 'FILLS', 'NET', 'PROFIT', 'DRAWDOWN', 'SHARPE', 'DEFLATED'].map(
    (title) => ({ title, align: 'right' }) as const
  ),
  { title: 'RUN' },
]

async function tellSweep(
  tried: readonly Tried[],
  trials: Trials,
  { by, output }: Pick<SignalSweepFlags, 'by' | 'output'>
): Promise<void> {
  const rows = sorted(tried, by).map((one) => rowOf(one, trials))
  if (output === 'json') {
    await writeJson({ by, trials: trials.soFar.count, runs: rows })
    return
  }
  const cells = rows.map((row) => [
    paramsText(row.params),
    whole(row.fires),
    whole(row.fills),
    money(row.net),
    short(row.profitFactor),
    row.maxDrawdown.toFixed(2),
    short(row.sharpe),
    percent(row.deflatedSharpe),
    row.verdict.kind === 'ran' ? row.run : `${row.run} stopped: ${row.verdict.why}`,
  ])
  await writeLines([
    ...renderTable(COLUMNS, cells),
    '',
    `${counted(tried.length, 'run')}, the best by ${by} first; ${counted(trials.soFar.count, 'trial')} of this signal so far`,
  ])
}

async function foldsOfFlags(
  read: ReadScope,
  { folds = 1, train, test, embargo }: SignalSweepFlags
): Promise<Fold[]> {
  if (train === undefined || test === undefined) {
    throw usageError('--folds needs --train and --test', 'add --train 7d --test 1d')
  }
  return foldsOf(windowOf(read, await daysOf(read)), {
    folds,
    trainMs: durationOf('--train', train, TEN_YEARS_MS),
    testMs: durationOf('--test', test, TEN_YEARS_MS),
    embargoMs: durationOf('--embargo', embargo, TEN_YEARS_MS),
  })
}

async function walkForward(
  sweeping: Sweeping,
  grid: readonly Params[],
  folds: readonly Fold[],
  threads: number,
  { by, output }: SignalSweepFlags
): Promise<void> {
  const steps = []
  for (const [i, { train, test }] of folds.entries()) {
    const fold = i + 1
    const chosen = sorted(await sweeping.run(grid, train, threads, { fold, of: 'train' }), by)[0]!
    const [seen] = await sweeping.run([chosen.params], test, 1, { fold, of: 'test' })
    steps.push({ fold, train, test, chosen, seen: seen! })
  }
  const trials = sweeping.trials!
  const net = steps.reduce((sum, { seen }) => sum + seen.kept.card.fills.net, 0)
  if (output === 'json') {
    const told = steps.map(({ chosen, seen, ...own }) => ({
      ...own,
      chosen: rowOf(chosen, trials),
      seen: rowOf(seen, trials),
    }))
    await writeJson({ by, trials: trials.soFar.count, net, folds: told })
    return
  }
  const columns: readonly Column[] = [
    { title: 'FOLD', align: 'right' },
    { title: 'TEST FROM' },
    { title: 'TO' },
    { title: 'CHOSEN' },
    ...['TRAIN NET', 'TRAIN SHARPE', 'FIRES', 'NET', 'SHARPE'].map(
      (title) => ({ title, align: 'right' }) as const
    ),
    { title: 'RUN' },
  ]
  const cells = steps.map(({ fold, test, chosen, seen }) => [
    String(fold),
    test.from.slice(0, 16),
    test.to.slice(0, 16),
    paramsText(chosen.params),
    money(chosen.kept.card.fills.net),
    short(chosen.kept.card.result.sharpe),
    whole(seen.kept.card.fires.total),
    money(seen.kept.card.fills.net),
    short(seen.kept.card.result.sharpe),
    seen.kept.run,
  ])
  await writeLines([
    ...renderTable(columns, cells),
    '',
    `net of the tests ${money(net)}, chosen by ${by}; ${counted(trials.soFar.count, 'trial')} of this signal so far`,
  ])
}
