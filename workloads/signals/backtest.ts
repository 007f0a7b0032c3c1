// A signal over archives: events in their one order, through the sandbox, to fires and the manifest of the run. The same events give the
// same fires, whatever the sizes of batches and the number of threads.

import { type HistoryOptions, history } from '#events/history.ts'
import { type DaysRead, daysOf } from './days.ts'
import type { About } from './definition.ts'
import { type Finding, Refusal } from './findings.ts'
import { type FireLine, FireLines } from './fire-lines.ts'
import { type GuardResult, prefixTest } from './guard.ts'
import type { Counts } from './messages.ts'
import { Sandbox } from './sandbox.ts'
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
  /** Run the prefix test as well. @default false */
  readonly guard?: boolean
  /** Rows of a batch at most. @default 16384 */
  readonly rows?: number
  /** How many events it was shown, and when the last of them was received. */
  readonly onProgress?: (events: number, recvMs: number) => void
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
const ROWS = 16_384

/** Throws a Refusal if the signal cannot be loaded; one that is stopped later is a verdict. */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const days = await daysOf(options.scope)
  const run = await replay(options, Number.POSITIVE_INFINITY, options.rows ?? ROWS)
  const { lines } = run.fires
  const isGuarded = options.guard === true && run.verdict.kind === 'ran'
  const guard = isGuarded ? await prefixTest(lines, prefixOf(options)) : null
  return {
    about: run.about,
    verdict: run.verdict,
    counts: run.counts,
    fires: lines,
    firesHash: run.fires.hash(),
    guard,
    days,
  }
}

/** In batches of another size: where a batch ends must not matter either. */
const prefixOf =
  (options: BacktestOptions) =>
  async (events: number): Promise<readonly FireLine[]> =>
    (await replay(options, events, 1000)).fires.lines

type Replay = {
  readonly about: About
  readonly verdict: Verdict
  readonly counts: Counts
  readonly fires: FireLines
}

/** The first `most` events. */
async function replay(
  { program, name, params, scope, onProgress }: BacktestOptions,
  most: number,
  rows: number
): Promise<Replay> {
  await using sandbox = await Sandbox.open({ program, name, params })
  const { about } = sandbox
  const fires = new FireLines(program.sha256)
  let counts = NONE
  let left = most
  // While the sandbox works on a batch, the next one is read.
  let working: ReturnType<Sandbox['run']> | undefined
  let recvMs = 0
  const settle = async (): Promise<void> => {
    if (working === undefined) return
    const done = await working
    working = undefined
    for (const fire of done.fires) fires.add(fire)
    counts = done.counts
    onProgress?.(counts.events, recvMs)
  }
  try {
    for await (const batch of history({ ...scope, events: about.reads, rows })) {
      await settle()
      batch.length = Math.min(batch.length, left)
      left -= batch.length
      recvMs = batch.recvMs[batch.length - 1] ?? 0
      working = sandbox.run(batch)
      // It is awaited after the next batch is read.
      working.catch(() => {})
      if (left === 0) break
    }
    await settle()
    return { about, verdict: { kind: 'ran' }, counts, fires }
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    return { about, verdict: { kind: 'refused', ...thrown.finding }, counts, fires }
  }
}
