// `ssmd archiver`: one Archive, from JetStream to files. This file puts the parts together: resources, NATS, one
// archiver a feed, health, metrics, reports; on SIGTERM each commits and acknowledges what it has.

import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { Alarms } from '#bus/alarms.ts'
import { connectBus } from '#bus/connect.ts'
import { consumerName, reportSubject } from '#bus/names.ts'
import { startReports } from '#bus/report-sender.ts'
import { watchUpDown } from '#bus/status-watch.ts'
import { streamWantOf } from '#bus/stream-config.ts'
import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { SsmdError } from '#crds/errors.ts'
import { parseDuration, parseSize } from '#crds/quantities.ts'
import { loadResource } from '#crds/resources.ts'
import { isSignalFeed } from '#crds/signals.ts'
import { KEYS_DIR } from '#role/keys.ts'
import { announceReady, type Role, runRole } from '#role/run.ts'
import { FeedArchiver } from './feed-archiver.ts'
import { archiverMetrics } from './metrics.ts'
import { deploymentName, reporter } from './report.ts'

export type ArchiverOptions = {
  readonly archiveFile: string
  readonly environmentFile: string
  readonly healthAddr?: string
  /** Root of the archive, instead of `spec.storage`. */
  readonly data?: string
  /** Where Secrets are mounted; default /etc/ssmd/keys. */
  readonly keysDir?: string
  /** Credentials of this program on NATS, instead of `transport.credentialsRef`. */
  readonly natsCredentials?: string
}

/** An unreachable NATS delays the exit by at most this. */
const FLUSH_MS = 1000

/** Runs until SIGTERM. */
export async function runArchiver(options: ArchiverOptions): Promise<void> {
  await runRole({ name: 'archiver', healthAddr: options.healthAddr }, async (role) => {
    const archive = await loadResource('Archive', options.archiveFile)
    const environment = await loadResource('Environment', options.environmentFile)
    checkTogether(archive, environment)
    const root = rootOf(archive, options.data)
    await archiveFeeds(role, archive, environment, root, options)
  })
}

async function archiveFeeds(
  role: Role,
  archive: Archive,
  environment: Environment,
  root: string,
  { keysDir = KEYS_DIR, natsCredentials }: ArchiverOptions
): Promise<void> {
  const { log, random, health, clock } = role
  const { transport } = environment.spec
  const name = archive.metadata.name
  // A feed that cannot continue ends the program; the others commit first.
  const failure = new AbortController()
  const signal = AbortSignal.any([role.signal, failure.signal])
  const reasons = new Map<string, string>()
  let announced = false
  const showHealth = () => {
    const why = [...reasons.values()].join('; ')
    if (why !== '') health.notReady(why)
    else if (announced) health.ready()
    else {
      announced = true
      announceReady(role, {
        archive: name,
        path: root,
        feeds: archive.spec.feeds,
      })
    }
  }
  const hinder = (what: string, reason: string | null) => {
    if (reason === null) reasons.delete(what)
    else reasons.set(what, reason)
    showHealth()
  }
  for (const feed of archive.spec.feeds) reasons.set(feed, `${feed}: opening its archive`)
  health.notReady('NATS is not connected')

  const credentialsFile =
    natsCredentials ??
    (transport.credentialsRef && join(keysDir, transport.credentialsRef.name, 'nats.creds'))
  const nc = await connectBus({
    url: transport.url,
    name: deploymentName(name),
    log,
    signal,
    credentialsFile,
    user: deploymentName(name),
  }).catch((thrown: unknown) => {
    if (signal.aborted) return undefined
    throw thrown
  })
  if (nc === undefined) return
  const link = watchUpDown(nc, {
    down: () => hinder('nats', 'NATS is not connected'),
    up: () => hinder('nats', null),
  })
  const feeds = archive.spec.feeds.map(
    (feed) =>
      new FeedArchiver({
        nc,
        log: log.child({ feed }),
        random,
        nowMs: clock.nowMs,
        signal,
        durable: consumerName(name),
        stream: streamWantOf(environment, feed),
        commitIntervalMs: parseDuration(archive.spec.commitInterval),
        writer: writerOptions(archive, environment, feed, root),
        onState: (reason) => hinder(feed, reason && `${feed}: ${reason}`),
      })
  )
  archiverMetrics(
    role.metrics,
    { environment: environment.metadata.name, archive: name, root },
    feeds
  )
  const subject = reportSubject(environment.metadata.name, 'archiver', deploymentName(name))
  const reports = feeds.map((feed) =>
    startReports(
      nc,
      subject,
      reporter({ archive, environment, feed, role, alarms: new Alarms(log, clock.nowMs) })
    )
  )
  try {
    const runs = feeds.map((feed) =>
      feed.run().catch((thrown: unknown) => {
        failure.abort()
        throw thrown
      })
    )
    const results = await Promise.allSettled(runs)
    for (const result of results) if (result.status === 'rejected') throw result.reason
  } finally {
    for (const report of reports) report[Symbol.dispose]()
    link.close()
    await flushed(nc)
    await nc.close()
  }
}

/** Waits until the last reports are sent, or NATS cannot be reached. */
const flushed = (nc: NatsConnection): Promise<unknown> =>
  Promise.race([nc.flush().catch(() => {}), sleep(FLUSH_MS, undefined, { ref: false })])

/** What the two resources must agree on. */
function checkTogether(archive: Archive, environment: Environment): void {
  const { environmentRef, feeds } = archive.spec
  if (environmentRef.name !== environment.metadata.name) {
    throw new SsmdError(
      'SSMD_E_REFERENCE',
      `Archive ${archive.metadata.name} is of Environment ${environmentRef.name}, not ${environment.metadata.name}`,
      { hint: 'give the Environment that spec.environmentRef names' }
    )
  }
  const captured = environment.spec.feeds
  // What signals fire is captured by no connector, and belongs to the Environment of its Signal.
  const named = feeds.filter((feed) => !isSignalFeed(feed))
  const unknown = captured.includes('*') ? [] : named.filter((feed) => !captured.includes(feed))
  if (unknown.length > 0) {
    throw new SsmdError(
      'SSMD_E_REFERENCE',
      `Archive ${archive.metadata.name} keeps ${unknown.join(', ')}, which Environment ${environment.metadata.name} does not capture`,
      {
        hint: 'add the feed to spec.feeds of the Environment, or remove it from the Archive',
      }
    )
  }
}

function rootOf(archive: Archive, data: string | undefined): string {
  const path = data ?? archive.spec.storage.path
  if (path === undefined) {
    throw new SsmdError(
      'SSMD_E_USAGE',
      `Archive ${archive.metadata.name} keeps its files in a claim, and no folder was given`,
      { hint: 'give the folder where the claim is mounted: --data /data' }
    )
  }
  return resolve(path)
}

function writerOptions(archive: Archive, environment: Environment, feed: string, root: string) {
  const { rotation, compression, types, retention } = archive.spec
  return {
    root,
    feed,
    archive: archive.metadata.name,
    environment: environment.metadata.name,
    maxAgeMs: parseDuration(rotation.maxAge),
    maxBytes: parseSize(rotation.maxBytes),
    level: compression.level,
    types,
    retentionDays: retention?.days,
  }
}
