// A simulator in the test's own process, on a free port, with its log kept; ended by `stop`.
import type { Fault } from '../faults.ts'
import { type SimulatorOptions, settle } from '../options.ts'
import { type Simulator, type SimulatorDeps, startSimulator } from '../simulator.ts'
import { register, testKey } from './dial.ts'

export type LogLine = { readonly level: string; readonly message: string; readonly fields: object }

export type Running = Simulator & {
  readonly log: readonly LogLine[]
  stop(): Promise<void>
}

/** Starts it, registers the test's key, and plays. */
export async function runningSimulator(
  options: Omit<SimulatorOptions, 'exchange'>,
  deps: Partial<SimulatorDeps> & { faults?: readonly Fault[] } = {}
): Promise<Running> {
  const log: LogLine[] = []
  const keep =
    (level: string) =>
    (fields: object, message: string): void => {
      log.push({ level, message, fields })
    }
  const end = new AbortController()
  const simulator = await startSimulator({
    settings: settle({ port: 0, ...options, exchange: 'kalshi' }, {}),
    faults: [],
    env: {},
    log: { info: keep('info'), warn: keep('warn'), error: keep('error') },
    nowMs: () => Date.now(),
    signal: end.signal,
    journal: options.journal,
    ...deps,
  })
  await register(simulator.url, testKey())
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
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}
