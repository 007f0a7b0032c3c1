// A signal over archives: events in their one order, through the sandbox, to fires and what a manifest of the run says. The same events give the
// same fires, whatever the number of processes: instruments share nothing, so that several processes may each take some of them.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { HistoryOptions } from '#events/history.ts'
import { type Warmed, warm } from '#events/warm.ts'
import { requireComplete } from './completeness.ts'
import { type DaysRead, daysOf } from './days.ts'
import type { About } from './definition.ts'
import { type Finding, Refusal } from './findings.ts'
import { type FireLine, FireLines } from './fire-lines.ts'
import { type GuardHow, type GuardResult, guardReplay } from './guard.ts'
import type { Counts, RawFire, ReplayPart } from './messages.ts'
import { compareFires } from './parts.ts'
import { LIMITS, Sandbox, type SandboxLimits } from './sandbox.ts'
import type { Program } from './source.ts'

export type Verdict = { readonly kind: 'ran' } | ({ readonly kind: 'refused' } & Finding)

export type BacktestOptions = {
  readonly program: Program
  /** As verdicts call the source. */
  readonly name: string
  readonly params: Readonly<Record<string, string>>
  readonly scope: Pick<
    HistoryOptions,
    'roots' | 'symbols' | 'from' | 'to' | 'cache' | 'pool' | 'signal'
  > & {
    readonly feeds: readonly string[]
  }
  /** Run the guards as well. @default false */
  readonly guard?: boolean
  /** Processes that run it: instruments are divided among them, unless a builder joins two. @default one for each processor */
  readonly processes?: number
  readonly limits?: SandboxLimits
  /** Refuse a window in which anything is missing. @default false */
  readonly complete?: boolean
  readonly onProgress?: (events: number) => void
}

export type Backtest = {
  readonly about: About
  readonly verdict: Verdict
  readonly counts: Counts
  readonly fires: readonly FireLine[]
  readonly firesHash: string
  readonly guard: GuardResult | null
  readonly days: DaysRead
}

const NONE: Counts = { events: 0, gaps: 0, shown: 0, cooled: 0, warming: 0, held: 0 }

/** A signal before it is deployed, and in CI: runs it and its guards over archives. */
export async function guard(options: Omit<BacktestOptions, 'guard'>): Promise<Guarded> {
  const {
    about,
    verdict,
    counts,
    fires,
    firesHash,
    guard: result,
  } = await backtest({
    ...options,
    guard: true,
  })
  return { about, verdict, counts, fires: fires.length, firesHash, result }
}

export type Guarded = Pick<Backtest, 'about' | 'verdict' | 'counts' | 'firesHash'> & {
  readonly fires: number
  /** Null: it did not run to its end. */
  readonly result: GuardResult | null
}

/** Throws a Refusal if the signal cannot be loaded; one that is stopped later is a verdict. */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const { scope, program, name, params } = options
  const days = await daysOf(scope)
  if (options.complete === true) await requireComplete(scope, days)
  await using first = await Sandbox.open({ program, name, params })
  const { about } = first
  const warmed = await warm({ ...scope, events: about.reads })
  const processes = about.joins.length > 0 ? 1 : (options.processes ?? availableParallelism())
  let run = await replay(options, warmed, { parts: processes })
  // A run that is stopped is repeated in one process, so that what it leaves does not depend on how many there were.
  const isOver = run.fires.lines.length > (options.limits ?? LIMITS).fires
  if (processes > 1 && (run.verdict.kind === 'refused' || isOver)) {
    run = await replay(options, warmed, { parts: 1 })
  }
  const guard =
    options.guard === true && run.verdict.kind === 'ran'
      ? await guardReplay(run.fires, (how) => replay(options, warmed, { ...how, parts: 1 }))
      : null
  return {
    about,
    verdict: run.verdict,
    counts: run.counts,
    fires: run.fires.lines,
    firesHash: run.fires.hash(),
    guard,
    days,
  }
}

type Replay = {
  readonly verdict: Verdict
  readonly counts: Counts
  readonly fires: FireLines
}

type ReplayHow = GuardHow & { readonly parts: number }

async function replay(
  { program, name, params, scope, limits, onProgress }: BacktestOptions,
  { exchanges }: Warmed,
  { parts, most, future }: ReplayHow
): Promise<Replay> {
  const { feeds, symbols = null, from = null, to = null, cache, signal } = scope
  // The sandbox has a folder of its own as the present one.
  const roots = scope.roots.map((root) => ({ ...root, path: resolve(root.path) }))
  const cacheDir = cache === undefined || cache === null ? null : resolve(cache.dir)
  const readable = [...roots.map(({ path }) => path), ...(cacheDir === null ? [] : [cacheDir])]
  const part: Omit<ReplayPart, 'part'> = {
    scope: { roots, feeds, symbols, from, to },
    cacheDir,
    parts,
    most: most ?? null,
    future: future ?? null,
  }
  const found: RawFire[] = []
  const counts = Array.from({ length: parts }, () => NONE)
  const runOne = async (index: number): Promise<Verdict> => {
    try {
      await using sandbox = await Sandbox.open({
        ...{ program, name, params, readable, exchanges },
        ...(limits === undefined ? {} : { limits }),
        ...(symbols === null ? {} : { only: symbols }),
      })
      const abort = (): void => void sandbox[Symbol.asyncDispose]()
      signal?.addEventListener('abort', abort)
      try {
        const done = await sandbox.replay({ ...part, part: index }, (progress) => {
          for (const fire of progress.fires) found.push(fire)
          counts[index] = progress.counts
          onProgress?.(sumOf(counts).events)
        })
        for (const fire of done.fires) found.push(fire)
        counts[index] = done.counts
      } finally {
        signal?.removeEventListener('abort', abort)
      }
      return { kind: 'ran' }
    } catch (thrown) {
      signal?.throwIfAborted()
      if (!(thrown instanceof Refusal)) throw thrown
      return { kind: 'refused', ...thrown.finding }
    }
  }
  const verdicts = await Promise.all(counts.map((_, index) => runOne(index)))
  const fires = new FireLines(program.sha256)
  if (parts > 1) found.sort(compareFires)
  for (const fire of found) fires.add(fire)
  const refused = verdicts.find(({ kind }) => kind === 'refused')
  return { verdict: refused ?? { kind: 'ran' }, counts: sumOf(counts), fires }
}

/** Each process was shown all gaps. */
function sumOf(list: readonly Counts[]): Counts {
  const sum = { ...NONE }
  for (const counts of list) {
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += counts[name]
  }
  const gaps = Math.max(...list.map((one) => one.gaps))
  return { ...sum, gaps, events: sum.events - sum.gaps + gaps }
}
