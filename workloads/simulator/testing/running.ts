// A simulator in the test's own process, on a free port, with its log kept; ended by `stop`. It simulates the exchange that
// existed first, unless it is given other venues.
import { register, testKey } from '#exchanges/kalshi/simulator/testing/dial.ts'
import { createVenue, type KalshiVenueOptions } from '#exchanges/kalshi/simulator/venue.ts'
import { type Fault, parseFaults } from '../faults.ts'
import { type SimulatorOptions, settle } from '../options.ts'
import { type Simulator, type SimulatorDeps, startSimulator } from '../simulator.ts'
import type { Stage } from '../stage.ts'

export type LogLine = { readonly level: string; readonly message: string; readonly fields: object }

export type Running = Simulator & {
  readonly log: readonly LogLine[]
  readonly hub: Stage['hub']
  stop(): Promise<void>
}

/** Faults of a text, for the exchange that is simulated by default. */
export const faultsIn = (text: string): Fault[] => parseFaults(text, 'f', [createVenue()])

/** Starts it, registers the test's key, and plays. */
export async function runningSimulator(
  options: Omit<SimulatorOptions, 'exchanges'>,
  deps: Partial<SimulatorDeps> & KalshiVenueOptions = {}
): Promise<Running> {
  const { limits, windowMs, pingMs, ...others } = deps
  const log: LogLine[] = []
  const keep =
    (level: string) =>
    (fields: object, message: string): void => {
      log.push({ level, message, fields })
    }
  const end = new AbortController()
  const simulator = await startSimulator({
    venues: [
      createVenue({
        ...(limits === undefined ? {} : { limits }),
        ...(windowMs === undefined ? {} : { windowMs }),
        ...(pingMs === undefined ? {} : { pingMs }),
      }),
    ],
    settings: settle({ port: 0, ...options, exchanges: [] }, {}),
    faults: [],
    env: {},
    log: { info: keep('info'), warn: keep('warn'), error: keep('error') },
    nowMs: () => Date.now(),
    signal: end.signal,
    journal: options.journal,
    ...others,
  })
  if (deps.venues === undefined) await register(simulator.url, testKey())
  const played = simulator.play()
  const stop = async (): Promise<void> => {
    end.abort()
    await played
    await simulator.close()
  }
  let stopped: Promise<void> | undefined
  return {
    ...simulator,
    log,
    hub: (simulator.stages[0] as Stage).hub,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}
