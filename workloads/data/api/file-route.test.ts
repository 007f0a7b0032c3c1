import { createHash } from 'node:crypto'
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  manifestOf,
  openWriter,
  readFiles,
  STREAM,
  temporaryFolder,
} from '#archive/testing/folders.ts'
import { makeArchive } from '#archive/testing/made-archive.ts'
import { seeded } from '#archive/testing/random.ts'
import { randomStream } from '#archive/testing/stream.ts'
import { waitOut, within } from '#testing/deadline.ts'
import { namesTag, readRange } from '../http/range.ts'
import { ask, startTestApi, type TestApi } from '../testing/api.ts'

/** Hours, so that segments end and are sealed. */
const SHAPE = { stepMs: 240_000, startsAt: '2026-11-24T12:00:00Z' }

const test = suite('files of a day')
let api: TestApi
let day = ''
let segments: ReturnType<typeof manifestOf>['segments']

test.before.each(async () => {
  api = await startTestApi({ fill: (root) => makeArchive(root, seeded(11), SHAPE) })
  day = [...readFiles(api.root).keys()][0]!.slice(0, 10)
  segments = manifestOf(api.root, day).segments
})
test.after.each(async () => api[Symbol.asyncDispose]())

const pathOf = (name: string): string => `/v1/datasets/made/${day}/files/${name}`
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const onDisk = (name: string): string => join(api.root, 'made', day, name)
const sealedOne = () => segments.find(({ sealed }) => sealed)!
const openOne = () => segments.find(({ sealed }) => !sealed)!

test('every file that a manifest names comes byte for byte, with its sha256 as the tag', async () => {
  assert.ok(sealedOne() && openOne(), 'the archive has both kinds')
  for (const { name, bytes, sha256: sum, sealed } of segments) {
    const answer = await api.get(pathOf(name))
    assert.equal([answer.status, answer.bytes.length, sha256(answer.bytes)], [200, bytes, sum])
    assert.is(answer.headers.etag, `"${sum}"`)
    assert.is(answer.headers['accept-ranges'], 'bytes')
    assert.is(/immutable/.test(answer.headers['cache-control'] ?? ''), sealed, name)
    assert.is(answer.headers['content-disposition'], `attachment; filename="made_${day}_${name}"`)
    const index = await api.get(pathOf(name.replace('jsonl.gz', 'index.jsonl')))
    assert.equal(index.bytes, readFileSync(onDisk(name.replace('jsonl.gz', 'index.jsonl'))))
  }
  const manifest = await api.get(pathOf('manifest.json'))
  assert.is(manifest.text, readFileSync(onDisk('manifest.json'), 'utf8'))
  assert.is(manifest.headers.etag, `"${JSON.parse(manifest.text).sha256}"`)
})

test('A8: of a segment that grows only committed bytes are seen, and nothing of a temporary file', async () => {
  const { name, bytes } = openOne()
  appendFileSync(onDisk(name), 'not committed')
  assert.is((await api.get(pathOf(name))).bytes.length, bytes)
  assert.is((await api.get(pathOf(name), { range: `bytes=${bytes}-` })).status, 416)
  writeFileSync(onDisk(`${name}.part`), 'x')
  writeFileSync(onDisk('other_000.jsonl.gz'), 'x')
  for (const hidden of [`${name}.part`, 'other_000.jsonl.gz', '.commit'])
    assert.is((await api.get(pathOf(hidden))).status < 500, true, hidden)
  assert.is((await api.get(pathOf('other_000.jsonl.gz'))).status, 404)
})

test('ranges give the bytes that they name; HEAD gives the headers alone', async () => {
  const { name, bytes, sha256: sum } = sealedOne()
  const whole = readFileSync(onDisk(name))
  for (const [range, start, end] of [
    ['bytes=0-0', 0, 1],
    ['bytes=5-', 5, bytes],
    ['bytes=-7', bytes - 7, bytes],
    [`bytes=3-${bytes + 100}`, 3, bytes],
    [`bytes=-${bytes * 2}`, 0, bytes],
  ] as const) {
    const answer = await api.get(pathOf(name), { range })
    assert.is(answer.status, 206, range)
    assert.is(answer.headers['content-range'], `bytes ${start}-${end - 1}/${bytes}`)
    assert.equal(answer.bytes, whole.subarray(start, end))
  }
  const head = await ask(api.url + pathOf(name), { method: 'HEAD' })
  assert.equal(
    [head.status, head.bytes.length, head.headers['content-length']],
    [200, 0, String(bytes)]
  )
  assert.is(head.headers.etag, `"${sum}"`)
})

test('A6: abused ranges cost one answer at most: many ranges are the whole file, impossible ones 416', async () => {
  const { name, bytes } = sealedOne()
  const many = `bytes=${Array.from({ length: 500 }, (_, i) => `${i}-${i}`).join(',')}`
  for (const range of [many, 'bytes=0-1,5-6', 'lines=1-2', 'bytes=a-b', 'bytes=5-2', 'bytes=-', ''])
    assert.equal((await api.get(pathOf(name), { range })).bytes.length, bytes, range.slice(0, 20))
  for (const range of [`bytes=${bytes}-`, 'bytes=-0', 'bytes=999999999999999-']) {
    const answer = await api.get(pathOf(name), { range })
    assert.equal([answer.status, answer.headers['content-range']], [416, `bytes */${bytes}`], range)
    assert.is(answer.headers['content-type'], 'application/problem+json')
  }
})

test('If-None-Match and If-Range compare tags: a file that changed comes whole', async () => {
  const { name, sha256: sum, bytes } = sealedOne()
  const same = await api.get(pathOf(name), { 'if-none-match': `"x", W/"${sum}"` })
  assert.equal([same.status, same.bytes.length], [304, 0])
  const part = await api.get(pathOf(name), { range: 'bytes=0-9', 'if-range': `"${sum}"` })
  assert.is(part.status, 206)
  for (const old of ['"other"', `W/"${sum}"`, 'Tue, 24 Nov 2026 12:00:00 GMT']) {
    const answer = await api.get(pathOf(name), { range: 'bytes=0-9', 'if-range': old })
    assert.equal([answer.status, answer.bytes.length], [200, bytes], old)
  }
  assert.ok(namesTag('*', '"a"'))
  assert.not(namesTag('"b"', '"a"'))
  assert.is(readRange('bytes=0-', 0), 'beyond')
})

test('A7: a file that is removed under a reader comes whole from what was open', async () => {
  const { name, bytes, sha256: sum } = grown(sealedOne().name)
  const got = await new Promise<Buffer>((resolve, reject) => {
    const sent = request(api.url + pathOf(name), (response) => {
      const chunks: Buffer[] = []
      response.once('data', () => {
        rmSync(onDisk(name))
        writeFileSync(onDisk(name), 'another file of the same name')
      })
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('end', () => resolve(Buffer.concat(chunks)))
      response.once('error', reject)
    })
    sent.end()
  })
  assert.equal([got.length, sha256(got)], [bytes, sum])
})

test('A7: a file whose bytes are not those of its manifest is cut off before its end, never passed off as whole', async () => {
  const { name, bytes } = grown(sealedOne().name)
  const damaged = readFileSync(onDisk(name))
  damaged[bytes - 10]! ^= 1
  writeFileSync(onDisk(name), damaged)
  const answer = await within(10_000, 'the answer', api.get(pathOf(name)))
  assert.is(answer.complete, false)
  assert.ok(answer.bytes.length < bytes)
  // A short one is refused before anything of it is sent.
  const small = segments.find((one) => one.sealed && one.name !== name)!
  const short = readFileSync(onDisk(small.name))
  short[3]! ^= 1
  writeFileSync(onDisk(small.name), short)
  assert.equal((await api.get(pathOf(small.name))).json.code, 'SSMD_E_ARCHIVE_INVALID')
})

test('A7: a range of a segment that has just become another file is of the new one, not of both', async () => {
  const { name } = openOne()
  const text = readFileSync(onDisk('manifest.json'), 'utf8')
  const other = Buffer.concat([readFileSync(onDisk(name)), Buffer.from('sealed')])
  // Sealed: another file stands there, and the manifest says so a moment later.
  writeFileSync(onDisk('new'), other)
  renameSync(onDisk('new'), onDisk(name))
  const bad = readFileSync(onDisk(name))
  bad[0]! ^= 1
  writeFileSync(onDisk(name), bad)
  const asked = api.get(pathOf(name), { range: 'bytes=0-3' })
  await waitOut(100, 'the server sees the file that its manifest does not describe yet')
  writeFileSync(onDisk('manifest.json'), resealed(text, name, bad))
  const answer = await within(10_000, 'the answer', asked)
  assert.equal([answer.status, answer.bytes], [206, bad.subarray(0, 4)])
  assert.is(answer.headers.etag, `"${sha256(bad)}"`)
})

test('A7: while an archiver commits and seals, whole answers have their sha256, and a range is of one state of its file', async () => {
  using folder = temporaryFolder()
  await using busy = await startTestApi({ roots: [{ path: folder.path, name: '' }] })
  const { blocks } = randomStream(seeded(5), SHAPE)
  const writer = await openWriter(folder.path, { maxAgeMs: 3_600_000, chunkBytes: 2000 })
  writer.bind(STREAM)
  writer.add(blocks[0]!, 1)
  await writer.commit()
  const wholes = new Map<string, Buffer>()
  const parts: [etag: string, bytes: Buffer][] = []
  const states = new Set<string>()
  const look = async (): Promise<void> => {
    const { rows } = (await busy.get('/v1/datasets')).json
    for (const { day: date } of rows) {
      const { segments: now } = (await busy.get(`/v1/datasets/made/${date}`)).json
      for (const { name } of now) {
        const path = `/v1/datasets/made/${date}/files/${name}`
        const whole = await busy.get(path)
        const part = await busy.get(path, { range: 'bytes=-50' })
        assert.equal([whole.status, part.status], [200, 206], name)
        parts.push([part.headers.etag!, part.bytes])
        states.add(`${name} ${whole.headers.etag}`)
        // It was sealed while it was sent: the connection ended before the body did.
        if (!whole.complete) continue
        assert.is(`"${sha256(whole.bytes)}"`, whole.headers.etag, name)
        wholes.set(whole.headers.etag!, whole.bytes)
      }
    }
  }
  for (const [i, block] of blocks.slice(1).entries()) {
    writer.add(block, i + 2)
    // Each commit with requests beside it.
    if (i % 10 === 9) await Promise.all([writer.commit(), look()])
  }
  await Promise.all([writer.commit(), look()])
  await writer.close()
  await look()
  let compared = 0
  for (const [etag, bytes] of parts) {
    const whole = wholes.get(etag)
    if (whole === undefined) continue
    assert.equal(bytes, whole.subarray(-50))
    compared++
  }
  assert.ok(compared > 10 && states.size > 12, `${compared} ranges, ${states.size} states`)
})

test('A1: no name leads out of the archive, whatever its encoding; a link out of it is not followed', async () => {
  const secret = join(api.root, '..', 'ssmd-secret.txt')
  writeFileSync(secret, 'secret')
  try {
    const names = ['../manifest.json', '..', '.', 'a/b', '\0', 'manifest.json\0', '/etc/passwd']
    const encoded = [
      '%2e%2e%2fmanifest.json',
      '..%2f..%2fssmd-secret.txt',
      '%2e%2e/',
      '..%5cx',
      '%00',
      '%c0%ae%c0%ae',
      '%',
      '%zz',
      '..%252f',
    ]
    for (const name of [...names.map(encodeURIComponent), ...encoded]) {
      for (const path of [
        pathOf(name),
        `/v1/datasets/${name}/${day}/files/manifest.json`,
        `/v1/datasets/made/${name}/files/manifest.json`,
        `/v1/datasets/${name}/${name}`,
      ]) {
        const answer = await api.get(path)
        assert.ok(answer.status === 400 || answer.status === 404, `${path}: ${answer.status}`)
        assert.not.match(answer.text, /secret$|root:|at .*\.ts/)
        assert.not.match(answer.text, api.root, 'no path of the server')
      }
    }
    for (const path of [
      '//v1/feeds',
      '/v1//feeds',
      '/v1/../v1/feeds',
      '/v1/feeds/',
      '/page/../main.ts',
      '/page/..%2fmain.ts',
      '/page/.hidden.js',
      '/page/%2e%2e/main.ts',
    ])
      assert.is((await api.get(path)).status, 404, path)
    const { name } = sealedOne()
    rmSync(onDisk(name))
    symlinkSync(secret, onDisk(name))
    assert.is((await api.get(pathOf(name))).status, 404)
  } finally {
    rmSync(secret)
  }
})

/** Makes a sealed segment so large that it is streamed, and its manifest to match. */
function grown(name: string): {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
} {
  const bytes = Buffer.alloc(600_000, readFileSync(onDisk(name)))
  writeFileSync(onDisk(name), bytes)
  const text = readFileSync(onDisk('manifest.json'), 'utf8')
  writeFileSync(onDisk('manifest.json'), resealed(text, name, bytes))
  return { name, bytes: bytes.length, sha256: sha256(bytes) }
}

/** The manifest with another file of this name, and its own checksum. */
function resealed(text: string, name: string, bytes: Buffer): string {
  const entry = new RegExp(
    `(\\{"name":"${name}"[^\\n]*?"sealed":)(?:true|false)([^\\n]*?"bytes":)\\d+([^\\n]*?"sha256":")[0-9a-f]{64}`
  )
  const changed = text.replace(entry, `$1true$2${bytes.length}$3${sha256(bytes)}`)
  const body = changed.slice(0, changed.lastIndexOf(',\n  "sha256": "'))
  assert.not.equal(changed, text)
  return `${body},\n  "sha256": "${sha256(Buffer.from(body))}"\n}\n`
}

test.run()
