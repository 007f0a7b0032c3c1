// What hinders a part of a feed, over real sockets: it is named, told once when it begins and once when it ends, and
// the rest is captured.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Alarms, type Found } from '#bus/alarms.ts'
import type { Trouble } from '#bus/report.ts'
import { collectLogs } from '#bus/testing/logs.ts'
import { until, within } from '#testing/deadline.ts'
import type { GapEvent } from '#wire/events.ts'
import { type FakeKalshi, startFakeKalshi } from './testing/fake-kalshi.ts'
import { type HarnessOptions, startCapture } from './testing/harness.ts'

const test = suite('troubles')

async function withCapture(
  options: Partial<HarnessOptions>,
  before: (fake: FakeKalshi) => void,
  body: (fake: FakeKalshi, run: ReturnType<typeof startCapture>) => Promise<void>
): Promise<void> {
  const fake = await startFakeKalshi()
  before(fake)
  const run = startCapture({ url: fake.url, restUrl: fake.restUrl, ...options })
  try {
    await within(120_000, 'test', body(fake, run))
  } finally {
    await within(20_000, 'stop', run.stop())
    await fake.close()
  }
}

const delta = (market: string) =>
  `{"market_ticker":"${market}","price_dollars":"0.4800","delta_fp":"1.00","side":"no"}`

test('a trouble is told once when it begins and once when it ends, and keeps its beginning', () => {
  const { log, lines } = collectLogs()
  let now = 1_000
  let found: Found[] = []
  const book = new Alarms(log, () => now)
  book.watch(() => found)
  assert.equal(book.look(), [])
  found = [
    { kind: 'SymbolsRefused', name: 'trade', message: 'a' },
    { kind: 'ChannelRefused', name: 'ticker', message: 'b', since: 900 },
  ]
  book.look()
  now = 61_000
  found = [{ ...found[0]!, message: 'a, again' }, found[1]!]
  const kept: readonly Trouble[] = book.look()
  assert.equal(
    kept.map(({ kind, message, since }) => [kind, message, since]),
    [
      ['ChannelRefused', 'b', 900],
      ['SymbolsRefused', 'a, again', 1_000],
    ],
    'the worst first'
  )
  assert.is(lines.length, 2)
  found = []
  assert.equal(book.look(), [])
  assert.equal(
    lines.slice(2).map(({ trouble, seconds }) => [trouble, seconds]),
    [
      ['SymbolsRefused', 60],
      ['ChannelRefused', 60],
    ]
  )
})

for (const form of ['silence', 'an error without id'] as const) {
  test(`a channel that meets ${form} is named while the book lives, and its gap is closed once it answers (pmxt-dev/pmxt#1631)`, async () => {
    let deaf = true
    await withCapture(
      { channels: ['orderbook_delta', 'ticker'] },
      (fake) => {
        fake.onCommand = (client, text) => {
          const { id, cmd, params } = JSON.parse(text)
          if (!deaf || cmd !== 'subscribe' || !params.channels.includes('ticker')) return false
          const others = params.channels.filter((channel: string) => channel !== 'ticker')
          const rest = { id, cmd, params: { ...params, channels: others } }
          if (others.length > 0) {
            for (const frame of client.model.handle(JSON.stringify(rest))) client.send(frame)
          }
          if (form === 'an error without id') {
            client.send('{"type":"error","msg":{"code":8,"msg":"Unknown channel name"}}')
          }
          return true
        }
      },
      async (fake, run) => {
        await until(60_000, 'ready without it', () => run.capture.ready)
        const troubles = run.capture.troubles()
        assert.equal(
          troubles.map(({ kind, name }) => [kind, name]),
          [['ChannelRefused', 'ticker']]
        )
        assert.match(
          troubles[0]!.message,
          form === 'silence' ? 'does not answer' : 'Unknown channel name'
        )
        const client = fake.clients[0]!
        for (let i = 0; i < 3; i++)
          client.publish('orderbook_delta', 'orderbook_delta', 'A', delta('A'))
        await until(
          20_000,
          'the book goes on',
          () => run.publisher.frames.at(-1)?.type === 'orderbook_delta'
        )
        const gaps = () =>
          run.publisher.events('gap').filter((event): event is GapEvent => event.kind === 'gap')
        assert.equal(
          gaps().map(({ cause, channel, fault }) => [cause, channel, fault]),
          [['not-subscribed', 'ticker', 'exchange']],
          'what is missing is on record while it lasts'
        )
        deaf = false
        if (form === 'silence') {
          await until(100_000, 'it answers', () => run.capture.troubles().length === 0)
          await until(20_000, 'its end is on record', () => gaps().length > 1)
          const tickers = [...client.model.subs.values()].filter(
            ({ channel }) => channel === 'ticker'
          )
          assert.is(tickers.length, 1, 'it is there once')
        }
        assert.is(fake.clients.length, 1, 'the connection was never cut')
        assert.equal(run.reconnects, [])
        assert.equal(client.model.violations, [])
      }
    )
  })
}

test('a wait that the exchange asks for is said, with until when, and is no longer than an hour', async () => {
  await withCapture(
    {},
    (fake) => {
      fake.refusals.push({ status: 429, headers: { 'Retry-After': '31536000' } })
    },
    async (_, run) => {
      await until(20_000, 'it waits', () => run.capture.troubles().length > 0)
      const [trouble] = run.capture.troubles()
      assert.is(trouble!.kind, 'RateLimited')
      const until_ = /until (\S+Z)/.exec(trouble!.message)
      const hours = (Date.parse(until_![1]!) - Date.now()) / 3_600_000
      assert.ok(hours > 0.9 && hours < 1.1, `${hours} h`)
      assert.match(trouble!.message, 'less than the exchange asked for')
      assert.match(trouble!.message, 'HTTP 429')
    }
  )
})

test('a stop ends a long wait, and the process that comes next dials immediately', async () => {
  const fake = await startFakeKalshi()
  fake.refusals.push({ status: 429, headers: { 'Retry-After': '31536000' } })
  const first = startCapture({ url: fake.url, restUrl: fake.restUrl })
  await until(20_000, 'it waits', () => first.capture.troubles().length > 0)
  await within(20_000, 'stop', first.stop())
  assert.is(fake.dials.length, 1)
  const next = startCapture({ url: fake.url, restUrl: fake.restUrl })
  await until(20_000, 'captured', () => next.capture.ready)
  assert.equal(next.capture.troubles(), [])
  await within(20_000, 'stop', next.stop())
  await fake.close()
})

test('a pattern that matches nothing is named, and is no trouble once something does', async () => {
  await withCapture(
    { include: ['A', 'KXNONE-*', 'KXB-*'], discoverMs: 100 },
    (fake) => {
      fake.markets.open = ['KXB-1']
    },
    async (fake, run) => {
      const names = () => run.capture.troubles().map(({ kind, name }) => `${kind} ${name}`)
      await until(20_000, 'named', () => names().length > 0)
      assert.equal(names(), ['SymbolsNotFound KXNONE-*'])
      await until(20_000, 'the others are captured', () => run.capture.ready)
      fake.markets.open = ['KXB-1', 'KXNONE-2']
      await until(20_000, 'found', () => names().length === 0)
    }
  )
})

test.run()
