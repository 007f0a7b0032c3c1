// `ssmd feed test`: connects as a Feed says and shows what arrives, what is understood and what can be proven. Writes nothing.

import type { Environment } from '#crds/environment.gen.ts'
import { SsmdError } from '#crds/errors.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { toError } from '#crds/problems.ts'
import { proofText } from '#crds/proof.ts'
import { type Located, loadResources, type Resources } from '#crds/resources.ts'
import {
  runTrial,
  type Trial,
  type TrialProgress,
  type TrialType,
} from '../../workloads/connector/trial.ts'
import { type Output, terminalWidth, writeJson, writeLines } from '../output.ts'
import { type Column, cut, renderTable } from '../table.ts'
import { clean, formatBytes, formatCount, formatRate, formatSpan, plural } from '../text.ts'

export type FeedTestOptions = {
  readonly feed: string
  readonly path: string
  readonly environment: string | undefined
  readonly seconds: number
  readonly output: Output
}

const COLUMNS: readonly Column[] = [
  { title: 'TYPE', least: 8 },
  { title: 'FRAMES', align: 'right' },
  { title: 'MSG/S', align: 'right' },
  { title: 'SIZE', align: 'right', spare: 1 },
  { title: 'SYMBOLS', align: 'right' },
  { title: 'UNDERSTOOD', align: 'right' },
  { title: 'NORMALISED', least: 10 },
]

export async function runFeedTest(options: FeedTestOptions): Promise<void> {
  const { seconds, output } = options
  const resources = await loadResources(options.path)
  const feed = pick(resources, 'Feed', resources.feeds, options.feed, options.path)
  const environment =
    options.environment === undefined
      ? realExchange(feed)
      : pick(resources, 'Environment', resources.environments, options.environment, options.path)
  const interrupted = new AbortController()
  const onInterrupt = () => interrupted.abort()
  process.once('SIGINT', onInterrupt)
  const progress = progressLine(feed.metadata.name, seconds)
  let trial: Trial
  try {
    trial = await runTrial({
      feed,
      environment,
      seconds,
      env: process.env,
      signal: interrupted.signal,
      onProgress: progress.show,
    })
  } finally {
    progress.end()
    process.off('SIGINT', onInterrupt)
  }
  const isUnderstood = trial.types.some(({ data, understood }) => data && understood > 0)
  if (!isUnderstood) process.exitCode = 3
  if (output === 'json') await writeJson(trial)
  else await writeLines(describe(trial))
}

/** The resource of this name; a problem of its file, or that there is none, is an error. */
function pick<T extends Feed | Environment>(
  { problems }: Resources,
  kind: T['kind'],
  all: readonly Located<T>[],
  name: string,
  path: string
): T {
  const found = all.find(({ resource }) => resource.metadata.name === name)
  if (found !== undefined) return found.resource
  const problem = problems.find((one) => one.kind === kind && one.name === name)
  if (problem) throw toError(problem)
  const names = all.map(({ resource }) => resource.metadata.name)
  throw new SsmdError('SSMD_E_NOT_FOUND', `${path} declares no ${kind} ${JSON.stringify(name)}`, {
    hint: names.length > 0 ? `there is: ${names.join(', ')}` : `name its folder with --path`,
  })
}

/** No Environment: the exchange itself, without a key. */
function realExchange(feed: Feed): Environment {
  const { exchange, versions } = feed.spec
  const isKeyed = versions.some(({ authMethod }) => authMethod !== 'none')
  if (EXCHANGES[exchange]?.auth === 'apiKey' && isKeyed) {
    throw new SsmdError(
      'SSMD_E_CREDENTIALS',
      `feed ${feed.metadata.name} needs a key of ${exchange}`,
      {
        hint: 'name an Environment with --environment: its key is used, or its simulator',
      }
    )
  }
  return {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Environment',
    metadata: { name: 'test' },
    spec: { feeds: [feed.metadata.name] },
  } as unknown as Environment
}

function describe(trial: Trial): string[] {
  const { feed, endpoint, failure, types, proof, troubles, unknown } = trial
  const isAway = trial.frames === 0 && failure !== null
  const said = [
    // Of an exchange that cannot be reached one line says all.
    ...troubles
      .filter(({ kind }) => !isAway || kind !== 'DiscoveryFailed')
      .map(({ kind, message }) => clean(`${kind}: ${message}`)),
    ...unknown.map(({ type, reason, frame }) => clean(`unknown ${type}: ${reason}: ${frame}`)),
  ]
  if (isAway) return [clean(`${feed}: ${failure}`), ...said]
  const connections = `${trial.connected} of ${plural(trial.connections, 'connection')}`
  const symbols = trial.symbols > 0 ? `, ${plural(trial.symbols, 'symbol')}` : ''
  const source = trial.simulated ? ' (simulated)' : ''
  const perSecond = trial.bytesPerDay / 86_400
  return [
    clean(
      `${feed}: ${endpoint}${source}, ${formatSpan(trial.seconds * 1000)}, ${connections}${symbols}`
    ),
    '',
    ...renderTable(COLUMNS, types.map(rowOf), terminalWidth()),
    '',
    `rate: ${formatRate(trial.framesPerSecond)} frames and ${formatBytes(perSecond)} a second, ${formatBytes(trial.bytesPerDay)} a day before compression`,
    clean(`proof: ${proofText(proof)}`),
    ...(failure === null ? [] : [clean(`disconnected: ${failure}`)]),
    ...said,
  ]
}

function rowOf(type: TrialType): string[] {
  const { frames, understood } = type
  return [
    clean(type.type),
    formatCount(frames),
    formatRate(type.framesPerSecond),
    formatBytes(type.bytes),
    type.symbols > 0 ? formatCount(type.symbols) : '-',
    understood === frames ? 'all' : `${formatCount(understood)} of ${formatCount(frames)}`,
    normalizedText(type),
  ]
}

/** Such as `20 of 20 sampled: 31 bookChange`. */
function normalizedText({ normalized, unknown, events }: TrialType): string {
  if (normalized === 0) return 'none sampled'
  const made = Object.entries(events).map(([event, count]) => `${formatCount(count)} ${event}`)
  const what = made.length > 0 ? `: ${made.join(', ')}` : ''
  return `${formatCount(normalized - unknown)} of ${formatCount(normalized)} sampled${what}`
}

/** One line on a terminal; nothing elsewhere. */
function progressLine(feed: string, of: number) {
  const { stderr } = process
  return {
    show({ seconds, frames }: TrialProgress): void {
      if (!stderr.isTTY) return
      const text =
        seconds === null
          ? `${feed}: connecting`
          : `${feed}: ${Math.floor(seconds)} of ${of} s, ${plural(frames, 'frame')}`
      stderr.write(`\r${cut(text, (stderr.columns || 80) - 1)}\u001b[K`)
    },
    end(): void {
      if (stderr.isTTY) stderr.write('\r\u001b[K')
    },
  }
}
