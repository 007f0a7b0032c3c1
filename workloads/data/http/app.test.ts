import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeArchive } from '#archive/testing/made-archive.ts'
import { seeded } from '#archive/testing/random.ts'
import { ask, startTestApi, type TestApi } from '../testing/api.ts'
import { hostName, isLoopbackName } from './host.ts'

const test = suite('data API')
let api: TestApi

test.before(async () => {
  api = await startTestApi({ fill: (root) => makeArchive(root, seeded(7)) })
})
test.after(async () => api[Symbol.asyncDispose]())

test('feeds and datasets are answered as the manifests have them', async () => {
  const feeds = await api.get('/v1/feeds')
  assert.is(feeds.status, 200)
  assert.is(feeds.json.rows[0].feed, 'made')
  const days = await api.get('/v1/datasets?feed=made')
  assert.is(days.headers['content-type'], 'application/json')
  assert.is(days.json.rows.length, feeds.json.rows[0].days)
  assert.is(
    days.json.rows.reduce((sum: number, { records }: { records: number }) => sum + records, 0),
    feeds.json.rows[0].records
  )
  assert.equal([days.json.truncated, days.json.next_cursor], [false, null])
})

test('a problem says what was wrong, with the nearest name, and a stack never', async () => {
  const answer = await api.get('/v1/datasets?fed=made')
  assert.is(answer.status, 400)
  assert.is(answer.headers['content-type'], 'application/problem+json')
  const { request_id, ...problem } = answer.json
  assert.equal(problem, {
    type: '/docs#SSMD_E_USAGE',
    title: 'a command or request asks for something that does not exist or does not fit together',
    status: 400,
    detail: 'there is no parameter "fed"',
    instance: '/v1/datasets',
    code: 'SSMD_E_USAGE',
    hint: 'did you mean feed?',
    errors: [{ parameter: '"fed"', message: 'there is no parameter "fed"' }],
    error: 'there is no parameter "fed"',
  })
  assert.is(request_id, answer.headers['x-request-id'])
  const near = await api.get('/v1/datasets?feed=mad')
  assert.equal([near.status, near.json.hint], [404, 'did you mean made?'])
  const lost = await api.get('/v1/datset')
  assert.equal([lost.status, lost.json.hint], [404, 'did you mean /v1/datasets?'])
})

test('API8: without keys a Host that is no name of this computer is refused (DNS rebinding)', async () => {
  for (const host of ['attacker.example', 'attacker.example:8080', '10.0.0.1', 'localhost.evil'])
    assert.is((await api.get('/v1/feeds', { host })).status, 403, host)
  for (const host of ['localhost', 'localhost:1', '127.0.0.1:8080', '[::1]:80', 'ssmd.localhost'])
    assert.is((await api.get('/v1/feeds', { host })).status, 200, host)
  assert.not(isLoopbackName('127.0.0.1.example.com'))
  assert.is(hostName('a b'), '')
})

test('API8: every answer carries the security headers, and no other origin may read it', async () => {
  for (const path of ['/', '/v1/feeds', '/nothing', '/v1/feeds?x=1']) {
    const { headers } = await api.get(path, { origin: 'http://attacker.example' })
    assert.match(headers['content-security-policy'] ?? '', "default-src 'none'")
    assert.is(headers['x-content-type-options'], 'nosniff')
    assert.is(headers['cross-origin-resource-policy'], 'same-origin')
    assert.is(headers['access-control-allow-origin'], undefined)
  }
})

test('the page and its libraries are served as modules that name each other by path', async () => {
  const page = await api.get('/')
  assert.is(page.headers['content-type'], 'text/html; charset=utf-8')
  for (const path of ['/lib/preact.js', '/lib/hooks.js', '/lib/htm.js', '/lib/uplot.js']) {
    const lib = await api.get(path)
    assert.is(lib.status, 200, path)
    assert.is(lib.headers['content-type'], 'text/javascript; charset=utf-8', path)
    assert.not(
      /\b(import|export)\b[^;'"]*from *["'](?!\.)/.test(lib.text),
      `${path} imports no bare name`
    )
    const again = await api.get(path, { 'if-none-match': lib.headers.etag ?? '' })
    assert.equal([again.status, again.bytes.length], [304, 0], path)
  }
  assert.match((await api.get('/lib/hooks.js')).text, 'from"./preact.js"')
  assert.is((await api.get('/lib/uplot.css')).headers['content-type'], 'text/css; charset=utf-8')
})

test('A6: methods that a path does not answer are refused with those that it does', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
    const answer = await ask(`${api.url}/v1/feeds`, { method })
    assert.is(answer.status, 405, method)
    assert.is(answer.headers.allow, 'GET, HEAD', method)
  }
  const head = await ask(`${api.url}/v1/feeds`, { method: 'HEAD' })
  assert.equal([head.status, head.bytes.length], [200, 0])
})

test.run()
