// `ssmd signal reproduce <run.json>`: a kept run once more, over this archive, which may be another copy: the same fires, or what is missing
// or different.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { BuildPool } from '#events/tables/build-pool.ts'
import { type RunDay, type RunManifest, SOURCE_FILE } from '#runs/run.ts'
import { type Backtest, backtest } from '#signals/backtest.ts'
import { type DaysRead, daysOf } from '#signals/days.ts'
import { Refusal } from '#signals/findings.ts'
import { readProgram } from '#signals/source.ts'
import { writeJson, writeLines } from '../output.ts'
import { clean, formatCount } from '../text.ts'
import { queryProgress } from './query-progress.ts'
import { openCache, rootsOf } from './signal-flags.ts'
import { runProgress } from './signal-progress.ts'
import { readSource, type SignalOutput, tellRefusal } from './signal-source.ts'
import { readVersion } from './version.ts'

export type SignalReproduceFlags = {
  readonly path?: readonly string[]
  readonly cacheDir?: string
  readonly output: SignalOutput
}

export async function runSignalReproduce(file: string, flags: SignalReproduceFlags): Promise<void> {
  const manifest = await readManifest(file)
  const source = await readSource(join(dirname(file), SOURCE_FILE))
  const differences = sourceDifferences(manifest, source)
  const scope = {
    roots: rootsOf(flags.path),
    feeds: manifest.scope.feeds,
    symbols: manifest.scope.symbols ?? undefined,
    ...manifest.window,
  }
  const days = await daysOf(scope)
  differences.push(...dayDifferences(manifest, days))
  const missing = missingDays(manifest, days)
  let done: Backtest | undefined
  try {
    // Without any data of a feed there is nothing to run.
    if (manifest.scope.feeds.every((feed) => days.read.some((day) => day.feed === feed))) {
      done = await runAgain(scope, manifest, source, days, flags.cacheDir)
    }
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    await tellRefusal(file, thrown.finding, flags.output)
    return
  }
  const isSame = done?.firesHash === manifest.firesHash
  if (!isSame) process.exitCode = 3
  const found = { firesHash: done?.firesHash ?? null, fires: done?.fires.length ?? null }
  if (flags.output === 'json') {
    const wanted = { firesHash: manifest.firesHash, fires: manifest.counts.fires }
    await writeJson({ reproduced: isSame, wanted, found, missing, differences })
    return
  }
  await writeLines([
    isSame
      ? `reproduced: ${formatCount(found.fires ?? 0)} fires, fires hash ${manifest.firesHash}`
      : `not reproduced: ${formatCount(manifest.counts.fires ?? 0)} fires, hash ${manifest.firesHash}; now ${
          done === undefined
            ? 'nothing could be run'
            : `${formatCount(done.fires.length)}, hash ${done.firesHash}`
        }`,
    ...missing.map((day) => `  missing    ${clean(day)}`),
    ...differences.map((one) => `  different  ${clean(one)}`),
  ])
}

async function readManifest(file: string): Promise<RunManifest> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new SsmdError('SSMD_E_NOT_FOUND', `there is no file ${file}`, {
      hint: 'give run.json of a run: see `ssmd signal runs`',
    })
  })
  try {
    const manifest = JSON.parse(text) as RunManifest
    if (manifest.version === 1 && typeof manifest.firesHash === 'string') return manifest
  } catch {
    // Said below.
  }
  throw new SsmdError('SSMD_E_USAGE', `${file} is no run.json of this version of ssmd`, {
    hint: 'give run.json of a run: see `ssmd signal runs`',
  })
}

async function runAgain(
  scope: Parameters<typeof daysOf>[0] & { readonly symbols: readonly string[] | undefined },
  manifest: RunManifest,
  source: string,
  days: DaysRead,
  cacheDir: string | undefined
): Promise<Backtest> {
  const cache = await openCache(scope.roots, cacheDir)
  await using pool = new BuildPool()
  const progress = queryProgress(process.stderr)
  const told = runProgress(progress.show, days)
  const params = Object.entries(manifest.params).map(([name, value]) => [name, String(value)])
  try {
    return await backtest({
      program: readProgram(source),
      name: basename(SOURCE_FILE),
      params: Object.fromEntries(params),
      scope: { ...scope, cache, pool },
      onProgress: (events) => told('signal', events),
    })
  } finally {
    progress.end()
  }
}

function sourceDifferences({ signal, versions }: RunManifest, source: string): string[] {
  const sha256 = createHash('sha256').update(source).digest('hex')
  const now = readVersion()
  return [
    ...(sha256 === signal.sha256 ? [] : [`source: ${sha256} instead of ${signal.sha256}`]),
    ...(now === versions.ssmd ? [] : [`ssmd ${now} instead of ${versions.ssmd}`]),
  ]
}

const placeOf = ({ feed, day }: Pick<RunDay, 'feed' | 'day'>): string => `${feed}/${day}`

const missingDays = ({ days }: RunManifest, { read }: DaysRead): string[] => {
  const known = new Set(read.map(placeOf))
  return days.map(placeOf).filter((place) => !known.has(place))
}

function dayDifferences({ days }: RunManifest, { read }: DaysRead): string[] {
  const before = new Map(days.map((day) => [placeOf(day), day]))
  return read.flatMap((day) => {
    const place = placeOf(day)
    const was = before.get(place)
    if (was === undefined) return [`${place}: was not read then`]
    if (was.manifest === day.manifest) return []
    const what = (['records', 'gaps', 'condition'] as const).filter((one) => was[one] !== day[one])
    const how = what.map((one) => `${one} ${day[one]} instead of ${was[one]}`)
    return [
      `${place}: ${how.length === 0 ? 'another manifest with as many records' : how.join(', ')}`,
    ]
  })
}
