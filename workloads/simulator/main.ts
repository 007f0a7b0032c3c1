// `ssmd simulator kalshi`: an exchange that runs here, as a program. It says where it listens and that all it
// sends is simulated, plays until SIGTERM, and exits with 0, whatever was wrong with a recording.
import { readFile } from 'node:fs/promises'
import { SsmdError } from '#crds/errors.ts'
import { loadResource } from '#crds/resources.ts'
import { announceReady, type Role, runRole } from '#role/run.ts'
import { type Fault, faultsOf, parseFaults } from './faults.ts'
import { type EnvironmentSimulator, type SimulatorOptions, settle } from './options.ts'
import { Replay } from './replay.ts'
import { startSimulator } from './simulator.ts'
import { registerMetrics } from './status.ts'

export type { SimulatorOptions } from './options.ts'

export async function runSimulator(options: SimulatorOptions): Promise<void> {
  await runRole({ name: 'simulator', healthAddr: options.healthAddr }, (role) =>
    simulate(role, options)
  )
}

async function simulate(role: Role, options: SimulatorOptions): Promise<void> {
  const environment: EnvironmentSimulator =
    options.environmentFile === undefined
      ? {}
      : ((await loadResource('Environment', options.environmentFile)).spec.simulator ?? {})
  const settings = settle(options, environment)
  const faults = await readFaults(options, environment)
  const simulator = await startSimulator({
    settings,
    faults,
    journal: options.journal,
    env: process.env,
    log: role.log,
    nowMs: () => role.clock.nowMs(),
    signal: role.signal,
  })
  const { source, hub, schedule } = simulator
  registerMetrics(role.metrics, hub, schedule)
  announceReady(role, {
    url: simulator.url,
    simulated: true,
    exchange: options.exchange,
    source: source.kind,
    speed: String(settings.speed),
    ...(source instanceof Replay
      ? { recordings: source.accounts.length, frames: source.total }
      : { seed: settings.seed, rate: settings.rate, markets: settings.markets }),
    faults: faults.length,
  })
  await simulator.play()
  await simulator.close()
  role.log.info({ framesSent: hub.framesSent, faults: schedule.counts }, 'simulator ended')
}

async function readFaults(
  options: SimulatorOptions,
  environment: EnvironmentSimulator
): Promise<readonly Fault[]> {
  if (options.faultsFile === undefined)
    return faultsOf(environment.faults ?? [], `${options.environmentFile}: spec.simulator.faults`)
  const text = await readFile(options.faultsFile, 'utf8').catch((cause: unknown) => {
    throw new SsmdError(
      'SSMD_E_NOT_FOUND',
      `faults file ${options.faultsFile} cannot be read: ${(cause as Error).message}`,
      { cause }
    )
  })
  return parseFaults(text, options.faultsFile)
}
