// History against an order that is made the naive way, from the lines one by one.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at, eventRecord, makeBlock } from '#archive/testing/blocks.ts'
import {
  manifestOf,
  openWriter,
  readBack,
  STREAM,
  temporaryFolder,
} from '#archive/testing/folders.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { createNormalizer } from '#exchanges/kalshi/normalize.ts'
import { decimalText } from '#market/decimal.ts'
import { EVENT } from '#market/event.ts'
import { within } from '#testing/deadline.ts'
import { history } from './history.ts'
import { archiveBlocks, kalshiTestFrames } from './testing/archives.ts'
import { randomCapture } from './testing/capture.ts'
import { isGapRow, rowsOf, rowText } from './testing/rows.ts'

const test = suite('history')
const seed = testSeed('history')
const FRAMES = kalshiTestFrames(3, 900)
const ROUNDS = process.env.SSMD_FAULTS === 'all' ? 20 : 2

async function makeArchive(root: string, feed: string, random: Random, shards = 2): Promise<void> {
  const published = randomCapture(random, {
    feed,
    exchange: 'kalshi',
    frames: FRAMES,
    shards,
    connections: 4,
    startsAt: at('2026-11-24T23:50:00Z'),
    stepMs: 2_000,
  })
  await within(60_000, 'archive', archiveBlocks(root, feed, published, random))
}

type Line = {
  recv: string
  conn: string
  n: number
  type: string
  symbol?: string
  frame?: unknown
}

/** The rows of all frames: read with zlib and JSON, sorted by one comparison, normalised one by one. */
function naiveRows(roots: readonly { path: string; label: string; feed: string }[]): string[] {
  const all: { key: string; n: number; line: Line; text: string; label: string }[] = []
  for (const { path, label, feed } of roots) {
    for (const text of readBack(path, feed).values()) {
      const line = JSON.parse(text) as Line
      all.push({ key: `${line.recv} ${label} ${line.conn}`, n: line.n, line, text, label })
    }
  }
  all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.n - b.n))
  const rows: string[] = []
  for (const { line, text, label } of all) {
    if (line.frame === undefined) continue
    const payload = Buffer.from(text.slice(text.indexOf('"frame":') + 8, -1))
    const recvMs = Date.parse(`${line.recv.slice(0, 23)}Z`)
    const recvNs = Number(line.recv.slice(23, 29))
    const header = { recvMs, recvNs, feed: label, type: line.type, symbol: line.symbol ?? '' }
    let row = 0
    createNormalizer().normalize(payload, header, (event) => {
      Object.assign(event, { connection: line.conn, number: line.n, row: row++ })
      rows.push(rowText(event))
    })
  }
  return rows
}

function firstDifference(found: readonly string[], wanted: readonly string[], what: string): void {
  for (let i = 0; i < Math.max(found.length, wanted.length); i++) {
    if (found[i] !== wanted[i]) assert.is(found[i], wanted[i], `${what}, row ${i}`)
  }
}

test('history equals an order made from the lines one by one, over midnight, feeds and roots', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(seed + round)
    using one = temporaryFolder()
    using other = temporaryFolder()
    await makeArchive(one.path, 'alpha', random)
    await makeArchive(one.path, 'beta', random, 1)
    await makeArchive(other.path, 'alpha', random)
    const roots = [{ path: one.path }, { path: other.path, name: 'old' }]
    const rows = await rowsOf(history({ roots, rows: 100 }))
    const wanted = naiveRows([
      { path: one.path, label: 'alpha', feed: 'alpha' },
      { path: one.path, label: 'beta', feed: 'beta' },
      { path: other.path, label: 'old.alpha', feed: 'alpha' },
    ])
    assert.ok(wanted.length > 2000, `only ${wanted.length} rows`)
    firstDifference(
      rows.filter((row) => !isGapRow(row)),
      wanted,
      `seed ${seed + round}`
    )
    const times = rows.map((row) => row.slice(0, 30))
    assert.equal(times, times.toSorted(), 'gaps stand in their order, too')
  }
})

test('every gap of a manifest is a row, with its cause and its times', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(seed + 100 + round)
    using folder = temporaryFolder()
    await makeArchive(folder.path, 'alpha', random)
    const rows = await rowsOf(history({ roots: [folder] }))
    const told = rows.filter(isGapRow).map((row) => row.split('\t'))
    // Fields of a row: time and reason, flags and end.
    const named = new Set(told.map((f) => [f.at(-3), f[6], f.at(-1)].join(' ')))
    let checked = 0
    for (const day of ['2026-11-24', '2026-11-25']) {
      for (const { cause, from, to, count } of manifestOf(folder.path, day, 'alpha').gaps) {
        const isCut = `${from} ${to}`.includes('2026-11-25T00:00:00.000000000Z')
        if (isCut || count !== undefined) continue
        const row = [cause, from, to ?? 'open'].join(' ')
        assert.ok(
          named.has(row),
          `${row} is no row, seed ${seed + 100 + round}: ${[...named].join('\n')}`
        )
        checked++
      }
    }
    assert.ok(checked > 5, `only ${checked} gaps`)
  }
})

test('days one by one give the rows of all days at once, but for gaps that last at midnight', async () => {
  const random = seeded(seed + 200)
  using folder = temporaryFolder()
  await makeArchive(folder.path, 'alpha', random)
  const all = await rowsOf(history({ roots: [folder] }))
  const days: string[] = []
  for (const day of ['2026-11-24', '2026-11-25']) {
    days.push(...(await rowsOf(history({ roots: [folder], days: [day] }))))
  }
  const frames = (rows: readonly string[]) => rows.filter((row) => !isGapRow(row))
  firstDifference(frames(days), frames(all), 'days')
})

test('symbols, types and times choose the same events as a look at each', async () => {
  const random = seeded(seed + 300)
  using folder = temporaryFolder()
  await makeArchive(folder.path, 'alpha', random)
  const all = await rowsOf(history({ roots: [folder] }))
  const symbol = all.find((row) => row.includes('\ttrade\t'))!.split('\t')[4]!
  const [from, to] = [all[Math.floor(all.length / 3)]!, all[Math.floor(all.length / 2)]!].map(
    (row) => row.slice(0, 30)
  )
  const roots = [folder]
  const chosen = await rowsOf(history({ roots, symbols: [symbol], types: ['trade'], from, to }))
  const wanted = all.filter((row) => {
    const [recv = '', , type = '', , of = ''] = row.split('\t')
    return type === 'trade' && of === symbol && recv >= from! && recv < to!
  })
  firstDifference(
    chosen.filter((row) => !isGapRow(row)),
    wanted,
    'chosen'
  )
  const gaps = (rows: readonly string[]) =>
    rows.filter((row) => isGapRow(row) && row >= from! && row < to!)
  // What lasts already where the reading begins is told there.
  const told = gaps(chosen).filter((row) => !row.startsWith(from!))
  firstDifference(
    told,
    gaps(all).filter((row) => !row.startsWith(from!)),
    'gaps'
  )
})

test('a damaged segment is a gap that names it, and the rest comes all the same', async () => {
  const random = seeded(seed + 400)
  using folder = temporaryFolder()
  await makeArchive(folder.path, 'alpha', random)
  const day = join(folder.path, 'alpha', '2026-11-24')
  const segment = readdirSync(day).find((name) => /^all_.*gz$/.test(name))!
  const bytes = readFileSync(join(day, segment))
  bytes[Math.floor(bytes.length / 2)]! ^= 0xff
  writeFileSync(join(day, segment), bytes)
  const rows = await rowsOf(history({ roots: [folder] }))
  const damaged = rows.filter((row) => row.includes('damaged: '))
  assert.is(damaged.length, 1)
  assert.match(damaged[0]!, segment)
  assert.ok(rows.length > 500, 'the rest comes')
})

test('the frames of a described exchange are read by the Feed of their connection, if a day has several', async () => {
  using folder = temporaryFolder()
  const feedWith = (price: string) => ({
    ...{ apiVersion: 'ssmd.io/v1alpha1', kind: 'Feed', metadata: { name: 'made' } },
    spec: {
      exchange: 'generic',
      versions: [{ name: 'v1', effectiveFrom: '2025-01-01', endpoint: 'wss://x.example' }],
      channels: ['trades'],
      messageTypes: [{ name: 'trade', type: 'type', symbol: 'of', trade: { price, size: 'size' } }],
    },
  })
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const start = at('2026-11-24T12:00:00Z')
  // The same names stand for other things under the other Feed, and the two connections take turns.
  const payload = '{"type":"trade","of":"A","old":"1.5","new":"2.5","size":"3"}'
  for (const [i, [connection, price]] of [
    ['01a', 'old'],
    ['01b', 'new'],
  ].entries()) {
    const open = { kind: 'open', exchange: 'generic', feed: feedWith(price!) }
    const records = [0, 1, 2].map((k) => ({ recv: start + BigInt(10 * k + i + 1), payload }))
    const block = { connection: connection!, first: 1 }
    const all = [eventRecord(start + BigInt(i), open), ...records]
    writer.add(makeBlock({ ...block, records: all }), i + 1)
  }
  await writer.close()
  const prices: string[] = []
  for await (const batch of history({ roots: [folder] })) {
    batch.each((event) => {
      if (event.kind === EVENT.trade) prices.push(decimalText(event.price, event.priceScale))
    })
  }
  assert.equal(prices, ['1.5', '2.5', '1.5', '2.5', '1.5', '2.5'])
})

test('a day whose exchange is not known is refused and named', async () => {
  using folder = temporaryFolder()
  const random = seeded(1)
  const shape = { feed: 'alpha', exchange: '', frames: FRAMES.slice(0, 20), shards: 1 }
  const more = { connections: 1, startsAt: at('2026-11-24T12:00:00Z'), stepMs: 1000 }
  await archiveBlocks(folder.path, 'alpha', randomCapture(random, { ...shape, ...more }), random)
  try {
    await rowsOf(history({ roots: [folder] }))
    assert.unreachable()
  } catch (thrown) {
    assert.match(String(thrown), /alpha\/2026-11-24 names its exchange/)
  }
})

test('two roots without a name and with the same feed are refused; the caller may end the reading', async () => {
  const random = seeded(seed + 500)
  using one = temporaryFolder()
  using other = temporaryFolder()
  await makeArchive(one.path, 'alpha', random)
  await makeArchive(other.path, 'alpha', random)
  const refused = await rowsOf(history({ roots: [one, other] })).catch(String)
  assert.match(String(refused), /both .* hold a feed alpha/)
  const stop = new AbortController()
  let batches = 0
  const stopped = await (async () => {
    for await (const batch of history({ roots: [one], rows: 50, signal: stop.signal })) {
      assert.ok(batch.length >= 50)
      batches++
      stop.abort(new Error('enough'))
    }
  })().catch(String)
  assert.is(stopped, 'Error: enough')
  assert.is(batches, 1)
})

test.run()
