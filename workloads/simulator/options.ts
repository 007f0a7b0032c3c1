// What a person asked for, from the command line, an Environment and the defaults, in this order; checked, and
// said clearly where it does not fit. Pure.
import { SsmdError } from '#crds/errors.ts'
import type { Speed } from './player.ts'

export const DEFAULT_PORT = 8980

export type SimulatorOptions = {
  /** Names of those that are simulated, each with markets, clients and faults of its own, on one port. */
  readonly exchanges: readonly string[]
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default: that of spec.simulator.url, else 8980; 0 takes a free one. */
  readonly port?: number
  /** Files or folders of recordings; without any, a market is generated. */
  readonly replay?: readonly string[]
  /** `1`, a number, or `max`. Default 1. */
  readonly speed?: string
  readonly seed?: number
  /** Frames a second of the generated market. Default 200. */
  readonly rate?: number
  /** Open markets of the generated market. Default 6. */
  readonly markets?: number
  readonly faultsFile?: string
  readonly environmentFile?: string
  /** The Feed that describes the exchange, for one without an adapter. */
  readonly feedFile?: string
  readonly healthAddr?: string
  /** Where every data frame is written down as it is sent. */
  readonly journal?: string
}

/** The part of an Environment's spec.simulator that is taken over. */
export type EnvironmentSimulator = {
  readonly url?: string
  readonly replay?: readonly string[]
  readonly speed?: string
  readonly seed?: number
  readonly rate?: number
  readonly markets?: number
  readonly faults?: readonly unknown[]
}

export type Settings = {
  readonly host: string
  readonly port: number
  readonly replay: readonly string[]
  readonly speed: Speed
  readonly seed: number
  readonly rate: number
  readonly markets: number
}

const usage = (message: string, hint: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', message, { hint })

export function readSpeed(text: string): Speed {
  if (text === 'max') return 'max'
  const speed = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : 0
  if (speed <= 0)
    throw usage(
      `speed ${JSON.stringify(text)}: expected a number above 0 or max`,
      '--speed 1 plays as recorded, 10 ten times as fast, max as fast as it is read'
    )
  return speed
}

/** Whole number in bounds, or an error that names the option. */
function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw usage(`${name} ${value}: expected a whole number from ${least} to ${most}`, `--${name}`)
}

export function settle(options: SimulatorOptions, environment: EnvironmentSimulator): Settings {
  const url = environment.url === undefined ? '' : new URL(environment.url).port
  const replay = options.replay?.length ? options.replay : (environment.replay ?? [])
  return {
    host: options.host ?? '127.0.0.1',
    port: whole('port', options.port ?? (url === '' ? DEFAULT_PORT : Number(url)), 0, 65_535),
    replay,
    speed: readSpeed(options.speed ?? environment.speed ?? '1'),
    seed: whole('seed', options.seed ?? environment.seed ?? 1, 0, Number.MAX_SAFE_INTEGER),
    rate: whole('rate', options.rate ?? environment.rate ?? 200, 1, 10_000_000),
    markets: whole('markets', options.markets ?? environment.markets ?? 6, 1, 100_000),
  }
}
