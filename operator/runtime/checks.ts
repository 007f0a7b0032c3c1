// The liveness checks of the operator. A check fails only if a restart helps. A down API server or missing rights are shown by
// metrics and conditions: a restart would only add load.

import type { Checks } from '#role/health.ts'
import type { Informer } from '../kube/informer.ts'
import type { Elector } from '../kube/lease.ts'
import type { LeaseTimes } from '../kube/lease-machine.ts'
import type { Controller } from './controller.ts'

// Limit of the mean event loop delay since the last probe, about ten seconds ago.
const LOOP_DELAY_MS = 1000
// A watch ends after at most 585 s; if it lasts longer than this, our own timers have failed.
const WATCH_SILENT_MS = 700_000
// A pass has 30 s; one that ignores its signal for this long would block its key permanently.
const PASS_SECONDS = 600

export function managerChecks(of: {
  readonly delay: { readonly mean: number }
  readonly elector: Pick<Elector, 'renewedMsAgo'> | undefined
  readonly times: LeaseTimes
  readonly informers: readonly Pick<Informer, 'resource' | 'synced' | 'silentMs' | 'state'>[]
  readonly controllers: readonly Pick<Controller, 'name' | 'queue'>[]
  /** The precondition of leading. */
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
