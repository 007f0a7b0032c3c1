// The guards before a signal is deployed: it is run over an archive of its feeds, and run again where it must fire the same.

import { basename, resolve } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { BuildPool } from '#events/tables/build-pool.ts'
import { startOf } from '#events/times.ts'
import { type Backtest, backtest } from '#signals/backtest.ts'
import { daysOf } from '#signals/days.ts'
import type { Program } from '#signals/source.ts'
import { openCache, rootsOf } from './signal-flags.ts'

export type GuardFlags = {
  /** Roots of archives. @default the data folder */
  readonly path?: readonly string[]
  /** @default the newest day of the archives */
  readonly from?: string
  readonly to?: string
  readonly cacheDir?: string
}

export type GuardScope = {
  readonly file: string
  readonly program: Program
  readonly params: Readonly<Record<string, string>>
  readonly feeds: readonly string[]
  readonly symbols: readonly string[] | undefined
}

/** What was run. Throws SSMD_E_SIGNAL where a guard is not passed, or no archive holds a day of the feeds. */
export async function passGuards(scope: GuardScope, flags: GuardFlags): Promise<Backtest> {
  const { file, program, params, feeds, symbols } = scope
  // The process that runs the signal has another folder.
  const roots = rootsOf(flags.path).map((root) => ({ ...root, path: resolve(root.path) }))
  const { from, to } = flags.from === undefined ? await newestDay(roots, feeds) : flags
  const cache = await openCache(roots, flags.cacheDir)
  await using pool = new BuildPool()
  const done = await backtest({
    ...{ program, name: basename(file), params, guard: true },
    scope: { roots, feeds, symbols, from, to, cache, pool },
  })
  const { verdict, guard } = done
  if (verdict.kind === 'refused') {
    const { line, identifier, why } = verdict
    throw refused(`${file}:${line}: ${identifier}: ${why}`, 'correct the program')
  }
  if (guard?.kind === 'failed') {
    const { events, expected, found } = guard
    throw refused(
      `${file}: over ${events} events it fired ${expected} once, and ${found} when it was run again`,
      'a fire must follow from the events up to it alone: see docs/signals.md'
    )
  }
  return done
}

async function newestDay(
  roots: ReturnType<typeof rootsOf>,
  feeds: readonly string[]
): Promise<{ readonly from: string; readonly to: string | undefined }> {
  const { read } = await daysOf({ roots, feeds }).catch((thrown: NodeJS.ErrnoException) => {
    // No archive was ever made here.
    if (thrown.code === 'SSMD_E_NOT_FOUND' || thrown.code === 'ENOENT') return { read: [] }
    throw thrown
  })
  const day = read
    .map((one) => one.day)
    .sort()
    .at(-1)
  if (day !== undefined) return { from: startOf(day), to: undefined }
  throw refused(
    `no archive here holds a day of ${feeds.join(', ')}, over which its guards can be run`,
    'name one with --path, or deploy without guards with --no-guards'
  )
}

const refused = (message: string, hint: string): SsmdError =>
  new SsmdError('SSMD_E_SIGNAL', message, { hint })
