// `ssmd simulator <exchange>`: exchanges that run here, as a program. It says where it listens and that all it
// sends is simulated, plays until SIGTERM, and exits with 0, whatever was wrong with a recording.
import { readFile } from 'node:fs/promises'
import { SsmdError } from '#crds/errors.ts'
import { loadResource } from '#crds/resources.ts'
import { venueOf } from '#exchanges/index.ts'
import type { Venue } from '#exchanges/simulation/venue.ts'
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
  const feed = options.feedFile === undefined ? null : await loadResource('Feed', options.feedFile)
  const venues = await Promise.all(
    [...new Set(options.exchanges)].map((exchange) => venueOf(exchange, feed))
  )
  const faults = await readFaults(options, environment, venues)
  const simulator = await startSimulator({
    venues,
    feed,
    settings,
    faults,
    journal: options.journal,
    env: process.env,
    log: role.log,
    nowMs: () => role.clock.nowMs(),
    signal: role.signal,
  })
  const { stages } = simulator
  registerMetrics(role.metrics, stages)
  const replays = stages.flatMap(({ source }) => (source instanceof Replay ? [source] : []))
  announceReady(role, {
    url: simulator.url,
    simulated: true,
    exchange: options.exchanges.join(', '),
    source: replays.length > 0 ? 'replay' : 'generated',
    speed: String(settings.speed),
    ...(replays.length > 0
      ? {
          recordings: replays[0]?.accounts.length,
          frames: replays.reduce((sum, { total }) => sum + total, 0),
        }
      : { seed: settings.seed, rate: settings.rate, markets: settings.markets }),
    faults: faults.length,
  })
  await simulator.play()
  await simulator.close()
  for (const { venue, hub, schedule } of stages)
    role.log.info(
      { exchange: venue.name, framesSent: hub.framesSent, faults: schedule.counts },
      'simulator ended'
    )
}

async function readFaults(
  options: SimulatorOptions,
  environment: EnvironmentSimulator,
  venues: readonly Venue[]
): Promise<readonly Fault[]> {
  if (options.faultsFile === undefined)
    return faultsOf(
      environment.faults ?? [],
      `${options.environmentFile}: spec.simulator.faults`,
      venues
    )
  const text = await readFile(options.faultsFile, 'utf8').catch((cause: unknown) => {
    throw new SsmdError(
      'SSMD_E_NOT_FOUND',
      `faults file ${options.faultsFile} cannot be read: ${(cause as Error).message}`,
      { cause }
    )
  })
  return parseFaults(text, options.faultsFile, venues)
}
