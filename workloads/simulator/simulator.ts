// A whole simulator in this process: the exchanges that it serves, and the server in front of them. The program, the tests
// and the benchmark start the same one.
import type { Venue, VenueOptions } from '#exchanges/simulation/venue.ts'
import type { Fault } from './faults.ts'
import { Journal } from './journal.ts'
import type { SourceLog } from './open-source.ts'
import type { Settings } from './options.ts'
import { Replay } from './replay.ts'
import { startServer } from './server.ts'
import { Stage } from './stage.ts'
import { describeStage, type Status } from './status.ts'

export type SimulatorDeps = {
  /** What is simulated; at least one. */
  readonly venues: readonly Venue[]
  readonly settings: Settings
  readonly faults: readonly Fault[]
  /** Where sent frames are written down. */
  readonly journal?: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly feed?: VenueOptions['feed']
  readonly log: SourceLog
  /** Unix milliseconds. */
  readonly nowMs: () => number
  /** Ends the play; `close` ends the rest. */
  readonly signal: AbortSignal
  readonly bufferLimitBytes?: number
  readonly settleMs?: number
}

export type Simulator = {
  readonly url: string
  readonly stages: readonly Stage[]
  /** Of the first exchange. */
  status(): Status
  /** Plays until the signal; what is sent after it is the end of each connection. */
  play(): Promise<void>
  close(): Promise<void>
}

/** Reads the recordings, listens, and is ready; nothing is played before `play`. */
export async function startSimulator(deps: SimulatorDeps): Promise<Simulator> {
  const { settings, log, nowMs } = deps
  const journal = deps.journal === undefined ? null : new Journal(deps.journal)
  const stages: Stage[] = []
  for (const venue of deps.venues)
    stages.push(await Stage.open(venue, { ...deps, journal, feed: deps.feed ?? null }))
  const statusOf = (stage: Stage): Status => describeStage(settings, stage)
  const server = await startServer({
    host: settings.host,
    port: settings.port,
    stages,
    log,
    now: nowMs,
    status: statusOf,
  })
  return {
    url: server.url,
    stages,
    status: () => statusOf(stages[0] as Stage),
    async play() {
      await Promise.all(stages.map((stage) => stage.play()))
    },
    async close() {
      for (const { hub } of stages) hub.flush()
      await server.close()
      for (const { source, hub } of stages) {
        if (source instanceof Replay) source.close()
        hub.flush()
      }
      journal?.close()
    },
  }
}
