// test: limit 300s
// The runner as a program against a real nats-server, with a connector played by the test: verdicts, lost places, a killed server, large state,
// and mode fast.

import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeBlock, eventRecord, type TestRecord } from '#archive/testing/blocks.ts'
import { connectBus } from '#bus/connect.ts'
import { liveSubject, reportSubject, streamName } from '#bus/names.ts'
import type { SignalReport } from '#bus/report.ts'
import { TimeAnnouncer } from '#bus/times.ts'
import { until, waitOut } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { type RunningRole, startRole, writeResources } from '#testing/stack.ts'
import { Block } from '#wire/block.ts'
import { FORM } from '#wire/form.ts'
import { ticker } from '../testing/tickers.ts'

const test = suite('runner')

const resources = (nats: string, source: string, more: string) => ({
  feed: `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: alpha}
spec:
  exchange: kalshi
  versions:
    - {name: v2, effectiveFrom: "2025-01-01", endpoint: wss://exchange.invalid/ws, restEndpoint: https://exchange.invalid/v2, authMethod: apiKey}
  channels: [ticker]
  symbols: {include: ["*"]}
`,
  environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: test}
spec:
  feeds: [alpha]
  transport: {url: "${nats}"}
  simulator: {feeds: [alpha], url: "ws://127.0.0.1:1"}
`,
  signal: `apiVersion: ssmd.io/v1alpha1
kind: Signal
metadata: {name: made}
spec:
  environmentRef: {name: test}
  feeds: [alpha]
${more}  source: |
${source.replace(/^/gm, '    ')}
`,
})

const EVERY = `export default {
  id: 'made', version: 1, inputs: { events: ['quote'] },
  init: () => ({ n: 0 }),
  on(event, state, ctx) {
    if (event.kind === 'gap') { ctx.fire({ gap: event.reason }); return }
    state.n++
    ctx.fire({ n: state.n })
  },
}`

class Stage implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'ssmd-runner-'))
  readonly nats: TestNats
  readonly nc: NatsConnection
  report: SignalReport | undefined
  #role: RunningRole | undefined
  /** Also of a runner that never becomes ready. */
  readonly #spawned: ChildProcess[] = []
  #number = 0
  #sequence = 0
  readonly #announcer: TimeAnnouncer
  readonly #stop = new AbortController()

  static async open(): Promise<Stage> {
    const nats = await startNats({ sync: 'always' })
    const signal = new AbortController().signal
    return new Stage(nats, await connectBus({ url: nats.url, name: 'test', signal }))
  }

  private constructor(nats: TestNats, nc: NatsConnection) {
    this.nats = nats
    this.nc = nc
    nc.subscribe(reportSubject('test', 'signal', 'signal-made'), {
      callback: (_, msg) => {
        this.report = msg.json<SignalReport>()
      },
    })
    this.#announcer = new TimeAnnouncer({
      nc,
      environment: 'test',
      feed: 'alpha',
      position: () => ({
        shards: [0],
        recv: BigInt(Date.now()) * 1_000_000n,
        sequence: this.#sequence,
      }),
    })
  }

  async run(source: string, more = ''): Promise<RunningRole> {
    const files = writeResources(
      join(this.dir, 'resources'),
      resources(this.nats.url, source, more)
    )
    const args = ['signal', 'run', '--signal', files.signal, '--env', files.environment]
    this.report = undefined
    this.#role = await startRole([...args, '--feed', files.feed, '--health-addr', '127.0.0.1:0'], {
      logFile: join(this.dir, 'signal.log'),
      onSpawn: (child) => this.#spawned.push(child),
    })
    return this.#role
  }

  /** One block of quotes of an instrument. */
  async publish(count: number): Promise<void> {
    const now = BigInt(Date.now()) * 1_000_000n
    const records: TestRecord[] = []
    const first = this.#number + 1
    for (let i = 0; i < count; i++) {
      const { payload, symbol, type } = ticker('KXMADE-1', 1 + (i % 5))
      records.push({ recv: now + BigInt(i), payload, symbol: symbol ?? '', type: type ?? '' })
    }
    if (first === 1) {
      const open = { kind: 'open', exchange: 'kalshi', endpoint: '', adapter: 'kalshi', symbols: 1 }
      records.unshift(eventRecord(now, open), eventRecord(now, { kind: 'ready' }))
    }
    const head = { connection: '01aaaaaaaaaaaaaa', first, environment: 'test', feed: 'alpha' }
    const bytes = encodeBlock({ ...head, records })
    for (const [i, record] of records.entries()) {
      if (record.form === FORM.event) continue
      const one = encodeBlock({ ...head, first: first + i, records: [record] })
      this.nc.publish(liveSubject('test', 'alpha', 'ticker', 'KXMADE-1'), one)
    }
    this.#number += records.length
    for (let tries = 0; ; tries++) {
      try {
        const { seq } = await this.nc
          .jetstream()
          .publish('test.alpha.log.0', bytes, { msgID: `a:${first}` })
        this.#sequence = seq
        return
      } catch (thrown) {
        if (tries > 100) throw thrown
        await waitOut(50, 'the next try')
      }
    }
  }

  /** Payloads of the fires in their stream. */
  async fires(): Promise<{ readonly n?: number; readonly gap?: string; readonly mode?: string }[]> {
    const found: { n?: number; gap?: string; mode?: string }[] = []
    const stream = streamName('test', 'signal-made')
    const jsm = await this.nc.jetstreamManager()
    const { state } = await jsm.streams.info(stream)
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      const { data } = await jsm.streams.getMessage(stream, { seq })
      const block = Block.read(Buffer.from(data))
      if (block.form(0) === FORM.event) continue
      const { payload, mode } = JSON.parse(Buffer.from(block.payload(0)).toString()) as {
        payload: { n?: number; gap?: string }
        mode?: string
      }
      found.push(mode === undefined ? payload : { ...payload, mode })
    }
    return found
  }

  async count(count: number): Promise<void> {
    await until(30_000, `${count} fires`, async () => (await this.fires()).length >= count)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#spawned) child.kill('SIGKILL')
    await this.#role?.exited
    this.#announcer.close()
    this.#stop.abort()
    await this.nc.close()
    await this.nats.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => ({ n: i + 1 }))

test('a signal that throws is reported with its line, the process stays, and a corrected source is shown the same events', async () => {
  await using s = await Stage.open()
  const bad = EVERY.replace(
    'state.n++',
    "state.n++\n    if (state.n === 3) throw new Error('three')"
  )
  const role = await s.run(bad)
  await s.publish(2)
  await s.count(2)
  await until(20_000, 'a state is stored', () => s.report?.fires === 2)
  await s.publish(5)
  await until(20_000, 'the verdict', () => s.report?.state === 'refused')
  assert.match(s.report!.message, /line 7: on: threw .*three/)
  assert.is(s.report!.code, 'SSMD_E_SIGNAL')
  assert.is(s.report!.errors, 1)
  assert.is((await fetch(`http://${role.ready.health}/readyz`)).status, 503)
  assert.is((await fetch(`http://${role.ready.health}/livez`)).status, 200)
  assert.is(await role.stop(), 0)
  const again = await s.run(EVERY)
  await until(20_000, 'all is made good', async () => (await s.fires()).some(({ n }) => n === 5))
  await until(20_000, 'it watches', () => s.report?.state === 'watching')
  assert.is(await again.stop(), 0)
})

test('a source that cannot be read is a verdict, not a restart loop', async () => {
  await using s = await Stage.open()
  const starting = s.run("import fs from 'node:fs'\nexport default {}")
  starting.catch(() => {})
  await until(30_000, 'the verdict', () => s.report?.state === 'refused')
  assert.match(s.report!.message, /line 1: node:fs/)
  await waitOut(300, 'the process stays')
  assert.is(s.report!.code, 'SSMD_E_SIGNAL')
})

test('a killed NATS server and a killed runner make no fire twice and leave none out', async () => {
  await using s = await Stage.open()
  let role = await s.run(EVERY)
  await s.publish(10)
  await s.count(10)
  await s.nats.kill('SIGKILL')
  await s.nats.restart()
  await s.publish(10)
  await s.count(20)
  await role.kill()
  await s.publish(10)
  role = await s.run(EVERY)
  await s.count(30)
  await until(
    20_000,
    'it watches',
    () => s.report?.state === 'watching' && s.report.catchUp?.done === true
  )
  assert.is(s.report!.firesToday, 30)
  assert.is(await role.stop(), 0)
  assert.equal(await s.fires(), upTo(30))
})

test('what the stream no longer holds is a gap that the signal is shown and the report names', async () => {
  await using s = await Stage.open()
  const role = await s.run(EVERY)
  await s.publish(3)
  await s.count(3)
  assert.is(await role.stop(), 0)
  await s.publish(4)
  await (await s.nc.jetstreamManager()).streams.purge(streamName('test', 'alpha'))
  await s.publish(2)
  const again = await s.run(EVERY)
  await until(30_000, 'it continues', async () => (await s.fires()).some(({ n }) => n === 5))
  const fires = await s.fires()
  assert.ok(
    fires.some(({ gap }) => gap === 'stream-aged'),
    JSON.stringify(fires)
  )
  await until(20_000, 'the report', () => s.report?.missed !== null && s.report !== undefined)
  assert.equal(s.report!.missed!.feeds, ['alpha'])
  assert.is(s.report!.troubles?.[0]?.kind, 'PositionLost')
  assert.match(s.report!.troubles![0]!.message, /alpha no longer holds what came from 20/)
  assert.is(await again.stop(), 0)
})

test('mode fast fires from the live subjects, marks its fires, and sends them without waiting for the stream', async () => {
  await using s = await Stage.open()
  const taken: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      taken.push((JSON.parse(body) as { id: string }).id)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    const sinks = `  mode: fast\n  sinks: [{name: hook, type: webhook, url: "http://127.0.0.1:${port}/"}]\n`
    const role = await s.run(EVERY, sinks)
    await until(30_000, 'the live subjects are heard', async () => {
      await s.publish(1)
      return (await s.fires()).length > 0
    })
    await s.publish(5)
    const [first] = await s.fires()
    assert.equal(first, { n: 1, mode: 'fast' })
    await until(20_000, 'each was sent', async () => taken.length >= (await s.fires()).length)
    await until(20_000, 'each is acknowledged', () => s.report?.sinks[0]?.pending === 0)
    assert.is(new Set(taken).size, taken.length, 'none is sent twice')
    assert.is(await role.stop(), 0)
    await s.run(EVERY, sinks)
    await until(30_000, 'the time between is a gap', async () =>
      (await s.fires()).some(({ gap }) => gap === 'reader-away')
    )
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test.run()
