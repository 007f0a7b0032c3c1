// test: limit 300s
// Kraken through simulator, connector, NATS and archiver as separate programs: recorded frames byte for byte and without a
// false gap; and the faults of a generated exchange as gaps of the manifest, no more and no fewer.

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

const test = suite('kraken archive')

const resources = (o: { nats: string; simulator: string; root: string; symbols: string }) => ({
  feed: `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: coins}
spec:
  exchange: kraken
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid/v2
      restEndpoint: https://exchange.invalid
  channels: [book, trade, ticker, instrument]
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
  readonly faults: Readonly<Record<string, number>>
}
type Stack = { readonly journal: string; status(): Promise<Status> }

/** Runs the programs, and reads the archive once all that was sent must be in it. */
async function archived(
  simulate: readonly string[],
  symbols: string,
  /** Frames of market data; null: as many as are written down when it is stopped. */
  count: number | null,
  use: (stack: Stack) => Promise<void>
): Promise<{ readonly sent: readonly string[]; readonly archive: CheckedArchive }> {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-kraken-'))
  const root = join(dir, 'archive')
  const journal = join(dir, 'sent.jsonl')
  const nats = await startNats({ sync: 'always' })
  const running: RunningRole[] = []
  const start = async (...args: string[]) => {
    const role = await startRole(args, { logFile: join(dir, `${args[0]}.log`) })
    running.push(role)
    return role
  }
  try {
    const simulator = await start(
      ...['simulator', 'kraken', '--port', '0', '--journal', journal, ...simulate]
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
    await use({ journal, status })
    // What is sent while the connector says goodbye may not reach it; what is sent last is not written down yet.
    const sent = readFileSync(journal, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(line.indexOf('"frame":') + 8, -1))
    assert.is(await connector.stop(), 0, 'connector ends with 0')
    await simulator.stop()
    await until(60_000, 'all archived', () => {
      try {
        const archive = checkArchive(root, 'coins')
        return isClosed(archive) && dataOf(archive).length >= (count ?? sent.length)
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

/** The last record of every connection is its end: the connector sends nothing after it. */
const isClosed = ({ connections }: CheckedArchive): boolean =>
  connections.size > 0 &&
  [...connections.values()].every((records) => records.at(-1)?.event?.kind === 'close')

/** Frames with market data, in order. */
const dataOf = (archive: CheckedArchive): string[] =>
  [...archive.connections.values()]
    .flat()
    .flatMap(({ frame }) =>
      frame !== null && /^\{"channel":"(book|trade|ticker|instrument)"/.test(frame) ? [frame] : []
    )

const gapsOf = (archive: CheckedArchive) =>
  archive.gaps.filter(({ cause }) => cause !== 'connector-stopped')

test('every recorded frame is archived once, byte for byte, and none is a gap', async () => {
  const recorded = STRANGERS.kraken!().filter((frame) => frame.startsWith('{"channel":"book"'))
  const file = new URL('../../testing/recordings/kraken/book.jsonl', import.meta.url).pathname
  const { archive } = await archived(
    ['--replay', file, '--speed', 'max'],
    '*/USD',
    recorded.length,
    async ({ status }) => {
      await until(100_000, 'replay played to its end', async () => {
        const { replay } = await status()
        return replay?.done === true
      })
    }
  )
  assert.equal(dataOf(archive), recorded)
  assert.equal(gapsOf(archive), [])
})

test('the gaps of the manifest are those of the faults, each with its symbol', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-kraken-faults-'))
  const faults = join(folder, 'faults.yaml')
  writeFileSync(
    faults,
    `- {kind: wrongChecksum, after: 1s, count: 1}
- {kind: skip, channel: trade, after: 2s, count: 1}
- {kind: reorder, channel: trade, after: 3s, count: 1}
- {kind: duplicate, channel: trade, after: 4s, count: 1}
- {kind: drift, after: 4s, count: 1}
`
  )
  try {
    const { sent, archive } = await archived(
      ['--markets', '3', '--rate', '500', '--seed', '7', '--faults', faults],
      '*/USD',
      null,
      async ({ journal }) => {
        const lines = () => readFileSync(journal, 'utf8').split('\n').length
        await until(120_000, 'frames', () => lines() > 4_000)
      }
    )
    assert.ok(sent.some((frame) => frame.includes('ssmd_drift')))
    const frames = new Set(dataOf(archive))
    assert.equal(
      sent.filter((frame) => !frames.has(frame)),
      []
    )
    const gaps = gapsOf(archive)
    assert.equal(gaps.map(({ cause }) => cause).sort(), ['exchange-checksum', 'exchange-sequence'])
    for (const { cause, detail, channel } of gaps) {
      assert.is(channel, cause === 'exchange-checksum' ? 'book' : 'trade')
      assert.match(detail ?? '', /^(BTC|ETH|SOL)\/USD[:,] /)
    }
    assert.equal([...archive.connections.keys()].length, 1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
