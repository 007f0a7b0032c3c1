// What a runner says of its signal every two seconds.

import type { Alarms } from '#bus/alarms.ts'
import { signalFeed } from '#bus/names.ts'
import type { SignalReport } from '#bus/report.ts'
import { SsmdError } from '#crds/errors.ts'
import type { Role } from '#role/run.ts'
import type { SignalRunner } from './runner.ts'
import type { SinkLine } from './sink-line.ts'

/** Attempts that fail in a row before it is a trouble: one may be chance. */
const FAILING = 2

export type Reported = {
  readonly environment: string
  readonly name: string
  readonly mode: 'log' | 'fast'
  readonly sourceHash: string
  readonly simulated: boolean
  readonly runner: SignalRunner
  readonly sinks: readonly SinkLine[]
  readonly role: Pick<Role, 'clock' | 'signal'>
  readonly alarms: Alarms
}

/** Makes reports; rates are since the one before. */
export function reporter(o: Reported): () => SignalReport {
  const { environment, name, mode, sourceHash, simulated, runner, role, alarms } = o
  const { nowMs } = role.clock
  let before = { at: nowMs(), events: 0 }
  let eventsPerSecond = 0
  return () => {
    const at = nowMs()
    const { figures, catchUp, missed } = runner
    const seconds = (at - before.at) / 1000
    if (seconds >= 0.5) {
      eventsPerSecond = Math.max(0, figures.events - before.events) / seconds
      before = { at, events: figures.events }
    }
    noteSinks(o)
    const { troubles } = alarms
    return {
      version: 1,
      role: 'signal',
      environment,
      feed: signalFeed(name),
      name: signalFeed(name),
      signal: name,
      mode,
      sourceHash,
      at,
      simulated,
      state: role.signal.aborted ? 'stopping' : runner.state,
      message: runner.message || (troubles[0]?.message ?? ''),
      ...codeOf(runner),
      events: figures.events,
      eventsPerSecond: Math.round(eventsPerSecond * 10) / 10,
      fires: figures.fires,
      firesToday: figures.firesToday(at),
      lastFireAt: figures.lastFireMs,
      lagSeconds: figures.lagMs === null ? null : figures.lagMs / 1000,
      errors: errorsOf(o),
      catchUp:
        catchUp === null
          ? null
          : {
              from: catchUp.from,
              to: catchUp.to,
              done: catchUp.done,
              events: catchUp.events,
              fires: catchUp.fires,
              firesHash: catchUp.firesHash,
            },
      missed: missed && { feeds: missed.feeds, from: missed.from.ms, to: missed.to.ms },
      sinks: o.sinks.map(({ report }) => report),
      ...(troubles.length === 0 ? {} : { troubles }),
    }
  }
}

export const errorsOf = ({ runner, sinks }: Pick<Reported, 'runner' | 'sinks'>): number =>
  sinks.reduce((sum, { errors }) => sum + errors, runner.figures.errors)

function codeOf({ error }: SignalRunner): Pick<SignalReport, 'code'> {
  if (error === undefined) return {}
  return { code: error instanceof SsmdError ? error.code : 'SSMD_E_SIGNAL' }
}

function noteSinks({ name, sinks, alarms }: Reported): void {
  for (const sink of sinks) {
    const { problem, pending } = sink.report
    const isFailing = sink.failures >= FAILING
    const message = `${name}: sink ${sink.name} takes no fires: ${problem}; ${pending} wait`
    alarms.say(`sink ${sink.name}`, 'SinkFailing', isFailing ? message : '')
  }
}
