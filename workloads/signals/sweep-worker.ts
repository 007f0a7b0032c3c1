// A thread of a sweep: runs one backtest after the other, and hands back what they came to.

import { parentPort, workerData } from 'node:worker_threads'
import { type ErrorCode, toSsmdError } from '#crds/errors.ts'
import type { ArchiveRoot } from '#events/history.ts'
import { BuildPool } from '#events/tables/build-pool.ts'
import { TableCache } from '#events/tables/cache.ts'
import type { CardModel } from './card/make-card.ts'
import { type Finding, Refusal } from './findings.ts'
import { type Run, runBacktest } from './run-backtest.ts'
import { readProgram } from './source.ts'

/** What all runs of a sweep have in common. */
export type SweepWork = {
  readonly source: string
  readonly name: string
  readonly model: CardModel
  readonly cacheDir: string
  readonly scope: {
    readonly roots: readonly ArchiveRoot[]
    readonly feeds: readonly string[]
    readonly symbols: readonly string[] | undefined
  }
}

export type SweepJob = {
  readonly params: Readonly<Record<string, string>>
  readonly window: { readonly from: string; readonly to: string | undefined }
}

export type SweepReply =
  | { readonly kind: 'done'; readonly run: Run }
  | { readonly kind: 'refused'; readonly finding: Finding }
  | {
      readonly kind: 'failed'
      readonly code: ErrorCode
      readonly message: string
      readonly hint: string | undefined
    }

const work = workerData as SweepWork
let opened: Promise<TableCache> | undefined

parentPort?.on('message', (job: SweepJob) => void answer(job))

async function answer(job: SweepJob): Promise<void> {
  parentPort!.postMessage(await replyTo(job))
}

async function replyTo({ params, window }: SweepJob): Promise<SweepReply> {
  const { source, name, model, scope, cacheDir } = work
  opened ??= TableCache.open({ dir: cacheDir, archives: scope.roots.map(({ path }) => path) })
  // The sweep has a thread for each core already.
  const processes = 1
  await using pool = new BuildPool({ threads: 0 })
  try {
    const program = readProgram(source)
    const own = { ...scope, ...window, cache: await opened, pool }
    const options = { program, name, params, model, scope: own, processes }
    return { kind: 'done', run: await runBacktest(options) }
  } catch (thrown) {
    if (thrown instanceof Refusal) return { kind: 'refused', finding: thrown.finding }
    const { code, message, hint } = toSsmdError(thrown)
    return { kind: 'failed', code, message, hint }
  }
}
