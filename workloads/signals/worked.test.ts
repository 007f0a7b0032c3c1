// The signals that ship: they are of the types that `signal new` writes, and fire where they should.

import { spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { EventBatch } from '#market/columns.ts'
import { EVENT, FLAG, MarketEvent, SIDE } from '#market/event.ts'
import { within } from '#testing/deadline.ts'
import type { RawFire } from './messages.ts'
import { Sandbox } from './sandbox.ts'
import { readProgram } from './source.ts'

const test = suite('worked signals')
const ROOT = join(import.meta.dirname, '../..')
const SIGNALS = join(ROOT, 'exchanges/signals')
const START = Date.parse('2026-11-24T12:00:00Z')

type Trade = { readonly second: number; readonly price: number; readonly size?: number }

function batchOf(trades: readonly (Trade & { feed: string; symbol: string })[]): EventBatch {
  const batch = new EventBatch()
  const event = new MarketEvent()
  for (const [i, { feed, symbol, second, price, size = 1 }] of trades.entries()) {
    event.feed = feed
    event.symbol = symbol
    event.connection = 'c'
    event.number = i + 1
    event.recvMs = START + 1000 * second
    event.begin(price < 0 ? EVENT.gap : EVENT.trade)
    event.side = SIDE.buy
    event.price = price
    event.size = size
    if (price < 0) {
      event.symbol = ''
      event.flags = FLAG.first | FLAG.last
      event.reason = 'disconnected'
      event.timeMs = event.recvMs - 1000
      event.untilMs = event.recvMs
    }
    batch.append(event)
  }
  return batch
}

async function fired(name: string, batch: EventBatch): Promise<readonly RawFire[]> {
  const program = readProgram(readFileSync(join(SIGNALS, `${name}.ts`), 'utf8'))
  await using sandbox = await within(
    60_000,
    'load',
    Sandbox.open({ program, name: `${name}.ts`, params: {} })
  )
  return (await within(60_000, 'batch', sandbox.run(batch))).fires
}

test('a surge of volume fires once, and not before the usual volume is known', async () => {
  const of = { feed: 'kraken', symbol: 'BTC/USD' }
  const quiet = (from: number, to: number) =>
    Array.from({ length: (to - from) / 10 }, (_, i) => ({
      ...of,
      second: from + 10 * i,
      price: 100,
    }))
  const surge = (from: number) =>
    Array.from({ length: 30 }, (_, i) => ({ ...of, second: from + i, price: 101, size: 9 }))
  const trades = [...surge(0), ...quiet(60, 2400), ...surge(2400), ...quiet(2500, 2600)]
  const fires = await fired('volume-surge', batchOf(trades))
  assert.is(fires.length, 1)
  assert.ok(fires[0]!.recv >= '2026-11-24T12:40:00')
  assert.ok(JSON.parse(fires[0]!.payload).volume >= 5 * JSON.parse(fires[0]!.payload).usual)
})

test('prices of two exchanges that part fire once; an old price, and one behind a gap, is none', async () => {
  const kraken = (second: number, price: number) => ({
    feed: 'kraken',
    symbol: 'BTC/USD',
    second,
    price,
  })
  const coinbase = (second: number, price: number) => ({
    feed: 'coinbase',
    symbol: 'BTC-USD',
    second,
    price,
  })
  const trades = [
    ...[kraken(0, 1000), coinbase(1, 1000), kraken(2, 1001)],
    // Apart, and still apart.
    ...[kraken(3, 1003), kraken(4, 1004)],
    // Of an old price nothing is said.
    ...[kraken(100, 1100), coinbase(101, 1099)],
    ...[kraken(200, 1000), coinbase(201, 1000), kraken(202, -1), kraken(203, 1100)],
  ]
  const fires = await fired('cross-feed-divergence', batchOf(trades))
  assert.equal(
    fires.map(({ number, payload }) => [number, JSON.parse(payload)]),
    [[4, { left: 1003, percent: 0.3, right: 1000 }]]
  )
})

test('the types of signals fit those that ship, and not what the sandbox would refuse', () => {
  using folder = temporaryFolder()
  copyFileSync(join(import.meta.dirname, 'ssmd-signal.d.ts'), join(folder.path, 'ssmd-signal.d.ts'))
  const names = readdirSync(SIGNALS).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.d.ts')
  )
  for (const name of names) copyFileSync(join(SIGNALS, name), join(folder.path, name))
  const compile = (): string => {
    const options = { noEmit: true, strict: true, target: 'ES2024', lib: ['ES2024'], types: [] }
    writeFileSync(
      join(folder.path, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, module: 'esnext' } })
    )
    const tsc = join(ROOT, 'node_modules/.bin/tsc')
    return spawnSync(tsc, ['-p', folder.path, '--pretty', 'false'], { encoding: 'utf8' }).stdout
  }
  assert.is(compile(), '')
  assert.ok(names.length >= 3)
  writeFileSync(
    join(folder.path, 'wrong.ts'),
    `export default defineSignal({
  id: 'wrong', version: 1, inputs: { events: ['ticker'] },
  builders: { book: { kind: 'orderbook' } },
  on(event, _, ctx) { ctx.fire({ spread: ctx.builders.book.spraed }) },
})`
  )
  const errors = compile()
  for (const word of ['ticker', 'orderbook']) assert.match(errors, new RegExp(`wrong.ts.*${word}`))
})

test.run()
