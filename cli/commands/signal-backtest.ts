// `ssmd signal backtest <file>`: a signal over archives, its fires, its card, and the manifest of the run.

import { basename } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { BuildPool } from '#events/tables/build-pool.ts'
import type { TableCache } from '#events/tables/cache.ts'
import { readCardHtml } from '#runs/folders.ts'
import type { RunManifest } from '#runs/run.ts'
import type { Backtest } from '#signals/backtest.ts'
import { cardText } from '#signals/card/text.ts'
import { daysOf } from '#signals/days.ts'
import { Refusal } from '#signals/findings.ts'
import type { GuardTest } from '#signals/guard.ts'
import { type Run, type RunOptions, runBacktest } from '#signals/run-backtest.ts'
import { type KeptRun, keepRun } from '#signals/run-files.ts'
import { type Program, readProgram } from '#signals/source.ts'
import { Trials } from '#signals/trials.ts'
import { write, writeLines } from '../output.ts'
import { clean, formatCount, plural } from '../text.ts'
import { queryProgress } from './query-progress.ts'
import {
  type ModelFlags,
  modelOf,
  openCache,
  paramsOf,
  type ReadScope,
  runsFolder,
  type ScopeFlags,
  scopeOf,
} from './signal-flags.ts'
import { runProgress } from './signal-progress.ts'
import { readSource, type SignalOutput, tellRefusal } from './signal-source.ts'
import { readVersion } from './version.ts'

export type SignalBacktestFlags = ScopeFlags &
  ModelFlags & {
    readonly param?: readonly string[]
    readonly guard?: true
    /** The only one: complete. */
    readonly require?: 'complete'
    readonly runs?: string
    readonly output: SignalOutput | 'html'
  }

export async function runSignalBacktest(file: string, flags: SignalBacktestFlags): Promise<void> {
  const { guard = false, output } = flags
  const read = scopeOf(flags)
  const params = paramsOf(flags.param ?? [])
  const model = modelOf(flags)
  const source = await readSource(file)
  try {
    const program = readProgram(source)
    const cache = await openCache(read.roots, flags.cacheDir)
    const run = await runShown(read, cache, {
      ...{ program, name: basename(file), params, guard, model },
      complete: flags.require === 'complete',
    })
    const runs = runsFolder(file, flags.runs)
    const trials = await Trials.of(runs, run.backtest.about.id)
    const kept = await keepRun(runs, { ...aboutOf(read, program, source), run }, trials, Date.now())
    if (!isGood(run.backtest)) process.exitCode = 3
    if (output === 'json') await tellJson(run.backtest, kept)
    else if (output === 'html') await write(await readCardHtml(kept))
    else await tellText(file, run.backtest, kept)
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    await tellRefusal(file, thrown.finding, output === 'json' ? 'json' : 'text')
  }
}

/** Runs it, and tells a person at a terminal how far it is. */
export async function runShown(
  read: ReadScope,
  cache: TableCache,
  options: Omit<RunOptions, 'scope' | 'onProgress'>
): Promise<Run> {
  await using pool = new BuildPool()
  const progress = queryProgress(process.stderr)
  try {
    const onProgress = runProgress(progress.show, await daysOf(read))
    return await runBacktest({ ...options, scope: { ...read, cache, pool }, onProgress })
  } finally {
    progress.end()
  }
}

export const aboutOf = (
  { feeds, symbols, from, to }: ReadScope,
  program: Program,
  source: string
): {
  readonly program: Program
  readonly source: string
  readonly versions: RunManifest['versions']
  readonly scope: RunManifest['scope']
} => ({
  program,
  source,
  versions: { ssmd: readVersion(), node: process.versions.node },
  scope: { feeds, symbols: symbols ?? null, from, to: to ?? null },
})

const isGood = ({ verdict, guard }: Backtest): boolean =>
  verdict.kind === 'ran' && guard?.kind !== 'failed'

async function tellJson(done: Backtest, { run, folder, manifest, card }: KeptRun): Promise<void> {
  const head = JSON.stringify({ run, folder, ...manifest, card })
  await write(`${head.slice(0, -1)},"fires":[`)
  for (const [i, { text }] of done.fires.entries()) await write(i === 0 ? text : `,${text}`)
  await write(']}\n')
}

/** How many fires are shown. */
const SHOWN = 10

async function tellText(file: string, done: Backtest, kept: KeptRun): Promise<void> {
  const { verdict, guard, fires, counts, days } = done
  const { id, version } = kept.manifest.signal
  await writeLines([
    `${id} version ${version}: ${plural(fires.length, 'fire')} in ${formatCount(counts.events)} events of ${plural(days.read.length, 'day')}`,
    ...fires.slice(0, SHOWN).map(({ text }) => `  ${clean(fireText(text))}`),
    ...(fires.length > SHOWN ? [`  and ${formatCount(fires.length - SHOWN)} more`] : []),
    '',
    ...cardText(kept.card).map(clean),
    '',
    `fires hash  ${done.firesHash}`,
    ...(guard?.kind === 'passed'
      ? [
          `guards      passed: ${plural(guard.prefixes, 'prefix', 'prefixes')}, ${plural(guard.futures, 'changed future')}`,
        ]
      : []),
    `run         ${kept.folder}`,
  ])
  if (verdict.kind === 'refused') await tellRefusal(file, verdict, 'text')
  if (guard?.kind === 'failed') {
    throw new SsmdError(
      'SSMD_E_SIGNAL',
      `${file}: ${GUARDS[guard.test](guard.events)} it fired ${guard.found}, and else ${guard.expected}`,
      {
        hint: 'a fire must follow from the events up to it alone: a signal that passes the sandbox cannot see others, so report it',
      }
    )
  }
}

/** What each guard changed, so that the fires should have been the same. */
const GUARDS: Readonly<Record<GuardTest, (events: number) => string>> = {
  processes: () => 'in one process',
  prefix: (events) => `with the first ${events} events alone`,
  future: (events) => `with other prices behind the first ${events} events`,
}

function fireText(text: string): string {
  const fire = JSON.parse(text) as { recv: string; feed: string; symbol: string; payload: unknown }
  return `${fire.recv}  ${fire.feed}  ${fire.symbol}  ${JSON.stringify(fire.payload)}`
}
