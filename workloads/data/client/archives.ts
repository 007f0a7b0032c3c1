// Queries over archives on this computer: what several of them share is opened once.

import { describeError, type SsmdError } from '#crds/errors.ts'
import type { ArchiveRoot } from '#events/history.ts'
import { BuildPool } from '#events/tables/build-pool.ts'
import { TableCache } from '#events/tables/cache.ts'
import { cacheDirOf } from '#events/tables/cache-dir.ts'
import { rowsWriter } from '../formats/index.ts'
import { rawWriter } from '../http/raw-writer.ts'
import { readCursor, writeCursor } from '../model/cursor.ts'
import { ManifestCache } from '../model/manifests.ts'
import { readParameters } from '../model/parameters.ts'
import type { Quality, QueryContext } from '../model/query.ts'
import { readRoots } from '../read/roots.ts'
import type { Asked, AskOptions, Ended, ResultSink } from './asked.ts'

export type ArchivesOptions = {
  readonly paths: readonly string[]
  /** @default SSMD_CACHE_DIR, else below ~/.cache */
  readonly cacheDir?: string | undefined
  /** Of the cache: it is left out then, and reading is slower. */
  readonly onTrouble: (line: string) => void
}

export class Archives implements AsyncDisposable {
  readonly roots: readonly ArchiveRoot[]
  readonly cache: TableCache | null
  readonly pool = new BuildPool()
  readonly #cacheDir: string
  readonly #manifests = new ManifestCache()

  private constructor(roots: readonly ArchiveRoot[], cacheDir: string, cache: TableCache | null) {
    this.roots = roots
    this.#cacheDir = cacheDir
    this.cache = cache
  }

  static async open({ paths, cacheDir, onTrouble }: ArchivesOptions): Promise<Archives> {
    const roots = readRoots(paths)
    const dir = cacheDirOf(cacheDir, process.env)
    const cache = await TableCache.open({
      dir,
      archives: roots.map(({ path }) => path),
      onTrouble: (error: SsmdError): void => onTrouble(describeError(error)),
    })
    return new Archives(roots, dir, cache)
  }

  /** Throws an SsmdError; what reached the sink until then is not all of it. */
  async ask(asked: Asked, sink: ResultSink, options: AskOptions): Promise<Ended> {
    const { query, format, raw, times, limit, cursor } = asked
    const { signal, onProgress, onNotice } = options
    const parameters = readParameters(query, asked.texts)
    const context: QueryContext = {
      roots: this.roots,
      cacheDir: this.#cacheDir,
      cache: this.cache,
      pool: this.pool,
      grant: { feeds: () => true, days: () => true },
      manifests: this.#manifests,
      nowMs: () => Date.now(),
      signal,
      limit,
      after: cursor === undefined ? null : readCursor(cursor, query.name, parameters),
      onNotice,
      onProgress: (done, of) => onProgress({ kind: 'days', done, of }),
    }
    const answer = await query.run(parameters, context)
    if (answer.kind !== 'rows') {
      await sink(Buffer.from(JSON.stringify(answer.body)))
      return { gaps: 0, simulated: false, condition: 'none', nextCursor: null }
    }
    const { columns, runs, next } = answer.rows
    const writer = raw
      ? rawWriter({ columns, times, sink })
      : rowsWriter(format, { columns, times, sink })
    await writer.begin()
    let rows = 0
    for await (const run of runs) {
      await writer.run(run)
      rows += run.length
      onProgress({ kind: 'rows', rows })
    }
    const position = next()
    const nextCursor = position === null ? null : writeCursor(query.name, parameters, position)
    const quality = answer.quality?.()
    await writer.end({ rows, quality, about: answer.about?.(), nextCursor })
    return { ...worthOf(quality), nextCursor }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool[Symbol.asyncDispose]()
  }
}

/** As the API says it in a header. */
const WORST = ['damaged', 'missing', 'degraded', 'pending', 'available']
const worst = (conditions: readonly string[]): string =>
  WORST.find((one) => conditions.includes(one)) ?? 'none'

function worthOf(quality: Quality | undefined): Omit<Ended, 'nextCursor'> {
  const { days = [], gaps = [] } = quality ?? {}
  return {
    gaps: gaps.reduce((sum, gap) => sum + (gap.count ?? 1), 0),
    simulated: days.some(({ simulated }) => simulated),
    condition: worst(days.map(({ condition }) => condition)),
  }
}
