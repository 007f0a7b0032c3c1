import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  formatManifest,
  type Manifest,
  type ManifestSegment,
  readManifestText,
} from './manifest.ts'

const test = suite('manifest')

const manifest: Manifest = {
  version: 2,
  feed: 'made',
  day: '2026-11-24',
  environment: 'test',
  archive: 'arc',
  simulated: true,
  condition: 'degraded',
  updated: '2026-11-24T12:00:00.000Z',
  records: 0,
  bytes: 0,
  rawBytes: 0,
  from: null,
  to: null,
  segments: [],
  connections: [],
  sequences: [],
  skipped: {},
  gaps: [
    {
      cause: 'disconnected',
      fault: 'network',
      from: '2026-11-24T12:00:00.000000000Z',
      to: null,
      connection: '01a',
      shard: 0,
      missing: null,
      detail: 'reason with "sha256": "0"\n',
    },
  ],
}

test('it is JSON, one entry a line, and comes back as it was', () => {
  const text = formatManifest(manifest)
  const { sha256, ...parsed } = JSON.parse(text) as Manifest & { sha256: string }
  assert.equal(parsed, manifest)
  assert.is(sha256.length, 64)
  assert.equal(readManifestText(text, 'm'), manifest)
  assert.is(text.split('\n').filter((line) => line.includes('"cause"')).length, 1)
})

test('whatever bit is flipped, it is refused and the file named', () => {
  const bytes = Buffer.from(formatManifest(manifest))
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const copy = Buffer.from(bytes)
    copy[bit >>> 3]! ^= 1 << (bit & 7)
    assert.throws(
      () => readManifestText(copy.toString('utf8'), 'a/manifest.json'),
      /a\/manifest\.json/
    )
  }
})

test('a version that is not known is refused, not guessed (T22)', () => {
  const text = formatManifest({ ...manifest, version: 3 as 2 })
  assert.throws(() => readManifestText(text, 'm'), /version 3/)
})

const segment: ManifestSegment = {
  name: 'trades_000.jsonl.gz',
  group: 'trades',
  format: 2,
  sealed: true,
  bytes: 1,
  rawBytes: 1,
  sha256: '',
  records: 1,
  members: 1,
  indexBytes: 1,
  from: '',
  to: '',
  types: { trade: 1 },
  firstSequence: 1,
  lastSequence: 1,
  late: 0,
}

test('in version 1 every segment is of format 1, in version 2 each says its own', () => {
  const read = (version: 1 | 2, one: Partial<ManifestSegment>) =>
    readManifestText(
      formatManifest({ ...manifest, version, segments: [{ ...segment, ...one }] }),
      'm'
    ).segments[0]!.format
  const unnamed = { format: undefined } as unknown as ManifestSegment
  assert.is(read(1, unnamed), 1)
  assert.is(read(2, { format: 1 }), 1)
  assert.is(read(2, { format: 2 }), 2)
  for (const [version, one] of [
    [1, { format: 2 }],
    [1, { format: 1 }],
    [2, unnamed],
    [2, { format: 3 as 2 }],
  ] as const) {
    assert.throws(() => read(version, one), /segments\[0\]\.format is not as a manifest has it/)
  }
})

test.run()
