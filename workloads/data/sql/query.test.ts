// SQL over an archive of recorded frames: what its tables hold equals what the lines say, and nothing of a statement stays.

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readManifest } from '#archive/read/reader.ts'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { normalizersOf } from '#events/tables/normalizers.ts'
import { openTables } from '#events/tables/open.ts'
import { tableRows } from '#events/testing/table-rows.ts'
import { within } from '#testing/deadline.ts'
import { type AskOptions, ask, type Told } from '../testing/ask.ts'
import { RECORDED_DAYS, recordedArchive } from '../testing/recorded.ts'

const test = suite('query: sql over an archive')

const archive = await recordedArchive({}, ['kalshi', 'other'])
const cache = temporaryFolder()
test.after(() => {
  archive[Symbol.dispose]()
  cache[Symbol.dispose]()
})

const sql = async (
  text: string,
  given: Readonly<Record<string, string>> = {},
  options: AskOptions = {}
) =>
  within(
    120_000,
    text,
    ask([archive.path], 'query', { sql: text, ...given }, { cacheDir: cache.path, ...options })
  )
const rows = async (...args: Parameters<typeof sql>): Promise<readonly Told[]> =>
  (await sql(...args)).rows
const refusal = (
  ...args: Parameters<typeof sql>
): Promise<{ code?: string; message: string; hint?: string }> =>
  sql(...args).then(
    () => assert.unreachable('it was answered') as never,
    (error: Error) => error
  )

/** Rows of a table as texts, straight from the lines. */
async function told(feed: string, table: 'trade' | 'book' | 'quote' | 'instrument') {
  const all: Record<string, string | number | null>[] = []
  for (const day of RECORDED_DAYS) {
    const manifest = await readManifest(archive.path, feed, day)
    const normalizers = await normalizersOf(archive.path, manifest)
    for (const segment of manifest.segments) {
      const place = { root: archive.path, feed, day, segment }
      const { tables } = await openTables(place, { tables: [table] }, { normalizers })
      all.push(...tableRows(tables.get(table)!).map((text) => JSON.parse(text)))
    }
  }
  return all
}

const statements = (): string[] => {
  const folder = join(cache.path, 'parquet', 'statements')
  return readdirSync(folder)
}

test('trades say what the lines say, every column of every row', async () => {
  const wanted = await told('kalshi', 'trade')
  assert.ok(wanted.length > 10, `${wanted.length} trades`)
  const found = await rows(
    `select recv::varchar as recv, time::varchar as "time", symbol, price::varchar as price, size::varchar as size, side, id,
      sequence, type, connection, number, part, flags from trades where feed = 'kalshi' order by connection, number, part`
  )
  const key = (row: (typeof wanted)[number]) =>
    `${row.conn} ${String(row.n).padStart(12, '0')} ${row.row}`
  wanted.sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const plain = (text: unknown) =>
    String(text).includes('.') ? String(text).replace(/\.?0+$/, '') : String(text)
  const instant = (nanos: unknown) => {
    const value = BigInt(String(nanos))
    const iso = new Date(Number(value / 1_000_000n)).toISOString().replace('T', ' ').slice(0, 19)
    return plain(`${iso}.${String(value % 1_000_000_000n).padStart(9, '0')}`)
  }
  assert.equal(
    found.map((row) => ({
      ...row,
      price: plain(row.price),
      size: plain(row.size),
      recv: plain(row.recv),
      time: plain(row.time),
    })),
    wanted.map((row) => ({
      recv: instant(row.recv),
      time: instant(row.time),
      symbol: row.symbol,
      price: row.price,
      size: row.size,
      side: row.side,
      id: row.id,
      sequence: row.sequence,
      type: row.type,
      connection: row.conn,
      number: Number(row.n),
      part: row.row,
      flags: row.flags,
    }))
  )
})

test('each table has as many rows as the lines, of all feeds or of one', async () => {
  for (const [name, table] of [
    ['trades', 'trade'],
    ['books', 'book'],
    ['quotes', 'quote'],
    ['instruments', 'instrument'],
  ] as const) {
    const kalshi = (await told('kalshi', table)).length
    const other = (await told('other', table)).length
    const counts = await rows(`select feed, count(*) as n from ${name} group by 1 order by 1`)
    const expected = [
      { feed: 'kalshi', n: kalshi },
      { feed: 'other', n: other },
    ].filter(({ n }) => n > 0)
    assert.equal(counts, expected, name)
    const one = await rows(`select count(*) as n from ${name}`, { feed: 'other' })
    assert.equal(one, [{ n: other }], name)
  }
})

test('an interval leaves out what was received outside of it, and its quality is that of its days', async () => {
  const [first, last] = [Date.parse('2026-11-24T00:01:00Z'), Date.parse('2026-11-24T00:03:00Z')]
  const wanted = (await told('kalshi', 'trade')).filter(({ recv }) => {
    const ms = Number(BigInt(String(recv)) / 1_000_000n)
    return ms >= first && ms < last
  })
  const interval = { feed: 'kalshi', from: '2026-11-24T00:01:00Z', to: '2026-11-24T00:03:00Z' }
  const { rows: found, quality } = await sql('select count(*) as n from trades', interval)
  assert.equal(found, [{ n: wanted.length }])
  assert.equal(
    quality?.days.map(({ feed, day }) => [feed, day]),
    [['kalshi', '2026-11-24']]
  )
})

test('bars of a minute are those that the query bars answers', async () => {
  const exact = (value: unknown) =>
    String(value).includes('.') ? String(value).replace(/\.?0+$/, '') : String(value)
  const same = ({
    feed,
    symbol,
    time,
    end,
    open,
    high,
    low,
    close,
    volume,
    value,
    trades,
    buyVolume,
    sellVolume,
  }: Told) => ({
    ...{
      feed,
      symbol,
      time,
      end,
      trades,
      open: exact(open),
      high: exact(high),
      low: exact(low),
      close: exact(close),
    },
    ...{
      volume: exact(volume),
      value: exact(value),
      buyVolume: exact(buyVolume),
      sellVolume: exact(sellVolume),
    },
  })
  const wanted = await ask([archive.path], 'bars', { interval: '1m' })
  assert.ok(wanted.rows.length > 10)
  const found = await rows(
    'select * from bars order by "end", feed, symbol',
    {},
    { limit: 100_000 }
  )
  assert.equal(found.map(same), wanted.rows.map(same))
})

test('manifests and gaps say what their queries answer', async () => {
  const days = await rows(
    'select feed, day, condition, records, gaps from manifests order by feed, day'
  )
  const asked = await ask([archive.path], 'datasets')
  const expected = asked.rows.map(({ feed, day, condition, records, gaps }) => ({
    feed,
    day,
    condition,
    records,
    gaps,
  }))
  assert.equal(days, expected)
  const [{ n } = {}] = await rows('select count(*) as n from gaps')
  const gaps = await ask([archive.path], 'gaps')
  assert.ok(gaps.rows.length > 0)
  assert.is(n, gaps.rows.length)
})

test('the tables can be listed and described without making any file', async () => {
  using empty = temporaryFolder()
  const options = { cacheDir: empty.path }
  const names = (await rows('show tables', {}, options)).map(({ name }) => name)
  assert.equal(names, ['bars', 'books', 'gaps', 'instruments', 'manifests', 'quotes', 'trades'])
  assert.equal(readdirSync(join(empty.path, 'parquet')), ['statements'])
  const columns = await rows('describe trades', {}, options)
  assert.equal(
    columns.slice(0, 3).map(({ column_name, column_type }) => [column_name, column_type]),
    [
      ['feed', 'VARCHAR'],
      ['symbol', 'VARCHAR'],
      ['recv', 'TIMESTAMP_NS'],
    ]
  )
})

test('a table whose name is put together is refused instead of being read as empty', async () => {
  const error = await refusal("select * from query('select count(*) from tra' || 'des')")
  assert.match(error.message, 'write the name trades into the statement')
})

test('feeds and days that a caller may not see have no rows in any table', async () => {
  const grant = {
    feeds: (feed: string) => feed === 'other',
    days: (day: string) => day === '2026-11-24',
  }
  const seen = await rows(
    'select distinct feed, recv::date as day from trades union select feed, day::date from manifests',
    {},
    { grant }
  )
  assert.equal(seen, [{ feed: 'other', day: '2026-11-24' }])
  const files = await rows(
    "select parse_filename(file) as name from glob('*') order by 1",
    {},
    { grant }
  )
  assert.equal(
    files.map(({ name }) => name),
    ['gaps.ndjson', 'manifests.ndjson']
  )
  const error = await refusal('select 1', { feed: 'kalshi' }, { grant })
  assert.match(`${error.code}`, /SSMD_E_/)
})

test('files are made once: the second statement over a day makes none', async () => {
  await rows('select count(*) from trades')
  const before = readdirSync(join(cache.path, 'parquet')).sort()
  const seen: number[] = []
  await rows('select count(*) from trades', {}, { onProgress: (done) => seen.push(done) })
  assert.equal(seen, [])
  assert.equal(readdirSync(join(cache.path, 'parquet')).sort(), before)
})

test('a cache folder inside an archive is refused, and nothing is written there', async () => {
  const before = readdirSync(archive.path)
  const error = await refusal('select 1', {}, { cacheDir: join(archive.path, 'cache') })
  assert.match(error.message, 'inside the archive')
  assert.equal(readdirSync(archive.path), before)
})

test('no folder of a statement stays, however it ended', async () => {
  await rows('select 1 as one')
  await refusal('select nothing')
  await refusal('create table t as select 1')
  const stop = new AbortController()
  const stopped = sql(
    'select count(*) from range(1000000000000) a, range(1000000)',
    {},
    { signal: stop.signal }
  )
  setTimeout(() => stop.abort(new Error('gone')), 300)
  assert.is(await stopped.then(String, (error: Error) => error.message), 'gone')
  assert.equal(statements(), [])
})

test('a damaged segment is an error that names it, and days without it are answered', async () => {
  using other = await recordedArchive({ seed: 5 })
  const day = await readManifest(other.path, 'kalshi', '2026-11-24')
  const segment = day.segments.find(({ group }) => group === 'trades')!
  writeFileSync(join(other.path, 'kalshi', '2026-11-24', segment.name), 'damaged')
  const asking = (given: Readonly<Record<string, string>>) =>
    ask(
      [other.path],
      'query',
      { sql: 'select count(*) as n from trades', ...given },
      { cacheDir: cache.path }
    )
  const error = await asking({}).then(String, (thrown: { code: string; message: string }) => thrown)
  assert.is((error as { code: string }).code, 'SSMD_E_ARCHIVE_INVALID')
  const { rows: found } = await asking({ to: '2026-11-24' })
  assert.ok(Number(found[0]?.n) > 0)
})

test.run()
