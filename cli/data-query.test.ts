// The commands that queries become: over archives and over a data API, in every form, as printed in their help.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { QUERIES } from '#data/queries/index.ts'
import { query as sql } from '#data/sql/query.ts'
import { startTestApi, type TestApi } from '#data/testing/api.ts'
import { ask } from '#data/testing/ask.ts'
import { recordedArchive } from '#data/testing/recorded.ts'
import { within } from '#testing/deadline.ts'
import { dataSource } from './data-source.ts'
import { QUERY_EXAMPLES } from './query-examples.ts'
import { ENTRY, type Ran, runSsmd } from './testing/run.ts'

const test = suite('data queries')
const archive = await recordedArchive({ frames: 2000, every: 1, shards: 1, stepMs: 1000 })
const { path } = archive
const folder = temporaryFolder()
const cache = temporaryFolder()
let api: TestApi
test.before(async () => {
  api = await startTestApi({ roots: [{ path, name: '' }], nowMs: () => Date.now() })
})
test.after(async () => {
  await api[Symbol.asyncDispose]()
  archive[Symbol.dispose]()
  folder[Symbol.dispose]()
  cache[Symbol.dispose]()
})

const ENV = {
  SSMD_DATA_PATH: '',
  SSMD_DATA_URL: '',
  SSMD_API_KEY: '',
  SSMD_CACHE_DIR: cache.path,
}
const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  runSsmd(['data', ...args], { cwd: folder.path, env: { ...ENV, ...env } })
const SYMBOL = 'KXGOLD15M-26NOV231900-00'

test('every example in the help runs as it is printed, and every command has one', async () => {
  for (const [name, text] of Object.entries(QUERY_EXAMPLES)) {
    assert.ok(
      [...QUERIES, sql].some((query) => query.name === name),
      name
    )
    const lines = text.split('\n').filter((one) => one !== '')
    await Promise.all(
      lines.map(async (line) => {
        const words = [...line.trim().matchAll(/"([^"]*)"|(\S+)/g)]
        const [, ...args] = words.map(([word, quoted]) => quoted ?? word)
        const env = { ...ENV, SSMD_DATA_PATH: path }
        const { code, stderr, stdout } = await runSsmd(args, { cwd: folder.path, env })
        assert.is(code, 0, `${line}: ${stderr}`)
        assert.ok(stdout !== '' || line.includes('--to-file'), line)
      })
    )
  }
  assert.ok(existsSync(join(folder.path, 'day.parquet')))
  assert.ok(existsSync(join(folder.path, 'coverage.csv')))
})

test('every call in docs/data.md runs as it is printed', async () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/data.md'), 'utf8')
  const calls = [...page.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, text = '']) =>
    text.split('\n').filter((line) => line !== '')
  )
  assert.ok(calls.length > 20)
  const env = { ...process.env, ...ENV, SSMD_DATA_PATH: path }
  const ssmd = `ssmd() { "${process.execPath}" "${ENTRY}" "$@"; }`
  for (let i = 0; i < calls.length; i += 3) {
    await Promise.all(
      calls.slice(i, i + 3).map(async (call) => {
        // The address of the test's own API.
        const line = call.replaceAll('http://127.0.0.1:8080', api.url).replace('curl', 'curl -sSf')
        const child = spawn('sh', ['-c', `${ssmd}\n${line}`], { cwd: folder.path, env })
        let said = ''
        let written = 0
        child.stderr.on('data', (data: Buffer) => (said += data.toString()))
        child.stdout.on('data', (data: Buffer) => (written += data.length))
        const [code] = await within(60_000, call, once(child, 'close'))
        assert.is(code, 0, `${call}: ${said}`)
        assert.ok(written > 0 || call.includes('--to-file'), call)
      })
    )
  }
})

test('an archive and a data API over it give the same bytes, in every form', async () => {
  for (const [form, ...args] of [
    ['json', 'records', 'kalshi', '--type', 'trade', '--limit', '20'],
    ['parquet', 'records', 'kalshi', '--limit', '20'],
    ['csv', 'bars', 'kalshi', '--interval', '10s', '--times', 'ns'],
    ['arrow', 'bars', 'kalshi', '--interval', '10s'],
    ['table', 'book', 'kalshi', SYMBOL, '--depth', '3'],
    ['ndjson', 'book', 'kalshi', SYMBOL],
    ['csv', 'gaps', '--from', '2026-11-24'],
    ['table', 'symbols', 'kalshi', '--exact'],
    ['json', 'coverage'],
    ['table', 'query', 'select symbol, count(*) as n from trades group by 1 order by 1'],
  ] as const) {
    const [mine, theirs] = await Promise.all([
      run([...args, '--path', path, '-o', form]),
      run([...args, '--url', api.url, '-o', form]),
    ])
    assert.is(mine.code, 0, mine.stderr)
    assert.is(theirs.code, 0, theirs.stderr)
    assert.ok(mine.stdout.length > 10)
    assert.ok(theirs.stdout === mine.stdout, `${args.join(' ')} -o ${form}`)
    assert.is(theirs.stderr, mine.stderr, `${args.join(' ')} -o ${form}`)
  }
})

test('parquet and arrow files hold the rows, and a failed command leaves no file', async () => {
  const expected = (await ask([path], 'bars', { interval: '1m' })).rows
  const file = (form: string): string => join(folder.path, `bars.${form}`)
  for (const form of ['parquet', 'arrow']) {
    const ran = await run(['bars', '--path', path, '-o', form, '--to-file', file(form)])
    assert.is(ran.code, 0, ran.stderr)
  }
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file('parquet')) })
  assert.equal(
    rows.map((row) => Number(row.trades)),
    expected.map(({ trades }) => trades)
  )
  assert.is(tableFromIPC(readFileSync(file('arrow'))).numRows, expected.length)
  const before = readdirSync(folder.path)
  const none = await run(['bars', 'nothing', '--path', path, '--to-file', file('none')])
  assert.is(none.code, 1)
  assert.equal(readdirSync(folder.path), before)
})

test('raw frames are the bytes of the archive, and a reader that goes away ends the command quietly', async () => {
  const raw = await run(['records', 'kalshi', '--path', path, '--raw', '--limit', '100000'])
  const expected = (await ask([path], 'records', {}, { limit: 100_000 })).rows
    .flatMap(({ frame }) => (frame === null ? [] : [`${Buffer.from(String(frame), 'latin1')}\n`]))
    .join('')
  assert.ok(raw.stdout === expected)
  const command = `"${process.execPath}" "${ENTRY}" data records --path "${path}" --raw --limit 100000 | head -1`
  const child = spawn('sh', ['-c', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: process.env,
  })
  const said: string[] = []
  child.stderr.on('data', (data: Buffer) => said.push(data.toString()))
  child.stdout.resume()
  const [code] = await within(60_000, 'head', once(child, 'close'))
  assert.equal([code, said.join('')], [0, ''])
})

test('an answer that was cut says how to continue, and the pages are the whole', async () => {
  const whole = await run(['gaps', '--path', path, '-o', 'csv'])
  const lines: string[] = []
  for (let cursor: string | undefined; ; ) {
    const more = cursor === undefined ? [] : ['--cursor', cursor]
    const source = lines.length % 2 === 0 ? ['--path', path] : ['--url', api.url]
    const { stdout, stderr, code } = await run([
      'gaps',
      '-o',
      'csv',
      '--limit',
      '25',
      ...more,
      ...source,
    ])
    assert.is(code, 0, stderr)
    lines.push(...stdout.split('\n').slice(lines.length === 0 ? 0 : 1, -1))
    cursor = /--cursor (\S+)/.exec(stderr)?.[1]
    if (cursor === undefined) break
  }
  assert.ok(lines.join('\n') === whole.stdout.trimEnd())
})

test('what is wrong is refused with the same words and codes, by an archive and by a data API', async () => {
  for (const [args, words, code] of [
    [['bars', 'kalsi'], /no feed "kalsi"/, 1],
    [['bars', 'kalshi', '--kind', 'tik'], /tik.*\n.*did you mean tick/, 2],
    [['events', '--event', 'trades'], /event="trades"/, 2],
    [['gaps', '--from', '2026-02-30'], /from=.*is not a time/, 2],
    [['records', '--symbol', 'KXGOLD'], /no symbol/, 1],
    [['book', 'kalshi', SYMBOL, '--at', '2026-11-23'], /has no record/, 1],
  ] as const) {
    const [mine, theirs] = await Promise.all([
      run([...args, '--path', path]),
      run([...args, '--url', api.url]),
    ])
    assert.match(mine.stderr, words)
    assert.is(theirs.stderr, mine.stderr)
    assert.equal([mine.code, theirs.code], [code, code], args.join(' '))
  }
  const away = await run(['gaps', '--url', 'http://127.0.0.1:1'])
  assert.match(away.stderr, /127\.0\.0\.1:1 cannot be reached/)
  const both = await run(['gaps', '--path', path, '--url', api.url])
  assert.equal([both.code, /two sources/.test(both.stderr)], [2, true])
})

test('a shell completes the commands that queries become, and their options', async () => {
  const commands = await runSsmd(['complete', '--', 'data', 'b'])
  assert.is(commands.stdout, 'bars\nbook\nbuilders\n')
  const options = await runSsmd(['complete', '--', 'data', 'bars', '--in'])
  assert.is(options.stdout, '--interval\n')
})

test('the source is --path, --url, SSMD_DATA_URL, SSMD_DATA_PATH, ./data, in this order', () => {
  const env = { SSMD_DATA_URL: 'http://a:1', SSMD_DATA_PATH: '/b' }
  const shown = (...[flags, given]: Parameters<typeof dataSource>): string => {
    const source = dataSource(flags, given)
    return source.kind === 'api' ? source.url.host : source.paths.join(' ')
  }
  assert.is(shown({ path: ['x', 'y'] }, env), 'x y')
  assert.is(shown({ url: 'https://c' }, env), 'c')
  assert.is(shown({}, env), 'a:1')
  assert.is(shown({}, { ...env, SSMD_DATA_URL: '' }), '/b')
  assert.is(shown({}, {}), 'data')
  assert.throws(() => dataSource({ url: 'a:b:c' }, {}), /--url/)
  assert.throws(() => dataSource({}, { SSMD_DATA_URL: 'file:///x' }), /SSMD_DATA_URL/)
})

test('a terminal gets a table of its width and no binary form; a pipe gets all of a cell', async () => {
  const inTerminal = (args: string): string =>
    execFileSync(
      'script',
      ['-qec', `stty cols 80; "${process.execPath}" "${ENTRY}" data ${args}`, '/dev/null'],
      { encoding: 'utf8', env: { ...process.env, ...ENV, NO_COLOR: '1' } }
    )
  const table = inTerminal(`gaps --path ${path}`)
  for (const line of table.split('\r\n')) assert.ok(line.length <= 80, line)
  const refused = inTerminal(`gaps --path ${path} -o arrow || true`)
  assert.match(refused, /arrow is no form for a terminal/)
  const piped = await run(['records', '--path', path, '--limit', '5'])
  assert.ok(piped.stdout.split('\n').some((line) => line.length > 200))
})

test.run()
