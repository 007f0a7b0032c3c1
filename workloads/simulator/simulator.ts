// A whole simulator in this process: source, hub, server and player put together. The program, the tests and
// the benchmark start the same one.
import { performance } from 'node:perf_hooks'
import { Allowance, BASIC_TOKENS } from './allowance.ts'
import type { GeneratedExchange } from './exchange.ts'
import type { Fault } from './faults.ts'
import { Hub } from './hub.ts'
import { Journal } from './journal.ts'
import { keysFromEnvironment } from './keys.ts'
import { openSource, type SourceLog } from './open-source.ts'
import type { Settings } from './options.ts'
import { playGenerated, playReplay } from './player.ts'
import { Replay } from './replay.ts'
import { FaultSchedule } from './schedule.ts'
import { startServer } from './server.ts'
import type { Limits } from './session.ts'
import { describeSimulator, type Status } from './status.ts'

export type SimulatorDeps = {
  readonly settings: Settings
  readonly faults: readonly Fault[]
  /** Where sent frames are written down. */
  readonly journal?: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly log: SourceLog
  /** Unix milliseconds. */
  readonly nowMs: () => number
  /** Ends the play; `close` ends the rest. */
  readonly signal: AbortSignal
  readonly limits?: Limits
  readonly pingMs?: number
  readonly bufferLimitBytes?: number
  readonly settleMs?: number
  readonly windowMs?: number
}

export type Simulator = {
  readonly url: string
  readonly source: GeneratedExchange | Replay
  readonly hub: Hub
  readonly schedule: FaultSchedule
  status(): Status
  /** Plays until the signal; what is sent after it is the end of each connection. */
  play(): Promise<void>
  close(): Promise<void>
}

/** Reads the recordings, listens, and is ready; nothing is played before `play`. */
export async function startSimulator(deps: SimulatorDeps): Promise<Simulator> {
  const { settings, log, nowMs, signal } = deps
  const source = await openSource(settings, {
    startMs: nowMs(),
    log,
    signal,
    ...(deps.windowMs === undefined ? {} : { windowMs: deps.windowMs }),
  })
  const schedule = new FaultSchedule(deps.faults, nowMs())
  const hub = new Hub({
    schedule,
    log,
    now: nowMs,
    journal: deps.journal === undefined ? null : new Journal(deps.journal),
    ...(deps.bufferLimitBytes === undefined ? {} : { bufferLimitBytes: deps.bufferLimitBytes }),
  })
  const status = (): Status => describeSimulator(settings, source, hub, schedule)
  const server = await startServer({
    host: settings.host,
    port: settings.port,
    hub,
    source,
    log,
    http: {
      keys: keysFromEnvironment(deps.env),
      schedule,
      allowance: new Allowance(BASIC_TOKENS, nowMs()),
      now: nowMs,
      status,
    },
    ...(deps.limits === undefined ? {} : { limits: deps.limits }),
    ...(deps.pingMs === undefined ? {} : { pingMs: deps.pingMs }),
  })
  const player = {
    hub,
    speed: settings.speed,
    signal,
    log,
    now: () => performance.now(),
    ...(deps.settleMs === undefined ? {} : { settleMs: deps.settleMs }),
  }
  return {
    url: server.url,
    source,
    hub,
    schedule,
    status,
    async play() {
      if (source instanceof Replay) await playReplay(source, player)
      else await playGenerated(source, settings.rate, player)
    },
    async close() {
      hub.flush()
      await server.close()
      if (source instanceof Replay) source.close()
      hub.close()
    },
  }
}
