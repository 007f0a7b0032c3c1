// The official release, from a server of our own that tells the truth, lies, stops or says no.

import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { downloadRelease, publishedSum } from './release.ts'
import { run } from './run.ts'
import { NATS_SERVER, type ToolSpec } from './spec.ts'

const test = suite('release')
const output = async (file: string, args: readonly string[]) => (await run(file, args)).output

let folder = ''
let archive: Buffer = Buffer.alloc(0)
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ssmd-release-'))
  const name = NATS_SERVER.release.member('linux', 'amd64')
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), '#!/bin/sh\necho "nats-server: v2.15.2"\n')
  await run('tar', ['-czf', join(folder, 'a.tar.gz'), '-C', folder, name.split('/')[0] ?? ''])
  archive = readFileSync(join(folder, 'a.tar.gz'))
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

const FILE = 'nats-server-v2.15.2-linux-amd64.tar.gz'
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const truth = () => `${'0'.repeat(64)}  other.tar.gz\n${sha256(archive)}  ${FILE}\n`

type Serve = { sums?: string; file?: (response: ServerResponse) => void; platform?: string }

/** Fetches from a server that answers as told, into a new folder; gives what happened and what is left there. */
async function fetched(o: Serve): Promise<{ made: string; error: string; left: string[] }> {
  const server = createServer((request, response) => {
    if (request.url === '/v2/SHA256SUMS') response.end(o.sums ?? truth())
    else if (request.url === `/v2/${FILE}` && o.file) o.file(response)
    else if (request.url === `/v2/${FILE}`) response.end(archive)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`
  const spec: ToolSpec = {
    ...NATS_SERVER,
    release: { ...NATS_SERVER.release, base },
  }
  const cache = mkdtempSync(join(folder, 'cache-'))
  const platform = o.platform ?? 'linux'
  const download = downloadRelease({
    log: () => {},
    output,
    run,
    platform,
    arch: 'x64',
    stallMs: 300,
  })
  try {
    const out = join(cache, 'nats-server-2.15.2')
    const made = await within(20_000, 'the download', download(spec, out))
    return { made, error: '', left: readdirSync(cache) }
  } catch (error) {
    return { made: '', error: (error as Error).message, left: readdirSync(cache) }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('a release with its published sum becomes an executable program', async () => {
  assert.equal(await fetched({}), { made: 'made', error: '', left: ['nats-server-2.15.2'] })
})

test('a download with another sum is refused, and nothing of it stays', async () => {
  const bent = Buffer.from(archive)
  bent[bent.length - 20] = (bent[bent.length - 20] ?? 0) ^ 1
  const result = await fetched({ file: (response) => response.end(bent) })
  assert.match(result.error, /has sha256 [0-9a-f]{64}, but [0-9a-f]{64} is published: refused/)
  assert.equal(result.left, [])
})

test('a file for which no sum is published is refused unseen', async () => {
  let asked = false
  const result = await fetched({
    sums: `${'0'.repeat(64)}  a\n${'1'.repeat(64)}  b\n${'2'.repeat(64)}  c\n`,
    file: (response) => {
      asked = true
      response.end(archive)
    },
  })
  assert.match(result.error, `publishes no sha256 of ${FILE}`)
  assert.equal([asked, result.left], [false, []])
})

test('a download that breaks off is refused', async () => {
  const result = await fetched({
    file: (response) => {
      response.writeHead(200, { 'content-length': archive.length })
      response.write(archive.subarray(0, 10), () => response.destroy())
    },
  })
  assert.match(result.error, /fetching .* failed/)
  assert.equal(result.left, [])
})

test('a server that falls silent is given up', async () => {
  const result = await fetched({
    file: (response) => {
      response.writeHead(200, { 'content-length': archive.length })
      response.write(archive.subarray(0, 10))
    },
  })
  assert.match(result.error, 'silent for 300 ms')
  assert.equal(result.left, [])
})

test('a tool without published sums is not fetched, and why is said', async () => {
  const said: string[] = []
  const download = downloadRelease({
    log: (line) => said.push(line),
    output,
    run,
    platform: 'darwin',
    arch: 'x64',
  })
  const { release, ...unpublished }: ToolSpec = NATS_SERVER
  assert.ok(release)
  const elsewhere: ToolSpec = { ...unpublished, release: { ...release, file: () => undefined } }
  assert.is(await download(unpublished, join(folder, 'a')), 'unavailable')
  assert.is(await download(elsewhere, join(folder, 'b')), 'unavailable')
  assert.is(said.length, 2)
  for (const line of said) assert.match(line, 'no release of')
})

test('a bare sum is taken as the sum of its file', () => {
  assert.is(publishedSum('a'.repeat(64), 'linux/amd64/kube-apiserver'), 'a'.repeat(64))
})

test('a release that is not there says so with its address', async () => {
  const result = await fetched({ file: (response) => response.writeHead(404).end() })
  assert.match(result.error, /fetching http:.*linux-amd64.tar.gz failed: status 404/)
})

test('a platform without releases is not open', async () => {
  assert.is((await fetched({ platform: 'sunos' })).made, 'unavailable')
})

test('sums are read from a list by name, and from a file that holds only one', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]
  assert.is(publishedSum(`${a}  x.tar.gz\n${b} *y.tar.gz\n`, 'y.tar.gz'), b)
  assert.is(publishedSum(`${a}\n`, 'x'), a)
  assert.is(publishedSum(`${a}  other\n`, 'x'), undefined)
  assert.is(publishedSum('not a sum\n', 'x'), undefined)
  assert.is(publishedSum('', 'x'), undefined)
})

test.run()
