// The connector's metrics: counted in plain numbers where things happen, and read only when they are scraped.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Alarms } from '#bus/alarms.ts'
import type { Capture } from './capture.ts'
import type { CaptureMemory, Publisher } from './memory.ts'
import type { Stats } from './stats.ts'

export type ConnectorMetrics = {
  reconnected(cause: string): void
  acknowledged(recvToAckMs: number, publishToAckMs: number, duplicate: boolean): void
  observeLag(ms: number): void
}

/** Which connector this is: the labels of one series that others are joined with. */
export type Identity = {
  readonly environment: string
  readonly feed: string
  readonly shard: number
  readonly simulated: boolean
}

/** What is read at the moment of asking. */
export type Figures = {
  readonly stats: Stats
  readonly memory: CaptureMemory
  readonly publisher: Publisher
  readonly capture: Capture
  readonly alarms: Alarms
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export function connectorMetrics(
  registry: Registry,
  identity: Identity,
  figures: Figures
): ConnectorMetrics {
  const registers = [registry]
  const name = (rest: string) => `ssmd_connector_${rest}`
  const { stats, memory, publisher, capture, alarms } = figures

  const counted = (rest: string, help: string, read: () => number) =>
    new Counter({
      name: name(rest),
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const measured = (rest: string, help: string, read: () => number | null) =>
    new Gauge({
      name: name(rest),
      help,
      registers,
      collect() {
        const value = read()
        if (value === null) this.remove()
        else this.set(value)
      },
    })

  new Gauge({
    name: name('info'),
    help: 'Always 1: which feed this connector captures.',
    registers,
    labelNames: ['environment', 'feed', 'shard', 'simulated'],
    collect() {
      const { environment, feed, shard, simulated } = identity
      this.set({ environment, feed, shard, simulated: String(simulated) }, 1)
    },
  })
  const byType = (
    rest: string,
    help: string,
    read: (of: { frames: number; bytes: number }) => number
  ) =>
    new Counter({
      name: name(rest),
      help,
      registers,
      labelNames: ['type', 'group'],
      collect() {
        this.reset()
        for (const count of stats.types.values()) {
          this.inc({ type: count.type.name, group: count.type.group }, read(count))
        }
      },
    })
  byType('frames_total', 'Frames received, by type.', (count) => count.frames)
  byType('bytes_total', 'Bytes of frames received, by type.', (count) => count.bytes)
  counted(
    'understood_total',
    'Frames whose type and symbol were understood.',
    () => stats.frames - stats.missed
  )
  counted(
    'not_understood_total',
    'Frames archived without being understood: the exchange changed, or sent what it should not.',
    () => stats.missed
  )
  counted('dropped_total', 'Frames received that could not be kept.', () => stats.dropped)
  counted(
    'dropped_bytes_total',
    'Bytes of frames that could not be kept.',
    () => stats.droppedBytes
  )
  counted('gaps_total', "Jumps of the exchange's own sequence.", () => stats.gaps)
  measured('open_gaps', 'Gaps of the sequence that no late frame has filled.', () => stats.holes)
  counted('late_total', 'Frames that came after a higher sequence.', () => stats.late)
  counted('repeats_total', "Frames whose exchange's sequence came before.", () => stats.repeats)
  counted('rebuilds_total', 'Times that state was asked for again.', () => stats.rebuilds)
  measured('pending_bytes', 'Bytes held until JetStream acknowledges them.', () => memory.used)
  measured('pending_blocks', 'Blocks not acknowledged yet.', () => publisher.pendingBlocks)
  measured('connections', 'Connections wanted.', () => capture.slots.length)
  measured(
    'connected',
    'Connections that are open.',
    () => capture.slots.filter((slot) => slot.connected).length
  )
  measured('symbols', 'Symbols subscribed to by name.', () => capture.symbols)
  measured(
    'symbols_beyond_limit',
    'Symbols that match and are not captured, because there are too many.',
    () => capture.symbolsBeyondLimit
  )
  measured('discovery_failed', '1 while the exchange does not say which symbols there are.', () =>
    capture.discoveryFailed ? 1 : 0
  )
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000)
  measured('last_frame_timestamp_seconds', 'When the last frame of any kind came.', () =>
    seconds(capture.lastFrameMs)
  )
  measured('last_data_timestamp_seconds', 'When the last frame with market data came.', () =>
    seconds(capture.lastDataMs)
  )

  new Gauge({
    name: name('trouble'),
    help: 'What hinders a part of the connector, by kind and name: 1 for as long as it lasts.',
    registers,
    labelNames: ['kind', 'name'],
    collect() {
      this.reset()
      for (const { kind, name: what } of alarms.look()) this.set({ kind, name: what }, 1)
    },
  })
  measured(
    'unacknowledged_seconds',
    'Age of the oldest frame that JetStream has not acknowledged; 0 if there is none.',
    () => publisher.unackedMs() / 1000
  )

  const reconnects = new Counter({
    name: name('reconnects_total'),
    help: 'Times that a connection had to be dialled again, by cause.',
    registers,
    labelNames: ['cause'],
  })
  const histogram = (rest: string, help: string) =>
    new Histogram({ name: name(rest), help, registers, buckets: SECONDS })
  const recvToAck = histogram('recv_to_ack_seconds', 'From receiving to durable in JetStream.')
  const publishToAck = histogram(
    'publish_to_ack_seconds',
    'From publishing to durable in JetStream.'
  )
  const lag = histogram(
    'exchange_lag_seconds',
    "Receive time less the exchange's own time, of a sample of frames; negative counts as 0."
  )
  const skew = new Gauge({
    name: name('exchange_lag_last_seconds'),
    help: "The last sample of it; below 0 this machine's clock is behind the exchange's.",
    registers,
  })
  const duplicates = new Counter({
    name: name('duplicate_acks_total'),
    help: 'Blocks that JetStream already had.',
    registers,
  })
  return {
    reconnected: (cause) => reconnects.inc({ cause }),
    acknowledged(recvToAckMs, publishToAckMs, duplicate) {
      recvToAck.observe(recvToAckMs / 1000)
      publishToAck.observe(publishToAckMs / 1000)
      if (duplicate) duplicates.inc()
    },
    observeLag(ms) {
      lag.observe(Math.max(0, ms) / 1000)
      skew.set(ms / 1000)
    },
  }
}
