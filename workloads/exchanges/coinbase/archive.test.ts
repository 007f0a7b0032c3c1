// test: limit 300s
// Coinbase through simulator, connector, NATS and archiver as separate programs: recorded frames are archived as they were
// recorded but for their numbers, which are those of the connection; a generated market with products spread over
// connections, a snapshot of megabytes and missing frames is archived with exactly the gaps that were made.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CheckedArchive, checkArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { STRANGERS } from '#testing/recordings.ts'
import { type RunningRole, startRole, writeResources } from '#testing/stack.ts'

const test = suite('coinbase archive')
const RECORDING = new URL('../../testing/recordings/coinbase/level2.jsonl', import.meta.url)

const resources = (o: { nats: string; simulator: string; root: string; symbols: string }) => ({
  feed: `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: coins}
spec:
  exchange: coinbase
  versions:
    - name: v1
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid
      restEndpoint: https://exchange.invalid
      maxSymbolsPerConnection: 2
  channels: [level2, market_trades, ticker]
  symbols: {include: ["${o.symbols}"]}
`,
  environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: replay}
spec:
  feeds: [coins]
  transport: {url: "${o.nats}"}
  simulator: {feeds: [coins], url: "${o.simulator}"}
`,
  archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: kept}
spec:
  environmentRef: {name: replay}
  feeds: [coins]
  storage: {path: "${o.root}"}
`,
})

type Status = {
  readonly replay: { readonly done: boolean } | null
  readonly framesSent: number
  readonly faults: Readonly<Record<string, number>>
}

/** Runs the programs, and reads the archive once all that was sent must be in it. */
async function archived(
  simulate: readonly string[],
  symbols: string,
  use: (status: () => Promise<Status>, journal: string) => Promise<void>
): Promise<{ readonly sent: readonly string[]; readonly archive: CheckedArchive }> {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-coinbase-'))
  const root = join(dir, 'archive')
  const journal = join(dir, 'sent.jsonl')
  const nats = await startNats({ sync: 'always', maxPayload: 8 * 1024 * 1024 })
  const running: RunningRole[] = []
  const start = async (...args: string[]) => {
    const role = await startRole(args, { logFile: join(dir, `${args[0]}.log`) })
    running.push(role)
    return role
  }
  try {
    const faults = join(dir, 'faults.yaml')
    writeFileSync(faults, '[{kind: skip, after: 2s, every: 500ms, count: 4}]')
    const simulator = await start(
      ...['simulator', 'coinbase', '--port', '0', '--journal', journal],
      ...simulate.map((one) => (one === 'FAULTS' ? faults : one))
    )
    const url = String(simulator.ready.url)
    const http = url.replace(/^ws/, 'http').replace(/(:\d+).*$/, '$1')
    const files = writeResources(
      join(dir, 'resources'),
      resources({ nats: nats.url, simulator: url, root, symbols })
    )
    const archiver = await start(
      ...['archiver', '--archive', files.archive, '--env', files.environment]
    )
    const connector = await start('connector', '--feed', files.feed, '--env', files.environment)
    const status = async () => (await (await fetch(`${http}/simulator`)).json()) as Status
    await use(status, journal)
    // What is sent while the connector says goodbye may not reach it.
    const sent = sentOf(journal)
    assert.is(await connector.stop(), 0, 'connector ends with 0')
    await simulator.stop()
    await until(60_000, 'all archived', () => {
      try {
        const all = new Set(framesOf(checkArchive(root, 'coins')))
        return sent.every((frame) => all.has(frame))
      } catch {
        return false
      }
    })
    assert.is(await archiver.stop(), 0, 'archiver ends with 0')
    const archive = checkArchive(root, 'coins')
    assert.equal(archive.problems, [])
    return { sent, archive }
  } finally {
    for (const role of running) await role.kill()
    await nats.stop()
    rmSync(dir, { recursive: true })
  }
}

const sentOf = (journal: string): string[] =>
  readFileSync(journal, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(line.indexOf('"frame":') + 8, -1))

const recordsOf = (archive: CheckedArchive) => [...archive.connections.values()].flat()
const framesOf = (archive: CheckedArchive): string[] =>
  recordsOf(archive).flatMap(({ frame }) => frame ?? [])
const gapsOf = (archive: CheckedArchive) =>
  archive.gaps.filter(({ cause }) => cause !== 'connector-stopped')
const withoutNumber = (frame: string) => frame.replace(/"sequence_num":\d+/, '"sequence_num":N')

test('every recorded frame is archived once and byte for byte but for its number, without a gap and with nothing unknown', async () => {
  const recorded = STRANGERS.coinbase!().filter((text) => text.includes('"l2_data"'))
  const { archive } = await archived(
    ['--replay', RECORDING.pathname, '--speed', 'max'],
    'BTC-USD',
    (status) =>
      until(100_000, 'replay played to its end', async () => (await status()).replay?.done === true)
  )
  const played = framesOf(archive)
    .filter((frame) => frame.includes('"l2_data"') && !frame.includes('"snapshot"'))
    .map(withoutNumber)
  // The first one is the change without levels that follows the snapshot.
  assert.equal(played.slice(-recorded.length), recorded.map(withoutNumber))
  assert.is(played.length, recorded.length + 1)
  assert.equal(gapsOf(archive), [])
  const [records] = [...archive.connections.values()]
  const numbers = records!.flatMap(({ frame }) =>
    frame === null ? [] : (JSON.parse(frame) as { sequence_num: number }).sequence_num
  )
  assert.equal(
    numbers,
    numbers.map((_, i) => i)
  )
  assert.is(records!.filter(({ group }) => group === 'other').length, 0)
})

test('five products over three connections: every frame is archived, and each that was left out is a gap', async () => {
  const { sent, archive } = await archived(
    ['--markets', '5', '--rate', '400', '--faults', 'FAULTS'],
    '*-USD',
    (status, journal) =>
      until(120_000, 'frames, and all faults', async () => {
        const { skip = 0 } = (await status()).faults
        return sentOf(journal).length > 3_000 && skip === 4
      })
  )
  assert.is(archive.connections.size, 3)
  const frames = new Set(framesOf(archive))
  assert.equal(
    sent.filter((frame) => !frames.has(frame)),
    []
  )
  const gaps = gapsOf(archive)
  assert.equal(
    gaps.map(({ cause }) => cause),
    gaps.map(() => 'exchange-sequence')
  )
  const holes = [...archive.connections.values()].map((records) => {
    const numbers = records.flatMap(({ frame }) =>
      frame === null ? [] : (JSON.parse(frame) as { sequence_num: number }).sequence_num
    )
    return numbers.length === 0 ? 0 : Math.max(...numbers) + 1 - numbers.length
  })
  const missing = holes.reduce((sum, one) => sum + one, 0)
  assert.is(missing, 4)
  assert.is(
    gaps.reduce((sum, gap) => sum + (gap.missing ?? 0), 0),
    4
  )
})

test.run()
