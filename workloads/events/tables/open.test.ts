// Tables of segments against an order and rows that are made the naive way, from the lines one by one.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { indexFile } from '#archive/format/names.ts'
import { exchangeOf } from '#archive/read/exchange.ts'
import { namesInFormat1 } from '#archive/read/format-1.ts'
import { readIndex } from '#archive/read/members.ts'
import { dayFolder, listDays, type Manifest, readManifest } from '#archive/read/reader.ts'
import { at, eventRecord, makeBlock } from '#archive/testing/blocks.ts'
import {
  manifestOf,
  openWriter,
  readBack,
  STREAM,
  temporaryFolder,
} from '#archive/testing/folders.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { unpackClosedVersion1 } from '#archive/testing/version-1.ts'
import { normalizerOf } from '#exchanges/index.ts'
import { within } from '#testing/deadline.ts'
import { archiveBlocks } from '../testing/archives.ts'
import { randomCapture } from '../testing/capture.ts'
import { RECORDED } from '../testing/frames.ts'
import { naiveTables, tableRows } from '../testing/table-rows.ts'
import type { Want } from './build.ts'
import { TableCache } from './cache.ts'
import { normalizersOf } from './normalizers.ts'
import { openTables } from './open.ts'
import { TABLES, type Table, type TableName } from './table.ts'

const test = suite('tables of a segment')
const seed = testSeed('tables')

async function makeArchive(root: string, exchange: string, random: Random): Promise<void> {
  const frames = RECORDED[exchange]!().slice(0, 1200)
  const shape = { feed: 'alpha', exchange, frames, shards: 2, connections: 3 }
  const times = { startsAt: at('2026-11-24T20:50:00Z'), stepMs: 1500 }
  const published = randomCapture(random, { ...shape, ...times })
  await within(60_000, 'archive', archiveBlocks(root, 'alpha', published, random))
}

/** The rows of all segments of a day, segment by segment. */
async function rowsOfDay(root: string, manifest: Manifest, want: Want = {}) {
  const { feed, day } = manifest
  const normalizers = await normalizersOf(root, manifest)
  const segments = []
  for (const segment of manifest.segments) {
    const opened = await openTables({ root, feed, day, segment }, want, { normalizers })
    assert.equal(opened.damage, [])
    const rows = new Map([...opened.tables].map(([name, table]) => [name, tableRows(table)]))
    segments.push({ segment, rows })
  }
  return segments
}

const dayOf = (root: string): Promise<Manifest> =>
  readManifest(root, 'alpha', manifestOf(root, '2026-11-24', 'alpha').day)

for (const exchange of Object.keys(RECORDED)) {
  test(`tables of ${exchange} say what its normaliser says of each line, in the total order`, async () => {
    const random = seeded(seed)
    using folder = temporaryFolder()
    await makeArchive(folder.path, exchange, random)
    const normalizer = await normalizerOf(exchange, null)
    const counts = new Map<TableName, number>()
    const manifest = await dayOf(folder.path)
    assert.ok(manifest.segments.length > 1)
    for (const { segment, rows } of await rowsOfDay(folder.path, manifest)) {
      const lines = [...readBack(folder.path, 'alpha', segment.name).values()]
      const wanted = naiveTables(lines, () => normalizer)
      for (const name of TABLES) {
        assert.equal(rows.get(name), wanted[name], `${name} of ${segment.name}, seed ${seed}`)
        counts.set(name, (counts.get(name) ?? 0) + wanted[name].length)
      }
    }
    assert.ok(
      [...counts.values()].reduce((sum, count) => sum + count, 0) > 300,
      String([...counts])
    )
  })
}

const MADE = '2026-11-24'

test('archives of version 1, whose lines are of format 1, become the same tables', async () => {
  using folder = temporaryFolder()
  unpackClosedVersion1(folder.path)
  let rows = 0
  for (const { feed, day } of await listDays(folder.path)) {
    const manifest = await readManifest(folder.path, feed, day)
    if ((await exchangeOf(folder.path, manifest)) === null) continue
    const normalizers = await normalizersOf(folder.path, manifest)
    for (const { segment, rows: found } of await rowsOfDay(folder.path, manifest)) {
      assert.is(segment.format, 1)
      const lines = [...readBack(folder.path, feed, `${day}/${segment.name}`).values()]
      const wanted = naiveTables(lines, normalizers.of, (line) =>
        namesInFormat1(Buffer.from(JSON.stringify(line)))
      )
      for (const name of TABLES) assert.equal(found.get(name), wanted[name], `${feed} ${name}`)
      rows += wanted.trade.length + wanted.book.length
    }
  }
  assert.ok(rows > 10, `${rows} rows`)
})

test('symbols, types and times choose from fewer members the rows that a look at all chooses', async () => {
  const random = seeded(seed + 1)
  using folder = temporaryFolder()
  await makeArchive(folder.path, 'kalshi', random)
  const manifest = await dayOf(folder.path)
  const all = await rowsOfDay(folder.path, manifest)
  const some = (name: TableName) => all.flatMap(({ rows }) => rows.get(name)!)
  const symbols = [JSON.parse(some('trade')[0]!).symbol as string]
  const from = '2026-11-24T21:00'
  const to = '2026-11-24T21:10:00.5'
  const types = ['trade', 'orderbook_delta']
  const fromNanos = BigInt(Date.parse(`${from}:00Z`)) * 1_000_000n
  const toNanos = BigInt(Date.parse(`${to}00Z`)) * 1_000_000n
  type Row = { readonly symbol: string; readonly type: string; readonly recv: string }
  const choices: [Want, (row: Row) => boolean][] = [
    [{ symbols }, ({ symbol }) => symbols.includes(symbol)],
    [{ types }, ({ type }) => types.includes(type)],
    [{ from, to }, ({ recv }) => BigInt(recv) >= fromNanos && BigInt(recv) < toNanos],
  ]
  for (const [want, isWanted] of choices) {
    const chosen = await rowsOfDay(folder.path, manifest, want)
    let [read, whole] = [0, 0]
    for (const [i, { segment, rows }] of chosen.entries()) {
      for (const name of TABLES) {
        const found = rows.get(name)!
        const wanted = all[i]!.rows.get(name)!
        const choose = (list: readonly string[]) => list.filter((row) => isWanted(JSON.parse(row)))
        const what = `${name} of ${segment.name}, ${JSON.stringify(want)}, seed ${seed + 1}`
        assert.equal(choose(found), choose(wanted), what)
        read += found.length
        whole += wanted.length
      }
    }
    assert.ok(read > 0 && read < whole, `${read} of ${whole} rows, ${JSON.stringify(want)}`)
  }
})

test('a member that is damaged is named with its times, and the rows of all others come', async () => {
  const random = seeded(seed + 2)
  using folder = temporaryFolder()
  await makeArchive(folder.path, 'kalshi', random)
  const manifest = await dayOf(folder.path)
  const day = dayFolder(folder.path, 'alpha', MADE)
  const segment = manifest.segments
    .filter(({ group }) => group !== 'connection')
    .reduce((a, b) => (a.members > b.members ? a : b))
  assert.ok(segment.members > 2)
  const normalizers = await normalizersOf(folder.path, manifest)
  const place = { root: folder.path, feed: 'alpha', day: MADE, segment }
  const whole = (await openTables(place, {}, { normalizers })).tables
  const entries = await readIndex(day, segment)
  const hurt = entries[1]!
  const path = join(day, segment.name)
  const bytes = readFileSync(path)
  bytes[hurt.offset + 40]! ^= 1
  writeFileSync(path, bytes)
  const { tables, damage } = await openTables(place, {}, { normalizers })
  assert.equal(
    damage.map(({ error, from, to }) => [error.code, from, to]),
    [['SSMD_E_ARCHIVE_INVALID', hurt.from, hurt.to]]
  )
  assert.match(damage[0]!.error.message, segment.name)
  const count = (all: ReadonlyMap<TableName, Table>) => [...all.values()].flatMap(tableRows).length
  const others = await openTables(place, { from: entries[2]!.to }, { normalizers })
  assert.equal(others.damage, [])
  assert.ok(count(tables) < count(whole) && count(tables) > 0)
  const lost = new Set([...whole.values()].flatMap(tableRows))
  for (const row of [...tables.values()].flatMap(tableRows)) assert.ok(lost.delete(row), row)
  assert.ok(lost.size > 0)
  const [from, to] = [hurt.from, hurt.to].map(nanosOf) as [bigint, bigint]
  for (const row of lost) {
    const recv = BigInt((JSON.parse(row) as { recv: string }).recv)
    assert.ok(recv >= from && recv <= to, row)
  }
  writeFileSync(join(day, indexFile(segment.name)), 'no index')
  const blind = await openTables(place, {}, { normalizers })
  assert.equal(
    blind.damage.map((one) => [one.from, one.to]),
    [[segment.from, segment.to]]
  )
  assert.is(count(blind.tables), 0)
})

const nanosOf = (text: string): bigint =>
  BigInt(Date.parse(`${text.slice(0, 23)}Z`)) * 1_000_000n + BigInt(text.slice(23, 29))

test('a segment that was sealed or grew since the manifest was read is read as it is now', async () => {
  const random = seeded(seed + 3)
  using folder = temporaryFolder()
  await makeArchive(folder.path, 'kalshi', random)
  const now = await dayOf(folder.path)
  const current = now.segments.find(({ group }) => group !== 'connection')!
  // As a manifest said before: more members, in another file.
  const { members, indexBytes } = current
  const older = { members: members + 3, indexBytes: indexBytes + 900, sha256: '0'.repeat(64) }
  const segment = { ...current, ...older, sealed: false }
  const normalizers = await normalizersOf(folder.path, now)
  const place = { root: folder.path, feed: 'alpha', day: MADE, segment }
  const read = await openTables(place, {}, { normalizers })
  assert.equal(read.segment, current)
  assert.equal(read.damage, [])
  const lines = [...readBack(folder.path, 'alpha', segment.name).values()]
  const wanted = naiveTables(lines, normalizers.of)
  for (const [name, table] of read.tables) assert.equal(tableRows(table), wanted[name], name)
})

test('frames of a described exchange are read by the Feed of their connection, from the cache too', async () => {
  using folder = temporaryFolder()
  const root = join(folder.path, 'data')
  const writer = await openWriter(root, { maxAgeMs: 1000 })
  writer.bind(STREAM)
  const start = at(`${MADE}T12:00:00Z`)
  const payload = '{"type":"trade","of":"A","old":"1.5","new":"2.5","size":"3"}'
  for (const [i, price] of ['old', 'new'].entries()) {
    const open = { kind: 'open', exchange: 'generic', feed: feedWith(price) }
    const records = [0, 1, 2].map((k) => ({ recv: start + BigInt(10 * k + i + 1), payload }))
    const all = [eventRecord(start + BigInt(i), open), ...records]
    writer.add(makeBlock({ connection: `01${'ab'[i]}`, first: 1, records: all }), i + 1)
  }
  await writer.close()
  const manifest = await readManifest(root, 'made', MADE)
  assert.is(manifest.feeds?.length, 2)
  const normalizers = await normalizersOf(root, manifest)
  const cache = await TableCache.open({ dir: join(folder.path, 'cache'), archives: [root] })
  for (let i = 0; i < 2; i++) {
    const prices: string[] = []
    for (const one of manifest.segments) {
      const segment = { ...one, sealed: true }
      const place = { root, feed: 'made', day: MADE, segment }
      const { tables } = await openTables(place, {}, { normalizers, cache })
      for (const row of tableRows(tables.get('trade')!)) {
        prices.push((JSON.parse(row) as { price: string }).price)
      }
    }
    assert.equal(prices, ['1.5', '2.5', '1.5', '2.5', '1.5', '2.5'])
  }
})

const feedWith = (price: string) => ({
  ...{ apiVersion: 'ssmd.io/v1alpha1', kind: 'Feed', metadata: { name: 'made' } },
  spec: {
    exchange: 'generic',
    versions: [{ name: 'v1', effectiveFrom: '2025-01-01', endpoint: 'wss://x.example' }],
    channels: ['trades'],
    messageTypes: [{ name: 'trade', type: 'type', symbol: 'of', trade: { price, size: 'size' } }],
  },
})

test.run()
