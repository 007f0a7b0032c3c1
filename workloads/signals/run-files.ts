// What a run leaves: `<runs>/<signal>/<run id>/` with fires.jsonl and run.json. Nothing in them says when or where it ran, so that equal
// runs have equal files; only the name of the folder does.

import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonical } from '#crds/canonical.ts'
import type { Backtest } from './backtest.ts'
import type { Program } from './source.ts'

export type RunAbout = {
  readonly program: Program
  readonly backtest: Backtest
  readonly versions: { readonly ssmd: string; readonly node: string }
  readonly scope: {
    readonly feeds: readonly string[]
    readonly symbols: readonly string[] | null
    readonly from: string | null
    readonly to: string | null
  }
}

/** The order of events of workloads/events/history.ts. */
const ORDER = 'receive time, feed, connection, number, row'

export type RunManifest = ReturnType<typeof runManifest>

export const runManifest = ({ program, backtest, versions, scope }: RunAbout, trial: number) => ({
  version: 1,
  signal: {
    id: backtest.about.id,
    version: backtest.about.version,
    sha256: program.sha256,
    codeSha256: createHash('sha256').update(program.code).digest('hex'),
  },
  params: backtest.about.params,
  scope,
  order: ORDER,
  versions,
  days: backtest.days.read,
  missingDays: backtest.days.missing,
  counts: { ...backtest.counts, fires: backtest.fires.length },
  verdict: backtest.verdict,
  guard: backtest.guard,
  firesHash: backtest.firesHash,
  /** How many runs of this signal there were, with this one. */
  trial,
})

export type KeptRun = {
  readonly id: string
  readonly folder: string
  readonly manifest: RunManifest
}

/** Writes the files; run.json is the last, so that a folder that has it is whole. */
export async function keepRun(runs: string, about: RunAbout, nowMs: number): Promise<KeptRun> {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')
  const id = `${time}-${randomBytes(4).toString('hex')}`
  const ofSignal = join(runs, about.backtest.about.id)
  const folder = join(ofSignal, id)
  await mkdir(folder, { recursive: true })
  const manifest = runManifest(about, (await readdir(ofSignal)).length)
  const lines = about.backtest.fires.map(({ text }) => `${text}\n`)
  await writeFile(join(folder, 'fires.jsonl'), lines)
  const part = join(folder, 'run.json.part')
  await writeFile(part, `${canonical(manifest)}\n`)
  await rename(part, join(folder, 'run.json'))
  return { id, folder, manifest }
}
