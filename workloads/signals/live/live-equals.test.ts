// test: limit 300s
// Live and backtest over real parts: a simulated exchange, a connector, NATS, an archiver, and a runner that is killed five times. What it
// fires is in the archive once, as the backtest over the same archive fires it, and every fire reached the webhook.

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listDays, readLines } from '#archive/read/reader.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { connectBus } from '#bus/connect.ts'
import { bucketStream, consumerName, reportSubject, signalBucket, streamName } from '#bus/names.ts'
import type { SignalReport } from '#bus/report.ts'
import { until, waitOut } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { type RunningRole, startRole, writeResources } from '#testing/stack.ts'
import { backtest } from '../backtest.ts'
import { readProgram } from '../source.ts'

const test = suite('live-equals')

const SOURCE = `export default {
  id: 'counted', version: 1,
  params: { every: { type: 'number', default: 50 } },
  inputs: { events: ['trade', 'quote', 'bookChange'] },
  builders: { book: { kind: 'order-book' } },
  cooldown: { perSymbol: '200ms' },
  init: () => ({ n: 0, gaps: 0 }),
  on(event, state, ctx) {
    if (event.kind === 'gap') {
      state.gaps++
      ctx.fire({ gap: event.reason })
      return
    }
    state.n++
    if (state.n % ctx.params.every === 0) {
      ctx.fire({ n: state.n, kind: event.kind, gaps: state.gaps, bid: ctx.builders.book.bid ?? null })
    }
  },
}
`

const resources = (nats: string, simulator: string, root: string, hook: string) => ({
  feed: `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: alpha}
spec:
  exchange: kalshi
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid/trade-api/ws/v2
      restEndpoint: https://exchange.invalid/trade-api/v2
      authMethod: apiKey
      maxSymbolsPerConnection: 6
  channels: [orderbook_delta, trade, ticker]
  symbols: {include: ["*"]}
`,
  environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: sig}
spec:
  feeds: [alpha]
  transport: {url: "${nats}", stream: {duplicateWindow: 100ms}}
  simulator: {feeds: [alpha], url: "${simulator}"}
`,
  archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: all}
spec:
  environmentRef: {name: sig}
  feeds: [alpha, signal-counted]
  storage: {path: "${root}"}
  commitInterval: 200ms
`,
  signal: `apiVersion: ssmd.io/v1alpha1
kind: Signal
metadata: {name: counted}
spec:
  environmentRef: {name: sig}
  feeds: [alpha]
  params: {every: 5}
  sinks:
    - {name: hook, type: webhook, url: "${hook}"}
  source: |
${SOURCE.replace(/^/gm, '    ')}
`,
})

/** Ids of the fires that were posted, in their order; one in five is answered with 503. */
async function webhook() {
  const taken: string[] = []
  let requests = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string }
      const isTaken = ++requests % 20 !== 0
      if (isTaken) taken.push(id)
      response.writeHead(isTaken ? 204 : 503).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { taken, url: `http://127.0.0.1:${port}/fires`, close }
}

async function archivedFires(root: string): Promise<string[]> {
  const fires: string[] = []
  for (const { feed, day } of await listDays(root)) {
    if (feed !== 'signal-counted') continue
    for await (const line of readLines(root, feed, day, { types: ['fire'] })) {
      const text = line.toString('utf8')
      fires.push(/"frame":(.*)\}\n?$/.exec(text)?.[1] ?? text)
    }
  }
  return fires
}

const isArchived = async (nc: NatsConnection, feed: string): Promise<boolean> => {
  const jsm = await nc.jetstreamManager()
  const stream = streamName('sig', feed)
  const { state } = await jsm.streams.info(stream)
  const { ack_floor } = await jsm.consumers.info(stream, consumerName('all'))
  return ack_floor.stream_seq === state.last_seq
}

test('live and backtest fire the same, with the runner killed five times in between, and no fire is lost or twice', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-signal-live-'))
  const root = join(dir, 'archive')
  const nats = await startNats()
  const hook = await webhook()
  const running = new Map<string, RunningRole>()
  const stop = new AbortController()
  const nc = await connectBus({ url: nats.url, name: 'test', signal: stop.signal })
  const start = async (name: string, ...args: string[]): Promise<RunningRole> => {
    const role = await startRole(args, { logFile: join(dir, `${name}.log`) })
    running.set(name, role)
    return role
  }
  let report: SignalReport | undefined
  nc.subscribe(reportSubject('sig', 'signal', 'signal-counted'), {
    callback: (_, msg) => {
      report = msg.json<SignalReport>()
    },
  })
  try {
    const simulator = await start('simulator', 'simulator', 'kalshi', '--port', '0')
    const files = writeResources(
      join(dir, 'resources'),
      resources(nats.url, String(simulator.ready.url), root, hook.url)
    )
    const env = ['--env', files.environment]
    const run = () =>
      start('signal', 'signal', 'run', '--signal', files.signal, ...env, '--feed', files.feed)
    await run()
    const archiver = await start('archiver', 'archiver', '--archive', files.archive, ...env)
    const connector = await start('connector', 'connector', '--feed', files.feed, ...env)
    const published = async (): Promise<number> =>
      (await (await nc.jetstreamManager()).streams.info(streamName('sig', 'signal-counted'))).state
        .messages
    for (let kill = 0; kill < 5; kill++) {
      const before = await published()
      await until(60_000, 'more fires', async () => (await published()) > before + 20)
      await running.get('signal')!.kill()
      if (kill === 2) await waitOut(3_000, 'the signal is down for longer than it stores')
      await run()
    }
    await until(60_000, 'the runner has caught up', () => report?.state === 'watching')
    assert.is(await connector.stop(), 0)
    await until(60_000, 'the feed is archived', () => isArchived(nc, 'alpha'))
    const program = readProgram(SOURCE)
    const past = await backtest({
      program,
      name: 'counted.ts',
      params: { every: '5' },
      scope: { roots: [{ path: root }], feeds: ['alpha'] },
    })
    const wanted = past.fires.map(({ text }) => text)
    assert.ok(wanted.length > 150, `${wanted.length} fires`)
    assert.ok(
      wanted.some((text) => text.includes('connector-stopped')),
      'gaps fire, too'
    )
    // Its open and ready events are the first two.
    await until(
      60_000,
      'every fire is published',
      async () => (await published()) >= wanted.length + 2
    )
    await until(60_000, 'every fire was taken', () => new Set(hook.taken).size >= wanted.length)
    await until(30_000, 'the last report', () => report?.firesToday === wanted.length)
    assert.is(await running.get('signal')!.stop(), 0)
    await until(60_000, 'the fires are archived', () => isArchived(nc, 'signal-counted'))
    assert.is(await archiver.stop(), 0)

    assert.is(await published(), wanted.length + 2, 'nothing is in the stream twice')
    const fires = await archivedFires(root)
    for (let i = 0; i < Math.max(fires.length, wanted.length); i++) {
      if (fires[i] !== wanted[i]) assert.is(fires[i], wanted[i], `fire ${i}`)
    }
    const ids = wanted.map((text) => (JSON.parse(text) as { id: string }).id)
    assert.equal(new Set(hook.taken), new Set(ids))
    assert.ok(hook.taken.length <= ids.length + 10, 'a kill repeats what was under way at most')
    const verified = await verifyArchive(root)
    assert.equal(verified.problems, [])
    const [day] = (await listDays(root)).filter(({ feed }) => feed === 'signal-counted')
    assert.is(day?.gaps, 0)
    assert.is(report?.sinks[0]?.pending, 0)
    assert.ok(
      (await (await nc.jetstreamManager()).streams.info(bucketStream(signalBucket('sig')))).state
        .messages === 1
    )
  } finally {
    for (const role of running.values()) await role.kill()
    hook.close()
    stop.abort()
    await nc.close()
    await nats.stop()
    rmSync(dir, { recursive: true, force: true })
  }
})

test.run()
