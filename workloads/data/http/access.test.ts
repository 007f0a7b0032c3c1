// Who gets in, over real HTTP: every wrong form of a key on every route, what a key may not see, and what the log says of it.

import { Registry } from 'prom-client'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { makeArchive } from '#archive/testing/made-archive.ts'
import { seeded } from '#archive/testing/random.ts'
import { until } from '#testing/deadline.ts'
import { allRoutes } from '../api/routes.ts'
import { KeyStore } from '../keys/store.ts'
import { makeApiKey } from '../keys/testing/keys.ts'
import { QUERIES } from '../queries/index.ts'
import { ask, type Reply, sendRaw, startTestApi, type TestApi } from '../testing/api.ts'
import { withKeys } from './access.ts'
import { LIMITS } from './limits.ts'
import { apiMetrics } from './metrics.ts'
import type { ApiDeps, Route } from './route.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const test = suite('access to the data API')

const routes = allRoutes({
  queries: QUERIES,
  deps: { version: '0.0.0' } as ApiDeps,
  cut: new AbortController().signal,
  limits: LIMITS,
  metrics: apiMetrics(new Registry(), {}),
  isLoopbackOnly: false,
})
const closed = routes.filter(({ need }) => need !== 'open')

const keys = {
  all: makeApiKey({ name: 'all' }),
  made: makeApiKey({ name: 'made', feeds: ['made'] }),
  star: makeApiKey({ name: 'star', feeds: ['*'] }),
  early: makeApiKey({ name: 'early', to: '2026-01-01' }),
  data: makeApiKey({ name: 'data', scopes: ['data:read'] }),
  tail: makeApiKey({ name: 'tail', scopes: ['tail:read'] }),
  query: makeApiKey({ name: 'query', scopes: ['query:run'] }),
  expired: makeApiKey({ name: 'expired', expires: '2026-11-24T12:00:00Z' }),
  revoked: makeApiKey({ name: 'revoked' }),
}
const folders = [temporaryFolder(), temporaryFolder(), temporaryFolder()] as const
const [root, hidden, stored] = folders
const store = new KeyStore(stored.path)
const used: string[] = []
let api: TestApi

/** An API of its own: another one may count requests by address. */
const open = (limits: Partial<typeof LIMITS> = {}) =>
  startTestApi({
    roots: [
      { path: root.path, name: '' },
      { path: hidden.path, name: 'hidden' },
    ],
    isLoopbackOnly: false,
    authorize: withKeys({ store }, { nowMs: () => NOW, onUse: (id) => void used.push(id) }),
    limits: {
      refusedRate: { burst: 1e6, perSecond: 1 },
      keyRate: { burst: 1e6, perSecond: 1 },
      ...limits,
    },
  })

test.before(async () => {
  await makeArchive(root.path, seeded(7))
  await makeArchive(hidden.path, seeded(8))
  for (const { key } of Object.values(keys)) await store.add(key)
  await store.revoke(keys.revoked.key.id, NOW)
  api = await open()
})
test.after(async () => {
  await api[Symbol.asyncDispose]()
  for (const folder of folders) folder[Symbol.dispose]()
})

const FEED_EXAMPLE = 'made'
/** A request that a route understands, about a feed. */
function addressOf(route: Route, feed: string): string {
  const values = new Map<string, string>()
  for (const { name, required, schema } of route.document?.parameters ?? []) {
    if (name === 'feed') values.set(name, feed)
    else if (required || route.path.includes(`{${name}}`))
      values.set(name, String((schema.examples as unknown[] | undefined)?.[0] ?? 'x'))
  }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values.get(name) ?? 'x'
    values.delete(name)
    return encodeURIComponent(value)
  })
  return values.size === 0 ? path : `${path}?${new URLSearchParams([...values])}`
}
const send = (route: Route, feed: string, headers: Record<string, string>): Promise<Reply> =>
  ask(
    api.url + addressOf(route, feed),
    { method: route.method, headers },
    route.method === 'POST' ? '{}' : undefined
  )
const withKey = ({ text }: { text: string }) => ({ 'x-api-key': text })
/** An answer without what differs between any two requests. */
const told = ({ status, headers, json }: Reply) => {
  const { request_id: _id, instance: _instance, ...problem } = json
  return { status, problem, authenticate: headers['www-authenticate'] }
}

test('only health, the page and its documentation are open', () => {
  const open = routes.filter(({ need }) => need === 'open').map(({ path }) => path)
  for (const path of open)
    assert.match(path, /^\/($|page\/|lib\/|health$|docs(\.css)?$|openapi\.json$)/)
  assert.ok(closed.length >= 5)
})

test('API2: without a valid key every route answers the same 401, whatever was wrong with the key', async () => {
  const { text } = keys.all
  const other = makeApiKey().text
  const wrong: Record<string, string>[] = [
    {},
    { 'x-api-key': '' },
    { 'x-api-key': other },
    { 'x-api-key': text.slice(0, -1) },
    { 'x-api-key': `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}` },
    { 'x-api-key': `x${text.slice(1)}` },
    { 'x-api-key': 'x'.repeat(10_000) },
    { authorization: text },
    { authorization: 'Bearer' },
    { authorization: `Basic ${Buffer.from(`${text}:`).toString('base64')}` },
    { 'x-api-key': text, authorization: `Bearer ${text}` },
    withKey(keys.expired),
    withKey(keys.revoked),
    { cookie: `key=${text}` },
  ]
  const seen = new Set<string>()
  for (const route of closed)
    for (const headers of wrong) seen.add(JSON.stringify(told(await send(route, 'made', headers))))
  assert.is(seen.size, 1, [...seen].join('\n'))
  const [body = ''] = seen
  assert.equal(JSON.parse(body), {
    status: 401,
    problem: {
      type: '/docs#SSMD_E_KEY',
      title: 'a request to the data API has no key, or one that is not valid',
      status: 401,
      detail: 'this needs a valid API key',
      code: 'SSMD_E_KEY',
      hint: 'send the key as X-API-Key, or as Authorization: Bearer; never in the address',
      error: 'this needs a valid API key',
    },
    authenticate: 'Bearer realm="ssmd"',
  })
})

test('A5: a key in the address opens nothing, and is told nobody', async () => {
  const { text } = keys.all
  for (const name of ['key', 'api_key', 'apikey', 'X-API-Key', 'access_token', 'token']) {
    const answer = await api.get(`/v1/feeds?${name}=${text}`)
    assert.is(answer.status, 401, name)
    assert.not.match(answer.text, text)
  }
  assert.not.match(JSON.stringify(api.log), text)
})

test('A5: keys as bytes that no client sends are refused without a stack', async () => {
  const { text } = keys.all
  const raw = (lines: string) =>
    sendRaw(api.url, `GET /v1/feeds HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n\r\n`)
  for (const [lines, status] of [
    [`X-API-Key: ${text}\r\nX-API-Key: ${text}`, '401'],
    [`X-API-Key: ${text}\r\nx-api-key: x`, '401'],
    [`X-API-Key: x\r\nX-API-Key: ${text}`, '401'],
    [`Authorization: Bearer ${text}\r\nAuthorization: Bearer ${text}`, '401'],
    ['X-API-Key: ключ🔑', '401'],
    [`X-API-Key: ${text.slice(0, 30)}\0${text.slice(31)}`, '400'],
    [`X-API-Key: ${'x'.repeat(1024 * 1024)}`, '431'],
    [`X-API-Key: ${text}\r\n more`, '400'],
  ] as const) {
    const answer = await raw(lines)
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), lines.slice(0, 40))
    assert.not.match(answer, /node:|\.ts\b|at \w+ \(/)
  }
  assert.match(await raw(`X-API-Key: ${text}`), /^HTTP\/1.1 200 /)
})

test('API5: a key without the scope of a route is refused there with 403, and the scope is named', async () => {
  const scoped = { data: keys.data, tail: keys.tail, query: keys.query }
  for (const route of closed)
    for (const [need, key] of Object.entries(scoped)) {
      const answer = await send(route, 'made', withKey(key))
      if (need === route.need) {
        assert.ok(answer.status !== 401 && answer.status !== 403, `${route.path} ${answer.status}`)
        continue
      }
      assert.is(answer.status, 403, `${need} ${route.path}`)
      assert.is(answer.json.code, 'SSMD_E_FORBIDDEN')
      assert.match(answer.json.hint, /^it needs the scope (data:read|tail:read|query:run)/)
    }
})

test('API1: on every route a foreign feed is answered as one that there is not, and is listed nowhere', async () => {
  const unnamed = (answer: Reply, feed: string) =>
    JSON.stringify({ ...told(answer), type: answer.headers['content-type'] }).replaceAll(
      feed,
      'FEED'
    )
  for (const route of closed.filter(({ document, method }) => document && method === 'GET')) {
    const names = route.document!.parameters.some(({ name }) => name === 'feed')
    const key = withKey(keys.made)
    if (names) {
      const foreign = await send(route, 'hidden.made', key)
      const unknown = await send(route, 'hadden.made', key)
      // Nothing is live here, of whatever feed.
      assert.is(foreign.status, route.need === 'tail' ? 503 : 404, route.path)
      assert.is(unnamed(foreign, 'hidden.made'), unnamed(unknown, 'hadden.made'), route.path)
    }
    if (route.path.includes('{')) continue
    const all = await send({ ...route, document: undefined } as unknown as Route, '', key)
    assert.not.match(all.text, 'hidden', route.path)
  }
  for (const key of [keys.all, keys.star]) {
    const { json } = await api.get('/v1/feeds', withKey(key))
    assert.equal(
      json.rows.map(({ feed }: { feed: string }) => feed),
      ['hidden.made', FEED_EXAMPLE]
    )
  }
})

test('API1: days that a key may not read do not exist for it', async () => {
  const { json } = await api.get('/v1/datasets', withKey(keys.early))
  assert.equal(json.rows, [])
  const [day] = (await api.get('/v1/datasets?feed=made', withKey(keys.all))).json.rows
  const foreign = await api.get(`/v1/datasets/made/${day.day}`, withKey(keys.early))
  assert.is(foreign.status, 404)
  assert.not.match(foreign.text, 'days:')
})

test('a key that is revoked is refused from the next request on, on a connection that is open', async () => {
  const late = makeApiKey()
  assert.is((await api.get('/v1/feeds', withKey(late))).status, 401)
  await store.add(late.key)
  assert.is((await api.get('/v1/feeds', withKey(late))).status, 200)
  await new KeyStore(stored.path).revoke(late.key.id, NOW)
  assert.is((await api.get('/v1/feeds', withKey(late))).status, 401)
  assert.equal(used.filter((id) => id === late.key.id).length, 1)
})

test('API4: each key has its own bucket; answers say what is left, and 429 when to come again', async () => {
  await using slow = await open({ keyRate: { burst: 3, perSecond: 0.01 } })
  const get = (key: { text: string }) => slow.get('/v1/feeds', withKey(key))
  const answers = [await get(keys.all), await get(keys.all), await get(keys.all)]
  assert.equal(
    answers.map(({ status }) => status),
    [200, 200, 200]
  )
  assert.equal(
    answers.map(({ headers }) => /^"default";r=(\d+);t=\d+$/.exec(headers.ratelimit ?? '')?.[1]),
    ['2', '1', '0']
  )
  assert.is(answers[0]!.headers['ratelimit-policy'], '"default";q=3;w=300')
  const refused = await get(keys.all)
  assert.is(refused.status, 429)
  assert.is(refused.headers['content-type'], 'application/problem+json')
  assert.match(refused.headers['retry-after'] ?? '', /^(9\d|100)$/)
  assert.match(refused.headers.ratelimit ?? '', /^"default";r=0;t=\d+$/)
  assert.is((await get(keys.made)).status, 200)
  // A refusal costs nothing of the page's.
  assert.is((await slow.get('/')).status, 200)
})

test('API4: guessing keys is slow for an address, and does not slow down the valid key of the same address', async () => {
  await using slow = await open({ refusedRate: { burst: 2, perSecond: 0.01 } })
  const guess = () => slow.get('/v1/feeds', withKey(makeApiKey()))
  assert.equal([(await guess()).status, (await guess()).status], [401, 401])
  const refused = await guess()
  assert.equal([refused.status, refused.json.code], [429, 'SSMD_E_BUSY'])
  assert.match(refused.headers['retry-after'] ?? '', /^(9\d|100)$/)
  assert.is((await slow.get('/v1/feeds', withKey(keys.all))).status, 200)
})

test('every request that needs a key has one line in the log: who, what, how much, and no secret', async () => {
  await using audited = await open()
  const { text, key } = keys.made
  await audited.get('/')
  await audited.get(`/v1/datasets?feed=made&key=${text}`, withKey(keys.made))
  await audited.get('/v1/datasets?feed=made&feed=hidden.made,%0a%7b', withKey(keys.made))
  await audited.get('/v1/feeds', withKey(keys.made))
  await audited.get('/v1/feeds', withKey(keys.revoked))
  await audited.get(`/v1/feeds?key=${text}`)
  const audit = () => audited.log.filter((line) => line.audit === true)
  await until(5_000, 'five lines', () => audit().length >= 5)
  const lines = audit()
  const facts = lines.map(({ key, route, feeds, status, rows, refused }) => ({
    ...{ key, route, feeds, status, rows },
    ...(refused === undefined ? {} : { refused }),
  }))
  const of = (rest: object) => ({ key: key.id, route: '/v1/datasets', rows: 0, ...rest })
  assert.equal(facts, [
    of({ feeds: ['made'], status: 400 }),
    of({ feeds: ['made', 'hidden.made'], status: 400 }),
    of({ route: '/v1/feeds', feeds: [], status: 200, rows: 1 }),
    of({
      route: '/v1/feeds',
      key: keys.revoked.key.id,
      feeds: [],
      status: 401,
      refused: 'revoked',
    }),
    of({ route: '/v1/feeds', key: null, feeds: [], status: 401, refused: 'no key' }),
  ])
  for (const { bytes, ms, address, method, request } of lines) {
    assert.ok((bytes as number) > 100 && Number.isInteger(ms))
    assert.equal([address, method], ['127.0.0.1', 'GET'])
    assert.match(request as string, /^[0-9a-f]{16}$/)
  }
  const all = JSON.stringify([...audited.log, ...api.log])
  for (const { text, key } of Object.values(keys)) {
    assert.not.match(all, text.slice(16, 40))
    assert.not.match(all, key.sha256)
  }
})

test.run()
