import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readBack } from '#archive/testing/folders.ts'
import { QUERIES } from '../queries/index.ts'
import { startTestApi, type TestApi } from '../testing/api.ts'
import { RECORDED_DAYS, recordedArchive } from '../testing/recorded.ts'

const test = suite('original paths')
let api: TestApi
let archive: Awaited<ReturnType<typeof recordedArchive>>
/** Every line of the archive, read with nothing of our readers. */
let lines: { recv: string; type: string; symbol?: string; frame?: unknown }[]

test.before(async () => {
  archive = await recordedArchive()
  api = await startTestApi({ roots: [{ path: archive.path, name: '' }] })
  lines = [...readBack(archive.path, 'kalshi').values()].map((line) => JSON.parse(line))
})
test.after(async () => {
  await api[Symbol.asyncDispose]()
  archive[Symbol.dispose]()
})

const DAY = RECORDED_DAYS[1]
const ofDay = (day: string) => lines.filter(({ recv }) => recv.startsWith(day))

test('/health answers without a key', async () => {
  assert.equal((await api.get('/health')).json, { status: 'ok', version: '0.0.0', keys: false })
})

test('/datasets has the members of the first API, with counts that the lines themselves give', async () => {
  const { json } = await api.get('/datasets')
  assert.equal(
    json.map(({ date }: { date: string }) => date),
    [...RECORDED_DAYS]
  )
  for (const { feed, date, records, tickers, size_mb, has_gaps, ...rest } of json) {
    assert.equal(rest, {})
    const own = ofDay(date)
    assert.equal([feed, records, typeof has_gaps], ['kalshi', own.length, 'boolean'])
    assert.is(tickers, new Set(own.flatMap(({ symbol }) => symbol ?? [])).size)
    assert.ok(size_mb > 0 && size_mb < 10)
  }
  assert.equal((await api.get(`/datasets?from=${DAY}&to=${DAY}`)).json.length, 1)
  assert.equal((await api.get('/datasets?to=2020-01-01')).json, [])
  for (const path of ['/datasets?from=2026-02-30', '/datasets?to=today', '/datasets?from=']) {
    const answer = await api.get(path)
    assert.is(answer.status, 400)
    assert.is(answer.json.error, answer.json.detail)
  }
})

test('a sample is an array of frames as the exchange sent them, in their order; of none it is []', async () => {
  const sample = (query = '') => api.get(`/datasets/kalshi/${DAY}/sample${query}`)
  const frames = ofDay(DAY)
    .filter(({ frame }) => frame !== undefined)
    .sort((a, b) => (a.recv < b.recv ? -1 : 1))
  assert.is((await sample()).json.length, 10)
  const all = (await sample('?limit=10000')).json
  assert.is(all.length, frames.length)
  assert.equal(
    new Set(all.map((frame: object) => JSON.stringify(frame))),
    new Set(frames.map(({ frame }) => JSON.stringify(frame)))
  )
  const { symbol } = frames.find(({ type }) => type === 'trade')!
  const trades = frames.filter((one) => one.type === 'trade' && one.symbol === symbol)
  assert.equal(
    (await sample(`?type=trade&ticker=${symbol}&limit=1000`)).json,
    trades.map(({ frame }) => frame)
  )
  // A connection has events of this type, and no frame.
  const none = await sample('?type=open')
  assert.equal([none.status, none.text.trim()], [200, '[]'])
  for (const [path, status] of [
    [`/datasets/kalshi/${DAY}/sample?limit=x`, 400],
    [`/datasets/kalshi/${DAY}/sample?limit=0`, 400],
    [`/datasets/kalshi/2020-01-01/sample`, 404],
    [`/datasets/nada/${DAY}/sample`, 404],
    [`/datasets/kalshi/${DAY}/sample?type=trad`, 404],
  ] as const)
    assert.is((await api.get(path)).status, status, path)
})

test('/schema describes the frames of today, and names the types that there are for one that is not', async () => {
  const { json } = await api.get('/schema/kalshi/trade')
  assert.is(json.type, 'trade')
  assert.equal([json.fields.type, json.fields['msg.market_ticker']], ['string', 'string'])
  const wrong = await api.get('/schema/kalshi/trad')
  assert.equal([wrong.status, wrong.json.hint], [404, 'did you mean trade?'])
})

test('/builders names what can be made, with what it hands out', async () => {
  const { json } = await api.get('/builders')
  const book = json.find(({ id }: { id: string }) => id === 'order-book')
  assert.ok(book.description && book.derived.includes('bids'))
  assert.ok(QUERIES.some(({ name }) => name === 'builders'))
})

test.run()
