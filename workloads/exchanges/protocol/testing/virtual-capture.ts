// Session, connector and archive against a simulated exchange, all in one process and on a clock that the test moves: what the
// connector does with sockets and timers is done here by hand. For tests of any exchange.

import { pino } from 'pino'
import { openWriter, STREAM } from '#archive/testing/folders.ts'
import { Alarms } from '#bus/alarms.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import { Block } from '#wire/block.ts'
import type { CloseEvent, Predecessor } from '#wire/events.ts'
import { Connection } from '../../../connector/connection.ts'
import { Continuity } from '../../../connector/continuity.ts'
import { fixedLinger } from '../../../connector/linger.ts'
import { CaptureMemory } from '../../../connector/memory.ts'
import { Recorder } from '../../../connector/recorder.ts'
import { newStats } from '../../../connector/stats.ts'
import { FakePublisher } from '../../../connector/testing/harness.ts'
import type { VirtualClient, VirtualExchange } from '../../../simulator/testing/virtual-exchange.ts'
import type { Adapter, Exchange } from '../adapter.ts'
import { failureOf } from '../failure.ts'

export const DAY = '2026-11-18'
export const START_MS = Date.parse(`${DAY}T12:00:00Z`)
const STEP_MS = 20

export type VirtualCaptureOptions = {
  readonly exchange: VirtualExchange
  readonly adapter: Adapter
  readonly symbols: readonly string[]
  readonly channels: readonly string[]
  /** Default: one that is made of exchange and channels. */
  readonly feed?: Feed
  /** Path of the WebSocket. Default `/`. */
  readonly path?: string
  /** Levels of books. Default: the exchange's own. */
  readonly bookDepth?: number
}

const feedOf = (
  exchange: string,
  { channels, bookDepth, path = '/' }: VirtualCaptureOptions
): Feed => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name: 'made' },
  spec: {
    exchange: exchange as Feed['spec']['exchange'],
    type: 'websocket',
    state: 'active',
    channels: [...channels],
    ...(bookDepth === undefined ? {} : { bookDepth }),
    versions: [
      {
        name: 'v',
        effectiveFrom: '2025-01-01',
        endpoint: `ws://exchange${path}`,
        restEndpoint: 'http://exchange',
        authMethod: 'none',
      },
    ],
  },
})

export class VirtualCapture {
  readonly publisher = new FakePublisher()
  readonly stats = newStats()
  readonly sent: string[] = []
  readonly renewals: string[] = []
  connections = 0
  readyCount = 0
  refusedDials = 0
  connection: Connection | null = null
  client: VirtualClient | null = null
  readonly #o: VirtualCaptureOptions
  readonly #exchange: Exchange
  readonly #alarms = new Alarms(pino({ level: 'silent' }), () => this.nowMs)
  #recorder: Recorder | null = null
  #previous: Predecessor | null = null
  #dialAtMs = 0
  #nanos = 0n

  constructor(options: VirtualCaptureOptions) {
    this.#o = options
    const { adapter } = options
    const feed = options.feed ?? feedOf(adapter.name, options)
    const version = feed.spec.versions[0]!
    this.#exchange = adapter.open({
      feed,
      version,
      endpoint: version.endpoint,
      restEndpoint: version.restEndpoint ?? null,
      auth: { kind: 'none' },
      nowMs: () => this.nowMs,
    })
  }

  get nowMs(): number {
    return this.#o.exchange.nowMs
  }

  /** Time goes on; so many frames are made in each second. */
  async run(ms: number, perSecond: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      if (this.client === null && this.nowMs >= this.#dialAtMs) this.#dial()
      this.#o.exchange.advance(STEP_MS, (perSecond * STEP_MS) / 1000)
      this.connection?.tick()
      if (this.client?.closed) this.#ended()
      // Answers over HTTP come between the steps.
      for (let i = 0; i < 8; i++) await Promise.resolve()
    }
  }

  /** Ends the connection as SIGTERM would. */
  stop(): void {
    if (this.connection === null) return
    this.#close({ cause: 'connector-stopped', fault: 'user', code: 1000, reason: '' })
    this.client?.leave()
  }

  /** Archives what was published. */
  async archive(root: string): Promise<void> {
    const writer = await openWriter(root, { nowMs: () => START_MS })
    writer.bind(STREAM)
    let sequence = 0
    for (const { block } of this.publisher.blocks) writer.add(Block.read(block), ++sequence)
    await writer.commit()
    await writer.close()
  }

  #dial(): void {
    const came = this.#o.exchange.dial(this.#o.path ?? '/')
    if ('status' in came) {
      this.refusedDials++
      this.#dialAtMs = this.nowMs + 1_000
      return
    }
    const client = came
    this.client = client
    const id = `01c${String(++this.connections).padStart(4, '0')}`
    const steadyMs = () => this.nowMs
    const memory = new CaptureMemory(1 << 30, this.publisher, { nowMs: steadyMs, steadyMs })
    const recorder = new Recorder({
      environment: 'test',
      feed: 'made',
      connection: id,
      shard: 0,
      simulated: true,
      subject: 'x',
      linger: fixedLinger(1000),
      memory,
      publisher: this.publisher,
      stats: this.stats,
      live: null,
      nowNanos: () => this.#nowNanos(),
    })
    const connection: Connection = new Connection({
      session: this.#exchange.session({ shard: 0 }),
      transport: {
        send: (text) => {
          this.sent.push(text)
          client.send(text)
        },
        ping() {},
        close() {},
        terminate() {},
      },
      recorder,
      continuity: new Continuity(),
      nowNanos: () => this.#nowNanos(),
      steadyMs,
      stats: this.stats,
      alarms: this.#alarms,
      name: id,
      suspects: new Map(),
      observeLag() {},
      onReady: () => {
        this.readyCount++
      },
      onFound() {},
      fetch: async (url) => this.#fetch(url),
      onRenew: (reason) => this.renewals.push(reason),
    })
    this.connection = connection
    this.#recorder = recorder
    const { symbols, adapter } = this.#o
    const follows = this.#previous === null ? {} : { follows: this.#previous }
    recorder.event({
      kind: 'open',
      exchange: adapter.name,
      adapter: adapter.name,
      endpoint: this.#exchange.endpoint,
      symbols: symbols.length,
      ...follows,
    })
    // What the exchange said when the connection opened.
    for (const frame of client.frames) connection.frame(frame)
    client.onFrame = (frame) => connection.frame(frame)
    connection.want({ added: symbols, removed: [], resumed: new Map(), extent: 'all' })
    connection.opened()
  }

  #ended(): void {
    const { code, reason } = this.client!.closed!
    this.#close({ cause: 'disconnected', fault: 'exchange', code, reason })
    this.#dialAtMs = this.nowMs + 300
  }

  #close(close: Omit<CloseEvent, 'kind'>): void {
    this.connection!.end(close)
    const { connection, number, lastRecv } = this.#recorder!
    this.#previous = { connection, number, recv: rfc3339(lastRecv) }
    this.connection = null
    this.client = null
  }

  async #fetch(address: string) {
    const url = new URL(address)
    const { status, body, headers } = this.#o.exchange.rest(url.pathname + url.search)
    const text = JSON.stringify(body)
    const retryAfter = headers?.['retry-after'] ?? null
    return {
      status,
      body: Buffer.from(text),
      header: (name: string) => headers?.[name] ?? null,
      failure: status === 200 ? null : failureOf(status, retryAfter, text, this.nowMs),
    }
  }

  #nowNanos(): bigint {
    const now = BigInt(Math.round(this.nowMs * 1000)) * 1000n
    this.#nanos = now > this.#nanos ? now : this.#nanos + 1n
    return this.#nanos
  }
}
