// What commands that run signals over archives share: which archive and time, which parameters, and how fires are traded on the card.

import { basename, dirname, join, resolve } from 'node:path'
import { describeError, type SsmdError, usageError } from '#crds/errors.ts'
import { parseDuration } from '#crds/quantities.ts'
import { readInstant } from '#data/model/instant.ts'
import { readRoots } from '#data/read/roots.ts'
import type { ArchiveRoot } from '#events/history.ts'
import { TableCache } from '#events/tables/cache.ts'
import { cacheDirOf } from '#events/tables/cache-dir.ts'
import type { CardModel } from '#signals/card/make-card.ts'
import { EXCHANGES } from '../repository/folder.ts'
import { clean } from '../text.ts'

export type ScopeFlags = {
  readonly feed?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly symbol?: readonly string[]
  readonly path?: readonly string[]
  readonly cacheDir?: string
}

export type ModelFlags = {
  readonly latency: string
  readonly hold: string
  readonly size: number
  readonly entry: 'taker' | 'maker'
  readonly fee?: string
  readonly seed: number
}

/** Without what cannot be sent to another thread. */
export type ReadScope = {
  readonly roots: readonly ArchiveRoot[]
  readonly feeds: readonly string[]
  readonly symbols: readonly string[] | undefined
  readonly from: string
  readonly to: string | undefined
}

export function scopeOf(flags: ScopeFlags): ReadScope {
  const { feed: feeds, symbol: symbols } = flags
  if (feeds === undefined) throw usageError('no feed is given', 'add --feed, see `ssmd data list`')
  if (flags.from === undefined) throw usageError('no beginning is given', 'add --from with a day')
  const from = instant('--from', flags.from)
  const to = flags.to === undefined ? undefined : instant('--to', flags.to)
  if (to !== undefined && from >= to) {
    throw usageError(`--from ${flags.from} is not before --to ${flags.to}`, 'swap the two')
  }
  return { roots: rootsOf(flags.path), feeds, symbols, from, to }
}

export const rootsOf = (paths: readonly string[] | undefined): ArchiveRoot[] =>
  readRoots(paths ?? [process.env.SSMD_DATA_PATH || 'data'])

export const openCache = (
  roots: readonly ArchiveRoot[],
  cacheDir: string | undefined
): Promise<TableCache> =>
  TableCache.open({
    dir: cacheDirOf(cacheDir, process.env),
    archives: roots.map(({ path }) => path),
    onTrouble: (error: SsmdError) =>
      void process.stderr.write(`ssmd: ${clean(describeError(error))}\n`),
  })

function instant(flag: string, text: string): string {
  const time = readInstant(text)
  if (time !== undefined) return time
  throw usageError(
    `${flag} ${text} is no day and no time`,
    'write 2026-11-24 or 2026-11-24T15:30:00Z'
  )
}

export function paramsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => pairOf('--param', text, 'threshold=3')))
}

export function pairOf(flag: string, text: string, example: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at < 1) throw usageError(`${flag} ${text} is no <name>=<value>`, `write ${example}`)
  return [text.slice(0, at), text.slice(at + 1)]
}

const SETTLEMENT = 'settlement'
/** As far behind the window the card reads. */
const LONGEST_HOLD_MS = 6 * 3_600_000
const LONGEST_LATENCY_MS = 60_000

export function modelOf({ latency, hold, size, entry, fee, seed }: ModelFlags): CardModel {
  return {
    latencyMs: durationOf('--latency', latency, LONGEST_LATENCY_MS),
    hold: hold === SETTLEMENT ? SETTLEMENT : durationOf('--hold', hold, LONGEST_HOLD_MS),
    size,
    entry,
    seed,
    rates: fee === undefined ? undefined : ratesOf(fee),
  }
}

export function durationOf(flag: string, text: string, mostMs: number): number {
  let ms: number
  try {
    ms = parseDuration(text)
  } catch {
    throw usageError(`${flag} ${text} is no duration`, 'write 100ms, 30s, 5m or 1h')
  }
  if (ms <= mostMs) return ms
  throw usageError(`${flag} ${text} is too long`, `write at most ${mostMs / 1000}s`)
}

/** `0.001`, or `taker=0.001,maker=0.0002`: shares of the value of a trade. */
function ratesOf(text: string): { taker: number; maker: number } {
  const wrong = (): never => {
    throw usageError(
      `--fee ${text} names no rates`,
      'write 0.001, or taker=0.001,maker=0.0002: shares of the value of a trade'
    )
  }
  const rate = (value: string): number => {
    const found = Number(value)
    return value.trim() !== '' && Math.abs(found) < 1 ? found : wrong()
  }
  if (!text.includes('=')) return { taker: rate(text), maker: rate(text) }
  const rates: Record<string, number> = {}
  for (const part of text.split(',')) {
    const [name, value] = pairOf('--fee', part, 'taker=0.001,maker=0.0002')
    if (name !== 'taker' && name !== 'maker') wrong()
    rates[name] = rate(value)
  }
  const { taker, maker = taker } = rates
  return taker === undefined ? wrong() : { taker, maker: maker ?? taker }
}

/** `given`, SSMD_RUNS, `runs` beside the folder exchanges that the signal is in, or `runs` here. */
export function runsFolder(file: string | undefined, given: string | undefined): string {
  const named = given ?? process.env.SSMD_RUNS
  if (named) return named
  const start = file === undefined ? resolve('.') : dirname(resolve(file))
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if (basename(folder) === EXCHANGES) return join(dirname(folder), 'runs')
  }
  return 'runs'
}
