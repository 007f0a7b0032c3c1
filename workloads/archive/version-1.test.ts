// Archives of the version before: read, repaired and continued; see testing/version-1.ts.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { checkArchive } from '#testing/checker.ts'
import { syntheticFrame } from '#testing/synthetic.ts'
import { listDays, readLines } from './read/reader.ts'
import { decodeRecords } from './state/journal-record.ts'
import { at, eventRecord, makeBlock } from './testing/blocks.ts'
import { manifestOf, openWriter, readBack, readFiles, temporaryFolder } from './testing/folders.ts'
import { treeOf } from './testing/tree.ts'
import {
  continueVersion1,
  unpackClosedVersion1,
  unpackVersion1,
  VERSION_1_OPTIONS,
  VERSION_1_STREAM,
} from './testing/version-1.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('version-1')
const stream = VERSION_1_STREAM

/** The lines that an archive has to hold: those of segments of format 1 as they were, all others of format 2. */
function checkLines(root: string): { readonly format1: number; readonly format2: number } {
  const found = { format1: 0, format2: 0 }
  const seen = new Set<string>()
  for (const day of readdirSync(join(root, 'made')).filter((name) => /^\d/.test(name))) {
    const { version, segments } = manifestOf(root, day)
    assert.is(version, 2)
    for (const { name, format } of segments) {
      const text = gunzipSync(readFileSync(join(root, 'made', day, name))).toString('utf8')
      for (const line of text.split('\n').slice(0, -1)) {
        const { conn, n } = JSON.parse(line) as { conn: string; n: number }
        const expected = format === 1 ? stream.lines1 : stream.lines
        assert.is(line, expected.get(`${conn} ${n}`), `${day}/${name}`)
        seen.add(`${conn} ${n}`)
        if (format === 1) found.format1++
        else found.format2++
      }
    }
  }
  assert.is(seen.size, stream.lines.size)
  return found
}

test('an archive of version 1 is continued after a power cut, and nothing of it is lost', async () => {
  using folder = temporaryFolder()
  unpackVersion1(folder.path)
  const before = readBack(folder.path)
  await continueVersion1(folder.path)
  const after = readBack(folder.path)
  for (const [key, line] of before) assert.is(after.get(key), line)
  const { format1, format2 } = checkLines(folder.path)
  assert.is(format1, before.size)
  assert.ok(format2 > 100, String(format2))
  assert.equal((await verifyArchive(folder.path)).problems, [])
  const commits = readdirSync(join(folder.path, 'made', '.commit'))
  assert.is(commits.length, 2, commits.join(' '))
  // Only what version 1 left without a name that proves it is kept.
  assert.equal(readdirSync(join(folder.path, 'made', '.aside', '2026-11-24')), [
    'manifest.json.tmp',
  ])
})

test('from its first start on it has the format of this version', async () => {
  using folder = temporaryFolder()
  unpackVersion1(folder.path)
  await (await openWriter(folder.path, VERSION_1_OPTIONS)).close()
  const checkpoint = join(folder.path, 'made', '.commit', 'checkpoint')
  assert.is((decodeRecords(readFileSync(checkpoint)).records[0] as { version: number }).version, 3)
  await continueVersion1(folder.path)
  checkLines(folder.path)
})

test('an emptied journal of version 1 is refused for what lies beside it', async () => {
  using made = temporaryFolder()
  unpackVersion1(made.path)
  for (const length of [0, 4552, 4600]) {
    using folder = temporaryFolder()
    cpSync(made.path, folder.path, { recursive: true })
    const journal = join(folder.path, 'made', '.commit', 'journal-3')
    writeFileSync(journal, readFileSync(journal).subarray(0, length))
    const before = treeOf(folder.path)
    const error = await openWriter(folder.path, VERSION_1_OPTIONS).catch(toSsmdError)
    assert.is((error as { code?: string }).code, 'SSMD_E_ARCHIVE_INVALID', String(length))
    assert.equal(treeOf(folder.path), before)
  }
})

const DAY = '2026-11-30'
/** The synthetic feed of that archive: each of its frames can be computed. */
const GENERATOR = { seed: 11, symbols: 7, channels: ['trade', 'ticker', 'orderbook_delta'] }
const frameOf = (n: number) =>
  syntheticFrame(GENERATOR.seed, GENERATOR.symbols, GENERATOR.channels, n)

/** Frames of each connection of the feed `made`, each of them the one that it must be. */
function framesOf(root: string): Map<string, number> {
  const { connections, problems } = checkArchive(root, 'made')
  assert.equal(problems, [])
  const counts = new Map<string, number>()
  for (const [connection, records] of connections) {
    const frames = records.flatMap(({ frame }) => (frame === null ? [] : [frame]))
    assert.equal(
      frames,
      frames.map((_frame, i) => frameOf(i + 1))
    )
    counts.set(connection, frames.length)
  }
  return counts
}

const sealedFiles = (root: string, feed: string) =>
  manifestOf(root, DAY, feed)
    .segments.filter(({ sealed }) => sealed)
    .map(({ name, sha256 }) => ({ name, sha256 }))

test('an archive that version 1 closed in order is read and verified as it is', async () => {
  using folder = temporaryFolder()
  unpackClosedVersion1(folder.path)
  const before = treeOf(folder.path)
  const { problems, records } = await verifyArchive(folder.path)
  assert.equal(problems, [])
  const days = await listDays(folder.path)
  assert.equal(
    days.map(({ feed, day, records, gaps }) => ({ feed, day, records, gaps })),
    [
      { feed: 'kalshi', day: DAY, records: 730, gaps: 2 },
      { feed: 'made', day: DAY, records: 269, gaps: 1 },
    ]
  )
  assert.is(records, 730 + 269)
  for (const { feed, records } of days) {
    const lines: string[] = []
    for await (const line of readLines(folder.path, feed, DAY)) lines.push(line.toString())
    assert.is(lines.length, records, feed)
    assert.equal(
      lines.map(String).sort(),
      [...readBack(folder.path, feed).values()].map((line) => `${line}\n`).sort()
    )
  }
  assert.equal([...framesOf(folder.path).values()], [266])
  assert.equal(treeOf(folder.path), before, 'readers change nothing')
})

test('that archive is continued: segments and lines are kept, a repeated block is known, its one gap is closed', async () => {
  using folder = temporaryFolder()
  unpackClosedVersion1(folder.path)
  const root = folder.path
  const sealed = sealedFiles(root, 'made')
  assert.is(sealed.length, 6)
  const files = readFiles(root)
  const lines = readBack(root)
  const [old = ''] = framesOf(root).keys()
  const others = treeOf(join(root, 'kalshi'))

  const writer = await openWriter(root, {
    ...{ archive: 'kept', environment: 'lab', maxBytes: 8 * 1024 },
    nowMs: () => Date.parse(`${DAY}T17:50:00Z`),
  })
  writer.bind({
    ...{ name: 'ssmd_lab_made', created: '2026-11-30T17:45:00.709466059Z', firstSequence: 1 },
  })
  assert.is(writer.nextSequence, 259, 'the next message of the same stream')
  const common = { environment: 'lab', feed: 'made' }
  const frame = (n: number) => {
    const { type, symbol } = JSON.parse(frameOf(n)) as { type: string; symbol: string }
    const group = { trade: 'trades', ticker: 'tickers' }[type] ?? 'orderbook'
    const recv = at(`${DAY}T17:46:00Z`) + BigInt(n) * 1_000_000n
    return { recv, payload: frameOf(n), type, group, symbol, sequence: n, scope: 1 }
  }
  // Published once more by the connector of the version before, because it did not see the acknowledgement.
  const again = { ...common, connection: old, first: 3, records: [frame(1), frame(2)] }
  writer.add(makeBlock(again), 259)
  const opened = at(`${DAY}T17:46:00Z`)
  const records = [
    eventRecord(opened, { kind: 'open' }),
    eventRecord(opened, { kind: 'ready' }),
    ...Array.from({ length: 200 }, (_, i) => frame(i + 1)),
  ]
  writer.add(makeBlock({ ...common, connection: '1m8pzzzzzzzzzzzz', first: 1, records }), 260)
  await writer.commit()
  await writer.close()

  assert.equal((await verifyArchive(root)).problems, [])
  assert.equal(Object.fromEntries(framesOf(root)), { [old]: 266, '1m8pzzzzzzzzzzzz': 200 })
  const after = readBack(root)
  for (const [key, line] of lines) assert.is(after.get(key), line)
  assert.is(after.size, lines.size + 202)
  const now = readFiles(root)
  for (const { name } of sealed)
    assert.equal(now.get(`${DAY}/${name}`), files.get(`${DAY}/${name}`))
  const kept = sealedFiles(root, 'made')
  for (const segment of sealed) assert.ok(kept.some(({ sha256 }) => sha256 === segment.sha256))
  const { gaps, segments } = manifestOf(root, DAY)
  for (const { name, format } of segments)
    assert.is(format, files.has(`${DAY}/${name}`) ? 1 : 2, name)
  assert.equal(
    gaps.map(({ cause, to }) => ({ cause, to })),
    [{ cause: 'connector-stopped', to: `${DAY}T17:46:00.000000000Z` }]
  )
  assert.equal(treeOf(join(root, 'kalshi')), others, 'another feed is another writer')
})

test.run()
