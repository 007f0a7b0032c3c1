// `ssmd signal runs` and `show`: what runs there are, and the card of one.

import { SsmdError } from '#crds/errors.ts'
import { findRun, listRuns, readCardHtml, readRun, type StoredRun } from '#runs/folders.ts'
import type { RunManifest } from '#runs/run.ts'
import { cardText } from '#signals/card/text.ts'
import { money, percent, short } from '#signals/card/words.ts'
import { terminalWidth, write, writeJson, writeLines } from '../output.ts'
import { type Column, renderTable } from '../table.ts'
import { clean, formatCount } from '../text.ts'
import { runsFolder } from './signal-flags.ts'
import type { SignalOutput } from './signal-source.ts'

export type RunsFlags<Output> = { readonly runs?: string; readonly output: Output }

const COLUMNS: readonly Column[] = [
  { title: 'SIGNAL' },
  { title: 'RUN' },
  { title: 'FEEDS', spare: 1 },
  { title: 'FROM' },
  { title: 'TO' },
  ...['FIRES', 'NET', 'SHARPE', 'DEFLATED', 'TRIAL'].map(
    (title) => ({ title, align: 'right' }) as const
  ),
  { title: 'STATE' },
]

export async function runSignalRuns(
  signal: string | undefined,
  { runs: given, output }: RunsFlags<SignalOutput>
): Promise<void> {
  const runs = runsFolder(undefined, given)
  const stored: StoredRun[] = []
  for (const place of await listRuns(runs, signal)) stored.push(await readRun(place, 'manifest'))
  // Ids of one second are in no order.
  stored.sort(
    (a, b) =>
      (a.signal < b.signal ? -1 : a.signal > b.signal ? 1 : 0) ||
      (a.run.slice(0, 16) < b.run.slice(0, 16)
        ? -1
        : a.run.slice(0, 16) > b.run.slice(0, 16)
          ? 1
          : 0) ||
      (a.manifest?.trial ?? 0) - (b.manifest?.trial ?? 0)
  )
  if (output === 'json') {
    const told = stored.map(({ signal: of, run, folder, manifest }) => ({
      signal: of,
      run,
      folder,
      manifest,
    }))
    await writeJson({ runs: told })
  } else if (stored.length === 0) {
    await writeLines([`no runs${signal === undefined ? '' : ` of ${clean(signal)}`} in ${runs}`])
  } else {
    const rows = stored.map(cells)
    await writeLines(renderTable(COLUMNS, rows, terminalWidth()))
  }
}

function cells({ signal, run, manifest }: StoredRun): string[] {
  if (manifest === null) {
    return [signal, run, '', '', '', '', '', '', '', '', 'did not end']
  }
  const { result, window, counts, scope, trial } = manifest
  return [
    signal,
    run,
    scope.feeds.join(', '),
    window.from.slice(0, 16),
    window.to.slice(0, 16),
    formatCount(counts.fires ?? 0),
    result === null ? '–' : money(result.net),
    short(result?.sharpe ?? null),
    percent(result?.deflatedSharpe ?? null),
    String(trial),
    stateOf(manifest),
  ]
}

const stateOf = ({ verdict }: RunManifest): string =>
  verdict.kind === 'ran' ? 'ran' : `stopped at line ${verdict.line}: ${clean(verdict.identifier)}`

export async function runSignalShow(
  id: string,
  { runs: given, output }: RunsFlags<SignalOutput | 'html'>
): Promise<void> {
  const stored = await readWhole(runsFolder(undefined, given), id)
  const { manifest, card } = stored
  if (output === 'json')
    await writeJson({ run: stored.run, folder: stored.folder, ...manifest, card })
  else if (output === 'html') await write(await readCardHtml(stored))
  else {
    const { signal, params, scope, window, firesHash } = manifest
    await writeLines([
      `${signal.id} version ${signal.version}, ${scope.feeds.join(', ')}, ${window.from.slice(0, 19)}Z to ${window.to.slice(0, 19)}Z`,
      ...Object.entries(params).map(([name, value]) => clean(`  ${name}=${value}`)),
      '',
      ...cardText(card).map(clean),
      '',
      `fires hash  ${firesHash}`,
      `run         ${stored.folder}`,
    ])
  }
}

export type WholeRun = StoredRun & {
  readonly manifest: NonNullable<StoredRun['manifest']>
  readonly card: NonNullable<StoredRun['card']>
}

/** A run that ended. */
export async function readWhole(runs: string, id: string): Promise<WholeRun> {
  const stored = await readRun(await findRun(runs, id))
  const { manifest, card } = stored
  if (manifest !== null && card !== null) return { ...stored, manifest, card }
  throw new SsmdError('SSMD_E_NOT_FOUND', `the run ${stored.run} did not end: it has no card`, {
    hint: `run it again, and remove ${stored.folder}`,
  })
}
