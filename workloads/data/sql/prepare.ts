// From the days that a statement is about to files that it can read: which segments hold its tables, which files of them are made
// already, and the views over them.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { ManifestSegment } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { normalizersOf } from '#events/tables/normalizers.ts'
import type { TableName } from '#events/tables/table.ts'
import { versionOf } from '#events/tables/version.ts'
import type { Interval } from '../model/interval.ts'
import type { Quality, QueryContext } from '../model/query.ts'
import { datasets } from '../queries/datasets.ts'
import { gaps } from '../queries/gaps.ts'
import { type HeldDay, Holdings } from '../read/holdings.ts'
import { QualityBook } from '../read/quality.ts'
import { answerFile } from './answer-file.ts'
import { runBuilder } from './build.ts'
import type { BuildDay } from './builder.ts'
import type { SqlFolder } from './folder.ts'
import type { View } from './messages.ts'
import {
  BARS,
  EVENT_TABLES,
  type EventTable,
  type FeedFiles,
  unreadView,
  viewOf,
} from './tables.ts'

/** Changes when files of another form are made. */
const VERSION = 1
/** Lines of segments that one statement may have made into files first. */
const MOST_RAW_BYTES = 8 * 1024 ** 3
/** What the files of all statements take at most; the ones used longest ago go first. */
const MOST_CACHE_BYTES = 10 * 1024 ** 3

export type Wanted = Interval & {
  readonly named: ReadonlySet<string>
  readonly feeds: readonly string[] | undefined
  readonly packageUrl: string
  readonly folder: SqlFolder
}
export type Prepared = { readonly views: readonly View[]; readonly quality: () => Quality }

export async function prepareTables(wanted: Wanted, context: QueryContext): Promise<Prepared> {
  const { named, feeds, folder, packageUrl, from, to } = wanted
  const book = new QualityBook({ ...(from && { from }), ...(to && { to }) })
  const tables = EVENT_TABLES.filter(({ name }) => named.has(name))
  const files = tables.length === 0 ? [] : await filesOf(wanted, tables, book, context)
  await make(files, packageUrl, context)

  const views: View[] = []
  for (const table of EVENT_TABLES) {
    const own = files.filter((one) => one.table === table.table)
    const sql = tables.includes(table)
      ? viewOf(table, await linked(own, folder), nanosOf(from), nanosOf(to))
      : unreadView(table)
    views.push({ name: table.name, sql })
  }
  views.push({ name: BARS.name, sql: BARS.sql })
  const parameters = { feed: feeds, from, to }
  views.push({
    name: 'manifests',
    sql: await answerFile(datasets, 'manifests', parameters, folder, context),
  })
  views.push({ name: 'gaps', sql: await answerFile(gaps, 'gaps', parameters, folder, context) })
  return { views, quality: () => book.quality() }
}

type File = {
  readonly label: string
  readonly held: HeldDay
  readonly segment: ManifestSegment
  readonly table: TableName
  readonly path: string
}

async function filesOf(
  { feeds, from, to }: Wanted,
  tables: readonly EventTable[],
  book: QualityBook,
  context: QueryContext
): Promise<File[]> {
  const holdings = new Holdings(context)
  const { days, damaged } = await holdings.days({ feeds, from, to })
  if (damaged[0] !== undefined) throw damaged[0].error
  const files: File[] = []
  const versions = new Map<string, string>()
  let before = { feed: '', exchange: '' }
  for (const held of days) {
    const manifest = await holdings.manifest(held, held.day)
    const known = before.feed === held.feed ? before.exchange : ''
    const { exchange, key } = await normalizersOf(held.root.path, manifest, known)
    before = { feed: held.feed, exchange }
    const version = versions.get(exchange) ?? versionOf(exchange)
    versions.set(exchange, version)
    book.add(held.feed, manifest)
    for (const segment of manifest.segments) {
      if ((to !== undefined && segment.from >= to) || (from !== undefined && segment.to < from))
        continue
      for (const { table } of tables) {
        const path = join(context.cacheDir, 'parquet', nameOf(segment, table, [key, version]))
        files.push({ label: held.feed, held, segment, table, path })
      }
    }
  }
  return files
}

/** Another segment, or another reading of the same one, is another file. */
function nameOf({ sha256 }: ManifestSegment, table: TableName, how: readonly string[]): string {
  const text = JSON.stringify([VERSION, ...how])
  const key = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return `${sha256}.${key}.${table}.parquet`
}

async function make(
  files: readonly File[],
  packageUrl: string,
  context: QueryContext
): Promise<void> {
  const missing = files.filter(({ path }) => !existsSync(path))
  if (missing.length === 0) return
  const segments = new Set(missing.map(({ segment }) => segment))
  const bytes = [...segments].reduce((sum, { rawBytes }) => sum + rawBytes, 0)
  if (bytes > MOST_RAW_BYTES) {
    throw new SsmdError(
      'SSMD_E_SQL_LIMIT',
      `the statement is about ${segments.size} segments with ${gigabytes(bytes)} of lines that were not read for SQL yet; at most ${gigabytes(MOST_RAW_BYTES)} are made ready for one statement`,
      { hint: 'name feed, from and to: a few days at a time' }
    )
  }
  const { cacheDir, roots } = context
  const archives = roots.map(({ path }) => path)
  const build = { packageUrl, cacheDir, archives, days: daysOf(missing) }
  await runBuilder(build, segments.size, context)
  await prune(join(context.cacheDir, 'parquet'))
}

function daysOf(files: readonly File[]): BuildDay[] {
  const days = new Map<HeldDay, Map<ManifestSegment, { table: TableName; path: string }[]>>()
  for (const { held, segment, table, path } of files) {
    const segments = days.get(held) ?? new Map()
    days.set(held, segments)
    segments.set(segment, [...(segments.get(segment) ?? []), { table, path }])
  }
  return [...days].map(([{ root, own, day }, segments]) => ({
    ...{ root: root.path, feed: own, day },
    segments: [...segments].map(([segment, made]) => ({ segment, files: made })),
  }))
}

async function linked(files: readonly File[], folder: SqlFolder): Promise<FeedFiles[]> {
  const feeds = new Map<string, string[]>()
  const now = new Date()
  for (const [i, { label, table, path }] of files.entries()) {
    const paths = feeds.get(label) ?? []
    feeds.set(label, paths)
    await utimes(path, now, now)
    paths.push(await folder.add(path, `${table}-${i}.parquet`))
  }
  return [...feeds].map(([feed, paths]) => ({ feed, paths }))
}

async function prune(cache: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => name.endsWith('.parquet'))
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(cache, name)
      const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }))
      return { path, size, mtimeMs }
    })
  )
  let bytes = files.reduce((sum, { size }) => sum + size, 0)
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (bytes <= MOST_CACHE_BYTES) return
    await rm(path, { force: true })
    bytes -= size
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`

function nanosOf(time: string | undefined): bigint | undefined {
  if (time === undefined) return undefined
  const ms = BigInt(Date.parse(`${time.slice(0, 19)}Z`))
  return ms * 1_000_000n + BigInt(time.slice(20, 29))
}
