// test: limit 300s
// Binance through simulator, connector, NATS and archiver as separate programs: recorded frames byte for byte and without a
// false gap, and 1,000 symbols within the limits of the exchange. Five minutes of the exchange are replayed where they lie
// beside the project.

import { basename } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CheckedArchive, checkArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { BINANCE, linesOf } from '#testing/recordings.ts'
import {
  archived as archivedFeed,
  gapsOf,
  recordsOf,
  type Stack,
} from '../protocol/testing/archived.ts'

const test = suite('binance archive')

const feedOf = (symbols: string) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: coins}
spec:
  exchange: binance
  versions:
    - name: v3
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid/stream
      restEndpoint: https://exchange.invalid
  channels: [depth@100ms, trade, bookTicker]
  symbols: {include: ["${symbols}"]}
`

/** `count`: frames of market data; null: as many as are written down when it is stopped. */
const archived = (
  simulate: readonly string[],
  symbols: string,
  count: number | null,
  use: (stack: Stack) => Promise<void>
) =>
  archivedFeed({
    exchange: 'binance',
    feed: 'coins',
    feedYaml: feedOf(symbols),
    simulate: () => simulate,
    use,
    isComplete: (archive, sent) => streamed(archive).length >= (count ?? sent.length),
  })

/** What came on the streams, in the order of each connection. */
const streamed = (archive: CheckedArchive): string[] =>
  recordsOf(archive).flatMap(({ frame }) => (frame?.startsWith('{"stream":') ? [frame] : []))

const fetchedIn = (archive: CheckedArchive) =>
  recordsOf(archive).filter(({ event }) => event?.kind === 'fetched')

for (const file of BINANCE)
  test(`every frame of ${basename(file)} is archived once, byte for byte, with its snapshot and without a gap`, async () => {
    const lines = linesOf(file).map((line) => line.slice(line.indexOf(' ') + 1))
    const recorded = lines.filter((text) => text.startsWith('{"stream":'))
    const snapshots = lines.filter((text) => text.startsWith('{"lastUpdateId":'))
    const { archive } = await archived(
      ['--replay', file, '--speed', 'max'],
      'BTCUSDT',
      recorded.length,
      async ({ status }) => {
        await until(100_000, 'replay played to its end', async () => {
          const { replay } = await status()
          return replay?.done === true
        })
      }
    )
    assert.is(archive.connections.size, 1)
    const frames = streamed(archive)
    assert.is(frames.length, recorded.length)
    for (const [i, frame] of frames.entries()) {
      if (frame !== recorded[i]) assert.is(frame, recorded[i], `frame ${i}`)
    }
    assert.equal(gapsOf(archive), [])
    const records = recordsOf(archive)
    const at = records.findIndex(({ frame }) => frame?.startsWith('{"lastUpdateId":'))
    assert.ok(snapshots.includes(records[at]!.frame!))
    const { event } = records[at - 1]!
    assert.equal([event?.kind, event?.status], ['fetched', 200])
    assert.match(String(event?.url), /\/api\/v3\/depth\?symbol=BTCUSDT&limit=100$/)
    assert.is(records[at]!.group, 'orderbook')
  })

test('1,000 symbols: all subscribed, all books with their snapshot, every frame archived', async () => {
  let readyMs = 0
  const began = performance.now()
  const { sent, archive } = await archived(
    ['--markets', '1000', '--rate', '2000'],
    '*USDT',
    null,
    async ({ root }) => {
      // The role is started once it says that it is ready: every subscription is confirmed.
      readyMs = performance.now() - began
      await until(120_000, 'all snapshots', () => {
        try {
          return fetchedIn(checkArchive(root, 'coins')).length >= 1_000
        } catch {
          return false
        }
      })
    }
  )
  assert.equal(gapsOf(archive), [])
  assert.is(archive.connections.size, 3)
  const frames = new Set(streamed(archive))
  assert.equal(
    sent.filter((frame) => !frames.has(frame)),
    []
  )
  const asked = fetchedIn(archive)
  assert.is(asked.length, 1_000)
  assert.ok(asked.every(({ event }) => event?.status === 200))
  const times = asked.map(({ recv }) => Date.parse(recv))
  const opened = Math.min(...recordsOf(archive).map(({ recv }) => Date.parse(recv)))
  const booksMs = Math.max(...times) - opened
  console.log(
    `1,000 symbols: ready after ${Math.round(readyMs)} ms, all snapshots after ${booksMs} ms`
  )
  assert.ok(readyMs <= 60_000 && booksMs <= 120_000)
})

test.run()
