// Runs test files, a few at a time and those that ask for it alone, says how far it is, and sums up.
// The last line it writes is `N passed, N failed`, with `, N skipped` where some were.

import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type AtOnce, idleMeter } from './at-once.ts'
import { type Durations, longestFirst } from './durations.ts'
import { findTestFiles, type TestFile, type TestKind } from './files.ts'
import { judge, type Verdict } from './judge.ts'
import { inPool } from './pool.ts'
import { removeFolder } from './remove-folder.ts'
import { runFile } from './run-file.ts'
import { lazilyShared, type StartShared } from './shared.ts'
import { slownessMeter } from './slowness.ts'

export type RunAllOptions = {
  readonly root: string
  readonly filters: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly kind?: TestKind
  readonly write: (line: string) => void
  /** Test files at once. Default: two. */
  readonly atOnce?: AtOnce
  /** Whether there is room for one more. Default: if so much of a core had nothing to do. */
  readonly isIdle?: () => boolean
  /** How long each file took before: the longest are started first. Is told how long each takes now. */
  readonly durations?: Durations
  /** The API server of all files that join one. */
  readonly startCluster?: StartShared
  /** Silence after which the running files are named. */
  readonly quietMs?: number
  readonly openGraceMs?: number
}

export type Totals = { readonly passed: number; readonly failed: number; readonly skipped: number }

const TWO: AtOnce = { least: 2, most: 2 }
const ONE: AtOnce = { least: 1, most: 1 }
/** A file that has just started shows within this time that it works. */
const LOOK_MS = 250
/** The machine is idle if so much of a core was, between two looks. */
const IDLE_CORES = 0.5

/** How much of a failing file's output is shown. */
const SHOWN_CHARACTERS = 20_000

export async function runAll(o: RunAllOptions): Promise<Totals> {
  const files = await findTestFiles(o.root, o)
  if (files.length === 0) {
    o.write(`no test file matches ${o.filters.join(' ') || o.root}`)
    return closing(o.write, { passed: 0, failed: 1, skipped: 0 })
  }
  const { least, most } = o.atOnce ?? TWO
  o.write(`${files.length} test files, ${least === most ? least : `${least} to ${most}`} at a time`)
  const folder = await mkdtemp(join(tmpdir(), 'ssmd-test-'))
  try {
    return closing(o.write, await runFiles(files, folder, o))
  } finally {
    for (const problem of await removeFolder(folder)) o.write(`left behind: ${problem}`)
  }
}

async function runFiles(
  files: readonly TestFile[],
  folder: string,
  o: RunAllOptions
): Promise<Totals> {
  const running = new Map<string, number>()
  const bad: string[] = []
  const totals = { passed: 0, failed: 0, skipped: 0 }
  let lastLine = performance.now()
  const write = (line: string) => {
    lastLine = performance.now()
    o.write(line)
  }
  const slowness = slownessMeter()
  const quietMs = o.quietMs ?? 15_000
  const timer = setInterval(() => {
    if (performance.now() - lastLine > quietMs) {
      write(`… ${[...running].map(([path, from]) => `${path} ${since(from)}`).join(', ')}`)
    }
  }, quietMs / 5)

  const joining = files.filter((file) => file.joinsCluster).length
  const shared = lazilyShared(o.startCluster, joining, write)
  let number = 0
  const one = async (file: TestFile): Promise<void> => {
    const clusterEnv = file.joinsCluster ? await shared.env() : {}
    const from = performance.now()
    running.set(file.path, from)
    const live = o.kind === 'cluster' ? byLine((line) => write(`    | ${line}`)) : undefined
    const run = await runFile(file, {
      ...o,
      // Node keeps here what it has compiled: most files load the same modules, and so do the programs that they start.
      env: { NODE_COMPILE_CACHE: join(folder, 'compiled'), ...o.env, ...clusterEnv },
      folder: join(folder, String(number++)),
      slowness: slowness(),
      ...(live === undefined ? {} : { onOutput: live }),
    })
    running.delete(file.path)
    if (file.joinsCluster) await shared.leave()
    if (o.signal.aborted) return
    o.durations?.record(file.path, performance.now() - from)
    const verdict = judge(run)
    totals.passed += verdict.passed
    totals.failed += verdict.failed
    totals.skipped += verdict.skipped.length
    if (verdict.failed > 0) bad.push(file.path)
    const unseen = live === undefined ? run.output : ''
    const cpu =
      run.ledger.cpuMs === undefined ? '' : `, ${(run.ledger.cpuMs / 1000).toFixed(1)} s of CPU`
    for (const line of describe(file.path, verdict, since(from) + cpu, unseen)) write(line)
  }
  const ordered = longestFirst(files, o.durations)
  const together = ordered.filter((file) => !file.alone)
  const alone = ordered.filter((file) => file.alone)
  const idle = idleMeter()
  const isIdle = o.isIdle ?? (() => idle() >= IDLE_CORES)
  const pool = { signal: o.signal, isIdle, lookMs: LOOK_MS }
  try {
    await inPool(together, { ...pool, ...(o.atOnce ?? TWO) }, one)
    await inPool(alone, { ...pool, ...ONE }, one)
  } finally {
    clearInterval(timer)
    await shared.stop()
  }
  if (o.signal.aborted) {
    totals.failed++
    o.write('\ninterrupted: not all tests were run')
  }
  if (bad.length > 0) o.write(`\nfailed: ${bad.join(' ')}`)
  return totals
}

/** What comes in pieces as whole lines: tests of minutes are watched while they run. */
function byLine(write: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + stripVTControlCharacters(text)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) write(line)
  }
}

function describe(path: string, verdict: Verdict, time: string, output: string): string[] {
  const count = `${verdict.passed} passed`
  const lines = [`${verdict.failed > 0 ? 'FAIL' : 'ok  '}  ${path}  ${count}, ${time}`]
  for (const reason of new Set(verdict.skipped)) lines.push(`      skipped: ${reason}`)
  if (verdict.failed === 0) return lines
  const shown = output.trimEnd().slice(-SHOWN_CHARACTERS)
  if (shown !== '') lines.push(...shown.split('\n').map((line) => `    | ${line}`))
  for (const problem of verdict.problems) lines.push(`      ${path}: ${problem}`)
  return lines
}

const since = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`

function closing(write: (line: string) => void, totals: Totals): Totals {
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
  write(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`)
  return totals
}
