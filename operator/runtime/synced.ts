// Waits for all caches, and logs regularly which are not filled yet, for instance because a right is missing.

import type { Logger } from 'pino'
import type { Informer } from '../kube/informer.ts'
import { sleep, type Timers } from '../kube/timers.ts'

const NEWS_MS = 15_000

export async function untilSynced(
  informers: readonly Informer[],
  o: { readonly log: Logger; readonly timers: Timers; readonly signal: AbortSignal }
): Promise<void> {
  const started = o.timers.now()
  let newsAt = started + NEWS_MS
  for (;;) {
    const missing = informers.filter((informer) => !informer.synced)
    if (missing.length === 0) break
    if (o.timers.now() > newsAt) {
      newsAt += NEWS_MS
      const names = missing.map(({ resource }) => resource.plural)
      o.log.warn({ missing: names }, 'caches are not filled')
    }
    await sleep(o.timers, 20, o.signal)
  }
  const objects = informers.reduce((sum, { store }) => sum + store.size, 0)
  o.log.info({ objects, ms: Math.round(o.timers.now() - started) }, 'caches are filled')
}
