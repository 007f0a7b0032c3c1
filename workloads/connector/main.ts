// `ssmd connector`: one feed of one environment, from its exchange to JetStream. This file only puts the parts
// together: resources, key, capture, link to NATS, health, report; on SIGTERM it ends them in the order that loses nothing.

import { join } from 'node:path'
import { Alarms } from '#bus/alarms.ts'
import { reportSubject } from '#bus/names.ts'
import { type Reports, startReports } from '#bus/report-sender.ts'
import { streamWantOf } from '#bus/stream-config.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated, shardsOf } from '#crds/environments.ts'
import { describeError, SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { proofOf } from '#crds/proof.ts'
import { parseDuration, parseSize } from '#crds/quantities.ts'
import { loadResource } from '#crds/resources.ts'
import { adapterOf, frameCheckOf, normalizerOf } from '#exchanges/index.ts'
import { symbolFilter } from '#exchanges/protocol/globs.ts'
import { pause } from '#role/backoff.ts'
import { KEYS_DIR } from '#role/keys.ts'
import { type Role, runRole } from '#role/run.ts'
import type { Share } from '#wire/shards.ts'
import { DialGate } from './backoff.ts'
import { Capture } from './capture.ts'
import { type ExchangeVersions, exchangeVersions } from './exchange-versions.ts'
import { fetcher } from './fetch.ts'
import { lingerOf } from './linger.ts'
import { Link } from './link.ts'
import { CaptureMemory, type Publisher } from './memory.ts'
import { connectorMetrics } from './metrics.ts'
import { Progress } from './progress.ts'
import { readiness } from './readiness.ts'
import { recorders } from './recorders.ts'
import { deploymentName, reporter } from './report.ts'
import { newStats } from './stats.ts'
import { steadyMs } from './times.ts'
import { WireWatch } from './wire-watch.ts'

export type ConnectorOptions = {
  readonly feedFile: string
  readonly environmentFile: string
  readonly healthAddr?: string
  /** Which of the feed's connectors it is, from 0; `connector.shards` of the Environment says how many there are. */
  readonly shard?: number
  /** Where Secrets are mounted; default /etc/ssmd/keys. */
  readonly keysDir?: string
  /** Of this program on NATS, instead of `transport.credentialsRef`. */
  readonly natsCredentials?: string
}

/** Between two dials of a feed with many connections. */
const DIAL_SPACING_MS = 100
/** How long a stop waits for JetStream; a pod is killed after 30 s. */
const ACK_MS = 15_000
/** How often it is looked for what hinders a part: what is shorter is not worth a line in the log. */
const LOOK_MS = 1_000
const VERSION_CHECK_MS = 10_000
const DISCOVER_MS = 60_000

/** Runs until SIGTERM. */
export async function runConnector(options: ConnectorOptions): Promise<void> {
  await runRole({ name: 'connector', healthAddr: options.healthAddr }, async (role) => {
    const feed = await loadResource('Feed', options.feedFile)
    const environment = await loadResource('Environment', options.environmentFile)
    await capture(role, feed, environment, options)
  })
}

async function capture(
  role: Role,
  feed: Feed,
  environment: Environment,
  { keysDir = KEYS_DIR, natsCredentials, shard = 0 }: ConnectorOptions
): Promise<void> {
  const { log, random, signal } = role
  const { nowMs, newLine } = role.clock
  const names = { environment: environment.metadata.name, feed: feed.metadata.name }
  const share = shareIn(environment, feed, shard)
  const user = deploymentName(names.environment, names.feed, shard)
  const simulated = isSimulated(environment, feed)
  const { transport, connector } = environment.spec
  const { symbols } = feed.spec
  const adapter = await adapterOf(feed.spec.exchange)
  const { env } = process
  const versions = await exchangeVersions({ feed, environment, adapter, env, keysDir, nowMs })
  const version = versions.version()
  // What is wrong with feed or key is said now.
  const { symbolsPerConnection = Number.POSITIVE_INFINITY } = versions.exchange()

  const stats = newStats()
  const alarms = new Alarms(log, nowMs)
  let reports: Reports | undefined
  const link = new Link({
    ...names,
    user,
    url: transport.url,
    stream: streamWantOf(environment, feed.metadata.name),
    credentialsFile:
      natsCredentials ??
      (transport.credentialsRef && join(keysDir, transport.credentialsRef.name, 'nats.creds')),
    log,
    random,
    steadyMs,
    onAcked: ({ recvToAckMs, latencyMs, duplicate }) => {
      memory.freed()
      metrics.acknowledged(recvToAckMs, latencyMs, duplicate)
    },
    onChange: () => {
      showHealth()
      reports?.send()
    },
    announcement: (sequence) => progress.announcement(sequence),
    onConnected: (nc) => {
      const subject = reportSubject(names.environment, 'connector', user)
      reports = ends.adopt(startReports(nc, subject, report), (sender) => sender[Symbol.dispose]())
    },
  })
  const { publisher } = link
  const progress = new Progress(publisher, nowMs)
  const wire = new WireWatch({
    feed: names.feed,
    proof: proofOf(feed),
    normalizer: await normalizerOf(feed.spec.exchange, feed),
    check: await checkOf(feed, log),
    counted: () => stats.types.values(),
    nowMs,
  })
  const memory = new CaptureMemory(parseSize(connector.bufferBytes), publisher, { nowMs, steadyMs })
  const newRecorder = recorders(
    {
      ...names,
      simulated,
      linger: lingerOf(connector),
      memory,
      publisher,
      stats,
      live: link.live,
    },
    nowMs,
    wire,
    (recorder) => {
      progress.add(recorder)
      link.announce()
    }
  )
  const feedCapture = new Capture({
    deps: {
      newRecorder,
      stats,
      alarms,
      predecessorOf: (slot) => link.predecessorOf(slot),
      observeLag: (ms) => metrics.observeLag(ms),
      gate: new DialGate(DIAL_SPACING_MS, adapter.dials),
      fetch: fetcher(nowMs),
      log,
      random,
      nowMs,
      newLine,
      steadyMs,
      exchange: () => versions.exchange(),
      onReconnect: (cause) => metrics.reconnected(cause),
    },
    filter: symbolFilter(symbols?.include, symbols?.exclude),
    share,
    discoverMs: symbols === undefined ? DISCOVER_MS : parseDuration(symbols.discover.interval),
    symbolsPerConnection: Math.min(
      version.maxSymbolsPerConnection ?? symbolsPerConnection,
      symbolsPerConnection
    ),
    maxConnections: adapter.maxConnections,
    onChange: () => showHealth(),
  })
  alarms.watch(() => memory.troubles(link.message))
  alarms.watch(() => feedCapture.troubles())
  alarms.watch(() => wire.troubles())
  const figures = { stats, memory, publisher, capture: feedCapture, alarms }
  const metrics = connectorMetrics(role.metrics, { ...names, shard, simulated }, figures)
  const report = reporter({
    ...names,
    shard,
    simulated,
    capture: feedCapture,
    stats,
    alarms,
    publisher,
    nowMs,
    linkMessage: () => link.message,
    stopping: () => signal.aborted,
  })
  const showHealth = readiness(role, names, link, feedCapture)

  await using ends = new AsyncDisposableStack()
  const linkEnd = new AbortController()
  ends.defer(() => linkEnd.abort())
  ends.defer(() => link.close())
  const looking = setInterval(() => alarms.look(), LOOK_MS)
  ends.defer(() => clearInterval(looking))
  ends.use(watchVersion(versions, role, (name) => feedCapture.renew(`version ${name} is in force`)))
  const which = share.of === 1 ? {} : { shard, shards: share.of }
  log.info(
    { ...names, ...which, exchange: adapter.name, version: version.name, simulated },
    'starting'
  )
  // The exchange does not wait for NATS: blocks are kept until it is connected.
  const opened = link.open(linkEnd.signal)
  await Promise.race([feedCapture.run(signal), failureOf(opened)])
  await settle(publisher, role)
}

/** The share of a connector that was started as number `index`. */
function shareIn(environment: Environment, feed: Feed, index: number): Share {
  const of = shardsOf(environment, feed)
  if (index < of) return { index, of }
  const most = of === 1 ? 'only 0' : `0 to ${of - 1}`
  throw new SsmdError(
    'SSMD_E_USAGE',
    `--shard ${index}: feed ${feed.metadata.name} has ${of} in Environment ${environment.metadata.name}, ${most}`,
    { hint: 'spec.connector.shards of the Environment is their number' }
  )
}

/** Never resolves; rejects as `promise` does. */
const failureOf = (promise: Promise<void>): Promise<never> =>
  new Promise((_, reject) => {
    promise.catch(reject)
  })

/** Waits for what was captured to be durable, and says what is not. */
async function settle(publisher: Publisher, { log }: Role): Promise<void> {
  const late = new AbortController()
  await Promise.race([publisher.idle(), pause(ACK_MS, late.signal)])
  late.abort()
  const { pendingBlocks: blocks, pendingBytes: bytes } = publisher
  if (blocks > 0) {
    log.error(
      { blocks, bytes, seconds: ACK_MS / 1000 },
      'left behind: JetStream has not acknowledged these blocks'
    )
  }
}

/** A schema that cannot be used is said, and ends no capture. */
async function checkOf(
  feed: Feed,
  log: Role['log']
): Promise<((frame: Uint8Array) => string) | null> {
  try {
    return await frameCheckOf(feed)
  } catch (thrown) {
    log.error(
      { reason: describeError(thrown) },
      'frames are not held against the schema of the feed'
    )
    return null
  }
}

/** Calls `onChange` when another version of the feed comes into force. */
function watchVersion(
  versions: ExchangeVersions,
  { log }: Role,
  onChange: (name: string) => void
): Disposable {
  let name = versions.version().name
  const timer = setInterval(() => {
    let now: string
    try {
      now = versions.version().name
    } catch (thrown) {
      // The last version has ended: what is connected continues, and a reconnect will say why it cannot.
      now = name
      log.warn({ reason: describeError(thrown) }, 'feed')
    }
    if (now === name) return
    log.info({ from: name, to: now }, 'another version of the feed is in force')
    name = now
    onChange(now)
  }, VERSION_CHECK_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
