import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readBack, temporaryFolder } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { startTestApi } from './testing/api.ts'
import { DEMO, makeDemo } from './testing/make-demo.ts'

const test = suite('demo')

test('the demo is what the recordings make, line for line, and every file matches its manifest', async () => {
  using made = temporaryFolder()
  await makeDemo(made.path)
  for (const feed of ['kalshi', 'binance'])
    assert.equal(
      readBack(DEMO, feed),
      readBack(made.path, feed),
      `${feed}: make it again (demo/README.md)`
    )
  const { problems } = await verifyArchive(DEMO)
  assert.equal(problems, [])
})

test('the demo shows a whole day, a degraded one, and which data is simulated', async () => {
  await using api = await startTestApi({ roots: [{ path: DEMO, name: 'demo' }] })
  const { rows } = (await api.get('/v1/datasets')).json
  const told = rows.map(({ feed, condition, simulated }: Record<string, unknown>) => [
    feed,
    condition,
    simulated,
  ])
  assert.equal(told, [
    ['demo.binance', 'degraded', false],
    ['demo.kalshi', 'available', true],
    ['demo.kalshi', 'degraded', true],
  ])
  const gaps = (await api.get('/v1/gaps?feed=demo.kalshi')).json.rows
  assert.equal(
    gaps.map(({ cause }: { cause: string }) => cause),
    ['disconnected', 'connector-stopped']
  )
  const trades = await api.get('/v1/events?feed=demo.binance&event=trade&limit=500')
  assert.ok(trades.json.rows.length > 100)
})

test.run()
