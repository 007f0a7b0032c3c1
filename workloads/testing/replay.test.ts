// test: limit 300s
// Recorded Kalshi traffic through simulator, connector, NATS and archiver at full speed, as separate programs:
// what was sent is archived once, byte for byte, in order, and the laws of the recordings hold on the archive.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkArchive } from './checker.ts'
import { until } from './deadline.ts'
import { checkKalshiLaws, type KalshiFrame } from './kalshi-laws.ts'
import { startNats } from './nats.ts'
import { missingProgram } from './programs.ts'
import { KALSHI, kalshiEventFiles, kalshiFrames, withoutSequence } from './recordings.ts'
import { skip } from './skip.ts'
import { type RunningRole, startRole, writeResources } from './stack.ts'

const test = suite('replay')

const resources = (nats: string, simulator: string, root: string) => ({
  feed: `apiVersion: ssmd.io/v1alpha1
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
  channels: [orderbook_delta, trade]
  symbols: {include: ["KX*15M-*"]}
`,
  environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: replay}
spec:
  feeds: [kalshi]
  transport: {url: "${nats}"}
  simulator: {feeds: [kalshi], url: "${simulator}"}
`,
  archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: kalshi-replay}
spec:
  environmentRef: {name: replay}
  feeds: [kalshi]
  storage: {path: "${root}"}
`,
})

type SimulatorState = { replay: { sent: number; total: number; done: boolean } }

for (const recordings of KALSHI)
  test(`every recorded frame of ${recordings.name} is archived once, byte-equal to what was sent, in order`, async () => {
    const missing = await missingProgram('jq')
    if (missing) return skip(missing)
    const dir = mkdtempSync(join(tmpdir(), 'ssmd-replay-'))
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
        ...['simulator', 'kalshi', '--replay', recordings.folder, '--speed', 'max', '--port', '0'],
        ...['--journal', journal]
      )
      const url = String(simulator.ready.url)
      const files = writeResources(join(dir, 'resources'), resources(nats.url, url, root))
      const archiver = await start(
        ...['archiver', '--archive', files.archive, '--env', files.environment]
      )
      const connector = await start('connector', '--feed', files.feed, '--env', files.environment)
      const http = url.replace(/^ws/, 'http').replace(/(:\d+).*$/, '$1')
      await until(200_000, 'replay played to its end', async () => {
        const state = (await (await fetch(`${http}/simulator`)).json()) as SimulatorState
        return state.replay.done
      })
      assert.is(await connector.stop(), 0, 'connector ends with 0')
      await simulator.stop()
      const sent = readFileSync(journal, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.slice(line.indexOf('"frame":') + 8, -1))
      await until(60_000, 'all archived', () => {
        try {
          const manifests = readdirSync(join(root, 'kalshi')).filter((name) =>
            name.startsWith('20')
          )
          const records = manifests
            .map(
              (day) =>
                JSON.parse(readFileSync(join(root, 'kalshi', day, 'manifest.json'), 'utf8'))
                  .records as number
            )
            .reduce((a, b) => a + b, 0)
          return records >= sent.length
        } catch {
          return false
        }
      })
      assert.is(await archiver.stop(), 0, 'archiver ends with 0')

      const archive = checkArchive(root, 'kalshi')
      assert.equal(archive.problems, [])
      assert.ok(archive.simulated, 'the manifest says that it is simulated')
      assert.is(archive.connections.size, 1)
      const records = [...archive.connections.values()][0]!
      const frames = records
        .filter((r) => r.frame !== null && r.group !== 'control')
        .map((r) => r.frame!)
      assert.is(frames.length, sent.length)
      for (let i = 0; i < sent.length; i++)
        if (frames[i] !== sent[i]) assert.is(frames[i], sent[i], `frame ${i}`)

      const recorded = kalshiEventFiles(recordings)
        .flatMap(kalshiFrames)
        .map(withoutSequence)
        .sort()
      const archived = frames.map(withoutSequence).sort()
      assert.is(archived.length, recorded.length, 'as many frames as were recorded')
      for (let i = 0; i < recorded.length; i++)
        if (archived[i] !== recorded[i]) assert.is(archived[i], recorded[i])

      const laws = checkKalshiLaws(
        records.filter((r) => r.frame !== null).map((r) => JSON.parse(r.frame!) as KalshiFrame)
      )
      assert.equal(laws.problems.slice(0, 5), [])
      assert.is(laws.deltas + laws.trades + laws.snapshots, sent.length)

      const day = archive.days[0]!
      const counted = execFileSync(
        'bash',
        [
          '-c',
          `zcat ${join(root, 'kalshi', day)}/trades_*.jsonl.gz | jq -c 'select(.frame.type == "trade") | .n' | wc -l`,
        ],
        { encoding: 'utf8' }
      )
      if (archive.days.length === 1)
        assert.is(Number(counted), laws.trades, 'zcat and jq read the files')
    } finally {
      for (const role of running) await role.kill()
      await nats.stop()
    }
    rmSync(dir, { recursive: true })
  })

test.run()
