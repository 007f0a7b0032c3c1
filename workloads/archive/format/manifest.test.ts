import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatManifest, type Manifest, readManifestText } from './manifest.ts'

const test = suite('manifest')

const manifest: Manifest = {
  version: 1,
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
  const text = formatManifest({ ...manifest, version: 2 as 1 })
  assert.throws(() => readManifestText(text, 'm'), /version 2/)
})

test.run()
