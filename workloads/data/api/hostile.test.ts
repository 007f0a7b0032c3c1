import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isFeedName } from '#archive/read/reader.ts'
import { readFiles } from '#archive/testing/folders.ts'
import { makeArchive } from '#archive/testing/made-archive.ts'
import { seeded } from '#archive/testing/random.ts'
import { until, within } from '#testing/deadline.ts'
import { withKeys } from '../http/access.ts'
import { hostName, isLoopbackName } from '../http/host.ts'
import { namesTag, readRange } from '../http/range.ts'
import { readCursor } from '../model/cursor.ts'
import { isRealDay, readInstant } from '../model/instant.ts'
import { nearestName } from '../model/nearest.ts'
import { ask, sendRaw, startTestApi, type TestApi } from '../testing/api.ts'

const test = suite('hostile requests')
let api: TestApi

test.before(async () => {
  api = await startTestApi({
    fill: (root) => makeArchive(root, seeded(3)),
    limits: { headersMs: 1000, requestMs: 2000 },
  })
})
test.after(async () => api[Symbol.asyncDispose]())

const raw = (bytes: string): Promise<string> => within(20_000, 'the end', sendRaw(api.url, bytes))
const statuses = (text: string): string[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((m) => m[1]!)

test('A2: GET takes no body: one that comes is refused and the connection ends, so it is never a request', async () => {
  const hidden = 'GET /v1/datasets HTTP/1.1\r\nHost: localhost\r\n\r\n'
  for (const [what, head] of [
    ['a length', `Content-Length: ${hidden.length}`],
    ['chunks', 'Transfer-Encoding: chunked'],
  ] as const) {
    const body =
      what === 'chunks' ? `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n` : hidden
    const answer = await raw(`GET /v1/feeds HTTP/1.1\r\nHost: localhost\r\n${head}\r\n\r\n${body}`)
    assert.equal(statuses(answer), ['413'], what)
    assert.match(answer, /connection: close/i)
  }
  const large = await ask(`${api.url}/v1/feeds`, { method: 'GET' }, 'x'.repeat(1_000_000)).catch(
    (e) => e
  )
  assert.ok(large instanceof Error || [400, 413].includes(large.status))
})

test('A6: what two servers could read differently is refused by the parser', async () => {
  for (const [what, head] of [
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 5'],
    ['length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['chunks and more', 'Transfer-Encoding: chunked, identity'],
    ['a blank before the colon', 'X-A : b'],
    ['a folded header', 'X-A: b\r\n c'],
    ['a bare line feed', 'X-A: b\nX-B: c'],
    ['a null', 'X-A: \0'],
    ['no number as a length', 'Content-Length: +5'],
  ] as const) {
    const answer = await raw(
      `GET /v1/feeds HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${head}\r\n\r\n`
    )
    assert.ok(
      ['400', '413', '501'].includes(statuses(answer)[0] ?? ''),
      `${what}: ${answer.slice(0, 60)}`
    )
    assert.is(statuses(answer).length, 1, what)
  }
  const chunk =
    'POST /v1/feeds HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'
  assert.ok(statuses(await raw(chunk)).includes('400'))
})

test('A6: no Host, two of them, and an absolute address of another host are refused', async () => {
  assert.equal(statuses(await raw('GET /v1/feeds HTTP/1.1\r\nConnection: close\r\n\r\n')), ['400'])
  const two =
    'GET /v1/feeds HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n'
  assert.equal(statuses(await raw(two)), ['400'])
  const absolute =
    'GET http://evil.example/v1/feeds HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  assert.equal(statuses(await raw(absolute)), ['400'])
  const empty = 'GET /v1/feeds HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'
  assert.ok(['400', '403'].includes(statuses(await raw(empty))[0] ?? ''))
})

test('A6: headers beyond 16 KB get 431, and a request that never ends is ended', async () => {
  const huge = await raw(
    `GET /v1/feeds HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`
  )
  assert.equal(statuses(huge), ['431'])
  assert.match(huge, 'application/problem+json')
  const long = await raw(
    `GET /v1/feeds?feed=${'a'.repeat(40_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  )
  assert.equal(statuses(long), ['431'])
  // A header at a time, for ever.
  const slow = await raw('GET /v1/feeds HTTP/1.1\r\nHost: localhost\r\nX-A: ')
  assert.equal(statuses(slow), ['408'])
})

test('A6: no HTTP at all gets 400 and the end of the connection', async () => {
  for (const bytes of [
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'hello\r\n\r\n',
    'GET / HTTP/3.0\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ])
    assert.equal(statuses(await raw(bytes)), ['400'], JSON.stringify(bytes))
})

test('A3: 64 KB in anything that is read from a request are refused in one look, whatever they are', async () => {
  const long = 65_536
  for (const text of [
    'a',
    '0',
    '-',
    '.',
    ',',
    ' ',
    '[',
    '%',
    '\u00e9',
    'a,',
    'bytes=',
    '2026-11-24T00:00:00.',
    'W/"x",',
  ].map((part) => part.repeat(long / part.length))) {
    assert.is(isRealDay(text), false)
    assert.is(readInstant(text), undefined)
    assert.is(hostName(text), '')
    assert.is(isLoopbackName(text), false)
    assert.is(nearestName(text, [text, 'feed']), undefined)
    assert.is(readRange(text, 10), 'none')
    assert.is(namesTag(text, '"tag"'), false)
    assert.throws(() => readCursor(text, 'bars', {}), /no cursor/)
    assert.not(isFeedName(text))
  }
})

test('A8: a manifest that is half written hides its own day alone, and says so', async () => {
  await using other = await startTestApi({ fill: (root) => makeArchive(root, seeded(3)) })
  const [file] = [...readFiles(other.root).keys()]
  const day = file!.slice(0, 10)
  const days = (await other.get('/v1/datasets')).json.rows.length
  const manifest = join(other.root, 'made', day, 'manifest.json')
  const text = readFileSync(manifest, 'utf8')
  for (const bad of [
    text.slice(0, text.length / 2),
    '',
    '{}',
    text.replace('"records"', '"recordz"'),
  ]) {
    writeFileSync(manifest, bad)
    const { rows } = (await other.get('/v1/datasets')).json
    const told = rows.filter((row: { day: string }) => row.day === day)
    assert.equal(
      told.map(({ condition }: { condition: string }) => condition),
      ['damaged']
    )
    assert.is(rows.length, days)
    const one = await other.get(`/v1/datasets/made/${day}`)
    assert.equal([one.status, one.json.code], [500, 'SSMD_E_ARCHIVE_INVALID'])
    assert.is((await other.get(`/datasets/made/${day}/sample`)).status, 500)
  }
})

test('API4: names, values and parameters of any size and encoding get 400, 404 or 431, never 500', async () => {
  const odd = [
    '%',
    '%zz',
    '%ff',
    '%00',
    '%0a',
    '%ed%a0%80',
    'a'.repeat(9000),
    '%F0%9F%98%80',
    '__proto__',
    'constructor',
    'toString',
    '[]',
    '{}',
    '$ne',
    "' or 1=1",
    '<script>',
  ]
  for (const value of odd) {
    for (const path of [
      `/v1/datasets?feed=${value}`,
      `/v1/datasets?${value}=1`,
      `/v1/datasets?${value}`,
      `/v1/datasets/${value}/2026-11-24`,
      `/v1/datasets?from=${value}`,
      `/v1/datasets?limit=${value}`,
      `/v1/datasets?cursor=${value}`,
      `/${value}`,
    ]) {
      const answer = await ask(api.url + path.replaceAll(/[ <>'{}]/g, (c) => encodeURIComponent(c)))
      assert.ok([400, 404, 431].includes(answer.status), `${answer.status} ${path.slice(0, 60)}`)
      assert.is(answer.headers['content-type'], 'application/problem+json')
    }
  }
  assert.is((await api.get(`/v1/datasets?${'feed=made&'.repeat(300)}`)).status, 400)
  assert.is((await api.get('/v1/datasets?feed=made&feed=made,made')).status, 200)
})

test('API3: an answer holds what its columns name, and nothing that a feed or a manifest has beside', async () => {
  const { json } = await api.get('/v1/datasets')
  const document = await api.get('/openapi.json')
  const names = Object.keys(
    document.json.paths['/v1/datasets'].get.responses['200'].content['application/json'].schema
      .properties.rows.items.properties
  )
  for (const row of json.rows) assert.equal(Object.keys(row), names)
})

test('A5: with one key everything but open routes needs it, in one of two headers, and every wrong way gets the same words', async () => {
  await using keyed = await startTestApi({
    fill: (root) => makeArchive(root, seeded(3)),
    authorize: withKeys({ single: 'correct horse' }, { nowMs: () => 0 }),
    isLoopbackOnly: false,
  })
  const ways: Record<string, string>[] = [
    {},
    { 'x-api-key': '' },
    { 'x-api-key': 'correct hors' },
    { 'x-api-key': 'correct horse ' + 'x' },
    { 'x-api-key': 'CORRECT HORSE' },
    { authorization: 'correct horse' },
    { authorization: 'Basic Y29ycmVjdCBob3JzZQ==' },
    { 'x-api-key': 'correct horse', authorization: 'Bearer correct' },
    { 'x-api-key': 'k'.repeat(10_000) },
    { 'x-api-key': 'correct horse\u00e9' },
  ]
  const bodies = new Set<string>()
  for (const headers of ways) {
    const answer = await keyed.get('/v1/feeds', headers)
    assert.is(answer.status, 401, JSON.stringify(headers).slice(0, 60))
    assert.ok(answer.headers['www-authenticate'])
    const { request_id: _, ...rest } = answer.json
    bodies.add(JSON.stringify(rest))
  }
  assert.is(bodies.size, 1)
  assert.is((await keyed.get('/v1/feeds?key=correct+horse&api_key=correct+horse')).status, 401)
  assert.is((await keyed.get('/v1/feeds', { 'x-api-key': 'correct horse' })).status, 200)
  for (const open of ['/', '/health', '/docs', '/openapi.json', '/lib/preact.js'])
    assert.is((await keyed.get(open)).status, 200, open)
  // Another Host is fine: there is a key.
  assert.is((await keyed.get('/health', { host: 'data.example.com' })).status, 200)
})

test('API1: what a grant leaves out does not exist, on any route: the answers are those for a name that nobody has', async () => {
  await using keyed = await startTestApi({
    fill: (root) => makeArchive(root, seeded(3)),
    authorize: () => ({ name: 'k', grant: { feeds: (feed) => feed !== 'made', days: () => true } }),
  })
  const day = '2026-11-24'
  const document = await keyed.get('/openapi.json')
  for (const path of Object.keys(document.json.paths)) {
    if (!path.includes('{feed}')) continue
    const of = (feed: string) =>
      path
        .replace('{feed}', feed)
        .replace('{date}', day)
        .replace('{name}', 'manifest.json')
        .replace('{type}', 'trade')
    const foreign = await keyed.get(of('made'))
    const unknown = await keyed.get(of('nada'))
    assert.equal([foreign.status, foreign.json.code], [404, 'SSMD_E_NOT_FOUND'], path)
    assert.is(foreign.json.detail.replaceAll('made', 'nada'), unknown.json.detail, path)
  }
  assert.equal((await keyed.get('/v1/feeds')).json.rows, [])
  assert.equal((await keyed.get('/v1/datasets')).json.rows, [])
  assert.equal((await keyed.get('/datasets')).json, [])
  assert.is((await keyed.get('/v1/datasets?feed=made')).status, 404)
})

test('A4: idle connections are closed, and hundreds that send nothing do not keep others out', async () => {
  const { hostname, port } = new URL(api.url)
  const idle = Array.from({ length: 200 }, () => connect(Number(port), hostname))
  try {
    let closed = 0
    for (const socket of idle) {
      socket.on('error', () => {})
      socket.on('close', () => closed++)
      socket.resume()
    }
    assert.is((await api.get('/v1/feeds')).status, 200)
    await until(20_000, 'all idle connections closed', () => closed === idle.length)
  } finally {
    for (const socket of idle) socket.destroy()
  }
})

test.run()
