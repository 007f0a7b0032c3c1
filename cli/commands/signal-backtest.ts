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
import { readSource, type SignalOutput, tellRefusal } from './signal-source.ts'
import { readVersion } from './version.ts'

export type SignalBacktestFlags = {
  readonly feed?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly symbol?: readonly string[]
  readonly param?: readonly string[]
  readonly guard?: true
  readonly path?: readonly string[]
  readonly runs?: string
  readonly cacheDir?: string
  readonly output: SignalOutput
}

export async function runSignalBacktest(file: string, flags: SignalBacktestFlags): Promise<void> {
  const { feed: feeds, symbol: symbols, guard = false, output } = flags
  if (feeds === undefined) throw usageError('no feed is given', 'add --feed, see `ssmd data list`')
  if (flags.from === undefined) throw usageError('no beginning is given', 'add --from with a day')
  const from = instant('--from', flags.from)
  const to = flags.to === undefined ? undefined : instant('--to', flags.to)
  if (to !== undefined && from >= to) {
    throw usageError(`--from ${flags.from} is not before --to ${flags.to}`, 'swap the two')
  }
  const params = paramsOf(flags.param ?? [])
  const roots = readRoots(flags.path ?? [process.env.SSMD_DATA_PATH || 'data'])
  const source = await readSource(file)
  try {
    const program = readProgram(source)
    const cache = await TableCache.open({
      dir: cacheDirOf(flags.cacheDir, process.env),
      archives: roots.map(({ path }) => path),
      onTrouble: (error: SsmdError) =>
        void process.stderr.write(`ssmd: ${clean(describeError(error))}\n`),
    })
    await using pool = new BuildPool()
    const scope = { roots, feeds, symbols, from, to, cache, pool }
    const done = await backtest({ program, name: basename(file), params, scope, guard })
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

function instant(flag: string, text: string): string {
  const time = readInstant(text)
  if (time !== undefined) return time
  throw usageError(
    `${flag} ${text} is no day and no time`,
    'write 2026-11-24 or 2026-11-24T15:30:00Z'
  )
}

function paramsOf(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text): [string, string] => {
    const at = text.indexOf('=')
    if (at < 1) throw usageError(`--param ${text} is no <name>=<value>`, 'write threshold=3')
    return [text.slice(0, at), text.slice(at + 1)]
  })
  return Object.fromEntries(pairs)
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
    ...(guard?.kind === 'passed' ? [`  prefix test passed, ${guard.prefixes} prefixes`] : []),
    `  run         ${folder}`,
    ...fires.slice(0, SHOWN).map(({ text }) => `  ${clean(fireText(text))}`),
    ...(fires.length > SHOWN ? [`  and ${formatCount(fires.length - SHOWN)} more`] : []),
  ])
  if (verdict.kind === 'refused') await tellRefusal(file, verdict, 'text')
  if (guard?.kind === 'failed') {
    throw new SsmdError(
      'SSMD_E_SIGNAL',
      `${file}: with the first ${guard.events} events alone it fired ${guard.found}, and with all of them ${guard.expected}`,
      { hint: 'a fire must follow from the events up to it: this is a fault in ssmd, report it' }
    )
  }
}

function fireText(text: string): string {
  const fire = JSON.parse(text) as { recv: string; feed: string; symbol: string; payload: unknown }
  return `${fire.recv}  ${fire.feed}  ${fire.symbol}  ${JSON.stringify(fire.payload)}`
}
