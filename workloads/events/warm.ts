// Builds the tables that a reading is going to need and that the cache has not, with all threads: for readers that may start none.

import { type Manifest, manifestIfThere } from '#archive/read/reader.ts'
import { type HistoryOptions, wantOf, withWholeTimes } from './history.ts'
import { planFeeds } from './plan.ts'
import { Reading } from './reading.ts'
import { normalizersOf } from './tables/normalizers.ts'
import { openTables } from './tables/open.ts'

export type Warmed = {
  /** By the names that feeds go by. */
  readonly exchanges: Readonly<Record<string, string>>
  /** Segments that were built. */
  readonly built: number
}

/** Also finds the exchange of each feed. Does nothing else without a cache. */
export async function warm(
  options: Omit<HistoryOptions, 'rows'>,
  onBuilt: (built: number) => void = () => {}
): Promise<Warmed> {
  const scope = withWholeTimes(options)
  const want = wantOf(scope)
  const exchanges: Record<string, string> = {}
  let built = 0
  await using reading = new Reading(options)
  const { open } = reading
  const running = new Set<Promise<void>>()
  for (const { root, feed, label, days } of await planFeeds(scope)) {
    for (const day of days) {
      open.signal.throwIfAborted()
      // What cannot be read is the reading's to name.
      const manifest = await manifestIfThere(root, feed, day).catch(() => undefined)
      const normalizers = manifest && (await readersOf(root, manifest, exchanges[label]))
      if (manifest === undefined || normalizers === undefined) continue
      exchanges[label] = normalizers.exchange
      for (const segment of open.cache === null ? [] : manifest.segments) {
        const isWanted =
          segment.sealed &&
          segment.group !== 'connection' &&
          (want.from === undefined || segment.to >= want.from) &&
          (want.to === undefined || segment.from < want.to)
        if (!isWanted || (await open.cache?.has(segment, normalizers, want.tables!))) continue
        const build = async (): Promise<void> => {
          await openTables({ root, feed, day, segment }, want, { ...open, normalizers })
          onBuilt(++built)
        }
        const one = build().finally(() => running.delete(one))
        running.add(one)
        // As many as there are threads, so that few tables are in memory.
        if (running.size >= Math.max(1, open.pool.threads)) await Promise.race(running)
      }
    }
  }
  await Promise.all(running)
  return { exchanges, built }
}

const readersOf = (root: string, manifest: Manifest, before: string | undefined) =>
  normalizersOf(root, manifest, before).catch(() => undefined)
