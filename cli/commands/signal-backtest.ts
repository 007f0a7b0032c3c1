// `ssmd signal backtest <file>`: a signal over archives, its fires, and the manifest of the run.

import { basename, dirname, join, resolve } from 'node:path'
import { describeError, SsmdError, usageError } from '#crds/errors.ts'
import { readInstant } from '#data/model/instant.ts'
import { readRoots } from '#data/read/roots.ts'
import { BuildPool } from '#events/tables/build-pool.ts'
import { TableCache } from '#events/tables/cache.ts'
import { cacheDirOf } from '#events/tables/cache-dir.ts'
import { type Backtest, backtest } from '#signals/backtest.ts'
import { Refusal } from '#signals/findings.ts'
import { type KeptRun, keepRun } from '#signals/run-files.ts'
import { readProgram } from '#signals/source.ts'
import { write, writeLines } from '../output.ts'
import { EXCHANGES } from '../repository/folder.ts'
import { clean, formatCount, plural } from '../text.ts'
import { guardFailure } from './signal-guard.ts'
import { readSource, type SignalOutput, tellRefusal } from './signal-source.ts'
import { readVersion } from './version.ts'

export type SignalBacktestFlags = {
  readonly feed?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly symbol?: readonly string[]
  readonly param?: readonly string[]
  readonly guard?: true
  readonly require?: 'complete'
  readonly path?: readonly string[]
  readonly runs?: string
  readonly cacheDir?: string
  readonly output: SignalOutput
}

export async function runSignalBacktest(file: string, flags: SignalBacktestFlags): Promise<void> {
  const { feed: feeds = [], symbol: symbols, guard = false, output } = flags
  const complete = flags.require === 'complete'
  const { from, to, params, roots } = readScope(flags)
  const source = await readSource(file)
  try {
    const program = readProgram(source)
    const cache = await openCache(flags.cacheDir, roots)
    await using pool = new BuildPool()
    const scope = { roots, feeds, symbols, from, to, cache, pool }
    const done = await backtest({ program, name: basename(file), params, scope, guard, complete })
    const about = {
      program,
      backtest: done,
      versions: { ssmd: readVersion(), node: process.versions.node },
      scope: { feeds, symbols: symbols ?? null, from, to: to ?? null },
    }
    const run = await keepRun(runsFolder(file, flags.runs), about, Date.now())
    if (output === 'json') await tellJson(done, run)
    else await tellText(file, done, run)
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    await tellRefusal(file, thrown.finding, output)
  }
}

/** `given`, SSMD_RUNS, `runs` beside the folder exchanges that the signal is in, or `runs` here. */
function runsFolder(file: string, given: string | undefined): string {
  const named = given ?? process.env.SSMD_RUNS
  if (named) return named
  for (let folder = dirname(resolve(file)); folder !== dirname(folder); folder = dirname(folder)) {
    if (basename(folder) === EXCHANGES) return join(dirname(folder), 'runs')
  }
  return 'runs'
}

const isGood = ({ verdict, guard }: Backtest): boolean =>
  verdict.kind === 'ran' && guard?.kind !== 'failed'

async function tellJson(done: Backtest, { id, folder, manifest }: KeptRun): Promise<void> {
  if (!isGood(done)) process.exitCode = 3
  const head = JSON.stringify({ run: id, folder, ...manifest })
  await write(`${head.slice(0, -1)},"fires":[`)
  for (const [i, { text }] of done.fires.entries()) await write(i === 0 ? text : `,${text}`)
  await write(']}\n')
}

/** How many fires are shown. */
const SHOWN = 10

async function tellText(
  file: string,
  done: Backtest,
  { folder, manifest }: KeptRun
): Promise<void> {
  const { verdict, guard, fires, counts, days } = done
  const gaps = days.read.reduce((sum, day) => sum + day.gaps, 0)
  const { id, version } = manifest.signal
  await writeLines([
    `${id} version ${version}: ${plural(fires.length, 'fire')} in ${formatCount(counts.events)} events of ${plural(days.read.length, 'day')}`,
    `  fires hash  ${done.firesHash}`,
    `  gaps        ${gaps === 0 ? 'none' : `${formatCount(gaps)}: the signal was shown each as an event`}`,
    ...(days.missing.length === 0 ? [] : [`  missing     ${days.missing.join(', ')}`]),
    ...(counts.cooled === 0 ? [] : [`  cooldown    ${plural(counts.cooled, 'fire')} not kept`]),
    ...(guard?.kind === 'passed'
      ? [`  guards      passed: ${guard.prefixes} prefixes, ${guard.futures} futures`]
      : []),
    `  run         ${folder}`,
    ...fires.slice(0, SHOWN).map(({ text }) => `  ${clean(fireText(text))}`),
    ...(fires.length > SHOWN ? [`  and ${formatCount(fires.length - SHOWN)} more`] : []),
  ])
  if (verdict.kind === 'refused') await tellRefusal(file, verdict, 'text')
  if (guard?.kind === 'failed') throw guardFailure(file, guard)
}

function fireText(text: string): string {
  const fire = JSON.parse(text) as { recv: string; feed: string; symbol: string; payload: unknown }
  return `${fire.recv}  ${fire.feed}  ${fire.symbol}  ${JSON.stringify(fire.payload)}`
}
