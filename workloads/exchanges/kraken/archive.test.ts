// test: limit 300s
// Kraken through simulator, connector, NATS and archiver as separate programs: recorded frames byte for byte and without a
// false gap; and the faults of a generated exchange as gaps of the manifest, no more and no fewer.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { CheckedArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { STRANGERS } from '#testing/recordings.ts'
import { archived as archivedFeed, gapsOf, type Stack } from '../protocol/testing/archived.ts'

const test = suite('kraken archive')

const feedOf = (symbols: string) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: coins}
spec:
  exchange: kraken
  versions:
    - name: v2
      effectiveFrom: "2025-01-01"
      endpoint: wss://exchange.invalid/v2
      restEndpoint: https://exchange.invalid
  channels: [book, trade, ticker, instrument]
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
    exchange: 'kraken',
    feed: 'coins',
    feedYaml: feedOf(symbols),
    simulate: () => simulate,
    use,
    isComplete: (archive, sent) => dataOf(archive).length >= (count ?? sent.length),
  })

/** Frames with market data, in order. */
const dataOf = (archive: CheckedArchive): string[] =>
  [...archive.connections.values()]
    .flat()
    .flatMap(({ frame }) =>
      frame !== null && /^\{"channel":"(book|trade|ticker|instrument)"/.test(frame) ? [frame] : []
    )

test('every recorded frame is archived once, byte for byte, and none is a gap', async () => {
  const recorded = STRANGERS.kraken!().filter((frame) => frame.startsWith('{"channel":"book"'))
  const file = new URL('../../testing/recordings/kraken/book.jsonl', import.meta.url).pathname
  const { archive } = await archived(
    ['--replay', file, '--speed', 'max'],
    '*/USD',
    recorded.length,
    async ({ status }) => {
      await until(100_000, 'replay played to its end', async () => {
        const { replay } = await status()
        return replay?.done === true
      })
    }
  )
  assert.equal(dataOf(archive), recorded)
  assert.equal(gapsOf(archive), [])
})

test('the gaps of the manifest are those of the faults, each with its symbol', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-kraken-faults-'))
  const faults = join(folder, 'faults.yaml')
  writeFileSync(
    faults,
    `- {kind: wrongChecksum, after: 1s, count: 1}
- {kind: skip, channel: trade, after: 2s, count: 1}
- {kind: reorder, channel: trade, after: 3s, count: 1}
- {kind: duplicate, channel: trade, after: 4s, count: 1}
- {kind: drift, after: 4s, count: 1}
`
  )
  try {
    const { sent, archive } = await archived(
      ['--markets', '3', '--rate', '500', '--seed', '7', '--faults', faults],
      '*/USD',
      null,
      async ({ journal }) => {
        const lines = () => readFileSync(journal, 'utf8').split('\n').length
        await until(120_000, 'frames', () => lines() > 4_000)
      }
    )
    assert.ok(sent.some((frame) => frame.includes('ssmd_drift')))
    const frames = new Set(dataOf(archive))
    assert.equal(
      sent.filter((frame) => !frames.has(frame)),
      []
    )
    const gaps = gapsOf(archive)
    assert.equal(gaps.map(({ cause }) => cause).sort(), ['exchange-checksum', 'exchange-sequence'])
    for (const { cause, detail, channel } of gaps) {
      assert.is(channel, cause === 'exchange-checksum' ? 'book' : 'trade')
      assert.match(detail ?? '', /^(BTC|ETH|SOL)\/USD[:,] /)
    }
    assert.equal([...archive.connections.keys()].length, 1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
