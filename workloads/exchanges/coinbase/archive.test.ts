// test: limit 300s
// Coinbase through simulator, connector, NATS and archiver as separate programs: recorded frames are archived as they were
// recorded but for their numbers, which are those of the connection; a generated market with products spread over
// connections, a snapshot of megabytes and missing frames is archived with exactly the gaps that were made.

import { writeFileSync } from 'node:fs'

import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { CheckedArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { STRANGERS } from '#testing/recordings.ts'
import {
  archived as archivedFeed,
  gapsOf,
  recordsOf,
  type Stack,
  sentOf,
} from '../protocol/testing/archived.ts'

const test = suite('coinbase archive')
const RECORDING = new URL('../../testing/recordings/coinbase/level2.jsonl', import.meta.url)

const feedOf = (symbols: string) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: coins}
spec:
  exchange: coinbase
  versions:
    - name: v1
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid
      restEndpoint: https://exchange.invalid
      maxSymbolsPerConnection: 2
  channels: [level2, market_trades, ticker]
  symbols: {include: ["${symbols}"]}
`

const archived = (
  simulate: (dir: string) => readonly string[],
  symbols: string,
  use: (stack: Stack) => Promise<void>
) =>
  archivedFeed({
    exchange: 'coinbase',
    feed: 'coins',
    feedYaml: feedOf(symbols),
    maxPayload: 8 * 1024 * 1024,
    simulate,
    use,
    isComplete: (archive, sent) => {
      const all = new Set(framesOf(archive))
      return sent.every((frame) => all.has(frame))
    },
  })

const framesOf = (archive: CheckedArchive): string[] =>
  recordsOf(archive).flatMap(({ frame }) => frame ?? [])
const withoutNumber = (frame: string) => frame.replace(/"sequence_num":\d+/, '"sequence_num":N')

test('every recorded frame is archived once and byte for byte but for its number, without a gap and with nothing unknown', async () => {
  const recorded = STRANGERS.coinbase!().filter((text) => text.includes('"l2_data"'))
  const { archive } = await archived(
    () => ['--replay', RECORDING.pathname, '--speed', 'max'],
    'BTC-USD',
    ({ status }) =>
      until(100_000, 'replay played to its end', async () => (await status()).replay?.done === true)
  )
  const played = framesOf(archive)
    .filter((frame) => frame.includes('"l2_data"') && !frame.includes('"snapshot"'))
    .map(withoutNumber)
  // The first one is the change without levels that follows the snapshot.
  assert.equal(played.slice(-recorded.length), recorded.map(withoutNumber))
  assert.is(played.length, recorded.length + 1)
  assert.equal(gapsOf(archive), [])
  const [records] = [...archive.connections.values()]
  const numbers = records!.flatMap(({ frame }) =>
    frame === null ? [] : (JSON.parse(frame) as { sequence_num: number }).sequence_num
  )
  assert.equal(
    numbers,
    numbers.map((_, i) => i)
  )
  assert.is(records!.filter(({ group }) => group === 'other').length, 0)
})

test('five products over three connections: every frame is archived, and each that was left out is a gap', async () => {
  const { sent, archive } = await archived(
    (dir) => {
      const faults = join(dir, 'faults.yaml')
      writeFileSync(faults, '[{kind: skip, after: 2s, every: 500ms, count: 4}]')
      return ['--markets', '5', '--rate', '400', '--faults', faults]
    },
    '*-USD',
    ({ status, journal }) =>
      until(120_000, 'frames, and all faults', async () => {
        const { skip = 0 } = (await status()).faults
        return sentOf(journal).length > 3_000 && skip === 4
      })
  )
  assert.is(archive.connections.size, 3)
  const frames = new Set(framesOf(archive))
  assert.equal(
    sent.filter((frame) => !frames.has(frame)),
    []
  )
  const gaps = gapsOf(archive)
  assert.equal(
    gaps.map(({ cause }) => cause),
    gaps.map(() => 'exchange-sequence')
  )
  const holes = [...archive.connections.values()].map((records) => {
    const numbers = records.flatMap(({ frame }) =>
      frame === null ? [] : (JSON.parse(frame) as { sequence_num: number }).sequence_num
    )
    return numbers.length === 0 ? 0 : Math.max(...numbers) + 1 - numbers.length
  })
  const missing = holes.reduce((sum, one) => sum + one, 0)
  assert.is(missing, 4)
  assert.is(
    gaps.reduce((sum, gap) => sum + (gap.missing ?? 0), 0),
    4
  )
})

test.run()
