// What the connector says of itself every two seconds: the figures of a table, and what hinders it in words.

import type { Alarms } from '#bus/alarms.ts'
import type { ConnectorReport } from '#bus/report.ts'
import type { Capture } from './capture.ts'
import type { Publisher } from './memory.ts'
import type { Stats } from './stats.ts'

export type ReporterOptions = {
  readonly environment: string
  readonly feed: string
  /** Number of this connector among those of the feed. */
  readonly shard: number
  readonly simulated: boolean
  readonly capture: Capture
  readonly stats: Stats
  readonly alarms: Alarms
  readonly publisher: Publisher
  readonly nowMs: () => number
  /** What hinders publishing; empty where nothing does. */
  linkMessage(): string
  stopping(): boolean
}

/** The Deployment that runs the connector of a shard. */
export const deploymentName = (environment: string, feed: string, shard: number): string =>
  `connector-${environment}-${feed}${shard === 0 ? '' : `-${shard}`}`

/** Makes reports; rates are since the one before. */
export function reporter(options: ReporterOptions): () => ConnectorReport {
  const { environment, feed, shard, simulated, capture, stats, publisher, nowMs } = options
  let before = { at: nowMs(), frames: 0 }
  let framesPerSecond = 0
  return () => {
    const at = nowMs()
    const seconds = (at - before.at) / 1000
    if (seconds >= 0.5) {
      framesPerSecond = (stats.frames - before.frames) / seconds
      before = { at, frames: stats.frames }
    }
    const { slots } = capture
    const troubles = options.alarms
      .look()
      .map(({ kind, message, since }) => ({ kind, message, since }))
    const hindered = [options.linkMessage(), capture.message(at)].filter((text) => text !== '')
    const state = stateOf(capture, options.stopping())
    return {
      version: 1,
      role: 'connector',
      environment,
      feed,
      name: deploymentName(environment, feed, shard),
      at,
      simulated,
      state,
      ...(state === 'failed' ? { code: 'SSMD_E_CREDENTIALS' } : {}),
      message: hindered.join('; ') || (troubles[0]?.message ?? ''),
      ...(troubles.length === 0 ? {} : { troubles }),
      connections: slots.length,
      connected: slots.filter((slot) => slot.connected).length,
      symbols: capture.symbols,
      frames: stats.frames,
      framesPerSecond: Math.round(framesPerSecond * 10) / 10,
      bytes: stats.bytes,
      lastFrameAt: capture.lastFrameMs,
      lastDataAt: capture.lastDataMs,
      gaps: options.stats.holes,
      late: options.stats.late,
      repeats: options.stats.repeats,
      dropped: stats.dropped,
      pendingBytes: publisher.pendingBytes,
      unackedSeconds: Math.round(publisher.unackedMs() / 100) / 10,
    }
  }
}

/** `failed`: the exchange refuses the key. */
function stateOf(capture: Capture, stopping: boolean): string {
  if (stopping) return 'stopping'
  if (capture.ready) return capture.slots.some((slot) => slot.connected) ? 'capturing' : 'waiting'
  const { slots } = capture
  if (slots.some((slot) => slot.failure?.kind === 'unauthorized')) return 'failed'
  return slots.some((slot) => !slot.connected && slot.attempts > 0) ? 'waiting' : 'connecting'
}
