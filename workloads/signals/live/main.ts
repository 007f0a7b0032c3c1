// `ssmd signal run`: one Signal over live events. This file puts the parts together: resources, NATS, the runner, its sinks, health, metrics
// and reports.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { Alarms } from '#bus/alarms.ts'
import { connectBus } from '#bus/connect.ts'
import { reportSubject, signalFeed } from '#bus/names.ts'
import { startReports } from '#bus/report-sender.ts'
import { makeRoom } from '#bus/room.ts'
import { watchUpDown } from '#bus/status-watch.ts'
import { ensureStream, type StreamWant } from '#bus/stream.ts'
import { streamWantOf } from '#bus/stream-config.ts'
import { isSimulated } from '#crds/environments.ts'
import { describeError, SsmdError } from '#crds/errors.ts'
import { loadResource } from '#crds/resources.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { KEYS_DIR } from '#role/keys.ts'
import { announceReady, type Role, runRole } from '#role/run.ts'
import { SINKS_DIR } from '../sinks/secret.ts'
import { signalMetrics } from './metrics.ts'
import { reporter } from './report.ts'
import { feedsOf, type Resources, replicasOf, runnerOptions } from './resources.ts'
import { SignalRunner } from './runner.ts'
import { SinkLines } from './sink-lines.ts'
import { StateStore } from './state-store.ts'

export type SignalRunOptions = {
  readonly signalFile: string
  readonly environmentFile: string
  readonly feedFiles: readonly string[]
  readonly healthAddr?: string
  /** Where the credentials of NATS are mounted; default /etc/ssmd/keys. */
  readonly keysDir?: string
  /** Where Secrets of sinks are mounted; default /etc/ssmd/sinks. */
  readonly sinksDir?: string
  /** Credentials of this program on NATS, instead of `transport.credentialsRef`. */
  readonly natsCredentials?: string
}

/** An unreachable NATS delays the exit by at most this. */
const FLUSH_MS = 1000
/** How often it is looked whether the stream of the fires needs room. */
const ROOM_MS = 10_000

/** Runs until SIGTERM. */
export async function runSignal(options: SignalRunOptions): Promise<void> {
  await runRole({ name: 'signal', healthAddr: options.healthAddr }, async (role) => {
    const signal = await loadResource('Signal', options.signalFile)
    const environment = await loadResource('Environment', options.environmentFile)
    const given = await Promise.all(options.feedFiles.map((file) => loadResource('Feed', file)))
    await connected(
      role,
      { signal, environment, feeds: feedsOf(signal, environment, given) },
      options
    )
  })
}

async function connected(
  role: Role,
  resources: Resources,
  { keysDir = KEYS_DIR, sinksDir = SINKS_DIR, natsCredentials }: SignalRunOptions
): Promise<void> {
  const { log, health, signal } = role
  const { transport } = resources.environment.spec
  const name = signalFeed(resources.signal.metadata.name)
  health.notReady('NATS is not connected')
  const credentialsFile =
    natsCredentials ??
    (transport.credentialsRef && join(keysDir, transport.credentialsRef.name, 'nats.creds'))
  const nc = await connectBus({
    url: transport.url,
    name,
    log,
    signal,
    credentialsFile,
    user: name,
  }).catch((thrown: unknown) => {
    if (signal.aborted) return undefined
    throw thrown
  })
  if (nc === undefined) return
  try {
    await watch(role, resources, nc, sinksDir)
  } finally {
    await flushed(nc)
    await nc.close()
  }
}

async function watch(
  role: Role,
  resources: Resources,
  nc: NatsConnection,
  secrets: string
): Promise<void> {
  const { log, random, clock, signal: stop } = role
  const { signal, environment } = resources
  const { name } = signal.metadata
  const hinder = healthOf(role, signal)
  const alarms = new Alarms(log, clock.nowMs)
  // A sink's fault ends the program in order; the runner stores its state before.
  const failure = new AbortController()
  const ends = AbortSignal.any([stop, failure.signal])
  const fires = streamWantOf(environment, signalFeed(name))
  const link = watchUpDown(nc, {
    down: () => hinder('nats', 'NATS is not connected'),
    up: () => hinder('nats', null),
  })
  using sinks = await untilThere(role, () =>
    openSinks({ role, resources, nc, secrets, fires, signal: ends, alarms })
  )
  const simulated = resources.feeds.some((feed) => isSimulated(environment, feed))
  const runner = new SignalRunner({
    ...runnerOptions(resources),
    ...{ nc, log, random, nowMs: clock.nowMs, signal: ends, alarms, fires, simulated },
    sinksTaken: () => sinks.taken,
    onFire: (fire) => {
      for (const line of sinks.lines) line.offer(fire)
    },
    onState: hinder,
  })
  const sourceHash = sha256(signal.spec.source)
  const about = { environment: environment.metadata.name, name, runner, sinks: sinks.lines }
  signalMetrics(role.metrics, about)
  const report = reporter({
    ...about,
    ...{ mode: signal.spec.mode, sourceHash, simulated, role, alarms },
  })
  const subject = reportSubject(environment.metadata.name, 'signal', signalFeed(name))
  const reports = startReports(nc, subject, report)
  const room = setInterval(() => void tidy(role, nc, fires), ROOM_MS)
  try {
    const runs = [runner.run(), sinks.run()].map((one) =>
      one.catch((thrown: unknown) => {
        failure.abort()
        throw thrown
      })
    )
    for (const result of await Promise.allSettled(runs)) {
      if (result.status === 'rejected') throw result.reason
    }
  } finally {
    clearInterval(room)
    reports[Symbol.dispose]()
    link.close()
  }
}

/** Ready while nothing hinders it; the first time says so in the log. */
function healthOf(role: Role, signal: Signal): (what: string, reason: string | null) => void {
  const reasons = new Map([['signal', 'starting']])
  let announced = false
  return (what, reason) => {
    if (reason === null) reasons.delete(what)
    else reasons.set(what, reason)
    const why = [...reasons.values()].join('; ')
    if (why !== '') role.health.notReady(why)
    else if (announced) role.health.ready()
    else {
      announced = true
      const { name } = signal.metadata
      announceReady(role, { signal: name, feeds: signal.spec.feeds, mode: signal.spec.mode })
    }
  }
}

/** The sinks' consumers are made before the first fire. */
async function openSinks(o: {
  readonly role: Role
  readonly resources: Resources
  readonly nc: NatsConnection
  readonly secrets: string
  readonly fires: StreamWant
  readonly signal: AbortSignal
  readonly alarms: Alarms
}): Promise<SinkLines> {
  const { role, resources, nc, secrets, fires, signal, alarms } = o
  const { log, random } = role
  const { metadata, spec } = resources.signal
  const facts = await ensureStream(nc, fires)
  const { stored } = await StateStore.open({
    nc,
    environment: resources.environment.metadata.name,
    name: metadata.name,
    replicas: replicasOf(resources),
    alarms,
    publisher: { idle: () => Promise.resolve(), lastSequence: 0 },
    facts,
  })
  const sinks = spec.sinks ?? []
  const common = { nc, log, signal, random, stream: fires, secrets, sinks }
  return SinkLines.open({ ...common, signalName: metadata.name, checkpoint: stored })
}

/** Tries until JetStream answers, or the program is asked to stop. */
async function untilThere<T>({ log, signal }: Role, open: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await open()
    } catch (thrown) {
      if (!(thrown instanceof SsmdError) || thrown.code !== 'SSMD_E_NATS') throw thrown
      log.warn({ reason: describeError(thrown) }, 'waiting for JetStream')
      await sleep(FLUSH_MS, undefined, { signal })
    }
  }
}

/** Fires that every sink and archive has taken make room; what has no reader is removed, too. */
async function tidy({ log }: Role, nc: NatsConnection, { name }: StreamWant): Promise<void> {
  try {
    await makeRoom(nc, name, 'remove')
  } catch (thrown) {
    log.warn({ stream: name, reason: describeError(thrown) }, 'could not make room in the stream')
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Waits until the last reports are sent, or NATS cannot be reached. */
const flushed = (nc: NatsConnection): Promise<unknown> =>
  Promise.race([nc.flush().catch(() => {}), sleep(FLUSH_MS, undefined, { ref: false })])
