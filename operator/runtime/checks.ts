// What makes the operator unfit to go on. A check fails only for what a restart heals: an API server that is down or
// rights that are missing are shown by metrics and conditions, and restarting for them would only add load.

import type { Checks } from '#role/health.ts'
import type { Informer } from '../kube/informer.ts'
import type { Elector } from '../kube/lease.ts'
import type { LeaseTimes } from '../kube/lease-machine.ts'
import type { Controller } from './controller.ts'

// Mean delay of the event loop since the last probe; a probe comes every ten seconds or so.
const LOOP_DELAY_MS = 1000
// A watch ends by itself after 580 s and five more; beyond this our own timers have failed.
const WATCH_SILENT_MS = 700_000
// A pass has 30 s; one that ignores its signal for so long holds its key for ever.
const PASS_SECONDS = 600

export function managerChecks(of: {
  readonly delay: { readonly mean: number }
  readonly elector: Pick<Elector, 'renewedMsAgo'> | undefined
  readonly times: LeaseTimes
  readonly informers: readonly Pick<Informer, 'resource' | 'synced' | 'silentMs' | 'state'>[]
  readonly controllers: readonly Pick<Controller, 'name' | 'queue'>[]
  /** What keeps it from working at all. */
  readonly wrong?: (() => string | undefined) | undefined
}): Checks {
  return {
    live: {
      loop: () => {
        const mean = of.delay.mean / 1e6
        return mean > LOOP_DELAY_MS ? `the event loop is ${Math.round(mean)} ms late` : undefined
      },
      lease: () => {
        const age = of.elector?.renewedMsAgo
        return age !== undefined && age > 2 * of.times.durationMs
          ? `leading, but the lease was not renewed for ${Math.round(age / 1000)} s`
          : undefined
      },
      watches: () => {
        const stuck = of.informers.find(
          ({ state, silentMs }) => state.phase === 'watching' && silentMs > WATCH_SILENT_MS
        )
        return stuck
          ? `${stuck.resource.plural}: nothing for ${Math.round(stuck.silentMs / 1000)} s`
          : undefined
      },
      passes: () => {
        const stuck = of.controllers.find(({ queue }) =>
          queue.processingSeconds().some((seconds) => seconds > PASS_SECONDS)
        )
        return stuck ? `${stuck.name}: a pass does not end` : undefined
      },
    },
    ready: {
      ...(of.wrong ? { precondition: of.wrong } : {}),
      caches: () => {
        const missing = of.informers.filter(({ synced }) => !synced)
        return missing.length > 0
          ? `waiting for ${missing.map(({ resource }) => resource.plural).join(', ')}`
          : undefined
      },
    },
  }
}
