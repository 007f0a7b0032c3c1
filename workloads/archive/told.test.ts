// What connections tell of themselves and of what they received: exchange, Feed and counts, from events to manifest.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { formatManifest } from './format/manifest.ts'
import { at, eventRecord, makeBlock, type TestRecord } from './testing/blocks.ts'
import { manifestOf, openWriter, STREAM, temporaryFolder } from './testing/folders.ts'
import { seeded, testSeed } from './testing/random.ts'
import { verifyArchive } from './verify/verify.ts'
import type { FeedWriter, FeedWriterOptions } from './writer.ts'

const test = suite('told')
const DAY = '2026-11-24'
const NEXT = '2026-11-25'
const t = (time: string, day = DAY): bigint => at(`${day}T${time}Z`)
const frame = (recv: bigint): TestRecord => ({ recv, payload: '{"p":1}', symbol: 'A' })
const open = (recv: bigint, more: object = {}): TestRecord =>
  eventRecord(recv, { kind: 'open', exchange: 'kraken', ...more } as { kind: string })
const counts = (recv: bigint, what: object): TestRecord =>
  eventRecord(recv, { kind: 'counts', ...what })
const block = (connection: string, first: number, ...records: TestRecord[]) =>
  makeBlock({ connection, first, records })

const feedOf = (path: string) => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name: 'made' },
  spec: {
    exchange: 'generic',
    messageTypes: [{ name: 'trade', path, yes: 'yes', number: '1.10' }],
  },
})

async function opened(root: string, options: Partial<FeedWriterOptions> = {}): Promise<FeedWriter> {
  const writer = await openWriter(root, options)
  writer.bind(STREAM)
  return writer
}

const problems = async (root: string): Promise<string[]> =>
  (await verifyArchive(root)).problems.map(({ file, what }) => `${file}: ${what}`)

/** Puts a change into a manifest, with a checksum that fits. */
function forge(root: string, day: string, change: (manifest: Record<string, unknown>) => void) {
  const manifest = manifestOf(root, day) as unknown as Record<string, unknown>
  delete manifest.sha256
  change(manifest)
  writeFileSync(
    join(root, 'made', day, 'manifest.json'),
    formatManifest(manifest as unknown as Parameters<typeof formatManifest>[0])
  )
}

test('the manifest names the exchange, also of a day that begins with no open event', async () => {
  using folder = temporaryFolder()
  let writer = await opened(folder.path)
  writer.add(block('01a', 1, open(t('23:59:58')), frame(t('23:59:59'))), 1)
  await writer.close()
  writer = await opened(folder.path)
  writer.add(block('01a', 3, frame(t('00:00:01', NEXT))), 2)
  await writer.close()
  assert.is(manifestOf(folder.path, DAY).exchange, 'kraken')
  assert.is(manifestOf(folder.path, NEXT).exchange, 'kraken')
  assert.not.ok('exchange' in manifestOf(folder.path, DAY).connections[0]!, 'it is said once')
  assert.equal(await problems(folder.path), [])
  forge(folder.path, DAY, (manifest) => {
    manifest.exchange = 'binance'
  })
  assert.match((await problems(folder.path)).join('\n'), /leads to binance, its open event kraken/)
})

test('a connection to another exchange than the rest of the day says so itself', async () => {
  using folder = temporaryFolder()
  const writer = await opened(folder.path)
  writer.add(block('01a', 1, open(t('12:00:00')), frame(t('12:00:01'))), 1)
  writer.add(block('01b', 1, open(t('12:00:02'), { exchange: 'generic' }), frame(t('12:00:03'))), 2)
  await writer.close()
  const { exchange, connections } = manifestOf(folder.path, DAY)
  assert.is(exchange, 'generic', 'that of the latest')
  assert.equal(
    connections.map((one) => one.exchange),
    ['kraken', undefined]
  )
  assert.equal(await problems(folder.path), [])
})

test('counts add up over a day: numbers are summed, texts replaced, lists kept to 20 entries', async () => {
  using folder = temporaryFolder()
  const writer = await opened(folder.path)
  const samples = Array.from({ length: 15 }, (_, n) => ({ conn: '01a', n, type: 'x', reason: 'r' }))
  const first = {
    proof: { trade: 'nothing', book: 'book' },
    types: { trade: { frames: 10, understood: 9 }, ['__proto__']: { frames: 1 } },
    samples,
  }
  const second = { proof: { trade: 'trades' }, types: { trade: { frames: 5, new: 2 } }, samples }
  writer.add(block('01a', 1, open(t('12:00:00')), counts(t('12:01:00'), first)), 1)
  await writer.commit()
  writer.add(block('01b', 1, open(t('12:00:00')), counts(t('12:01:30'), second)), 2)
  await writer.close()
  const manifest = manifestOf(folder.path, DAY)
  assert.equal(manifest.counts!.proof, { trade: 'trades', book: 'book' })
  assert.equal((manifest.counts!.types as { trade: object }).trade, {
    frames: 15,
    understood: 9,
    new: 2,
  })
  assert.is((manifest.counts!.samples as unknown[]).length, 20)
  assert.equal(await problems(folder.path), [])
})

test('counts are summed once, whatever comes twice, late, or over a restart', async () => {
  const seed = testSeed('told')
  for (let round = 0; round < 4; round++) {
    using folder = temporaryFolder()
    const random = seeded(seed + round)
    const blocks = Array.from({ length: 30 }, (_, i) =>
      block(
        `01c${i % 3}`,
        Math.floor(i / 3) * 2 + 1,
        counts(t('23:30:00') + BigInt(i) * 100_000_000_000n, { types: { a: { frames: 1 + i } } }),
        frame(t('23:30:01') + BigInt(i) * 100_000_000_000n)
      )
    )
    const stream = [...blocks, ...blocks.filter(() => random.next() < 0.5)]
    for (let i = stream.length - 1; i > 0; i--) {
      if (random.next() < 0.3) stream.splice(i - 1, 2, stream[i]!, stream[i - 1]!)
    }
    let writer = await opened(folder.path)
    for (const [i, one] of stream.entries()) {
      writer.add(one, i + 1)
      if (random.next() < 0.3) await writer.commit()
      if (random.next() < 0.1) await writer.checkpoint()
      if (random.next() >= 0.2) continue
      await writer.close()
      writer = await opened(folder.path)
    }
    await writer.close()
    let sum = 0
    for (const day of [DAY, NEXT]) {
      const types = manifestOf(folder.path, day).counts!.types as { a: { frames: number } }
      sum += types.a.frames
    }
    assert.is(sum, (30 * 31) / 2, `seed ${seed + round}`)
    assert.equal(await problems(folder.path), [], `seed ${seed + round}`)
  }
})

test('counts of any shape do no harm: what is no count is left to the lines', async () => {
  using folder = temporaryFolder()
  const writer = await opened(folder.path)
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`t${i}`, 1]))
  const odd = { many, a: -1, b: 1.5, c: null, d: true, deep: { a: { b: { c: { d: 1 } } } }, e: 1 }
  writer.add(block('01a', 1, counts(t('12:00:00'), odd), counts(t('12:00:01'), { e: 'text' })), 1)
  await writer.close()
  const { counts: sums } = manifestOf(folder.path, DAY)
  assert.is(Object.keys(sums!.many as object).length, 1000)
  assert.is(sums!.e, 1)
  assert.not.ok('a' in sums! || 'b' in sums! || 'c' in sums! || 'd' in sums!)
  assert.equal(await problems(folder.path), [])
})

test('the verifier names counts that the lines do not add up to', async () => {
  using folder = temporaryFolder()
  const writer = await opened(folder.path)
  const told = { proof: { trade: 'trades' }, types: { trade: { frames: 10 } }, samples: [1] }
  writer.add(block('01a', 1, counts(t('12:00:00'), told)), 1)
  await writer.close()
  const forged = async (counts: object) => {
    forge(folder.path, DAY, (manifest) => {
      manifest.counts = counts
    })
    return (await problems(folder.path)).join('\n')
  }
  assert.is(await forged(told), '')
  assert.match(await forged({ ...told, types: { trade: { frames: 11 } } }), /says 11, found 10/)
  assert.match(await forged({ ...told, proof: { trade: 'frames' } }), /says "frames"/)
  assert.match(await forged({ ...told, samples: [2] }), /samples lists 1 entries/)
  assert.match(await forged({}), /types\.trade\.frames is missing/)
})

test('a Feed in an open event becomes feed.yaml beside the manifest; another one a file of its own', async () => {
  using folder = temporaryFolder()
  let writer = await opened(folder.path)
  writer.add(block('01a', 1, open(t('12:00:00'), { feed: feedOf('a.b') }), frame(t('12:00:01'))), 1)
  writer.add(block('01b', 1, open(t('12:00:02'), { feed: feedOf('a.b') }), frame(t('12:00:03'))), 2)
  writer.add(block('01c', 1, open(t('12:00:04')), frame(t('12:00:05'))), 3)
  await writer.commit()
  await writer.checkpoint()
  writer.add(block('01d', 1, open(t('12:00:06'), { feed: feedOf('c') }), frame(t('12:00:07'))), 4)
  await writer.close()
  const { feeds, connections } = manifestOf(folder.path, DAY)
  assert.equal(
    feeds!.map(({ name, from }) => [name, from]),
    [
      ['feed.yaml', '2026-11-24T12:00:00.000000000Z'],
      ['feed_001.yaml', '2026-11-24T12:00:06.000000000Z'],
    ]
  )
  assert.equal(
    connections.map(({ feed }) => feed),
    ['feed.yaml', 'feed.yaml', undefined, 'feed_001.yaml']
  )
  const read = (name: string) => readFileSync(join(folder.path, 'made', DAY, name), 'utf8')
  assert.equal(parse(read('feed.yaml')), feedOf('a.b'))
  assert.equal(parse(read('feed_001.yaml')), feedOf('c'))
  assert.equal(await problems(folder.path), [])
  // A connection that goes on the next day takes its Feed along, over a checkpoint and a restart.
  writer = await opened(folder.path)
  writer.add(block('01d', 3, frame(t('00:00:01', NEXT))), 5)
  await writer.close()
  assert.equal(
    parse(readFileSync(join(folder.path, 'made', NEXT, 'feed.yaml'), 'utf8')),
    feedOf('c')
  )
  assert.is(manifestOf(folder.path, NEXT).connections[0]!.feed, 'feed.yaml')
  assert.equal(await problems(folder.path), [])
  writeFileSync(join(folder.path, 'made', NEXT, 'feed.yaml'), 'a: 1\n')
  assert.match((await problems(folder.path)).join('\n'), /sha256 is not that of the manifest/)
  // A writer that still knows the text moves what was changed aside and writes the file again.
  writer = await opened(folder.path)
  await writer.close()
  assert.is(readFileSync(join(folder.path, 'made/.aside', NEXT, 'feed.yaml'), 'utf8'), 'a: 1\n')
  assert.equal(await problems(folder.path), [])
})

test('what lies in the way of feed.yaml is moved aside, never written over', async () => {
  using folder = temporaryFolder()
  const writer = await opened(folder.path)
  writer.add(block('01a', 1, frame(t('12:00:00'))), 1)
  await writer.commit()
  writeFileSync(join(folder.path, 'made', DAY, 'feed.yaml'), 'mine')
  writer.add(block('01b', 1, open(t('12:00:01'), { feed: feedOf('a') })), 2)
  await writer.close()
  const aside = join(folder.path, 'made', '.aside', DAY, 'feed.yaml')
  assert.is(readFileSync(aside, 'utf8'), 'mine')
  assert.equal(await problems(folder.path), [])
})

test('a late record of a day that only its manifest knows keeps Feeds, exchange and counts', async () => {
  using folder = temporaryFolder()
  const writer = await opened(folder.path, { nowMs: () => Date.parse('2026-11-28T00:00:00Z') })
  const told = { types: { trade: { frames: 3 } } }
  writer.add(
    block('01a', 1, open(t('12:00:00'), { feed: feedOf('a') }), counts(t('12:00:01'), told)),
    1
  )
  await writer.commit()
  const seq = (n: number, day: string) =>
    writer.add(block('01b', n, frame(t('00:00:01', day))), n + 1)
  for (const [i, day] of ['2026-11-26', '2026-11-27', '2026-11-28'].entries()) {
    seq(i + 1, day)
    writer.settle()
    await writer.commit()
    await writer.checkpoint()
  }
  writer.add(block('01a', 3, counts(t('12:00:02'), told)), 5)
  await writer.close()
  const manifest = manifestOf(folder.path, DAY)
  assert.is(manifest.exchange, 'kraken')
  assert.is(manifest.feeds!.length, 1)
  assert.is(manifest.connections[0]!.feed, 'feed.yaml')
  assert.equal(manifest.counts, { types: { trade: { frames: 6 } } })
  assert.equal(await problems(folder.path), [])
})

test('a day that an older ssmd began has no counts, and is no problem for it', async () => {
  using folder = temporaryFolder()
  const writer = await opened(folder.path)
  writer.add(block('01a', 1, open(t('12:00:00')), counts(t('12:00:01'), { a: 1 })), 1)
  await writer.close()
  forge(folder.path, DAY, (manifest) => {
    delete manifest.counts
    delete manifest.exchange
  })
  assert.equal(await problems(folder.path), [])
})

test('retention removes a day with its Feeds', async () => {
  using folder = temporaryFolder()
  let now = Date.parse('2026-11-28T00:00:00Z')
  const writer = await opened(folder.path, { nowMs: () => now, retentionDays: 1 })
  writer.add(block('01a', 1, open(t('12:00:00'), { feed: feedOf('a') })), 1)
  await writer.commit()
  for (const [i, day] of ['2026-11-26', '2026-11-27', '2026-11-28'].entries()) {
    writer.add(block('01b', i + 1, frame(t('00:00:01', day))), i + 2)
    writer.settle()
    await writer.commit()
    await writer.checkpoint()
  }
  now += 120_000
  writer.add(block('01b', 4, frame(t('00:00:02', '2026-11-28'))), 5)
  await writer.commit()
  await writer.close()
  assert.not.ok(existsSync(join(folder.path, 'made', DAY)))
})

test('removing feed.yaml is noticed by the verifier', async () => {
  using folder = temporaryFolder()
  const writer = await opened(folder.path)
  writer.add(block('01a', 1, open(t('12:00:00'), { feed: feedOf('a') })), 1)
  await writer.close()
  const path = join(folder.path, 'made', DAY, 'feed.yaml')
  assert.ok(existsSync(path))
  rmSync(path)
  assert.match((await problems(folder.path)).join('\n'), /feed\.yaml: cannot be read/)
})

test.run()
