// Runs as they lie on the disk: `<runs>/<signal>/<run id>/`. A folder without run.json is of a run that did not end.

import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SsmdError } from '#crds/errors.ts'
import type { Card } from './card.ts'
import {
  CARD_FILE,
  FIRES_FILE,
  HTML_FILE,
  isRunId,
  isSignalId,
  RUN_FILE,
  type RunManifest,
} from './run.ts'

export type RunPlace = { readonly signal: string; readonly run: string; readonly folder: string }

export type StoredRun = RunPlace & {
  /** Null: the run did not end. */
  readonly manifest: RunManifest | null
  readonly card: Card | null
}

/** Runs by signal and id, the ids being the times of their beginning; none if there is no folder. */
export async function listRuns(runs: string, signal?: string): Promise<RunPlace[]> {
  const signals = signal === undefined ? await namesIn(runs) : [signal]
  const found: RunPlace[] = []
  for (const one of signals.filter(isSignalId).sort()) {
    const folder = join(runs, one)
    for (const run of (await namesIn(folder)).filter(isRunId).sort()) {
      found.push({ signal: one, run, folder: join(folder, run) })
    }
  }
  return found
}

/** `what`: the card is larger than the rest. */
export async function readRun(
  place: RunPlace,
  what: 'all' | 'manifest' = 'all'
): Promise<StoredRun> {
  const manifest = await jsonIn<RunManifest>(join(place.folder, RUN_FILE))
  const isWanted = what === 'all' && manifest !== null
  const card = isWanted ? await jsonIn<Card>(join(place.folder, CARD_FILE)) : null
  return { ...place, manifest, card }
}

/** The run of that id, which may be cut short as long as it names one run. Throws SSMD_E_NOT_FOUND. */
export async function findRun(runs: string, id: string, signal?: string): Promise<RunPlace> {
  const all = await listRuns(runs, signal)
  const [one, other] = id === '' ? [] : all.filter(({ run }) => run === id || run.endsWith(id))
  if (one !== undefined && other === undefined) return one
  throw new SsmdError(
    'SSMD_E_NOT_FOUND',
    `${one === undefined ? 'there is no run' : 'there are several runs'} ${id} in ${runs}`,
    { hint: 'see `ssmd signal runs`; --runs or SSMD_RUNS name another folder' }
  )
}

export const readCardHtml = (place: RunPlace): Promise<string> =>
  readFile(join(place.folder, HTML_FILE), 'utf8')

/** A fire as fires.jsonl has it. */
export type StoredFire = {
  readonly id: string
  readonly feed: string
  readonly symbol: string
  readonly recv: string
  readonly time: string | null
  readonly payload: unknown
}

/** In their order; as many as are asked for, one at a time in memory. */
export async function* readFires(place: RunPlace): AsyncGenerator<StoredFire, void> {
  const lines = createInterface({ input: createReadStream(join(place.folder, FIRES_FILE)) })
  for await (const line of lines) if (line !== '') yield JSON.parse(line) as StoredFire
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw thrown
  }
}

/** Null if there is no such file. */
async function jsonIn<T>(file: string): Promise<T | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw thrown
  }
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new SsmdError('SSMD_E_IO', `${file} is no JSON`, {
      hint: 'remove the folder of that run, and run it again',
      cause,
    })
  }
}
