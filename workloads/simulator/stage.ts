// One simulated exchange: its markets or its recordings, its clients, its faults, and the play. Several of them share a
// process and a port, and nothing else.
import { performance } from 'node:perf_hooks'
import type {
  GeneratedExchange,
  PlayedExchange,
  Venue,
  VenueOptions,
} from '#exchanges/simulation/venue.ts'
import { befalls, type Fault } from './faults.ts'
import { Hub } from './hub.ts'
import type { Journal } from './journal.ts'
import { openSource, type SourceLog } from './open-source.ts'
import type { Settings } from './options.ts'
import { playGenerated, playReplay } from './player.ts'
import { Replay } from './replay.ts'
import { FaultSchedule } from './schedule.ts'

export type StageOptions = {
  readonly settings: Settings
  readonly faults: readonly Fault[]
  readonly journal: Journal | null
  readonly env: NodeJS.ProcessEnv
  readonly feed: VenueOptions['feed']
  readonly log: SourceLog
  /** Unix milliseconds. */
  readonly nowMs: () => number
  /** Ends the play. */
  readonly signal: AbortSignal
  readonly bufferLimitBytes?: number | undefined
  readonly settleMs?: number | undefined
}

export class Stage {
  readonly venue: Venue
  readonly source: GeneratedExchange | Replay
  readonly hub: Hub
  readonly schedule: FaultSchedule
  readonly #options: StageOptions

  /** Reads the recordings; nothing is played before `play`. */
  static async open(venue: Venue, options: StageOptions): Promise<Stage> {
    const { settings, env, feed, log, nowMs, signal } = options
    const source = await openSource(venue, settings, { env, feed, log, signal, startMs: nowMs() })
    return new Stage(venue, source, options)
  }

  private constructor(venue: Venue, source: Stage['source'], options: StageOptions) {
    const { faults, nowMs, log, journal, bufferLimitBytes } = options
    this.venue = venue
    this.source = source
    this.#options = options
    const own = faults.filter((fault) => befalls(fault, venue))
    this.schedule = new FaultSchedule(own, nowMs())
    this.hub = new Hub({
      schedule: this.schedule,
      log,
      now: nowMs,
      faults: venue.faults,
      journal,
      ...(bufferLimitBytes === undefined ? {} : { bufferLimitBytes }),
    })
  }

  get exchange(): GeneratedExchange | PlayedExchange {
    return this.source instanceof Replay ? this.source.exchange : this.source
  }

  async play(): Promise<void> {
    const { settings, signal, log, settleMs } = this.#options
    const player = {
      hub: this.hub,
      speed: settings.speed,
      signal,
      log,
      now: () => performance.now(),
      ...(settleMs === undefined ? {} : { settleMs }),
    }
    if (this.source instanceof Replay) await playReplay(this.source, player)
    else await playGenerated(this.source, settings.rate, player)
  }
}
