// The queries that read records and market events, beside what Python computes from the files of the same recorded days.

import { readdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { SsmdError } from '#crds/errors.ts'
import { TableCache } from '#events/tables/cache.ts'
import { ask, askInPages, type Told } from '../testing/ask.ts'
import { independent, onlyOf } from '../testing/independent.ts'
import { recordedArchive } from '../testing/recorded.ts'

const test = suite('queries of records and events')
// Of this seed no connection is lost before midnight and replaced behind it: a reading that begins in between does not yet tell that gap
// where a longer reading does (docs/design/0005).
const archive = await recordedArchive({ seed: 5, frames: 1200 }, ['kalshi', 'kalshi-b'])
const { path } = archive
/** One shard of consecutive frames: its books are those of the exchange. */
const whole = await recordedArchive({ frames: 2000, every: 1, shards: 1, stepMs: 1000 })
test.after(() => {
  archive[Symbol.dispose]()
  whole[Symbol.dispose]()
})

const FROM = '2026-11-23T23:55:00.000000000Z'
const TO = '2026-11-24T00:05:00.000000000Z'
const busiest = (await ask([whole.path], 'symbols', { exact: 'true' })).rows
  .toSorted((a, b) => Number(b.trades) - Number(a.trades))
  .map(({ symbol }) => String(symbol))
const SYMBOL = busiest[0] ?? ''

/** The first row that differs is shown: all of them would be thousands. */
const sameRows = (rows: readonly Told[], expected: readonly Told[], what = 'rows'): void => {
  for (const [i, row] of rows.entries()) {
    if (JSON.stringify(row) !== JSON.stringify(expected[i])) {
      assert.equal(row, expected[i], `${what}: row ${i} of ${rows.length}`)
    }
  }
  assert.is(rows.length, expected.length, what)
}

const equalRows = (rows: readonly Told[], expected: readonly Told[]): void => {
  assert.ok(expected.length > 0, 'Python finds nothing')
  sameRows(onlyOf(rows, expected), expected)
}

for (const [asked, given] of [
  [{}, {}],
  [
    { from: FROM, to: TO },
    { from: FROM, to: TO },
  ],
  [{ types: ['trade'] }, { type: 'trade' }],
  [
    { symbols: [SYMBOL], from: FROM },
    { symbol: SYMBOL, from: FROM },
  ],
] as const) {
  test(`records ${Object.keys(given)} equal the lines of the files, byte for byte, over two feeds`, async () => {
    const { rows } = await ask([path], 'records', given, { limit: 1_000_000 })
    equalRows(rows, independent('records', path, asked))
  })
}

test('symbols with exact counts equal what Python counts, and the indexes alone enclose their times', async () => {
  const expected = independent('symbols', path)
  const { rows } = await ask([path], 'symbols', { exact: 'true' })
  equalRows(rows, expected)
  const rough = (await ask([path], 'symbols')).rows
  assert.equal(
    rough.map(({ feed, symbol }) => [feed, symbol]),
    expected.map(({ feed, symbol }) => [feed, symbol])
  )
  for (const [i, { first, last }] of rough.entries()) {
    assert.ok(String(first) <= String(expected[i]?.first))
    assert.ok(String(last) >= String(expected[i]?.last))
  }
})

test('events equal what Python reads from the frames: trades, quotes, snapshots and changes', async () => {
  const given = { event: 'trade,quote,bookSnapshot,bookChange' }
  const { rows } = await ask([path], 'events', given, { limit: 1_000_000 })
  equalRows(rows, independent('events', path))
  const named = { ...given, symbol: SYMBOL, from: FROM, to: TO }
  const few = await ask([path], 'events', named, { limit: 1_000_000 })
  const expected = independent('events', path, { symbols: [SYMBOL], from: FROM, to: TO })
  equalRows(few.rows, expected)
})

test('with a cache the answers are the same, when it is built and when it is read', async () => {
  using folder = temporaryFolder()
  const open = () => TableCache.open({ dir: folder.path, archives: [path] })
  for (const [query, given] of [
    ['events', { from: FROM, to: TO }],
    ['bars', { interval: '10s' }],
    ['asof', { symbol: SYMBOL, at: TO }],
  ] as const) {
    const without = await ask([path], query, given, { limit: 1_000_000 })
    for (const when of ['built', 'read']) {
      const cache = await open()
      const { rows } = await ask([path], query, given, { limit: 1_000_000, cache })
      sameRows(rows, without.rows, `${query} ${when}`)
    }
  }
  assert.ok(
    readdirSync(folder.path, { recursive: true }).some((name) => /arrow/.test(String(name)))
  )
})

test('gaps are rows among the events, unless only other kinds are asked for; the quality tells of them all the same', async () => {
  const all = await ask([path], 'events', { feed: 'kalshi' }, { limit: 1_000_000 })
  const gaps = all.rows.filter(({ event }) => event === 'gap')
  assert.ok(gaps.length > 0)
  assert.ok(gaps.every(({ reason, time }) => reason !== null && time !== null))
  const trades = await ask([path], 'events', { feed: 'kalshi', event: 'trade' })
  assert.ok(trades.rows.every(({ event }) => event === 'trade'))
  assert.ok((trades.quality?.gaps.length ?? 0) > 0)
  const only = await ask([path], 'events', { feed: 'kalshi', event: 'gap' }, { limit: 1_000_000 })
  assert.equal(only.rows, gaps)
})

for (const [kind, interval, size] of [
  ['time', '1m', '60'],
  ['time', '10s', '10'],
  ['tick', '3', '3'],
  ['volume', '250.5', '250.5'],
  ['value', '100', '100'],
] as const) {
  test(`bars of ${kind} ${interval} equal what Python adds up, and in pages they are the same`, async () => {
    const one = kind === 'time' ? {} : { feed: 'kalshi', symbol: SYMBOL }
    const given = { kind, interval, ...one }
    const root = kind === 'time' ? path : whole.path
    const symbols = kind === 'time' ? {} : { symbols: [SYMBOL] }
    const expected = independent('bars', root, { kind, size, ...symbols })
    const { rows, next } = await ask([root], 'bars', given, { limit: 1_000_000 })
    assert.is(next, null)
    equalRows(rows, expected)
    assert.ok(rows.length > 3)
    for (const limit of [kind === 'tick' ? 1 : 3]) {
      const pages = await askInPages([root], 'bars', given, limit)
      sameRows(pages, rows, `pages of ${limit}`)
    }
  })
}

test('bars that touch a gap say so, others do not, and the last one is not complete', async () => {
  const { rows } = await ask([path], 'bars', { interval: '10s' }, { limit: 1_000_000 })
  assert.ok(rows.some(({ gap }) => gap === true))
  assert.ok(rows.some(({ gap }) => gap === false))
  // From within a bar of several trades on, but behind its first one.
  const minutes = (await ask([path], 'bars', { interval: '1m' })).rows
  const one = minutes.find(({ trades }) => Number(trades) > 1)
  const given = { symbol: String(one?.symbol), feed: String(one?.feed), event: 'trade' }
  const [first] = (await ask([path], 'events', { ...given, from: String(one?.time) })).rows
  const from = String(first?.recv).replace(/\d{3}Z$/, '999Z')
  const cut = (await ask([path], 'bars', { interval: '1m', from })).rows
  const begun = cut.filter(({ time }) => time === one?.time)
  assert.ok(begun.length > 0)
  assert.ok(begun.every(({ complete }) => complete === false))
  assert.ok(cut.some(({ complete }) => complete === true))
})

test('records and events in pages are the same rows, whatever the limit', async () => {
  for (const [query, given] of [
    ['records', { from: FROM, to: TO }],
    ['events', { from: FROM, to: TO }],
    ['events', { event: 'gap,trade' }],
    ['events', { feed: 'kalshi', symbol: SYMBOL }],
  ] as const) {
    const all = await ask([path], query, given, { limit: 1_000_000 })
    for (const limit of [137]) {
      const pages = await askInPages([path], query, given, limit)
      sameRows(pages, all.rows, `${query} in pages of ${limit}`)
    }
  }
})

test('a page that was cut tells the gaps up to its last row alone', async () => {
  const all = await ask([path], 'records', {}, { limit: 1_000_000 })
  const page = await ask([path], 'records', {}, { limit: 20 })
  assert.ok((page.quality?.gaps.length ?? 0) < (all.quality?.gaps.length ?? 0))
  const last = String(page.rows.at(-1)?.recv)
  assert.ok(page.quality?.gaps.every(({ from }) => from <= last))
})

const times = [
  '2026-11-23T23:50:30Z',
  '2026-11-23T23:55:00.5Z',
  '2026-11-24T00:05:20Z',
  '2026-11-24T00:10:00Z',
  '2026-11-24T00:12:30Z',
  '2026-11-24T00:20:00Z',
]

test('the book at a time equals what Python builds from the whole day, and is suspect where something is missing', async () => {
  const states = new Set<unknown>()
  let compared = 0
  for (const symbol of busiest.slice(0, 4)) {
    for (const time of times) {
      const at = time.replace(/(\.\d)?Z/, (_, part: string = '.0') => `${part}00000000Z`)
      const asked = { feed: 'kalshi', symbol, at }
      const expected = independent('book', whole.path, asked)
      if (expected.length === 0) continue
      const { rows, about } = await ask([whole.path], 'book', { ...asked, at: time })
      equalRows(rows, expected)
      assert.is(about?.suspect !== null, about?.state === 'suspect')
      states.add(about?.state)
      compared++
    }
  }
  assert.ok(compared > 5)
  assert.ok(states.has('live'))
  assert.ok(states.has('suspect'))
})

test('a book without a snapshot, an unknown symbol and an unknown type are refused with the next step', async () => {
  const at = '2026-11-23T23:50:00.000000001Z'
  await rejects(ask([whole.path], 'book', { feed: 'kalshi', symbol: SYMBOL, at }), /snapshot/)
  const symbol = SYMBOL.replace('K', 'X')
  const error = await rejects(ask([path], 'records', { symbol }), /symbol/)
  assert.match(String(error.hint), new RegExp(`did you mean ${SYMBOL.slice(0, 4)}`))
  await rejects(ask([path], 'events', { type: 'trades' }), /type "trades"/, /did you mean trade\?/)
  await rejects(ask([path], 'bars', { interval: '1 min' }), /interval=/, /write a whole number/)
  await rejects(ask([path], 'bars', { kind: 'tick', interval: '10' }), /one feed and one symbol/)
})

test('asof equals the last trade and quote that Python finds before the time', async () => {
  for (const time of times.slice(1)) {
    const at = time.replace(/(\.\d)?Z/, (_, part: string = '.0') => `${part}00000000Z`)
    const symbols = busiest.slice(0, 3)
    const expected = independent('asof', path, { at, symbols })
    const { rows } = await ask([path], 'asof', { symbol: symbols.join(','), at: time })
    equalRows(rows, expected)
  }
})

test('an estimate is exact for a whole day, and never less than the records that come', async () => {
  for (const given of [{}, { type: 'trade' }, { symbol: SYMBOL }, { from: FROM, to: TO }] as Record<
    string,
    string
  >[]) {
    const { rows, about } = await ask([path], 'estimate', given)
    const records = (await ask([path], 'records', given, { limit: 1_000_000 })).rows.length
    assert.ok(Number(about?.records) >= records)
    if (Object.keys(given).length > 0) continue
    assert.ok(rows.every(({ exact }) => exact === true))
    assert.is(about?.records, records)
  }
})

test('schema names the fields of each type, freshness the age of the last record, builders their parameters', async () => {
  const { rows } = await ask([path], 'schema', { feed: 'kalshi', type: 'trade' })
  const price = rows.find(({ field }) => field === 'msg.yes_price_dollars')
  assert.equal([price?.kinds, price?.frames], [['text'], price?.of])
  const [fresh] = (await ask([path], 'freshness')).rows
  const last = Date.parse(String(fresh?.last))
  assert.is(Number(fresh?.ageSeconds), (Date.parse('2026-11-25T00:00:00Z') - last) / 1000)
  const names = (await ask([path], 'builders')).rows.map(({ name }) => name)
  const bars = ['time-bars', 'tick-bars', 'volume-bars', 'value-bars']
  const ofTrades = ['price-history', 'volume-profile', 'rolling-vwap', 'session-vwap']
  ofTrades.push('trade-imbalance')
  const ofTops = ['book-imbalance', 'microprice', 'spread-stats', 'as-of-join']
  assert.equal(names, ['order-book', ...bars, ...ofTrades, ...ofTops])
  await rejects(ask([path], 'schema', { feed: 'kalshi', type: 'tradee' }), /tradee/, /trade\?/)
})

async function rejects(
  asked: Promise<unknown>,
  message: RegExp,
  hint?: RegExp
): Promise<SsmdError> {
  try {
    await asked
  } catch (thrown) {
    assert.instance(thrown, SsmdError, String((thrown as Error).stack))
    const error = thrown as SsmdError
    assert.match(error.message, message)
    if (hint !== undefined) assert.match(String(error.hint), hint)
    return error
  }
  throw new Error('was not refused')
}

test.run()
