import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatIndexLine, type IndexEntry, parseIndexLine } from '../format/index-line.ts'
import { formatManifest, type Manifest, readManifestText } from '../format/manifest.ts'
import { at, eventRecord, makeBlock } from '../testing/blocks.ts'
import { manifestOf, openWriter, readFiles, STREAM, temporaryFolder } from '../testing/folders.ts'
import { makeArchive } from '../testing/made-archive.ts'
import { seeded, testSeed } from '../testing/random.ts'
import { verifyArchive } from './verify.ts'

const test = suite('verify')
const seed = testSeed('verify')

test('an archive that is whole has no problems, and its progress comes to the end', async () => {
  using folder = temporaryFolder()
  const stream = await makeArchive(folder.path, seeded(seed), { mischief: 0.1 })
  let last = { bytes: 0, totalBytes: 0, records: 0 }
  const report = await verifyArchive(folder.path, {
    onProgress: (progress) => {
      assert.ok(progress.bytes >= last.bytes && progress.records >= last.records)
      last = progress
    },
  })
  assert.equal(report.problems, [])
  assert.is(report.records, stream.lines.size)
  assert.is(last.bytes, last.totalBytes)
  assert.is(last.bytes, report.bytes)
  assert.is(last.records, report.records)
})

test('each of 300 flipped bits in segments, indexes and manifests is found, with its file (T24)', async () => {
  using folder = temporaryFolder()
  const random = seeded(seed)
  await makeArchive(folder.path, random, { blocksEach: 30 })
  const files = [...readFiles(folder.path)]
  const kinds = ['.jsonl.gz', '.index.jsonl', 'manifest.json']
  for (let i = 0; i < 300; i++) {
    const ofKind = files.filter(([file]) => file.endsWith(kinds[i % kinds.length]!))
    const [file, bytes] = random.pick(ofKind)
    const bit = random.int(0, bytes.length * 8 - 1)
    const flipped = Buffer.from(bytes)
    flipped[bit >>> 3]! ^= 1 << (bit & 7)
    const path = join(folder.path, 'made', file)
    writeFileSync(path, flipped)
    const { problems } = await verifyArchive(folder.path, { day: file.slice(0, 10) })
    assert.ok(
      problems.some((problem) => problem.file === `made/${file}`),
      `seed ${seed}: bit ${bit} of ${file}: ${JSON.stringify(problems.slice(0, 3))}`
    )
    if (file.endsWith('.gz')) {
      assert.ok(
        problems.some(({ where }) => /^member at byte \d+$/.test(where)),
        `seed ${seed}: bit ${bit} of ${file}: no member is named`
      )
    }
    // Other files of the day are not accused of it.
    const accused = new Set(problems.map((problem) => problem.file))
    for (const other of accused) {
      assert.ok(other === `made/${file}` || other.endsWith('manifest.json'), `${other} for ${file}`)
    }
    writeFileSync(path, bytes)
  }
  assert.equal((await verifyArchive(folder.path)).problems, [])
})

/** Changes a manifest as somebody would who can make checksums. */
function forge(root: string, day: string, change: (manifest: Manifest) => Manifest): void {
  const path = join(root, 'made', day, 'manifest.json')
  const manifest = readManifestText(readFileSync(path, 'utf8'), path)
  writeFileSync(path, formatManifest(change(manifest)))
}

const FORGERIES: [string, RegExp, (manifest: Manifest) => Manifest][] = [
  ['a record more', /records/, (m) => ({ ...m, records: m.records + 1 })],
  ['a gap hidden', /no gap names them/, (m) => ({ ...m, gaps: [], condition: 'pending' })],
  [
    'a gap over records that are there',
    /but it exists/,
    (m) => ({
      ...m,
      gaps: m.gaps.map((gap) => ({ ...gap, numbers: [1, 9], missing: 9 }) as typeof gap),
    }),
  ],
  ['not simulated', /simulated/, (m) => ({ ...m, simulated: false })],
  ['no gap, they say', /condition/, (m) => ({ ...m, condition: 'available' })],
  ['of another day', /day/, (m) => ({ ...m, day: '2026-11-25' })],
  ['a segment left out', /no manifest names it/, (m) => ({ ...m, segments: m.segments.slice(1) })],
  ['a connection left out', /not named/, (m) => ({ ...m, connections: [] })],
]
for (const [what, expected, change] of FORGERIES) {
  test(`a manifest with right checksums and a wrong claim is found: ${what}`, async () => {
    using folder = temporaryFolder()
    const writer = await openWriter(folder.path)
    writer.bind(STREAM)
    const recv = at('2026-11-24T12:00:00Z')
    const records = (type: string, group: string) =>
      Array.from({ length: 4 }, (_, i) => ({ recv: recv + BigInt(i), payload: '{}', type, group }))
    writer.add(makeBlock({ connection: '01a', first: 1, records: records('trade', 'trades') }), 1)
    writer.add(makeBlock({ connection: '01a', first: 8, records: records('ticker', 'tickers') }), 2)
    await writer.close()
    assert.equal((await verifyArchive(folder.path)).problems, [])
    forge(folder.path, '2026-11-24', change)
    const { problems } = await verifyArchive(folder.path)
    assert.match(JSON.stringify(problems), expected)
  })
}

/** Rewrites the lines of a segment, with index and manifest made to fit as far as checksums go. */
async function rewrite(root: string, change: (lines: string) => string): Promise<string> {
  const file = join(root, 'made/2026-11-24/trades_000.jsonl.gz')
  const lines = change(gunzipSync(readFileSync(file)).toString())
  const bytes = gzipSync(lines)
  writeFileSync(file, bytes)
  const { createHash } = await import('node:crypto')
  rmSync(file.replace('.jsonl.gz', '.index.jsonl'))
  forge(root, '2026-11-24', (manifest) => ({
    ...manifest,
    bytes: bytes.length,
    rawBytes: lines.length,
    segments: manifest.segments.map((segment) => ({
      ...segment,
      bytes: bytes.length,
      rawBytes: lines.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })),
  }))
  return JSON.stringify((await verifyArchive(root)).problems)
}

const LINES: [string, RegExp, (lines: string) => string][] = [
  ['a number twice', /twice/, (l) => l.replace('"n":2', '"n":1')],
  [
    'of another day',
    /is of 2026-11-25/,
    (l) => l.replace('"recv":"2026-11-24T', '"recv":"2026-11-25T'),
  ],
  ['no time', /is no time/, (l) => l.replace('T12:00:00', 'T12:61:00')],
  ['a frame that is no JSON', /no JSON text/, (l) => l.replace('{"i":1}', '{"i":1]')],
  ['another head', /does not begin/, (l) => l.replace('"conn"', '"con"')],
  ['an event that is none', /no object/, (l) => l.replace('"frame":{"i":1}', '"event":"open"')],
  [
    'a pad of text',
    /pad/,
    (l) => l.replace('"frame":{"i":1}', '"pad":["","x\\n"],"frame":{"i":1}'),
  ],
  [
    'a pad without a line break',
    /pad/,
    (l) => l.replace('"frame":{"i":1}', '"pad":[""," "],"frame":{"i":1}'),
  ],
  [
    'a pad without a frame',
    /pad/,
    (l) => l.replace('"frame":{"i":1}', '"pad":["","\\n"],"other":{"i":1}'),
  ],
  ['base64 that is none', /base64/, (l) => l.replace('"frame":{"i":1}', '"base64":"a"')],
  ['no line feed at its end', /no end/, (l) => l.slice(0, -1)],
  [
    'of another type than the manifest counts',
    /manifest's types say 5 of \\"trade\\", found 4/,
    (l) => l.replace('"type":"trade"', '"type":"trading"'),
  ],
  ['without a type', /has no type/, (l) => l.replace('"type":"trade",', '')],
  ['behind an empty symbol', /empty symbol/, (l) => l.replace('"symbol":"S1"', '"symbol":""')],
  ['of a type that is no text', /has no type/, (l) => l.replace('"type":"trade"', '"type":7')],
  [
    'of a type that is escaped without need',
    /its type .* is no JSON text/,
    (l) => l.replace('"type":"trade"', '"type":"tr\\u0061de"'),
  ],
  ['of an unknown payload', /no payload/, (l) => l.replace('"frame":', '"frames":')],
]
for (const [what, expected, change] of LINES) {
  test(`a line is found that is ${what}`, async () => {
    using folder = temporaryFolder()
    const writer = await openWriter(folder.path)
    writer.bind(STREAM)
    const recv = at('2026-11-24T12:00:00Z')
    const records = Array.from({ length: 5 }, (_, i) => ({
      recv: recv + BigInt(i),
      payload: `{"i":${i}}`,
      symbol: 'S1',
    }))
    writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
    await writer.close()
    assert.match(await rewrite(folder.path, change), expected)
  })
}

test('an event whose type is not its kind is found', async () => {
  using folder = temporaryFolder()
  const writer = await openWriter(folder.path)
  writer.bind(STREAM)
  const event = eventRecord(at('2026-11-24T12:00:00Z'), { kind: 'ready' }, 'trades')
  writer.add(makeBlock({ connection: '01a', first: 1, records: [event] }), 1)
  await writer.close()
  assert.equal((await verifyArchive(folder.path)).problems, [])
  const forged = await rewrite(folder.path, (l) => l.replace('"kind":"ready"', '"kind":"close"'))
  assert.match(forged, /its type is .*ready.*, the kind of its event .*close/)
})

const INDEXES: [string, RegExp, (entry: IndexEntry) => IndexEntry][] = [
  [
    'other counts of types',
    /types say 4 of \\"trade\\", found 3/,
    (entry) => ({ ...entry, types: { trade: 4 } }),
  ],
  [
    'a symbol less',
    /symbols leave out \\"S1\\"/,
    (entry) => ({ ...entry, symbols: [0, 2], names: ['', 'S1', 'S2'] }),
  ],
  [
    'a symbol more',
    /symbols name \\"S3\\"/,
    (entry) => ({ ...entry, symbols: 'Dw==', names: ['', 'S1', 'S2', 'S3'] }),
  ],
  ['another format', /format says 1, found 2/, (entry) => ({ ...entry, format: undefined })],
]
for (const [what, expected, change] of INDEXES) {
  test(`an index with right checksums and a wrong claim is found: ${what}`, async () => {
    using folder = temporaryFolder()
    const writer = await openWriter(folder.path)
    writer.bind(STREAM)
    const recv = at('2026-11-24T12:00:00Z')
    const records = ['', 'S1', 'S2', 'S1', ''].map((symbol, i) => ({
      recv: recv + BigInt(i),
      payload: '{}',
      type: i < 3 ? 'trade' : 'other "trade"\n',
      symbol,
    }))
    writer.add(makeBlock({ connection: '01a', first: 1, records }), 1)
    await writer.close()
    assert.equal((await verifyArchive(folder.path)).problems, [])
    const path = join(folder.path, 'made/2026-11-24/trades_000.index.jsonl')
    const line = formatIndexLine(change(parseIndexLine(readFileSync(path, 'utf8').slice(0, -1))))
    writeFileSync(path, line)
    forge(folder.path, '2026-11-24', (manifest) => ({
      ...manifest,
      segments: manifest.segments.map((segment) => ({ ...segment, indexBytes: line.length })),
    }))
    assert.match(JSON.stringify((await verifyArchive(folder.path)).problems), expected)
  })
}

test('files that are missing, too short or strangers are named', async () => {
  using folder = temporaryFolder()
  await makeArchive(folder.path, seeded(seed), { connections: 1, blocksEach: 5 })
  const [segment] = [...readFiles(folder.path).keys()].filter((file) => file.endsWith('.gz'))
  const path = join(folder.path, 'made', segment!)
  const bytes = readFileSync(path)
  const accused = async () =>
    (await verifyArchive(folder.path)).problems.map((problem) => problem.file)
  rmSync(path)
  assert.ok((await accused()).includes(`made/${segment}`))
  writeFileSync(path, bytes.subarray(0, bytes.length - 1))
  assert.ok((await accused()).includes(`made/${segment}`))
  writeFileSync(path, bytes)
  writeFileSync(
    join(folder.path, 'made', segment!.slice(0, 10), 'trades_900.jsonl.gz'),
    gzipSync('')
  )
  assert.equal(await accused(), [`made/${segment!.slice(0, 10)}/trades_900.jsonl.gz`])
})

test('beside a running archiver a segment that is being sealed is read until its manifest fits; without one it is a problem', async () => {
  using folder = temporaryFolder()
  await makeArchive(folder.path, seeded(seed), { connections: 1, blocksEach: 5 })
  const writer = await openWriter(folder.path)
  const [day = ''] = [...readFiles(folder.path).keys()].map((file) => file.slice(0, 10))
  const name = manifestOf(folder.path, day).segments.find(({ sealed }) => !sealed)?.name
  assert.ok(name)
  const file = `made/${day}/${name}`
  const path = join(folder.path, file)
  const bytes = readFileSync(path)
  const torn = bytes.subarray(0, bytes.length - 1)
  // The archiver replaces the file first, and the manifest a moment later.
  writeFileSync(path, torn)
  let reads = 0
  const onProgress = (progress: { readonly file: string }): void => {
    if (progress.file === file && ++reads === 15) writeFileSync(path, bytes)
  }
  assert.equal((await verifyArchive(folder.path, { onProgress })).problems, [])
  assert.ok(reads >= 15)
  writeFileSync(path, torn)
  const accused = async () => (await verifyArchive(folder.path)).problems.map(({ file }) => file)
  assert.ok((await accused()).includes(file), 'damage is told in the end')
  writeFileSync(path, bytes)
  await writer.close()
  writeFileSync(path, torn)
  assert.ok((await accused()).includes(file))
})

test('a day without a manifest is a problem, and nothing at all is an error', async () => {
  using folder = temporaryFolder()
  try {
    await verifyArchive(folder.path)
    assert.unreachable()
  } catch (thrown) {
    assert.match(String(thrown), 'there is no archive')
  }
  mkdirSync(join(folder.path, 'made/2026-11-24'), { recursive: true })
  writeFileSync(join(folder.path, 'made/2026-11-24/trades_000.jsonl.gz'), gzipSync(''))
  const { problems } = await verifyArchive(folder.path)
  assert.is(problems[0]!.file, 'made/2026-11-24/manifest.json')
  assert.ok(existsSync(folder.path))
})

test.run()
