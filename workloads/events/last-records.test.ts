// The last record before an event, against a look at every line.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at } from '#archive/testing/blocks.ts'
import { manifestOf, readBack, temporaryFolder } from '#archive/testing/folders.ts'
import { seeded, testSeed } from '#archive/testing/random.ts'
import { timeText } from '#market/time.ts'
import { lastRecords, type Wanted } from './last-records.ts'
import { dayRecords } from './records.ts'
import { archiveBlocks, kalshiTestFrames } from './testing/archives.ts'
import { randomCapture } from './testing/capture.ts'

const test = suite('last records')
const seed = testSeed('last-records')
const DAY = '2026-11-24'

type Key = { readonly recv: string; readonly connection: string; readonly number: number }

test('the last record of a connection before an event is the one that a look at every line finds', async () => {
  const random = seeded(seed)
  using folder = temporaryFolder()
  const shape = { feed: 'alpha', exchange: 'kalshi', frames: kalshiTestFrames(3, 600), shards: 2 }
  const more = { connections: 3, startsAt: at('2026-11-24T02:00:00Z'), stepMs: 20_000 }
  await archiveBlocks(folder.path, 'alpha', randomCapture(random, { ...shape, ...more }), random)
  const keys: Key[] = []
  for (const text of readBack(folder.path, 'alpha').values()) {
    const { recv, conn, n } = JSON.parse(text) as { recv: string; conn: string; n: number }
    keys.push({ recv, connection: conn, number: n })
  }
  const order = ({ recv, connection, number }: Key) =>
    `${recv} ${connection} ${String(number).padStart(9, '0')}`
  keys.sort((a, b) => (order(a) < order(b) ? -1 : 1))
  const connections = [...new Set(keys.map(({ connection }) => connection))]
  // Far and near: of the same connection, and of others that ended long before or began later.
  const wanted = Array.from({ length: 40 }, (): Wanted => {
    const before = keys[random.int(0, keys.length - 1)]!
    return { connection: connections[random.int(0, connections.length - 1)]!, before }
  })
  const manifest = manifestOf(folder.path, DAY, 'alpha')
  const found = await lastRecords(dayRecords(folder.path, manifest), wanted)
  assert.ok(found.size > 5, `only ${found.size}`)
  for (const one of wanted) {
    const last = keys.findLast(
      (key) => key.connection === one.connection && order(key) < order(one.before)
    )
    const time = found.get(one)
    assert.is(
      time && timeText(time.ms, time.ns),
      last?.recv,
      `seed ${seed}: ${JSON.stringify(one)}`
    )
  }
})

test.run()
