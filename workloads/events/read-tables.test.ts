// Slices of tables against history: the same rows of each kind, in the same order, whatever was chosen.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at } from '#archive/testing/blocks.ts'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { EVENT } from '#market/event.ts'
import { history } from './history.ts'
import { type Damage, readTables, type TableOptions } from './read-tables.ts'
import { TableCache } from './tables/cache.ts'
import { int64At } from './tables/table.ts'
import { archiveBlocks, kalshiTestFrames } from './testing/archives.ts'
import { randomCapture } from './testing/capture.ts'

const test = suite('read tables')
const seed = testSeed('read-tables')
const FRAMES = kalshiTestFrames(3, 900)

async function makeArchive(root: string, feed: string, random: Random): Promise<void> {
  const shape = { feed, exchange: 'kalshi', frames: FRAMES, shards: 2, connections: 3 }
  const times = { startsAt: at('2026-11-24T22:50:00Z'), stepMs: 10_000 }
  await archiveBlocks(root, feed, randomCapture(random, { ...shape, ...times }), random)
}

type Choice = Omit<TableOptions, 'table' | 'onDamage' | 'roots'>

/** Times are beyond 2^53 ns: 256 ns apart at least, as int64At rounds both. */
async function tableRows(path: string, choice: Choice, damaged: Damage[] = []): Promise<string[]> {
  const rows: string[] = []
  const onDamage = (damage: Damage): void => void damaged.push(damage)
  const options = { ...choice, roots: [{ path }], table: 'book', onDamage } as const
  for await (const { feed, table, rows: listed, from, to } of readTables(options)) {
    for (let k = from; k < to; k++) {
      const i = listed === null ? k : listed[k]!
      const { recv, symbol, type } = table
      const names = [symbol.names[symbol.codes[i]!], type.names[type.codes[i]!]]
      rows.push([feed, int64At(recv.words, i), ...names].join(' '))
    }
  }
  return rows
}

async function wantedRows(path: string, choice: Choice): Promise<string[]> {
  const byFeed = new Map<string, string[]>()
  for await (const batch of history({ ...choice, roots: [{ path }] })) {
    batch.each(({ kind, feed, recv, symbol, type }) => {
      if (kind !== EVENT.bookSnapshot && kind !== EVENT.bookChange) return
      if (!byFeed.has(feed)) byFeed.set(feed, [])
      byFeed.get(feed)!.push([feed, Number(recv), symbol, type].join(' '))
    })
  }
  return [...byFeed].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, rows]) => rows)
}

test('slices hold the rows of history, feed by feed, in their order, over segments and midnight', async () => {
  const random = seeded(seed)
  using folder = temporaryFolder()
  await makeArchive(folder.path, 'alpha', random)
  await makeArchive(folder.path, 'beta', random)
  const all = await tableRows(folder.path, {})
  assert.ok(all.length > 50, `only ${all.length} rows`)
  assert.equal(all, await wantedRows(folder.path, {}), `seed ${seed}`)
  const symbol = all[0]!.split(' ')[2]!
  const choices: Choice[] = [
    {},
    { symbols: [symbol] },
    { symbols: [symbol], types: ['orderbook_delta'], feeds: ['beta'] },
    { from: '2026-11-24T23:30', to: '2026-11-25T00:30:00.5Z' },
    { symbols: ['none of them'] },
    { columns: ['symbol', 'type'] },
    { columns: ['type'], symbols: [symbol], from: '2026-11-24T23:30' },
    { types: ['orderbook_snapshot'] },
    { days: ['2026-11-25'] },
  ]
  using other = temporaryFolder()
  const cache = await TableCache.open({ dir: other.path, archives: [folder.path] })
  for (const choice of choices) {
    const wanted = await wantedRows(folder.path, choice)
    assert.equal(await tableRows(folder.path, choice), wanted, JSON.stringify(choice))
    const cached = await tableRows(folder.path, { ...choice, cache })
    assert.equal(cached, wanted, `${JSON.stringify(choice)} from the cache`)
  }
})

test('what cannot be read is told to the caller, and the rest comes', async () => {
  const random = seeded(seed + 1)
  using folder = temporaryFolder()
  await makeArchive(folder.path, 'alpha', random)
  const day = join(folder.path, 'alpha', '2026-11-24')
  const segment = readdirSync(day).find((name) => /^all_.*gz$/.test(name))!
  const bytes = readFileSync(join(day, segment))
  bytes[Math.floor(bytes.length / 2)]! ^= 0xff
  writeFileSync(join(day, segment), bytes)
  const damaged: Damage[] = []
  const rows = await tableRows(folder.path, {}, damaged)
  assert.is(damaged.length, 1)
  assert.match(damaged[0]!.error.message, segment)
  assert.ok(rows.length > 20, 'the rest comes')
})

test.run()
