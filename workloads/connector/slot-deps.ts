// What the connections of a connector share: where blocks and alarms go, clocks, the exchange to dial.

import type { Alarms } from '#bus/alarms.ts'
import type { Exchange } from '#exchanges/protocol/adapter.ts'
import type { TimeLine } from '#role/clock.ts'
import type { Logger } from '#role/run.ts'
import type { Predecessor } from '#wire/events.ts'
import type { DialGate } from './backoff.ts'
import type { Fetch } from './fetch.ts'
import type { NewRecorder } from './recorders.ts'
import type { Stats } from './stats.ts'

/** What all slots of a connector share. */
export type SlotDeps = {
  readonly newRecorder: NewRecorder
  /** How many connectors the feed has. */
  readonly shards: number
  /** Every connection of this connector is ready. */
  readonly isComplete: () => boolean
  readonly stats: Stats
  readonly alarms: Alarms
  /** The connection of a slot before this process, as far as it is known. */
  readonly predecessorOf: (slot: number) => Predecessor | null
  /** Receive time less the exchange's own time, of a sample of frames. */
  readonly observeLag: (ms: number) => void
  /** Symbols that may be gone; data takes its symbol out. */
  readonly suspects: Map<string, unknown>
  readonly gate: DialGate
  readonly fetch: Fetch
  readonly log: Logger
  readonly random: () => number
  readonly nowMs: () => number
  /** Receive times of one connection. */
  readonly newLine: () => TimeLine
  readonly steadyMs: () => number
  /** The exchange to dial now: another one once another version of the feed is in force. */
  readonly exchange: () => Exchange
  readonly onChange: () => void
  readonly onFound: (symbol: string) => void
  readonly onReconnect: (cause: string) => void
}
