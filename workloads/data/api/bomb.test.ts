// A gzip bomb in an archive, with an index and a manifest that fit its bytes and lie about what they hold.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatIndexLine, hexCrc, parseIndexLine } from '#archive/format/index-line.ts'
import { formatManifest } from '#archive/format/manifest.ts'
import { indexFile } from '#archive/format/names.ts'
import { manifestOf, readFiles } from '#archive/testing/folders.ts'
import { makeArchive } from '#archive/testing/made-archive.ts'
import { seeded } from '#archive/testing/random.ts'
import { within } from '#testing/deadline.ts'
import { startTestApi } from '../testing/api.ts'

const test = suite('gzip bombs')
const MEGABYTE = 1024 * 1024
/** Inflated. */
const BOMB_BYTES = 600 * MEGABYTE
/** What answering may take beside what the program has. */
const MOST_BYTES = 160 * MEGABYTE

/** One member of blanks, made in pieces so that this test does not hold it. */
async function bomb(): Promise<Buffer> {
  const gzip = createGzip({ level: 9 })
  const chunks: Buffer[] = []
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
  const blank = Buffer.alloc(MEGABYTE, ' ')
  for (let i = 0; i < BOMB_BYTES / MEGABYTE; i++) if (!gzip.write(blank)) await once(gzip, 'drain')
  gzip.end()
  await once(gzip, 'end')
  return Buffer.concat(chunks)
}

/** Puts it in place of a segment that is sealed; everything about it is right, but for `rawBytes`. */
function plant(root: string, bytes: Buffer, rawBytes: number): { day: string; group: string } {
  const day = [...readFiles(root).keys()][0]!.slice(0, 10)
  const manifest = manifestOf(root, day)
  const segment = manifest.segments.find(({ sealed, members }) => sealed && members > 0)!
  const folder = join(root, 'made', day)
  const index = join(folder, indexFile(segment.name))
  const entry = parseIndexLine(readFileSync(index, 'utf8').split('\n')[0]!)
  const { from, to } = segment
  const crc32 = hexCrc(bytes)
  const line = formatIndexLine({
    ...entry,
    ...{ from, to, offset: 0, bytes: bytes.length, rawBytes, crc32, end: true },
  })
  writeFileSync(index, line)
  writeFileSync(join(folder, segment.name), bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const indexBytes = Buffer.byteLength(line)
  const planted = { ...segment, bytes: bytes.length, rawBytes, sha256, members: 1, indexBytes }
  const segments = manifest.segments.map((one) => (one === segment ? planted : one))
  writeFileSync(join(folder, 'manifest.json'), formatManifest({ ...manifest, segments }))
  return { day, group: segment.group }
}

const bytes = await bomb()

for (const [what, rawBytes] of [
  ['an index that says a few bytes', 4096],
  ['an index that says a few megabytes', 4 * MEGABYTE],
  ['an index that says what it is', BOMB_BYTES],
] as const) {
  test(`A2: a bomb with ${what} is an error of the archive, costs little memory, and the program answers on`, async () => {
    let planted = { day: '', group: '' }
    await using api = await startTestApi({
      fill: async (root) => {
        await makeArchive(root, seeded(11), { stepMs: 240_000, startsAt: '2026-11-24T12:00:00Z' })
        planted = plant(root, bytes, rawBytes)
      },
    })
    const before = process.resourceUsage().maxRSS * 1024
    for (const path of [
      `/v1/records?feed=made&from=${planted.day}&limit=100000`,
      `/datasets/made/${planted.day}/sample?limit=10000`,
    ]) {
      const answer = await within(60_000, path, api.get(path))
      if (answer.complete) {
        assert.is(answer.status, 500, `${path}: ${answer.text.slice(0, 200)}`)
        assert.is(answer.json.code, 'SSMD_E_ARCHIVE_INVALID')
      }
    }
    const more = process.resourceUsage().maxRSS * 1024 - before
    assert.ok(more < MOST_BYTES, `${Math.round(more / MEGABYTE)} MiB more`)
    assert.is((await api.get('/v1/feeds')).status, 200)
  })
}

test.run()
