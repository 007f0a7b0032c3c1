// What a run leaves: `<runs>/<signal>/<run id>/` with the source, its fires, its card and run.json. Nothing in them says when or where it
// ran, so that equal runs have equal files but for the number of the trial; only the name of the folder does.

import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonical } from '#crds/canonical.ts'
import type { Card } from '#runs/card.ts'
import type { RunPlace } from '#runs/folders.ts'
import {
  CARD_FILE,
  FIRES_FILE,
  HTML_FILE,
  RUN_FILE,
  type RunManifest,
  SOURCE_FILE,
} from '#runs/run.ts'
import { cardHtml } from './card/html.ts'
import { withTrials } from './card/make-card.ts'
import type { Run } from './run-backtest.ts'
import type { Program } from './source.ts'
import type { Trials } from './trials.ts'

export type RunAbout = {
  readonly program: Program
  readonly source: string
  readonly run: Run
  readonly versions: RunManifest['versions']
  readonly scope: RunManifest['scope']
  readonly part?: RunManifest['part']
}

/** The order of events of workloads/events/history.ts. */
const ORDER = 'receive time, feed, connection, number, row'

export function runManifest(
  { program, run, versions, scope, part }: RunAbout,
  card: Card
): RunManifest {
  const { backtest, window } = run
  const { result, fills, trials, model } = card
  return {
    version: 1,
    signal: {
      id: backtest.about.id,
      version: backtest.about.version,
      sha256: program.sha256,
      codeSha256: createHash('sha256').update(program.code).digest('hex'),
    },
    params: backtest.about.params,
    scope,
    window,
    order: ORDER,
    versions,
    days: backtest.days.read,
    missingDays: backtest.days.missing,
    counts: { ...backtest.counts, fires: backtest.fires.length },
    verdict: backtest.verdict,
    guard: backtest.guard,
    firesHash: backtest.firesHash,
    trial: trials.count,
    result: {
      model,
      net: fills.net,
      fills: fills.count,
      period: result.period,
      sharpe: result.sharpe,
      deflatedSharpe: trials.deflatedSharpe,
      maxDrawdown: result.maxDrawdown,
    },
    ...(part === undefined ? {} : { part }),
  }
}

export type KeptRun = RunPlace & {
  readonly manifest: RunManifest
  readonly card: Card
}

/** Writes the files; run.json is the last, so that a folder that has it is whole. */
export async function keepRun(
  runs: string,
  about: RunAbout,
  trials: Trials,
  nowMs: number
): Promise<KeptRun> {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')
  const run = `${time}-${randomBytes(4).toString('hex')}`
  const { fires, about: signal } = about.run.backtest
  const folder = join(runs, signal.id, run)
  await mkdir(folder, { recursive: true })
  const card = withTrials(about.run.judged, trials.begin())
  const manifest = runManifest(about, card)
  await writeFile(join(folder, SOURCE_FILE), about.source)
  await writeFile(
    join(folder, FIRES_FILE),
    fires.map(({ text }) => `${text}\n`)
  )
  await writeFile(join(folder, CARD_FILE), `${JSON.stringify(card)}\n`)
  await writeFile(join(folder, HTML_FILE), cardHtml(manifest, card))
  const part = join(folder, `${RUN_FILE}.part`)
  await writeFile(part, `${canonical(manifest)}\n`)
  await rename(part, join(folder, RUN_FILE))
  trials.end(manifest)
  return { signal: signal.id, run, folder, manifest, card }
}
