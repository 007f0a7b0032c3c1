// The process that makes Parquet files of segments. DuckDB and whole tables are in its memory, and not in that of the program that asks.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as DuckDB from '@duckdb/node-api'
import { type ManifestSegment, readManifest } from '#archive/read/reader.ts'
import { type ErrorCode, toSsmdError } from '#crds/errors.ts'
import { TableCache } from '#events/tables/cache.ts'
import { normalizersOf } from '#events/tables/normalizers.ts'
import { openTables } from '#events/tables/open.ts'
import type { TableName } from '#events/tables/table.ts'
import { writeParquet } from './parquet.ts'

/** What to fork. */
export const BUILDER = fileURLToPath(import.meta.url)

export type BuildDay = {
  readonly root: string
  readonly feed: string
  readonly day: string
  readonly segments: readonly {
    readonly segment: ManifestSegment
    readonly files: readonly { readonly table: TableName; readonly path: string }[]
  }[]
}
export type Build = {
  readonly packageUrl: string
  /** Of the columnar cache, from which files are made. */
  readonly cacheDir: string
  readonly archives: readonly string[]
  readonly days: readonly BuildDay[]
}
/** `done`: segments. */
export type Built =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'end' }
  | {
      readonly kind: 'problem'
      readonly code: ErrorCode
      readonly message: string
      readonly hint: string | undefined
    }

if (import.meta.main) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.once('message', (message: Build) => {
    build(message, (done) => process.send?.({ kind: 'progress', done } satisfies Built)).then(
      () => process.send?.({ kind: 'end' } satisfies Built),
      (thrown: unknown) => {
        const { code, message, hint } = toSsmdError(thrown)
        process.send?.({ kind: 'problem', code, message, hint } satisfies Built)
      }
    )
  })
}

async function build(
  { packageUrl, cacheDir, archives, days }: Build,
  onDone: (count: number) => void
): Promise<void> {
  const cache = await TableCache.open({ dir: cacheDir, archives })
  const api = (await import(packageUrl)) as typeof DuckDB
  const instance = await api.DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  let done = 0
  let before = { feed: '', exchange: '' }
  for (const { root, feed, day, segments } of days) {
    const manifest = await readManifest(root, feed, day)
    const known = before.feed === feed ? before.exchange : ''
    const normalizers = await normalizersOf(root, manifest, known)
    before = { feed, exchange: normalizers.exchange }
    for (const { segment, files } of segments) {
      const tables = files.map(({ table }) => table)
      const place = { root, feed, day, segment }
      const opened = await openTables(place, { tables }, { normalizers, cache })
      const [damage] = opened.damage
      if (damage !== undefined) throw damage.error
      for (const { table, path } of files) {
        await mkdir(dirname(path), { recursive: true })
        await writeParquet(api, connection, opened.tables.get(table)!, path)
      }
      onDone(++done)
    }
  }
}
