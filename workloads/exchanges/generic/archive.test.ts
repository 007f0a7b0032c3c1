// test: limit 300s
// An exchange that a Feed describes, through simulator, connector, NATS and archiver as separate programs: recorded frames
// byte for byte and without a false gap; and the faults of a generated exchange as gaps of the manifest, no more and no fewer.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import type { Feed } from '#crds/feed.gen.ts'
import type { CheckedArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import {
  archived as archivedFeed,
  gapsOf,
  recordsOf,
  type Stack,
} from '../protocol/testing/archived.ts'
import { COUNTED, feedOf } from './testing/feeds.ts'
import { frames as made } from './testing/frames.ts'

const test = suite('generic archive')
const ROOT = new URL('../../../', import.meta.url)
const RECORDING = new URL('../shared/data/cryptofeed/OKX.ws.1.0.gz', ROOT)

/** `opened`: the events of connections that were opened. */
async function archived(
  feed: Feed,
  simulate: (dir: string) => readonly string[],
  use: (stack: Stack) => Promise<void>
) {
  const feedYaml = stringify(feed)
  const run = await archivedFeed({
    exchange: 'generic',
    feed: feed.metadata.name,
    feedYaml,
    simulate: (dir) => {
      const described = join(dir, 'described.yaml')
      writeFileSync(described, feedYaml)
      return ['--feed', described, ...simulate(dir)]
    },
    use,
    isComplete: (archive, sent) => framesOf(archive).length >= sent.length,
  })
  const opened = recordsOf(run.archive).flatMap(({ event }) =>
    event?.kind === 'open' ? [event as { feed?: Feed }] : []
  )
  return { ...run, opened }
}

const framesOf = (archive: CheckedArchive): string[] =>
  [...archive.connections.values()].flat().flatMap(({ frame }) => frame ?? [])

/** The Feed that ships, active, and with books, which the recording has too. */
function shipped(symbols: string[]): Feed {
  const feed = parse(readFileSync(new URL('exchanges/feeds/okx.yaml', ROOT), 'utf8')) as Feed
  const { messageTypes = [], ...spec } = feed.spec
  const books = { name: 'books', group: 'books', type: 'arg.channel', symbol: 'arg.instId' }
  return {
    ...feed,
    spec: {
      ...spec,
      state: 'active',
      channels: [...spec.channels, 'books'],
      symbols: { include: symbols, discover: spec.symbols!.discover },
      messageTypes: [...messageTypes, books],
      versions: spec.versions.map((one) => ({ ...one, rateLimitPerSecond: 50 })),
    },
  }
}

const recordedFrames = (isThere: boolean): readonly string[] =>
  (isThere
    ? gunzipSync(readFileSync(RECORDING))
        .toString()
        .split('\n')
        .filter((line) => /^\d/.test(line))
        .map((line) => line.slice(line.indexOf(': ') + 2))
    : made
  ).filter((frame) => frame.includes('"data":'))

test('every recorded frame is archived once, byte for byte, and none is a gap or unknown', async () => {
  const isThere = existsSync(RECORDING)
  if (!isThere) console.log('no ../shared/data/cryptofeed/OKX.ws.1.0.gz: with made-up frames')
  const feed = shipped(
    isThere ? ['BTC-USD-220527', 'UNI-USD-SWAP', 'BTC-USDT'] : ['BTC-USDT', 'ETH-USDT']
  )
  const { archive, opened } = await archived(
    feed,
    (dir) => {
      const file = isThere ? RECORDING.pathname : join(dir, 'made.jsonl')
      if (!isThere) writeFileSync(file, made.map((text) => `${text}\n`).join(''))
      return ['--replay', file, '--speed', 'max']
    },
    async ({ status }) => {
      await until(100_000, 'replay played to its end', async () => {
        const { replay } = await status()
        return replay?.done === true
      })
    }
  )
  const data = framesOf(archive).filter((frame) => frame.includes('"data":'))
  const recorded = recordedFrames(isThere)
  assert.is(data.length, recorded.length)
  // Frames of books are long: which one differs is enough.
  for (const [i, frame] of data.entries()) assert.ok(frame === recorded[i], `frame ${i}`)
  assert.equal(gapsOf(archive), [])
  assert.equal(
    opened.map((event) => event.feed?.spec.messageTypes),
    [feed.spec.messageTypes]
  )
  assert.equal(opened[0]!.feed?.spec.symbols?.include, feed.spec.symbols!.include)
})

test('the gaps of the manifest are those of the faults', async () => {
  const feed = feedOf(COUNTED)
  const { sent, archive } = await archived(
    feed,
    (dir) => {
      const faults = join(dir, 'faults.yaml')
      writeFileSync(
        faults,
        `- {kind: skip, channel: trade, after: 1s, count: 1}
- {kind: skip, channel: ticker, after: 2s, count: 1}
- {kind: reorder, after: 3s, count: 1}
- {kind: duplicate, after: 4s, count: 1}
- {kind: drift, after: 4s, count: 1}
`
      )
      return ['--markets', '3', '--rate', '500', '--seed', '7', '--faults', faults]
    },
    async ({ journal }) => {
      const lines = () => readFileSync(journal, 'utf8').split('\n').length
      await until(120_000, 'frames', () => lines() > 4_000)
    }
  )
  const frames = new Set(framesOf(archive))
  assert.equal(
    sent.filter((frame) => !frames.has(frame)),
    []
  )
  assert.ok(sent.some((frame) => frame.includes('ssmd_drift')))
  assert.equal(
    gapsOf(archive)
      .map(({ cause, channel }) => [cause, channel])
      .sort(),
    [
      ['exchange-sequence', 'ticker'],
      ['exchange-sequence', 'trade'],
    ]
  )
})

test.run()
