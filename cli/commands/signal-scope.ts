// Over which archives, feeds and times a signal is run, as flags say.

import { describeError, type SsmdError, usageError } from '#crds/errors.ts'
import { readInstant } from '#data/model/instant.ts'
import { readRoots } from '#data/read/roots.ts'
import type { ArchiveRoot } from '#events/history.ts'
import { TableCache } from '#events/tables/cache.ts'
import { cacheDirOf } from '#events/tables/cache-dir.ts'
import { clean } from '../text.ts'

export type ScopeFlags = {
  readonly feed?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly param?: readonly string[]
  readonly path?: readonly string[]
}

export type SignalScope = {
  readonly from: string
  readonly to: string | undefined
  readonly params: Readonly<Record<string, string>>
  readonly roots: readonly ArchiveRoot[]
}

export function readScope(flags: ScopeFlags): SignalScope {
  if (flags.feed === undefined) {
    throw usageError('no feed is given', 'add --feed, see `ssmd data list`')
  }
  if (flags.from === undefined) throw usageError('no beginning is given', 'add --from with a day')
  const from = instant('--from', flags.from)
  const to = flags.to === undefined ? undefined : instant('--to', flags.to)
  if (to !== undefined && from >= to) {
    throw usageError(`--from ${flags.from} is not before --to ${flags.to}`, 'swap the two')
  }
  const params = paramsOf(flags.param ?? [])
  const roots = readRoots(flags.path ?? [process.env.SSMD_DATA_PATH || 'data'])
  return { from, to, params, roots }
}

export const openCache = (dir: string | undefined, roots: readonly ArchiveRoot[]) =>
  TableCache.open({
    dir: cacheDirOf(dir, process.env),
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
  const pairs = texts.map((text): [string, string] => {
    const at = text.indexOf('=')
    if (at < 1) throw usageError(`--param ${text} is no <name>=<value>`, 'write threshold=3')
    return [text.slice(0, at), text.slice(at + 1)]
  })
  return Object.fromEntries(pairs)
}
