// Reads archives in the process of a signal, and hands their rows to the engine where they stand: nothing is copied between processes.

import { replay } from '#events/replay.ts'
import type { TableRows } from '#events/table-rows.ts'
import { BuildPool } from '#events/tables/build-pool.ts'
import { TableCache } from '#events/tables/cache.ts'
import type { Engine } from './engine.ts'
import type { Instrument } from './instrument.ts'
import type { FromChild, ReplayPart } from './messages.ts'
import { partOf } from './parts.ts'

/** Events between two reports. */
const REPORT_EVENTS = 262_144
/** Fires between two reports. */
const REPORT_FIRES = 1000

type Place = Instrument | null

export async function replayPart(
  engine: Engine,
  { scope, cacheDir, part, parts, most, future }: ReplayPart,
  texts: boolean,
  say: (message: FromChild) => void
): Promise<void> {
  const { about } = engine
  const cache =
    cacheDir === null ? null : await TableCache.open({ dir: cacheDir, archives: [], maxMemory: 0 })
  // It may start no threads.
  await using pool = new BuildPool({ threads: 0 })
  const end = most ?? Number.POSITIVE_INFINITY
  let next = REPORT_EVENTS
  const report = (now: 'reading' | 'running'): void => {
    next = engine.counts.events + REPORT_EVENTS
    const heldBytes = process.memoryUsage().arrayBuffers
    say({ kind: 'progress', fires: engine.takeFires(), counts: engine.counts, now, heldBytes })
  }
  const reportIfDue = (): void => {
    if (engine.seen >= next || engine.waiting >= REPORT_FIRES) report('running')
  }
  const { roots, feeds } = scope
  const joins = about.joins.map(({ feed, symbol }) => `${feed} ${symbol}`)
  const symbols =
    scope.symbols === null
      ? undefined
      : [...new Set([...scope.symbols, ...about.joins.map(({ symbol }) => symbol)])]
  const takes = (feed: string, symbol: string): boolean =>
    joins.includes(`${feed} ${symbol}`) ||
    (engine.isWanted(feed, symbol) && (parts === 1 || partOf(feed, symbol, parts) === part))
  await replay<Place>(
    {
      roots,
      feeds,
      symbols,
      from: scope.from ?? undefined,
      to: scope.to ?? undefined,
      events: about.reads,
      cache,
      pool,
      takes,
      texts,
      future: future ?? undefined,
    },
    {
      rows(rows: TableRows<Place>, list, from, to) {
        const isMore = engine.runRows(rows, list, from, to, end)
        reportIfDue()
        return isMore
      },
      gap(event) {
        engine.take(event)
        reportIfDue()
        return engine.seen < end
      },
      async opening(opened) {
        report('reading')
        await opened
        report('running')
      },
    }
  )
}
