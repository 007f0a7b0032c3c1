// Captures a feed for some seconds and keeps only figures: what arrives, what is understood, what its frames become,
// what can be proven. The capture is that of the connector; no NATS takes part, and nothing is written.

import { pino } from 'pino'
import { Alarms } from '#bus/alarms.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { proofOf } from '#crds/proof.ts'
import { parseDuration } from '#crds/quantities.ts'
import { adapterOf, frameCheckOf, normalizerOf } from '#exchanges/index.ts'
import { symbolFilter } from '#exchanges/protocol/globs.ts'
import { systemClock } from '#role/clock.ts'
import { DialGate } from './backoff.ts'
import { Capture } from './capture.ts'
import { discard } from './discard.ts'
import { exchangeVersions } from './exchange-versions.ts'
import { fetcher } from './fetch.ts'
import { fixedLinger } from './linger.ts'
import { CaptureMemory } from './memory.ts'
import { recorders } from './recorders.ts'
import { newStats } from './stats.ts'
import { steadyMs } from './times.ts'
import { TrialFigures, type TrialType, type UnknownFrame } from './trial-figures.ts'
import { WireWatch } from './wire-watch.ts'

export type { TrialType, UnknownFrame } from './trial-figures.ts'

export type TrialOptions = {
  readonly feed: Feed
  readonly environment: Environment
  readonly seconds: number
  readonly env: NodeJS.ProcessEnv
  readonly keysDir?: string
  /** Ends the trial early; its figures are told all the same. */
  readonly signal: AbortSignal
  readonly onProgress?: (progress: TrialProgress) => void
}

export type TrialProgress = {
  /** Since the first connection was opened; null before. */
  readonly seconds: number | null
  readonly frames: number
}

export type Trial = {
  readonly feed: string
  readonly exchange: string
  readonly endpoint: string
  readonly simulated: boolean
  /** How long it was connected. */
  readonly seconds: number
  readonly connections: number
  readonly connected: number
  /** Symbols asked for by name. */
  readonly symbols: number
  readonly frames: number
  readonly bytes: number
  readonly framesPerSecond: number
  /** Of frames as received; compressed they are a fraction of it. */
  readonly bytesPerDay: number
  readonly types: readonly TrialType[]
  /** By channel, what the exchange's protocol can prove. */
  readonly proof: Readonly<Record<string, string>>
  /** What of the feed cannot be had, in the exchange's words. */
  readonly troubles: readonly { readonly kind: string; readonly message: string }[]
  readonly unknown: readonly UnknownFrame[]
  /** Why there is no connection; null if there is one. */
  readonly failure: string | null
}

const LOOK_MS = 100
/** A dial that takes longer is given up. */
const DIAL_MS = 20_000
const MEMORY_BYTES = 1024 * 1024 * 1024
/** More than a trial lasts: figures are read from elsewhere. */
const NEVER_MS = 2 ** 31 - 1
const DIAL_SPACING_MS = 100
const DISCOVER_MS = 60_000

/** Rejects with SsmdError if feed, environment or key cannot be used. */
export async function runTrial(options: TrialOptions): Promise<Trial> {
  const { feed, environment, env, keysDir } = options
  const { symbols } = feed.spec
  const adapter = await adapterOf(feed.spec.exchange)
  const nowMs = Date.now
  const versions = await exchangeVersions({ feed, environment, adapter, env, keysDir, nowMs })
  const version = versions.version()
  const { endpoint } = versions.exchange()
  const stats = newStats()
  const log = pino({ level: 'silent' })
  const alarms = new Alarms(log, nowMs)
  const normalizer = await normalizerOf(feed.spec.exchange, feed)
  const figures = new TrialFigures(stats)
  const wire = new WireWatch({
    feed: feed.metadata.name,
    proof: proofOf(feed),
    normalizer: figures.watch(normalizer),
    check: await frameCheckOf(feed),
    counted: () => stats.types.values(),
    nowMs,
    everyMs: NEVER_MS,
  })
  const simulated = isSimulated(environment, feed)
  const clocks = systemClock()
  const capture = new Capture({
    deps: {
      newRecorder: recorders(
        {
          environment: environment.metadata.name,
          feed: feed.metadata.name,
          simulated,
          linger: fixedLinger(5),
          memory: new CaptureMemory(MEMORY_BYTES, discard(), { nowMs, steadyMs }),
          publisher: discard(),
          stats,
          live: figures.live,
        },
        nowMs,
        wire
      ),
      stats,
      alarms,
      predecessorOf: () => null,
      observeLag() {},
      gate: new DialGate(DIAL_SPACING_MS),
      fetch: fetcher(nowMs),
      log,
      random: Math.random,
      nowMs,
      newLine: clocks.newLine,
      steadyMs,
      exchange: () => versions.exchange(),
      onReconnect() {},
    },
    // All of the feed, however many connectors it has.
    share: { index: 0, of: 1 },
    filter: symbolFilter(symbols?.include, symbols?.exclude),
    discoverMs: symbols === undefined ? DISCOVER_MS : parseDuration(symbols.discover.interval),
    symbolsPerConnection: version.maxSymbolsPerConnection ?? Number.POSITIVE_INFINITY,
    maxConnections: adapter.maxConnections,
    onChange() {},
  })
  alarms.watch(() => capture.troubles())
  alarms.watch(() => wire.troubles())
  const stop = new AbortController()
  const running = capture.run(stop.signal)
  const seconds = await lookOn(capture, options, () => stats.frames)
  const { slots } = capture
  const connected = slots.filter((slot) => slot.connected).length
  const failure = connected > 0 ? null : refusalOf(slots) || 'it did not answer in time'
  const troubles = alarms.look().map(({ kind, message }) => ({ kind, message }))
  const ofSymbols = capture.symbols
  // What waits to be normalised is normalised as the connections close.
  stop.abort()
  await running
  return {
    feed: feed.metadata.name,
    exchange: feed.spec.exchange,
    endpoint,
    simulated,
    seconds,
    connections: slots.length,
    connected,
    symbols: ofSymbols,
    frames: stats.frames,
    bytes: stats.bytes,
    framesPerSecond: perSecond(stats.frames, seconds),
    bytesPerDay: Math.round(perSecond(stats.bytes, seconds) * 86_400),
    types: figures.types(seconds),
    proof: wire.proof,
    troubles,
    unknown: figures.unknown,
    failure,
  }
}

/** Why the exchange could not be reached, in one line; empty if no dial has failed. */
function refusalOf(slots: Capture['slots']): string {
  const { message = '', hint } = slots.find((slot) => slot.failure !== null)?.failure ?? {}
  return hint === undefined ? message : `${message} (${hint})`
}

const perSecond = (count: number, seconds: number): number => (seconds > 0 ? count / seconds : 0)

/** Waits for the end of the trial; resolves with the seconds since the first connection. */
async function lookOn(
  capture: Capture,
  { seconds, signal, onProgress }: TrialOptions,
  frames: () => number
): Promise<number> {
  const began = performance.now()
  let opened: number | null = null
  for (;;) {
    const now = performance.now()
    if (capture.slots.some((slot) => slot.connected)) opened ??= now
    const passed = opened === null ? null : (now - opened) / 1000
    onProgress?.({ seconds: passed, frames: frames() })
    const isOver = passed === null ? hasFailed(capture) || now - began > DIAL_MS : passed >= seconds
    if (isOver || signal.aborted) return passed ?? 0
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** The first dial has failed: a person waits for the answer, so there is no second one. */
const hasFailed = (capture: Capture): boolean =>
  capture.slots.length > 0 && capture.slots.every((slot) => slot.attempts > 0)
