// The whole path on this computer: simulator, connector, NATS with fsync before every ack, archiver, as the
// separate programs that they are. Measures what is on disk at the end against what was sent.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countGaps } from '#archive/format/manifest.ts'
import { listDays, readManifest } from '#archive/read/reader.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { until } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import type { Row } from '#testing/row.ts'
import { type RunningRole, startRole, writeResources } from '#testing/stack.ts'
import { passedVariables } from '../../operator/local/variables.ts'
import { cpuSeconds, peakMemory } from './process.ts'
import { metricSum, quantiles } from './prometheus.ts'

export type EndToEnd = {
  readonly offered: number | 'max'
  readonly seconds: number
  /** Frames a second that the simulator sent while it was measured. */
  readonly rate: number
  readonly sent: number
  readonly archived: number
  readonly gaps: number
  /** The offered rate was sent, all of it was archived, no gap was written. */
  readonly held: boolean
  /** Why it did not hold, or empty. */
  readonly why: string
  /** CPU microseconds per frame, by program. */
  readonly cpuMicros: Readonly<Record<string, number>>
  readonly rows: readonly Row[]
}

type SimulatorState = { framesSent: number }

const FEED = (symbols: string) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: kalshi}
spec:
  exchange: kalshi
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid/trade-api/ws/v2
      restEndpoint: https://exchange.invalid/trade-api/v2
      authMethod: apiKey
  channels: [orderbook_delta, trade, ticker]
  symbols: {include: ["${symbols}"]}
`

/** The Environment of a bench: what is simulated, and how fast. */
export const environmentText = (
  nats: string,
  simulator: string,
  rate: number | 'max'
) => `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: bench}
spec:
  feeds: [kalshi]
  transport: {url: "${nats}"}
  simulator: {feeds: [kalshi], url: "${simulator}", ${rate === 'max' ? 'speed: max, rate: 100000' : `rate: ${rate}`}, markets: 8}
`

const ARCHIVE = (root: string) => `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: bench}
spec:
  environmentRef: {name: bench}
  feeds: [kalshi]
  storage: {path: "${root}"}
`

const metricsOf = async (role: RunningRole): Promise<string> =>
  (await fetch(`http://${role.ready.health}/metrics`)).text()

// Data frames of all days, and gaps other than the end of the simulator, by the manifests, which `verifyArchive` has held against the files; acks are not data.
async function archivedFrames(root: string): Promise<{ frames: number; gaps: number }> {
  let frames = 0
  let gaps = 0
  for (const { feed, day } of await listDays(root)) {
    const manifest = await readManifest(root, feed, day)
    gaps += countGaps(manifest.gaps.filter((gap) => gap.cause !== 'disconnected'))
    for (const segment of manifest.segments)
      if (segment.group !== 'control' && segment.group !== 'connection') frames += segment.records
  }
  return { frames, gaps }
}

/** Offers `offered` frames a second for `seconds` and reports what came of it. */
export async function endToEnd(options: {
  offered: number | 'max'
  seconds: number
}): Promise<EndToEnd> {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-bench-'))
  // As `ssmd up` starts it.
  const env = passedVariables(process.env, 'nats-server')
  const nats = await startNats({ sync: 'always', storeDir: join(dir, 'nats'), env })
  const roles: RunningRole[] = []
  try {
    const root = join(dir, 'archive')
    const health = ['--health-addr', '127.0.0.1:0']
    const first = writeResources(join(dir, 'a'), {
      environment: environmentText(nats.url, 'ws://127.0.0.1:1', options.offered),
    })
    const log = (name: string) => ({ logFile: join(dir, `${name}.log`) })
    const simulator = await startRole(
      ['simulator', 'kalshi', '--env', first.environment, '--port', '0', ...health],
      log('simulator')
    )
    roles.push(simulator)
    const url = String(simulator.ready.url)
    const files = writeResources(join(dir, 'b'), {
      feed: FEED('KX*'),
      environment: environmentText(nats.url, url, options.offered),
      archive: ARCHIVE(root),
    })
    const archiver = await startRole(
      ['archiver', '--archive', files.archive, '--env', files.environment, ...health],
      log('archiver')
    )
    roles.push(archiver)
    const connector = await startRole(
      ['connector', '--feed', files.feed, '--env', files.environment, ...health],
      log('connector')
    )
    roles.push(connector)
    const pids = {
      simulator: simulator.child.pid!,
      connector: connector.child.pid!,
      'nats-server': nats.pid,
      archiver: archiver.child.pid!,
    }
    const http = url.replace(/^ws/, 'http').replace(/(:\d+).*$/, '$1')
    const sent = async () =>
      ((await (await fetch(`${http}/simulator`)).json()) as SimulatorState).framesSent
    await until(20_000, 'first frames', async () => (await sent()) > 100)
    await new Promise((resolve) => setTimeout(resolve, 3000))
    const cpuBefore = Object.values(pids).map(cpuSeconds)
    const metricsBefore = await metricsOf(connector)
    const sentBefore = await sent()
    const startedAt = performance.now()
    await new Promise((resolve) => setTimeout(resolve, options.seconds * 1000))
    const seconds = (performance.now() - startedAt) / 1000
    const sentAfter = await sent()
    const cpu = Object.values(pids).map((pid, i) => cpuSeconds(pid) - cpuBefore[i]!)
    const metricsAfter = await metricsOf(connector)
    const memory = Object.values(pids).map(peakMemory)
    // Lag at the end of the load: what the archive is behind.
    const behind = metricSum(metricsAfter, 'ssmd_connector_pending_bytes')
    // The simulator ends first and says what it sent, so that nothing is under way when it is counted.
    await simulator.stop()
    const total = Number(simulator.lines.find((line) => line.msg === 'simulator ended')?.framesSent)
    await until(20_000, 'connector noticed', async () => {
      const text = await metricsOf(connector)
      return metricSum(text, 'ssmd_connector_connected') === 0
    })
    await connector.stop()
    let archived = 0
    await until(60_000, 'archiver drained', async () => {
      const records = metricSum(await metricsOf(archiver), 'ssmd_archiver_records_total')
      const quiet = records === archived
      archived = records
      if (!quiet) await new Promise((resolve) => setTimeout(resolve, 1500))
      return quiet
    })
    await archiver.stop()
    const report = await verifyArchive(root)
    if (report.problems.length > 0) throw new Error(JSON.stringify(report.problems.slice(0, 5)))
    const { frames: found, gaps } = await archivedFrames(root)
    const frames = sentAfter - sentBefore
    const [p50, p99, p999] = quantiles(
      metricsAfter,
      'ssmd_connector_recv_to_ack_seconds',
      [0.5, 0.99, 0.999],
      metricsBefore
    )
    const cpuMicros = Object.fromEntries(
      Object.keys(pids).map((name, i) => [name, (cpu[i]! / frames) * 1e6])
    )
    const rows: Row[] = [
      { name: 'rate', value: frames / seconds, unit: 'frames/s' },
      { name: 'sent', value: total, unit: 'frames' },
      { name: 'archived and verified', value: found, unit: 'frames' },
      { name: 'receive→ack p50 ≤', value: p50! * 1000, unit: 'ms' },
      { name: 'receive→ack p99 ≤', value: p99! * 1000, unit: 'ms' },
      { name: 'receive→ack p99.9 ≤', value: p999! * 1000, unit: 'ms' },
      { name: 'pending at the end', value: behind / 1e6, unit: 'MB' },
      ...Object.keys(pids).flatMap((name, i) => [
        { name: `${name}: CPU`, value: cpuMicros[name]!, unit: 's per million frames' },
        { name: `${name}: memory`, value: memory[i]!, unit: 'MB peak' },
      ]),
    ]
    const rate = frames / seconds
    const why = [
      gaps > 0 ? `${gaps} gaps` : '',
      found === total ? '' : `${total} sent, ${found} archived`,
      options.offered === 'max' || rate > options.offered * 0.98
        ? ''
        : `only ${Math.round(rate)}/s sent`,
      behind < 32e6 ? '' : `${Math.round(behind / 1e6)} MB not acknowledged at the end`,
    ]
      .filter((text) => text !== '')
      .join(', ')
    return {
      cpuMicros,
      offered: options.offered,
      seconds,
      rate,
      sent: total,
      archived: found,
      gaps,
      held: why === '',
      why,
      rows,
    }
  } finally {
    for (const role of roles) await role.kill()
    await nats.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
