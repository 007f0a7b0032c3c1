// Counts and samples of what arrives: of every connection, in its own events, and never in the way of the capture.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeFrameCheck } from '#exchanges/generic/frame-check.ts'
import { type Frame, type MessageType, UNKNOWN } from '#exchanges/protocol/adapter.ts'
import { EVENT, MarketEvent } from '#market/event.ts'
import { emitUnknown, type Normalizer } from '#market/normalizer.ts'
import { until, within } from '#testing/deadline.ts'
import type { CountsEvent } from '#wire/events.ts'
import { FORM } from '#wire/form.ts'
import { startFakeKalshi } from './testing/fake-kalshi.ts'
import { startCapture } from './testing/harness.ts'
import { WireCounts } from './wire-counts.ts'
import { WireWatch, type WireWatchOptions } from './wire-watch.ts'

const test = suite('wire-watch')
const TRADE: MessageType = { name: 'trade', group: 'trades', data: true }
const DAY = '2026-11-24'
const NOON = Date.parse(`${DAY}T12:00:00Z`)
const proof = { trade: 'frames' }

/** Takes a frame that holds `bad` for one of an unknown form. */
function normalizer() {
  const seen: { payload: string; type: string; symbol: string; recvMs: number; recvNs: number }[] =
    []
  const event = new MarketEvent()
  const value: Normalizer = {
    normalize(payload, { type, symbol, recvMs, recvNs }, emit) {
      const text = Buffer.from(payload).toString()
      seen.push({ payload: text, type, symbol, recvMs, recvNs })
      if (text.includes('bad')) return emitUnknown(event, 'price', 'not a decimal', emit)
      event.begin(EVENT.trade)
      emit(event)
    },
  }
  return { value, seen }
}

const frameOf = (type: MessageType, symbol: string): Frame => ({
  ...{ type, symbol, sequence: -1, scope: 0, form: FORM.json },
  ...{ understood: true, unproven: '', control: false },
})

/** What a recorder does with a frame. */
function feedInto(counts: WireCounts, type: MessageType) {
  const tally = counts.tallyOf(type)
  let n = 0
  return (payload: string, recvMs = NOON) => {
    if (++tally.frames < tally.next) return
    const recv = BigInt(recvMs) * 1_000_000n + 7n
    counts.sample(tally, recv, ++n, Buffer.from(payload), frameOf(type, 'A'))
  }
}

const watchOf = (changed: Partial<WireWatchOptions> = {}) =>
  new WireWatch({
    feed: 'f',
    proof,
    normalizer: null,
    counted: () => [],
    nowMs: () => NOON,
    ...changed,
  })

test('sampled data is held against the schema of the feed: what does not fit is counted, named, and a drift', () => {
  const check = makeFrameCheck('t:v1', '{"required":["i"],"properties":{"i":{"type":"number"}}}')
  const watch = watchOf({ normalizer: normalizer().value, check })
  const counts = new WireCounts(watch, 'c')
  const [trade, ack] = [
    feedInto(counts, TRADE),
    feedInto(counts, { name: 'ack', group: 'other', data: false }),
  ]
  ack('{"i":"no"}')
  for (const frame of ['{"bad":1}', '{"i":"1"}', '{}', '[]', '{"i":1}']) trade(frame)
  const { types, samples } = counts.take(DAY) as CountsEvent
  assert.equal(types, {
    trade: { frames: 5, understood: 5, normalized: 5, unknown: 1, checked: 5, misfit: 3 },
    ack: { frames: 1, understood: 1, normalized: 1, unknown: 0 },
  })
  assert.equal(
    samples?.map(({ n, reason }) => `${n} ${reason}`),
    [
      "1 does not fit t:v1: the frame must have required property 'i'",
      '2 does not fit t:v1: /i must be number',
      "3 does not fit t:v1: the frame must have required property 'i'",
    ]
  )
  const [found] = watch.troubles()
  assert.match(found?.message ?? '', /3 of 5 sampled frames of type trade.*does not fit t:v1/)
})

test('the first 20 frames of a type are sampled, then fewer than 1 % of them', () => {
  const { value, seen } = normalizer()
  const watch = watchOf({ normalizer: value })
  const counts = new WireCounts(watch, 'c')
  const trade = feedInto(counts, TRADE)
  for (let i = 0; i < 20; i++) trade(`{"i":${i}}`)
  watch.drain(counts)
  assert.equal(
    seen.map(({ payload }) => payload),
    Array.from({ length: 20 }, (_, i) => `{"i":${i}}`)
  )
  assert.equal(seen[0], { payload: '{"i":0}', type: 'trade', symbol: 'A', recvMs: NOON, recvNs: 7 })
  for (let i = 0; i < 100_000; i++) {
    trade('{}')
    if (i % 10_000 === 0) counts.take(DAY)
  }
  watch.drain(counts)
  const more = seen.length - 20
  assert.ok(more >= 99 && more <= 102, `${more} of 100,000`)
})

test('connections share the samples of a day, and each day begins with 20 of each type', () => {
  const { value, seen } = normalizer()
  let now = NOON
  const watch = watchOf({ normalizer: value, nowMs: () => now })
  const one = new WireCounts(watch, 'a')
  const other = new WireCounts(watch, 'b')
  const [first, second] = [feedInto(one, TRADE), feedInto(other, TRADE)]
  one.take(DAY)
  for (let i = 0; i < 40; i++) first('{}')
  for (let i = 0; i < 40; i++) second('{}')
  one.take(DAY)
  other.take(DAY)
  assert.ok(seen.length >= 20 && seen.length <= 21, `${seen.length} samples`)
  const third = feedInto(new WireCounts(watch, 'c'), TRADE)
  for (let i = 0; i < 40; i++) third('{}')
  assert.ok(seen.length <= 21, 'a new connection begins no new day')
  now += 86_400_000
  one.take('2026-11-25')
  const before = seen.length
  for (let i = 0; i < 40; i++) first('{}', now)
  one.take('2026-11-25')
  assert.is(seen.length - before, 20)
})

test('a sample is a copy: the bytes of the frame may be used again at once', () => {
  const { value, seen } = normalizer()
  const watch = watchOf({ normalizer: value })
  const counts = new WireCounts(watch, 'c')
  const tally = counts.tallyOf(TRADE)
  const payload = Buffer.from('{"a":1}')
  counts.sample(tally, 0n, 1, payload, frameOf(TRADE, ''))
  payload.fill(0)
  watch.drain(counts)
  assert.is(seen[0]!.payload, '{"a":1}')
})

test('what waits is bounded: 64 frames, and 2 MiB', () => {
  const { value, seen } = normalizer()
  const watch = watchOf({ normalizer: value })
  const counts = new WireCounts(watch, 'c')
  for (let type = 0; type < 10; type++) {
    const send = feedInto(counts, { ...TRADE, name: `t${type}` })
    for (let i = 0; i < 20; i++) send('{}')
  }
  watch.drain(counts)
  assert.is(seen.length, 64)
  const large = feedInto(counts, { ...TRADE, name: 'large' })
  for (let i = 0; i < 20; i++) large(' '.repeat(500_000))
  watch.drain(counts)
  assert.is(seen.length, 64 + 4)
})

test('samples are normalised by themselves, a moment after the frames', async () => {
  const { value, seen } = normalizer()
  const counts = new WireCounts(watchOf({ normalizer: value }), 'c')
  feedInto(counts, TRADE)('{}')
  assert.is(seen.length, 0, 'not in the turn of the frame')
  const alive = setInterval(() => {}, 1000)
  try {
    await until(20_000, 'the sample', () => seen.length === 1)
  } finally {
    clearInterval(alive)
  }
})

test('an event tells what is new, by type, with the first samples of the unknown', () => {
  const { value } = normalizer()
  const watch = watchOf({ normalizer: value })
  const counts = new WireCounts(watch, 'c')
  const trade = feedInto(counts, TRADE)
  for (let i = 0; i < 12; i++) trade(i < 7 ? 'bad' : '{}')
  const told = counts.take(DAY)!
  assert.equal(told.proof, proof)
  assert.equal(told.types, {
    trade: { frames: 12, understood: 12, normalized: 12, unknown: 7 },
  })
  assert.is(told.samples!.length, 5)
  assert.equal(told.samples![0], { conn: 'c', n: 1, type: 'trade', reason: 'price: not a decimal' })
  assert.is(counts.take(DAY), null, 'nothing new is not told')
  trade('{}')
  assert.equal(counts.take(DAY)!.types.trade!.frames, 1)
})

test('without a normaliser frames are counted and none is copied', () => {
  const counts = new WireCounts(watchOf(), 'c')
  const trade = feedInto(counts, TRADE)
  for (let i = 0; i < 1000; i++) trade('{}')
  assert.equal(counts.take(DAY)!.types, {
    trade: { frames: 1000, understood: 1000, normalized: 0, unknown: 0 },
  })
})

test('a type that the exchange renames becomes WireDrift within a look, and its frames are named in the counts', async () => {
  const fake = await startFakeKalshi()
  let wire: WireWatch | undefined
  const run = startCapture({
    url: fake.url,
    restUrl: fake.restUrl,
    channels: ['trade'],
    wire: (stats) => {
      wire = watchOf({ counted: () => stats.types.values(), everyMs: 50 })
      return wire
    },
  })
  const counts = () => run.publisher.events('counts') as CountsEvent[]
  try {
    const body = async () => {
      await until(30_000, 'ready', () => run.capture.ready)
      const send = (type: string) =>
        fake.clients[0]!.publish('trade', type, 'A', '{"market_ticker":"A"}')
      for (let i = 0; i < 10; i++) send('trade')
      await until(20_000, 'counts of trades', () => counts().some(({ types }) => types.trade))
      assert.equal(wire!.troubles(), [])
      for (let i = 0; i < 10; i++) send('trade_v9')
      await until(20_000, 'the trouble', () => wire!.troubles().length === 1)
      const [{ kind, name, message }] = wire!.troubles() as [
        { kind: string; name: string; message: string },
      ]
      assert.equal([kind, name], ['WireDrift', UNKNOWN.name])
      assert.match(message, /10 of 10 frames of type unknown were not understood/)
    }
    await within(60_000, 'test', body())
  } finally {
    await within(20_000, 'stop', run.stop())
    await fake.close()
  }
  const sums = { trade: 0, unknown: 0, understood: 0 }
  for (const { types } of counts()) {
    sums.trade += types.trade?.frames ?? 0
    sums.unknown += types.unknown?.frames ?? 0
    sums.understood += types.unknown?.understood ?? 0
  }
  assert.equal(sums, { trade: 10, unknown: 10, understood: 0 })
  const [sample] = counts().flatMap(({ samples = [] }) => samples)
  const record = run.publisher.records.find(({ n }) => n === sample!.n)
  assert.is(record!.connection, sample!.conn)
  assert.match(record!.payload.toString(), /trade_v9/)
  const kinds = run.publisher.events().map(({ kind }) => kind)
  assert.is(kinds.at(-1), 'close', 'nothing follows the close')
})

test.run()
