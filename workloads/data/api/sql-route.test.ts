// SQL over HTTP: forms of the answer, pages, and problems that say which rule a statement broke.

import { readdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { ask, type Reply, startTestApi, type TestApi } from '../testing/api.ts'
import { recordedArchive } from '../testing/recorded.ts'

const test = suite('data API: sql')
let api: TestApi
const archive = await recordedArchive()

test.before(async () => {
  api = await startTestApi({ roots: [{ path: archive.path, name: '' }] })
})
test.after(async () => {
  await api[Symbol.asyncDispose]()
  archive[Symbol.dispose]()
})

const JSON_TYPE = { 'content-type': 'application/json' }
const post = (
  body: unknown,
  headers: Record<string, string> = {},
  text = JSON.stringify(body)
): Promise<Reply> =>
  within(
    60_000,
    text.slice(0, 80),
    ask(`${api.url}/v1/query`, { method: 'POST', headers: { ...JSON_TYPE, ...headers } }, text)
  )

test('a statement is answered in every form, with the quality of its days', async () => {
  const sql = 'select symbol, count(*) as n, sum(size) as size\n\tfrom trades group by 1 order by 1'
  const json = await post({ sql, feed: 'kalshi' })
  assert.is(json.status, 200, json.text)
  assert.ok(json.json.rows.length > 0)
  assert.equal(
    json.json.quality.days.map(({ feed }: { feed: string }) => feed),
    ['kalshi', 'kalshi']
  )
  const csv = await post({ sql, feed: ['kalshi'], format: 'csv' })
  const lines = csv.text.trim().split(/\r?\n/)
  assert.equal([lines[0], lines.length], ['symbol,n,size', json.json.rows.length + 1])
  const ndjson = await post({ sql }, { accept: 'application/x-ndjson' })
  const last = JSON.parse(ndjson.text.trim().split('\n').at(-1) ?? '')
  assert.equal([last._end.rows, last._end.complete], [json.json.rows.length, true])
})

test('a cursor continues behind the last row', async () => {
  const sql = 'select range as i from range(5) order by 1'
  const first = (await post({ sql, limit: 3 })).json
  assert.equal([first.rows.map(({ i }: { i: number }) => i), first.truncated], [[0, 1, 2], true])
  const second = (await post({ sql, limit: 3, cursor: first.next_cursor })).json
  assert.equal([second.rows.map(({ i }: { i: number }) => i), second.truncated], [[3, 4], false])
  const other = await post({ sql: 'select 1', cursor: first.next_cursor })
  assert.is(other.status, 400)
})

test('what is wrong with a statement is a problem with its own code, status and hint', async () => {
  const cases = [
    ['select * from nothing', 400, 'SSMD_E_SQL'],
    ['drop table trades', 403, 'SSMD_E_SQL_REFUSED'],
    ["select * from read_text('/etc/passwd')", 403, 'SSMD_E_SQL_REFUSED'],
    ['select len(list(range)) from range(200000000)', 422, 'SSMD_E_SQL_LIMIT'],
  ] as const
  for (const [sql, status, code] of cases) {
    const { json, headers, status: found } = await post({ sql })
    assert.equal([found, json.code], [status, code], sql)
    assert.is(headers['content-type'], 'application/problem+json')
    assert.ok(json.hint, sql)
  }
})

test('a request that is no query is refused before anything runs', async () => {
  assert.is((await post({})).status, 400)
  assert.is((await post({ sql: 'select 1', feet: 'kalshi' })).json.hint, 'did you mean feed?')
  assert.is((await post({ sql: 'select 1', feed: 'kalsh' })).status, 404)
  assert.is((await post({ sql: { a: 1 }, limit: 'many' })).status, 400)
  assert.is((await post(null, {}, '[1]')).status, 400)
  assert.is((await post(null, {}, '{"sql": ')).status, 400)
  assert.is((await post({ sql: 'select 1' }, { 'content-type': 'text/plain' })).status, 415)
  assert.is((await post({ sql: `select '${'x'.repeat(21_000)}'` })).status, 400)
  assert.is((await post({ sql: `select '${'x'.repeat(70_000)}'` })).status, 413)
  assert.is((await api.get('/v1/query?sql=select%201')).status, 405)
})

test('a caller that leaves ends its statement, and no folder of it stays', async () => {
  const stop = new AbortController()
  const sql = 'select count(*) from range(1000000000000) a, range(1000000)'
  const body = JSON.stringify({ sql })
  const asked = ask(
    `${api.url}/v1/query`,
    { method: 'POST', headers: JSON_TYPE, signal: stop.signal },
    body
  )
  const folder = `${api.root}-cache/parquet/statements`
  await until(20_000, 'the statement runs', () => readdirSync(folder).length === 1)
  stop.abort()
  await asked.catch(() => {})
  await until(20_000, 'its folder is gone', () => readdirSync(folder).length === 0)
})

test.run()
