// What every program of ssmd shares: JSON log lines on standard output, health and metrics, an orderly end
// on SIGTERM and SIGINT (exit 0), and one line with code and hint for whatever ends it otherwise.

import { writeSync } from 'node:fs'
import { type Logger, pino } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { describeError, exitCodeOf, toSsmdError } from '#crds/errors.ts'
import { type Clock, systemClock } from './clock.ts'
import { createHealth, type Health, serveHealth } from './health.ts'
import { writeLastWords } from './last-words.ts'

export type { Logger } from 'pino'

export type Role = {
  readonly name: string
  readonly log: Logger
  /** Aborted when the program is asked to stop. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly random: () => number
  readonly health: Health
  readonly metrics: Registry
  /** Where /livez, /readyz and /metrics are served, or null. */
  readonly healthAddress: string | null
}

// The histogram of loop delays samples this often: at its default of 10 ms it is most of what an idle program costs.
const LOOP_SAMPLE_MS = 500
// A program that has not stopped this long after the request is ended by force.
const STOP_LIMIT_MS = 25_000

/**
 * Runs `main` as a program and ends the process: 0 when `main` returns, else as `exitCodeOf` says, after one
 * log line with what happened and what to do. A second signal ends it immediately.
 */
export async function runRole(
  options: {
    name: string
    healthAddr?: string | undefined
    /** Where the last words go; default: the termination log of a container. */
    lastWords?: string
  },
  main: (role: Role) => Promise<void>
): Promise<void> {
  const log = pino(
    {
      level: process.env.SSMD_LOG_LEVEL ?? 'info',
      base: { role: options.name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    logDestination(options.name)
  )
  const stop = new AbortController()
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(1)
    log.info({ signal }, 'stopping')
    stop.abort()
    setTimeout(() => {
      log.error({ seconds: STOP_LIMIT_MS / 1000 }, 'did not stop in time; exiting anyway')
      process.exit(1)
    }, STOP_LIMIT_MS).unref()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  // The reader of our log may end; a capture continues.
  process.stdout.on('error', () => {})

  const fail = (thrown: unknown): never => {
    const error = toSsmdError(thrown)
    log.fatal(
      {
        code: error.code,
        hint: error.hint,
        stack: error.code === 'SSMD_E_INTERNAL' ? (error.cause as Error)?.stack : undefined,
      },
      error.message
    )
    writeLastWords(error, options.lastWords)
    if (process.stderr.isTTY)
      process.stderr.write(`ssmd ${options.name}: ${describeError(error)}\n`)
    process.exit(exitCodeOf(error))
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)

  const metrics = new Registry()
  collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: LOOP_SAMPLE_MS })
  const health = createHealth()
  try {
    const served = options.healthAddr
      ? await serveHealth(options.healthAddr, health, metrics)
      : undefined
    await main({
      name: options.name,
      log,
      signal: stop.signal,
      clock: systemClock(),
      random: Math.random,
      health,
      metrics,
      healthAddress: served?.address ?? null,
    })
    if (!stop.signal.aborted) log.info('ended')
    else log.info('stopped')
    served?.server.close()
    process.exit(0)
  } catch (thrown) {
    fail(thrown)
  }
}

/** Lines that wait for a full disk to take them again, at most. */
const LOG_BYTES = 1024 * 1024

/**
 * Standard output. One that cannot be written from the first line on ends the program; later a capture does not end for
 * its log: that is said once on standard error, and lines are written again when there is room.
 */
function logDestination(name: string): ReturnType<typeof pino.destination> {
  const destination = pino.destination({ fd: 1, sync: true, maxLength: LOG_BYTES })
  let written = false
  let said = false
  destination.on('write', () => {
    written = true
    said = false
  })
  destination.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of our log may end.
    if (error.code === 'EPIPE' || said) return
    said = true
    const { code } = toSsmdError(error)
    try {
      writeSync(2, `ssmd ${name}: the log cannot be written: ${error.message} (${code})\n`)
    } catch {
      // Neither can standard error: the exit code says it, or nothing does.
    }
    if (!written) process.exit(1)
  })
  return destination
}

/** The one line that says that a program is ready, and where. */
export function announceReady(role: Role, fields: Readonly<Record<string, unknown>> = {}): void {
  role.health.ready()
  role.log.info(
    { ...(role.healthAddress ? { health: role.healthAddress } : {}), ...fields },
    'ready'
  )
}

/** Resolves when the role is asked to stop. */
export async function stopped(role: Role): Promise<void> {
  if (role.signal.aborted) return
  await new Promise<void>((resolve) =>
    role.signal.addEventListener('abort', () => resolve(), { once: true })
  )
}
