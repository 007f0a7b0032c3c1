import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { until, waitOut, within } from '#testing/deadline.ts'
import type { Limits } from '../http/limits.ts'
import { ask, startTestApi, type TestApi } from '../testing/api.ts'
import { type NumbersOptions, numbersQuery } from '../testing/numbers-query.ts'

const test = suite('rows over HTTP')
let api: TestApi | undefined
test.after.each(async () => api?.[Symbol.asyncDispose]())

async function start(options: NumbersOptions = {}, limits: Partial<Limits> = {}): Promise<TestApi> {
  api = await startTestApi({ queries: [numbersQuery(options)], limits })
  return api
}

const QUALITY = {
  days: [
    { feed: 'f', day: '2026-11-24', condition: 'degraded', simulated: true, proof: {} },
    { feed: 'f', day: '2026-11-25', condition: 'available', simulated: false, proof: {} },
  ],
  gaps: [],
}

test('the form follows Accept, ?format= wins, and what no form is gets 406 or 400', async () => {
  const { get } = await start()
  for (const [accept, type] of [
    ['*/*', 'application/json'],
    ['text/csv', 'text/csv; charset=utf-8; header=present'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['application/jsonl, text/plain', 'application/x-ndjson'],
    [
      'text/html, application/json;q=0.1, text/csv;q=0.9',
      'text/csv; charset=utf-8; header=present',
    ],
    ['application/vnd.apache.parquet', 'application/vnd.apache.parquet'],
    ['application/vnd.apache.arrow.stream', 'application/vnd.apache.arrow.stream'],
  ] as const) {
    const { headers } = await get('/v1/numbers?count=2', { accept })
    assert.is(headers['content-type'], type, accept)
    assert.match(headers.vary ?? '', 'Accept')
  }
  const csv = await get('/v1/numbers?count=1&format=csv', { accept: 'application/json' })
  assert.is(csv.text, 'n,text,frame\n0,"number 0, as a text that takes some room","{""n"": 0}"\n')
  assert.is((await get('/v1/numbers?count=1', { accept: 'image/png' })).status, 406)
  const wrong = await get('/v1/numbers?count=1&format=jsn')
  assert.equal([wrong.status, wrong.json.hint], [400, 'did you mean json?'])
})

test('HEAD checks the question and reads nothing', async () => {
  let isRead = false
  const { url } = await start({
    onRun: () => {
      isRead = true
    },
  })
  const head = await ask(`${url}/v1/numbers?count=5&format=csv`, { method: 'HEAD' })
  assert.equal([head.status, head.bytes.length, isRead], [200, 0, false])
  assert.match(head.headers['content-type'] ?? '', 'text/csv')
  assert.is((await ask(`${url}/v1/numbers?count=x`, { method: 'HEAD' })).status, 400)
})

test('?raw=1 gives the frames as they were received, each on its line', async () => {
  const { get } = await start()
  assert.is((await get('/v1/numbers?count=2&raw=1')).text, '{"n": 0}\n{"n": 1}\n')
})

test('what an answer is worth stands in headers of a short one and behind a long one, with its rows', async () => {
  const { get } = await start({ quality: QUALITY })
  const short = await get('/v1/numbers?count=5&format=csv')
  const of = (from: Readonly<Record<string, string | undefined>>) =>
    ['rows', 'condition', 'simulated', 'gaps'].map((name) => from[`ssmd-${name}`])
  assert.equal(of(short.headers), ['5', 'degraded', 'true', '0'])
  assert.is(short.headers['content-length'], String(short.bytes.length))
  const long = await get('/v1/numbers?count=50000&limit=50000&format=csv')
  assert.is(long.headers['content-length'], undefined)
  assert.is(long.headers['ssmd-condition'], 'degraded')
  assert.equal(of(long.trailers), ['50000', 'degraded', 'true', '0'])
})

test('a cut answer says where to go on, and following it gives every row once', async () => {
  const { get } = await start()
  const seen: number[] = []
  let path: string | undefined = '/v1/numbers?count=2500&limit=700&format=json'
  while (path !== undefined) {
    const { json, headers } = await get(path)
    seen.push(...json.rows.map(({ n }: { n: number }) => n))
    assert.is(json.truncated, json.next_cursor !== null)
    path = /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1]
    assert.is(path === undefined, json.next_cursor === null)
  }
  assert.equal(
    seen,
    Array.from({ length: 2500 }, (_, i) => i)
  )
})

test('a cursor of other parameters, a changed one, and what is none are refused with a hint', async () => {
  const { get } = await start()
  const { json } = await get('/v1/numbers?count=50&limit=10')
  const cursor: string = json.next_cursor
  assert.is((await get(`/v1/numbers?count=50&limit=3&format=csv&cursor=${cursor}`)).status, 200)
  for (const [path, words] of [
    [`/v1/numbers?count=51&cursor=${cursor}`, /other parameters/],
    [`/v1/numbers?count=50&kind=odd&cursor=${cursor}`, /other parameters/],
    [`/v1/numbers?count=50&cursor=${cursor.slice(0, -3)}`, /no cursor/],
    [`/v1/numbers?count=50&cursor=${cursor.slice(0, 20)}A${cursor.slice(21)}`, /no cursor/],
    ['/v1/numbers?count=50&cursor=x', /no cursor/],
    [`/v1/numbers?count=50&cursor=${'A'.repeat(500)}`, /no cursor/],
  ] as const) {
    const answer = await get(path)
    assert.is(answer.status, 400, path)
    assert.match(answer.json.detail, words)
    assert.ok(answer.json.hint)
  }
})

test('texts are compressed if the caller takes it, and the sums of the last line are of the plain text', async () => {
  const { get } = await start()
  for (const count of [100, 40_000]) {
    const path = `/v1/numbers?count=${count}&limit=${count}&format=ndjson`
    const plain = await get(path)
    const packed = await get(path, { 'accept-encoding': 'gzip' })
    assert.is(packed.headers['content-encoding'], 'gzip')
    assert.match(packed.headers.vary ?? '', 'Accept-Encoding')
    assert.equal(gunzipSync(packed.bytes), plain.bytes)
    const lines = plain.text.trimEnd().split('\n')
    const { _end: end } = JSON.parse(lines.pop()!)
    const before = `${lines.join('\n')}\n`
    assert.equal([end.rows, end.complete], [count, true])
    assert.is(end.sha256, createHash('sha256').update(before).digest('hex'))
  }
  const binary = await get('/v1/numbers?count=100&format=parquet', { 'accept-encoding': 'gzip' })
  assert.is(binary.headers['content-encoding'], undefined)
})

test('damage in the middle of an answer ends it: the good part is there, marked, and never passed off as whole', async () => {
  const error = new SsmdError('SSMD_E_ARCHIVE_INVALID', 'trades_001.jsonl.gz is damaged')
  const { get } = await start({ failAt: 20_500, error })
  for (const encoding of ['identity', 'gzip']) {
    const answer = await get('/v1/numbers?count=50000&limit=50000&format=ndjson', {
      'accept-encoding': encoding,
    })
    assert.is(answer.complete, false, encoding)
    const text = encoding === 'gzip' ? gunzipPart(answer.bytes) : answer.text
    const lines = text.trimEnd().split('\n')
    const last = JSON.parse(lines.pop()!)._error
    assert.equal([last.code, last.rows, lines.length], ['SSMD_E_ARCHIVE_INVALID', 20_000, 20_000])
    assert.match(last.detail, 'trades_001')
  }
  // Forms without a place for it: the connection ends without the end of the body.
  for (const format of ['json', 'csv', 'parquet', 'arrow'])
    assert.is(
      (await get(`/v1/numbers?count=50000&limit=50000&format=${format}`)).complete,
      false,
      format
    )
  // Nothing was sent yet: the error is the answer.
  const early = await get('/v1/numbers?count=50000&limit=50000&format=csv&cursor=')
  assert.is(early.status, 400)
})

test('an error before the first row is a problem in every form', async () => {
  const error = new SsmdError('SSMD_E_ARCHIVE_INVALID', 'trades_001.jsonl.gz is damaged')
  const { get } = await start({ failAt: 0, error })
  for (const format of ['json', 'ndjson', 'csv', 'parquet', 'arrow']) {
    const answer = await get(`/v1/numbers?count=5&format=${format}`)
    assert.equal([answer.status, answer.json.code], [500, 'SSMD_E_ARCHIVE_INVALID'], format)
    assert.is(answer.headers['content-type'], 'application/problem+json')
  }
})

test('API8: a fault of ours says its request and nothing else; the log has the rest', async () => {
  const { get, log } = await start({ failAt: 0, error: new TypeError('secret of /etc/inside') })
  const answer = await get('/v1/numbers?count=5')
  assert.equal([answer.status, answer.json.code], [500, 'SSMD_E_INTERNAL'])
  assert.not.match(answer.text, /secret|\.ts|at /)
  const line = log.find(({ request: id }) => id === answer.json.request_id)
  assert.match(String(line?.msg), 'secret of /etc/inside')
})

test('rows are made only as fast as they are read, and a caller who leaves ends the work', async () => {
  let made = 0
  let signal: AbortSignal | undefined
  const { url } = await start({
    onRun: (row, asked) => {
      made = row
      signal = asked
    },
  })
  const sent = request(`${url}/v1/numbers?count=100000000&limit=100000000&format=ndjson`)
  sent.on('error', () => {})
  sent.on('response', (response) => response.pause())
  sent.end()
  let before = -1
  await until(20_000, 'the work to wait for its reader', async () => {
    const now = made
    const isStill = now > 0 && now === before
    before = now
    if (!isStill) await waitOut(100, 'rows that come are seen after a while')
    return isStill
  })
  // What fits into the buffers of two sockets is some megabytes; the whole answer would be gigabytes.
  assert.ok(made < 1_000_000, `${made} rows`)
  sent.destroy()
  await until(10_000, 'the end of the work', () => signal!.aborted)
})

test('A4: a reader who takes nothing is cut off, and is counted', async () => {
  const { url, metrics } = await start({}, { slowReaderMs: 300 })
  const sent = request(`${url}/v1/numbers?count=100000000&limit=100000000&format=csv`)
  const ended = new Promise<void>((resolve) => {
    sent.once('error', () => resolve())
    sent.once('response', (response) => {
      response.pause()
      response.once('close', resolve)
      response.once('error', () => resolve())
      // The end is only seen by one who reads again.
      setTimeout(() => response.resume(), 1500)
    })
  })
  sent.end()
  await within(20_000, 'the end of the connection', ended)
  const counted = async () =>
    (await metrics.getSingleMetric('ssmd_data_slow_readers_total')!.get()).values[0]?.value
  await until(5000, 'the count', async () => (await counted()) === 1)
})

test('A4: a reader who takes nothing keeps its place for long only while no one waits for it', async () => {
  const { url, get } = await start(
    {},
    {
      ...{ reads: 1, openReads: 1 },
      ...{ slowReaderMs: 600_000, hurriedReaderMs: 200 },
    }
  )
  const sent = request(`${url}/v1/numbers?count=100000000&limit=100000000&format=csv`)
  sent.once('error', () => {})
  const begun = new Promise<void>((resolve) => {
    sent.once('response', (response) => {
      response.on('error', () => {})
      response.pause()
      resolve()
    })
  })
  sent.end()
  await within(10_000, 'the first bytes', begun)
  assert.is((await within(20_000, 'the other', get('/v1/numbers?count=1'))).status, 200)
  sent.destroy()
})

test('A4: readers who take nothing keep no other from an answer', async () => {
  const { url, get } = await start(
    {},
    {
      ...{ reads: 2, openReads: 9 },
      ...{ slowReaderMs: 600_000, hurriedReaderMs: 600_000 },
    }
  )
  const slow = Array.from({ length: 8 }, () => {
    const sent = request(`${url}/v1/numbers?count=100000000&limit=100000000&format=csv`)
    sent.once('error', () => {})
    return {
      sent,
      begun: once(sent, 'response').then(([response]) => (response as IncomingMessage).pause()),
    }
  })
  for (const { sent } of slow) sent.end()
  await within(20_000, 'the first bytes', Promise.all(slow.map(({ begun }) => begun)))
  for (let i = 0; i < 3; i++)
    assert.is((await within(20_000, 'the other', get('/v1/numbers?count=1'))).status, 200)
  for (const { sent } of slow) sent.destroy()
})

test('A4: more at a time than is allowed waits, then is told when to come again; what is light is never made to wait', async () => {
  const waiting: (() => void)[] = []
  const { get, metrics } = await start(
    { onRun: () => new Promise<void>((resolve) => waiting.push(resolve)) },
    { reads: 2, waiting: 1, waitMs: 60_000 }
  )
  const two = [get('/v1/numbers?count=1'), get('/v1/numbers?count=1')]
  await until(5000, 'two answers', () => waiting.length === 2)
  const third = get('/v1/numbers?count=1')
  await until(5000, 'one that waits', async () => {
    const { values } = await metrics.getSingleMetric('ssmd_data_waiting')!.get()
    return values.some(({ value }) => value === 1)
  })
  const fourth = await get('/v1/numbers?count=1')
  assert.equal(
    [fourth.status, fourth.headers['retry-after'], fourth.json.code],
    [503, '5', 'SSMD_E_BUSY']
  )
  assert.is((await get('/lib/preact.js')).status, 200)
  for (const go of waiting.splice(0)) go()
  await until(5000, 'the third', () => waiting.length === 1)
  waiting[0]!()
  for (const answer of await Promise.all([...two, third])) assert.is(answer.status, 200)
})

test('an answer that has begun comes to its end when the program stops', async () => {
  const going: (() => void)[] = []
  const { api: server, get } = await start(
    {
      onRun: (row) => (row === 0 ? undefined : new Promise<void>((resolve) => going.push(resolve))),
    },
    { graceMs: 500 }
  )
  const first = get('/v1/numbers?count=2000&limit=2000&format=ndjson')
  await until(5000, 'the first rows', () => going.length === 1)
  const closed = server.close()
  const refused = await get('/v1/numbers?count=1').catch((error: Error) => error)
  assert.instance(refused, Error, 'no new request is taken')
  going[0]!()
  const answer = await within(10_000, 'the answer', first)
  assert.equal([answer.status, answer.complete], [200, true])
  assert.match(answer.text, '"complete":true')
  await within(10_000, 'the end', closed)
})

test('requests are counted by route, status and form, with rows and bytes', async () => {
  const { get, metrics } = await start()
  await get('/v1/numbers?count=5&format=csv')
  await get('/v1/numbers?count=x')
  await get('/made/up/path')
  await until(5000, 'three requests', async () => {
    const text = await metrics.metrics()
    return (
      text.includes(
        'ssmd_data_request_seconds_count{route="/v1/numbers",format="csv",method="GET",status="200"} 1'
      ) &&
      text.includes(
        'ssmd_data_request_seconds_count{route="/v1/numbers",format="problem",method="GET",status="400"} 1'
      ) &&
      text.includes(
        'ssmd_data_request_seconds_count{route="none",format="problem",method="GET",status="404"} 1'
      ) &&
      text.includes('ssmd_data_rows_total{route="/v1/numbers"} 5')
    )
  })
})

/** What a stream of gzip held before it was cut. */
function gunzipPart(bytes: Buffer): string {
  return gunzipSync(bytes, { finishFlush: 2 }).toString()
}

test.run()
