// One SQL statement in its process: what it may read, what it may not do, and when it is stopped.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteFile } from 'hyparquet-writer/src/node.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packageOnFirstUse } from '#packages/on-first-use.ts'
import { until, within } from '#testing/deadline.ts'
import type { ColumnValues, Rows } from '../model/rows.ts'
import { SQL_LIMITS, type SqlLimits } from './messages.ts'
import { runSql, type SqlRun } from './run.ts'

const test = suite('sql in a process')

const packageUrl = (await packageOnFirstUse('@duckdb/node-api')).href
const outside = mkdtempSync(join(tmpdir(), 'ssmd-sql-outside-'))
let folder = ''
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssmd-sql-'))
  parquetWriteFile({
    filename: join(folder, 'trades.parquet'),
    columnData: [
      { name: 'symbol', data: ['A', 'B', 'A'], type: 'STRING' },
      { name: 'size', data: [1, 2, 3], type: 'INT32' },
    ],
  })
})
test.after.each(() => rmSync(folder, { recursive: true }))
test.after(() => rmSync(outside, { recursive: true }))

const run = (sql: string, change: Partial<SqlRun> = {}): Promise<Rows> =>
  runSql({
    sql,
    packageUrl,
    folder,
    views: async () => [
      { name: 'trades', sql: `select * from read_parquet('${folder}/trades.parquet')` },
    ],
    skip: 0,
    limit: 1000,
    signal: new AbortController().signal,
    ...change,
  })

const valueAt = (column: ColumnValues, row: number): unknown => {
  if (column.type === 'time') return column.ms[row] === -1 ? null : [column.ms[row], column.ns[row]]
  if (column.type === 'decimal')
    return [column.wide?.get(row) ?? column.values[row], column.scales[row]]
  return column.values[row]
}
async function read(rows: Rows): Promise<unknown[][]> {
  const all: unknown[][] = []
  for await (const { length, columns } of rows.runs)
    for (let row = 0; row < length; row++) all.push(columns.map((column) => valueAt(column, row)))
  return all
}
const answer = (sql: string, change: Partial<SqlRun> = {}): Promise<unknown[][]> =>
  within(60_000, sql, run(sql, change).then(read))

type Refusal = { readonly code?: string; readonly message: string; readonly hint?: string }
const refusal = (sql: string, change: Partial<SqlRun> = {}): Promise<Refusal> =>
  answer(sql, change).then(
    (rows) => assert.unreachable(`${sql} was answered: ${JSON.stringify(rows)}`) as never,
    (error: Error) => error
  )

/** Processes of this one that run the child's file. */
const children = (): string[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('/sql/child.'))
const nothingLeft = () => until(10_000, 'the process has ended', () => children().length === 0)

test('a statement over a table is answered with the types of its columns', async () => {
  const rows = await run(
    'select symbol, sum(size) as total, count(*) n from trades group by 1 order by 1'
  )
  assert.equal(
    rows.columns.map(({ name, type, says }) => [name, type, says]),
    [
      ['symbol', 'text', 'of the SQL type VARCHAR'],
      ['total', 'integer', 'of the SQL type HUGEINT'],
      ['n', 'integer', 'of the SQL type BIGINT'],
    ]
  )
  assert.equal(await read(rows), [
    ['A', 4, 2],
    ['B', 2, 1],
  ])
  assert.is(rows.next(), null)
  await nothingLeft()
})

test('each type of SQL is answered exactly, and what is absent is absent', async () => {
  const at = Date.parse('2026-11-24T12:00:00.123Z')
  const cases: readonly (readonly [sql: string, value: unknown])[] = [
    ['true', 1],
    ['null::boolean', 2],
    ['9007199254740991', 9007199254740991],
    ['null::int', Number.NaN],
    ['1.50::decimal(9,2)', [150, 2]],
    ['12345678901234567890.5::decimal(38,1)', [123456789012345678905n, 1]],
    ['1.5::double', 1.5],
    ["timestamp_ns '2026-11-24 12:00:00.123456789'", [at, 456_789]],
    ["timestamptz '2026-11-24 13:00:00.123456+01'", [at, 456_000]],
    ["timestamp_s '2026-11-24 12:00:00'", [at - 123, 0]],
    ['null::timestamp', null],
    ["date '2026-11-24'", '2026-11-24'],
    ["interval '90 seconds'", '00:01:30'],
    ["'\\x00A'::blob", new Uint8Array([0, 65])],
    ["{'a': 1, 'b': [true, null]}", { a: 1, b: [true, null] }],
    ["'é€𝄞'", 'é€𝄞'],
    ['null', Number.NaN],
  ]
  const [row = []] = await answer(`select ${cases.map(([sql]) => sql).join(', ')}`)
  for (const [i, [sql, value]] of cases.entries()) assert.equal(row[i], value, sql)
})

test('a value that a column cannot hold exactly is an error that names the column', async () => {
  for (const sql of [
    'select 9007199254740993 as big',
    "select timestamp '1960-01-01' as big",
    "select 'infinity'::timestamp as big",
  ]) {
    const error = await refusal(sql)
    assert.is(error.code, 'SSMD_E_SQL')
    assert.match(error.message, 'column big')
    assert.match(error.hint ?? '', 'CAST(big AS VARCHAR)')
  }
})

test('rows come in pages: the next one starts where the last was cut', async () => {
  const sql = 'select range as i from range(5000)'
  const first = await run(sql, { limit: 3000 })
  const numbers = (await read(first)).map(([i]) => i)
  assert.equal([numbers.length, numbers.at(-1), first.next()], [3000, 2999, [3000]])
  const second = await run(sql, { skip: 3000, limit: 3000 })
  const others = (await read(second)).map(([i]) => i)
  assert.equal([others.length, others[0], others.at(-1), second.next()], [2000, 3000, 4999, null])
  const whole = await run(sql, { skip: 2000, limit: 3000 })
  await read(whole)
  assert.is(whole.next(), null)
})

const REFUSED: readonly (readonly [what: string, sql: string])[] = [
  ['writes a file into its own folder', "copy (select 1) to 'x.parquet'"],
  ['writes a file by its path', `copy (select 1) to '${outside}/x.csv'`],
  ['writes below an explanation', "explain analyze copy (select 1) to 'x.csv'"],
  ['creates a table', 'create table t as select 1'],
  ['inserts', 'insert into trades values (1)'],
  ['updates', 'update trades set size = 1'],
  ['deletes', 'delete from trades'],
  ['exports', "export database 'x'"],
  ['imports', "import database '/tmp'"],
  ['attaches a database', `attach '${outside}/a.db'`],
  ['attaches one in memory', "attach ':memory:' as m"],
  ['installs an extension', 'install httpfs'],
  ['loads an extension', 'load httpfs'],
  ['loads an extension by its path', "load '/tmp/x.duckdb_extension'"],
  ['changes a setting', 'set threads = 8'],
  ['unlocks the configuration', 'set lock_configuration = false'],
  ['allows other folders', "set allowed_directories = ['/']"],
  ['resets a setting', 'reset memory_limit'],
  ['changes a setting by a pragma', 'pragma memory_limit = "8GB"'],
  ['calls a procedure', 'call pragma_version()'],
  ['makes a secret', "create secret (type s3, key_id 'a', secret 'b')"],
  ['begins a transaction', 'begin'],
  ['prepares a statement', 'prepare p as select 1'],
  ['checkpoints', 'checkpoint'],
  ['hides a second statement', 'select 1; drop view trades'],
  ['hides a second statement behind a comment', "select 1 /* ; */; -- \n copy (select 1) to 'x'"],
  ['has parameters', 'select ?'],
  ['is empty', ''],
  ['is a comment', '-- nothing'],
  ['reads a file as CSV', "select * from read_csv('/etc/passwd')"],
  ['reads a file as text', "select * from read_text('/etc/hostname')"],
  ['reads a file as bytes', "select * from read_blob('/proc/self/environ')"],
  ['reads a file as JSON', "select * from read_json('/etc/hostname')"],
  ['reads a file as Parquet', "select * from read_parquet('/etc/passwd')"],
  ['reads a file by a way round', "select * from read_text('../../etc/passwd')"],
  [
    'reads a file by a way round its own folder',
    "select * from read_text('FOLDER/../../etc/passwd')",
  ],
  ['sniffs a file', "select * from sniff_csv('/etc/passwd')"],
  ['reads a database', "select * from read_duckdb('/tmp/x.db')"],
  ['lists files', "select * from glob('/etc/*')"],
  ['lists files of the folder above', "select * from glob('FOLDER/../*')"],
  ['reads from the network', "select * from read_csv('http://127.0.0.1:9/a.csv')"],
  ['reads from the network by name', "select * from 'https://127.0.0.1:9/a.parquet'"],
  ['reads from S3', "select * from read_parquet('s3://bucket/a.parquet')"],
  [
    'reads a file named in a nested query',
    "select * from query('select * from read_text(''/etc/hostname'')')",
  ],
]
for (const [what, sql] of REFUSED) {
  test(`a statement that ${what} is refused, says so, and leaves nothing`, async () => {
    const error = await refusal(sql.replace('FOLDER', folder))
    // What does not exist at all, such as a file given as a table, is an error of the statement.
    assert.is(error.code, 'SSMD_E_SQL_REFUSED', error.message)
    assert.ok(error.hint)
    assert.not.match(error.message, folder)
    assert.equal(readdirSync(folder), ['trades.parquet'])
    assert.equal(readdirSync(outside), [])
    await nothingLeft()
  })
}

test('a file is no table, and neither is a variable of the environment', async () => {
  writeFileSync(join(outside, 'secret.csv'), 'a\nsecret\n')
  try {
    for (const sql of [
      `select * from '${outside}/secret.csv'`,
      "select getenv('PATH')",
      "select getvariable('x') || 'y' from nothing",
    ]) {
      const error = await refusal(sql)
      assert.match(error.code ?? '', /^SSMD_E_SQL/)
      assert.not.match(error.message, 'secret\n')
    }
  } finally {
    rmSync(join(outside, 'secret.csv'))
  }
})

test('the process has an empty environment', async () => {
  const rows = await run('select range from range(100000000)')
  for await (const _ of rows.runs) {
    const [pid = ''] = children()[0]?.trim().split(' ') ?? []
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((line) => line.split('=')[0])
    assert.equal(
      names.filter((name) => name !== '' && !name?.startsWith('NODE_CHANNEL')),
      []
    )
    break
  }
  await nothingLeft()
})

const WRONG: readonly (readonly [what: string, sql: string, says: RegExp])[] = [
  ['does not parse', 'selec 1', /syntax error/],
  ['names no table', 'select * from tradez', /tradez/],
  ['names no column', 'select prize from trades', /prize/],
  ['converts what is no number', "select 'x'::int", /Conversion Error/],
  [
    'fails in the middle',
    "select case when range = 5000 then error('at the end') end from range(5001)",
    /at the end/,
  ],
]
for (const [what, sql, says] of WRONG) {
  test(`a statement that ${what} is an error that names it`, async () => {
    const error = await refusal(sql, { limit: 100_000 })
    assert.is(error.code, 'SSMD_E_SQL')
    assert.match(error.message, says)
    assert.match(error.hint ?? '', 'SHOW TABLES')
    await nothingLeft()
  })
}

const limited = (change: Partial<SqlLimits>) => ({ limits: { ...SQL_LIMITS, ...change } })
const ENDLESS =
  'select count(*) from range(1000000000000) a, range(1000000) b where a.range + b.range = -1'

test('a statement that never ends is stopped at its time, and says so', async () => {
  const error = await refusal(ENDLESS, limited({ timeMs: 2_000 }))
  assert.is(error.code, 'SSMD_E_SQL_LIMIT')
  assert.match(error.message, 'more than 2 s')
  await nothingLeft()
})

test('recursion without an end is stopped', async () => {
  const sql =
    'with recursive r(i) as (select 1 union all select i + 1 from r) select count(*) from r'
  const error = await refusal(sql, limited({ timeMs: 2_000, memoryBytes: 64e6 }))
  assert.is(error.code, 'SSMD_E_SQL_LIMIT')
  await nothingLeft()
})

const MB = 1024 * 1024
for (const [what, sql] of [
  [
    'sorts more than fits',
    'select * from range(50000000) order by hash(range) limit 1 offset 40000000',
  ],
  ['groups more than fits', 'select range, count(*) from range(50000000) group by 1 limit 1'],
  ['collects more than fits', 'select len(list(range)) from range(100000000)'],
  ['repeats a text', "select len(repeat(repeat('x', 100000), 20000))"],
] as const) {
  test(`a statement that ${what} is stopped at its memory, and says so`, async () => {
    const error = await refusal(sql, limited({ memoryBytes: 64 * MB, residentBytes: 400 * MB }))
    assert.is(error.code, 'SSMD_E_SQL_LIMIT', error.message)
    assert.match(error.message, /MB of memory/)
    await nothingLeft()
  })
}

test('an answer that is too large is stopped', async () => {
  const error = await refusal("select repeat('x', 1000) from range(100000)", {
    ...limited({ answerBytes: 5 * MB }),
    limit: 100_000,
  })
  assert.is(error.code, 'SSMD_E_SQL_LIMIT')
  assert.match(error.message, 'an answer of more than 5 MB')
  await nothingLeft()
})

test('a reader that leaves, and one whose request is aborted, end the process', async () => {
  const rows = await run('select range from range(100000000)')
  for await (const _ of rows.runs) break
  await nothingLeft()

  const stop = new AbortController()
  const endless = run(ENDLESS, { signal: stop.signal }).then(read)
  await until(10_000, 'the process runs', () => children().length === 1)
  stop.abort(new Error('the reader has left'))
  const error = await within(
    10_000,
    'the end',
    endless.catch((thrown: Error) => thrown.message)
  )
  assert.is(error, 'the reader has left')
  await nothingLeft()
  assert.throws(() => stop.signal.throwIfAborted())
})

test('a process that the system ends is said to have been ended', async () => {
  const endless = run(ENDLESS).then(read)
  await until(10_000, 'the process runs', () => children().length === 1)
  process.kill(Number(children()[0]?.trim().split(' ')[0]), 'SIGKILL')
  const error = await within(
    10_000,
    'the end',
    endless.catch((thrown: Refusal) => thrown)
  )
  assert.is((error as Refusal).code, 'SSMD_E_SQL_LIMIT')
  assert.match((error as Refusal).message, 'SIGKILL')
})

test('the process ends with the program that started it', async () => {
  mkdirSync(outside, { recursive: true })
  const program = `
    import { runSql } from ${JSON.stringify(new URL('run.ts', import.meta.url).href)}
    await runSql({ sql: ${JSON.stringify(ENDLESS)}, packageUrl: ${JSON.stringify(packageUrl)}, folder: ${JSON.stringify(folder)},
      views: async () => { console.log('ready'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500); return [] },
      skip: 0, limit: 1, signal: new AbortController().signal }).catch(() => {})`
  const all = () =>
    execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('/sql/child.')).length
  const before = all()
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      stdio: 'pipe',
      cwd: process.cwd(),
    })
    assert.unreachable('the program was to be killed')
  } catch (error) {
    assert.is((error as { signal?: string }).signal, 'SIGKILL', String(error))
  }
  await until(10_000, 'its child has ended', () => all() <= before)
})

test.run()
