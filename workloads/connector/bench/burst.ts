// A burst of announcements over a large market: how long the event loop stands still while new symbols are placed and
// subscribed. The exchange is the tests' model in the same process, so its work is in the figures too.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { Alarms } from '#bus/alarms.ts'
import { KalshiSession } from '#exchanges/kalshi/session.ts'
import { KalshiModel } from '#exchanges/kalshi/testing/kalshi-model.ts'
import { channelNamed } from '#exchanges/kalshi/types.ts'
import type { Exchange, Listener } from '#exchanges/protocol/adapter.ts'
import { symbolFilter } from '#exchanges/protocol/globs.ts'
import type { Row } from '#testing/row.ts'
import { DialGate } from '../backoff.ts'
import { Capture } from '../capture.ts'
import { discard } from '../discard.ts'
import { fetcher } from '../fetch.ts'
import { fixedLinger } from '../linger.ts'
import { CaptureMemory } from '../memory.ts'
import { recorders } from '../recorders.ts'
import { newStats } from '../stats.ts'
import { steadyMs } from '../times.ts'

const KNOWN = 100_000
const ANNOUNCED = 10_000
const SECONDS = 10
const PAGE = 1000

const symbol = (i: number): string => `KXBENCH-26NOV24${i}-T${i % 977}`

export async function benchBurst(): Promise<Row[]> {
  const stop = new AbortController()
  let feed: Listener | undefined
  const exchange = modelled((listener) => {
    feed = listener
  })
  const publisher = discard()
  const stats = newStats()
  const capture = new Capture({
    deps: {
      newRecorder: recorders(
        {
          environment: 'bench',
          feed: 'bench',
          simulated: true,
          linger: fixedLinger(5),
          memory: new CaptureMemory(1 << 30, publisher, { nowMs: Date.now, steadyMs: Date.now }),
          publisher,
          stats,
          live: { publish() {}, blockLeaves() {} },
        },
        Date.now
      ),
      stats,
      alarms: new Alarms(pino({ level: 'silent' }), Date.now),
      observeLag() {},
      gate: new DialGate(1),
      fetch: fetcher(Date.now),
      log: pino({ level: 'silent' }),
      random: Math.random,
      nowMs: Date.now,
      newLine: () => ({ nowNanos: () => process.hrtime.bigint(), stepNanos: 0n }),
      predecessorOf: () => null,
      steadyMs,
      exchange: () => exchange,
      onReconnect() {},
    },
    share: { index: 0, of: 1 },
    filter: symbolFilter(['KXBENCH-*'], undefined),
    discoverMs: 3_600_000,
    symbolsPerConnection: Number.POSITIVE_INFINITY,
    maxConnections: 1,
    onChange() {},
  })
  const start = await delayed(async () => {
    const running = capture.run(stop.signal)
    while (!capture.ready) await sleep(20)
    return { running }
  })
  const burst = await delayed(async () => {
    for (let sent = 0, began = performance.now(); sent < ANNOUNCED; ) {
      const due = Math.min(ANNOUNCED, ((performance.now() - began) * ANNOUNCED) / (SECONDS * 1000))
      for (; sent < due; sent++) feed?.frame(created(symbol(KNOWN + sent)))
      await sleep(1)
    }
  })
  const placed = capture.symbols
  stop.abort()
  await start.value.running
  const what = `${ANNOUNCED} announcements in ${SECONDS} s over ${KNOWN} symbols`
  const row = (name: string, value: number): Row => ({ name, value, unit: 'ms' })
  return [
    row(`event loop delay p99, ${KNOWN} symbols found and subscribed`, start.p99),
    row('  the longest', start.max),
    row('  the most CPU time of one turn', start.busiest),
    row(`event loop delay p99, ${what}`, burst.p99),
    row('  the longest', burst.max),
    row('  the most CPU time of one turn', burst.busiest),
    { name: '  symbols placed', value: placed, unit: '' },
  ]
}

/** Runs `work` and tells how long one turn of the event loop took meanwhile, in milliseconds. */
async function delayed<T>(work: () => Promise<T>) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  // What a turn costs this process, whatever else the computer does.
  let busiest = 0
  let before = cpuMs()
  const timer = setInterval(() => {
    const now = cpuMs()
    busiest = Math.max(busiest, now - before)
    before = now
  }, 1)
  const value = await work()
  clearInterval(timer)
  delay.disable()
  return { value, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6, busiest }
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const created = (ticker: string): Buffer =>
  Buffer.from(
    `{"type":"market_lifecycle_v2","sid":1,"msg":{"market_ticker":"${ticker}","event_type":"created","open_ts":1,"close_ts":2}}`
  )

/** Kalshi's protocol without sockets: commands are answered in the next turn. */
function modelled(opened: (listener: Listener) => void): Exchange {
  return {
    adapter: 'kalshi',
    endpoint: 'bench',
    source: {
      kind: 'process',
      start(listener) {
        const model = new KalshiModel()
        listener.opened({
          send: (text) =>
            void setImmediate(() => {
              for (const frame of model.handle(text)) listener.frame(Buffer.from(frame))
            }),
          ping() {},
          close: () => listener.closed(1000, ''),
          terminate: () => listener.closed(1006, ''),
        })
        opened(listener)
      },
    },
    session: () =>
      new KalshiSession({
        whole: [channelNamed('market_lifecycle_v2')],
        filtered: ['orderbook_delta', 'trade'].map(channelNamed),
        spacingMs: 5,
      }),
    silentMs: null,
    pingEveryMs: null,
    async discover(onPage) {
      for (let from = 0; from < KNOWN; from += PAGE) {
        onPage({ now: Array.from({ length: PAGE }, (_, i) => symbol(from + i)), later: [] })
        await sleep(5)
      }
      return { known: true, failures: [] }
    },
  }
}
