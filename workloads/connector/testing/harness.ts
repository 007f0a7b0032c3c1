// A capture without NATS: blocks are decoded as they are published, acknowledgements come when the test lets them.
// For tests of the connector only.

import { pino } from 'pino'
import { Alarms } from '#bus/alarms.ts'
import type { BlockMaker } from '#bus/publisher.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { kalshi } from '#exchanges/kalshi/adapter.ts'
import type { Adapter, AdapterContext, Exchange } from '#exchanges/protocol/adapter.ts'
import { symbolFilter } from '#exchanges/protocol/globs.ts'
import type { TimeLine } from '#role/clock.ts'
import { Block } from '#wire/block.ts'
import type { ConnectionEvent } from '#wire/events.ts'
import { FORM } from '#wire/form.ts'
import type { Share } from '#wire/shards.ts'
import { DialGate } from '../backoff.ts'
import { Capture } from '../capture.ts'
import { fetcher } from '../fetch.ts'
import { fixedLinger } from '../linger.ts'
import { CaptureMemory, type Publisher } from '../memory.ts'
import { recorders } from '../recorders.ts'
import { newStats, type Stats } from '../stats.ts'
import { steadyMs } from '../times.ts'
import type { WireWatch } from '../wire-watch.ts'

export type Seen = {
  readonly connection: string
  readonly shard: number
  readonly n: number
  readonly type: string
  readonly group: string
  readonly symbol: string
  readonly form: number
  readonly sequence: number
  readonly scope: number
  readonly recv: bigint
  readonly payload: Buffer
}

/** A publisher that decodes what it gets. */
export class FakePublisher implements Publisher {
  readonly blocks: { readonly subject: string; readonly id: string; readonly block: Uint8Array }[] =
    []
  readonly records: Seen[] = []
  pendingBytes = 0
  /** While true frames are forgotten: for tests of very many. */
  eventsOnly = false
  /** While true nothing is acknowledged. */
  held = false
  maxBytes = 1024 * 1024 - 256
  /** Called after each acknowledgement. */
  onAcked = () => {}
  #attached: boolean
  readonly #steadyMs: () => number
  readonly #before: (() => void)[] = []
  readonly #waiting: { receivedMs: number; bytes: number }[] = []

  constructor(now: () => number = steadyMs, attached = true) {
    this.#steadyMs = now
    this.#attached = attached
  }

  get maxBlockBytes(): number {
    return this.#attached ? this.maxBytes : Number.POSITIVE_INFINITY
  }

  get pendingBlocks(): number {
    return this.#waiting.length + this.#before.length
  }

  unackedMs(): number {
    const [oldest] = this.#waiting
    return oldest === undefined ? 0 : this.#steadyMs() - oldest.receivedMs
  }

  /** What was published before leaves now. */
  attach(): void {
    this.#attached = true
    for (const publish of this.#before.splice(0)) publish()
  }

  publish(subject: string, id: string, bytes: Uint8Array, ageMs: number, maker: BlockMaker): void {
    if (!this.#attached) {
      this.#before.push(() => this.publish(subject, id, bytes, ageMs, maker))
      return
    }
    if (bytes.length > this.maxBytes) {
      const smaller = maker.tooLarge(bytes, this.maxBytes)
      for (const one of smaller) this.publish(subject, one.id, one.block, one.ageMs, maker)
      return
    }
    if (!this.eventsOnly) this.blocks.push({ subject, id, block: bytes })
    const block = Block.read(bytes)
    for (let i = 0; i < block.length; i++) {
      if (this.eventsOnly && block.form(i) !== FORM.event) continue
      this.records.push({
        connection: block.connection,
        shard: block.shard,
        n: block.number(i),
        type: block.type(i),
        group: block.group(i),
        symbol: block.symbol(i),
        form: block.form(i),
        sequence: block.sequence(i),
        scope: block.scope(i),
        recv: block.recv(i),
        payload: Buffer.from(block.payload(i)),
      })
    }
    this.pendingBytes += bytes.length
    this.#waiting.push({ receivedMs: this.#steadyMs() - ageMs, bytes: bytes.length })
    if (!this.held) this.release()
  }

  /** Acknowledges the oldest blocks. */
  release(count = Number.POSITIVE_INFINITY): void {
    for (let i = 0; i < count; i++) {
      const oldest = this.#waiting.shift()
      if (oldest === undefined) return
      this.pendingBytes -= oldest.bytes
      this.onAcked()
    }
  }

  async idle(): Promise<void> {
    while (this.#waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  get frames(): Seen[] {
    return this.records.filter((record) => record.form !== FORM.event)
  }

  events(kind?: ConnectionEvent['kind']): ConnectionEvent[] {
    return this.records
      .filter((record) => record.form === FORM.event && (kind ?? record.type) === record.type)
      .map((record) => JSON.parse(record.payload.toString('utf8')) as ConnectionEvent)
  }
}

export type HarnessOptions = {
  readonly url: string
  readonly restUrl?: string
  readonly channels?: string[]
  readonly include?: string[]
  readonly exclude?: string[]
  readonly symbolsPerConnection?: number
  readonly auth?: AdapterContext['auth']
  readonly limit?: number
  readonly lingerMs?: number
  readonly discoverMs?: number
  readonly adapter?: Adapter
  readonly share?: Share
  /** Changes the exchange that the adapter made. */
  readonly change?: (exchange: Exchange) => Exchange
  readonly random?: () => number
  readonly wire?: (stats: Stats) => WireWatch
  readonly newLine?: () => TimeLine
}

export function feedOf(options: HarnessOptions): Feed {
  return {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Feed',
    metadata: { name: 'feed' },
    spec: {
      exchange: 'kalshi',
      type: 'websocket',
      state: 'active',
      channels: options.channels ?? ['orderbook_delta', 'trade'],
      versions: [
        {
          name: 'v',
          effectiveFrom: '2025-01-01',
          endpoint: options.url,
          ...(options.restUrl === undefined ? {} : { restEndpoint: options.restUrl }),
          authMethod: 'apiKey',
          rateLimitPerSecond: 500,
        },
      ],
      symbols: {
        include: options.include ?? ['A', 'B'],
        exclude: options.exclude ?? [],
        discover: { interval: '1s' },
      },
    },
  }
}

/** Starts to capture; `stop` ends it as SIGTERM would and resolves when all is published. */
export function startCapture(options: HarnessOptions) {
  const feed = feedOf(options)
  const { symbols } = feed.spec
  const stats = newStats()
  const log = pino({ level: process.env.SSMD_LOG_LEVEL ?? 'silent' })
  const alarms = new Alarms(log, Date.now)
  const reconnects: string[] = []
  const lags: number[] = []
  const publisher = new FakePublisher()
  const memory = new CaptureMemory(options.limit ?? 64 * 1024 * 1024, publisher, {
    nowMs: Date.now,
    steadyMs,
  })
  publisher.onAcked = () => memory.freed()
  const adapter = options.adapter ?? kalshi
  const opened = adapter.open({
    feed,
    version: feed.spec.versions[0]!,
    endpoint: options.url,
    restEndpoint: options.restUrl ?? null,
    auth: options.auth ?? {
      kind: 'simulator',
      url: new URL(options.url.replace(/^ws/, 'http')).href,
    },
    nowMs: Date.now,
  })
  const exchange = options.change?.(opened) ?? opened
  const stop = new AbortController()
  const capture = new Capture({
    deps: {
      newRecorder: recorders(
        {
          environment: 'env',
          feed: 'feed',
          simulated: true,
          linger: fixedLinger(options.lingerMs ?? 2),
          memory,
          publisher,
          stats,
          live: null,
        },
        Date.now,
        options.wire?.(stats) ?? null
      ),
      stats,
      alarms,
      observeLag: (ms) => lags.push(ms),
      gate: new DialGate(1),
      fetch: fetcher(Date.now),
      log,
      random: options.random ?? Math.random,
      nowMs: Date.now,
      newLine:
        options.newLine ?? (() => ({ nowNanos: () => process.hrtime.bigint(), stepNanos: 0n })),
      predecessorOf: () => null,
      steadyMs,
      exchange: () => exchange,
      onReconnect: (cause) => reconnects.push(cause),
    },
    share: options.share ?? { index: 0, of: 1 },
    filter: symbolFilter(symbols?.include, symbols?.exclude),
    discoverMs: options.discoverMs ?? 200,
    symbolsPerConnection: options.symbolsPerConnection ?? Number.POSITIVE_INFINITY,
    maxConnections: adapter.maxConnections,
    onChange() {},
  })
  const running = capture.run(stop.signal)
  return {
    capture,
    alarms,
    publisher,
    memory,
    stats,
    reconnects,
    lags,
    async stop() {
      stop.abort()
      await running
      await publisher.idle()
    },
  }
}
