// With npm itself, and packages that are files of this test: no registry is needed.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { packageOnFirstUse } from './on-first-use.ts'

const test = suite('packages on first use')

let folder = ''
let root = ''
let cache = ''
let said: string[] = []
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssmd-packages-'))
  root = join(folder, 'root')
  cache = join(folder, 'cache')
  mkdirSync(root)
  said = []
})
test.after.each(() => rmSync(folder, { recursive: true, force: true }))

const use = (name: string) =>
  within(
    60_000,
    `the package ${name}`,
    packageOnFirstUse(name, { root, cache, log: (line) => said.push(line) })
  )
const refused = (name: string): Promise<{ code?: string; message: string; hint?: string }> =>
  use(name).then(
    () => assert.unreachable('it was accepted') as never,
    (error: Error) => error
  )

/** As a registry has it: a packed folder. Returns what a lock file says of it. */
function publish(name: string, version: string, dependencies: Record<string, string> = {}) {
  const place = join(folder, `${name}-${version}`, 'package')
  mkdirSync(place, { recursive: true })
  writeFileSync(
    join(place, 'package.json'),
    JSON.stringify({ name, version, main: 'index.js', dependencies })
  )
  const inner = Object.keys(dependencies).map((other) => `require('${other}')`)
  writeFileSync(
    join(place, 'index.js'),
    `exports.says = ${JSON.stringify(`${name} ${version}`)} + [${inner}].map((m) => ' with ' + m.says)\n`
  )
  const file = join(folder, `${name}-${version}.tgz`)
  execFileSync('tar', ['-czf', file, '-C', join(place, '..'), 'package'])
  const sum = createHash('sha512').update(readFileSync(file)).digest('base64')
  return { version, dependencies, resolved: `file:${file}`, integrity: `sha512-${sum}`, dev: true }
}
const lock = (packages: Record<string, object>) =>
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }))
const says = async (url: URL): Promise<string> =>
  ((await import(url.href)) as { default: { says: string } }).default.says

test('a package is installed with its dependencies as the lock file has them, says so, and is used from then on', async () => {
  const inner = publish('inner', '2.0.0')
  const outer = publish('outer', '1.0.0', { inner: '^2.0.0' })
  lock({ '': {}, 'node_modules/outer': outer, 'node_modules/inner': inner })
  const url = await use('outer')
  assert.ok(url.href.includes('/cache/outer-1.0.0-'))
  assert.is(await says(url), 'outer 1.0.0 with inner 2.0.0')
  assert.match(said[0] ?? '', 'installing outer 1.0.0')
  assert.match(said.at(-1) ?? '', 'outer 1.0.0 is installed')

  said = []
  // As without a network.
  rmSync(join(folder, 'outer-1.0.0.tgz'))
  rmSync(join(folder, 'inner-2.0.0.tgz'))
  assert.is((await use('outer')).href, url.href)
  assert.equal(said, [])
  assert.is(readdirSync(cache).length, 1)
})

test('two that need it at the same time install it once', async () => {
  lock({ 'node_modules/one': publish('one', '1.0.0') })
  const [a, b] = await Promise.all([use('one'), use('one')])
  assert.is(a.href, b.href)
  assert.is(said.filter((line) => line.startsWith('installing')).length, 1)
})

test('another version in the lock file is another installation', async () => {
  lock({ 'node_modules/one': publish('one', '1.0.0') })
  assert.is(await says(await use('one')), 'one 1.0.0')
  lock({ 'node_modules/one': publish('one', '1.0.1') })
  assert.is(await says(await use('one')), 'one 1.0.1')
})

test('the package of node_modules is used if it has the version of the lock file, and only then', async () => {
  lock({ 'node_modules/one': publish('one', '1.0.0') })
  const place = join(root, 'node_modules', 'one')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{"version":"1.0.0","main":"own.js"}')
  writeFileSync(join(place, 'own.js'), '')
  assert.ok((await use('one')).href.endsWith('/root/node_modules/one/own.js'))
  assert.equal(said, [])
  writeFileSync(join(place, 'package.json'), '{"version":"0.9.0","main":"own.js"}')
  assert.is(await says(await use('one')), 'one 1.0.0')
})

test('a package whose bytes differ from the checksum is refused, and nothing of it stays', async () => {
  const entry = publish('one', '1.0.0')
  lock({ 'node_modules/one': { ...entry, integrity: publish('other', '1.0.0').integrity } })
  const error = await refused('one')
  assert.is(error.code, 'SSMD_E_PACKAGE')
  assert.match(error.message, /one 1\.0\.0 cannot be installed: .*EINTEGRITY/s)
  assert.equal(readdirSync(cache), [])
})

test('a registry that cannot be reached is said, with what to do, and the next try starts again', async () => {
  const entry = publish('one', '1.0.0')
  // Port 9 answers nothing.
  lock({ 'node_modules/one': { ...entry, resolved: 'http://127.0.0.1:9/one.tgz' } })
  writeFileSync(join(root, '.npmrc'), 'fetch-retries=0\n')
  const error = await refused('one')
  assert.is(error.code, 'SSMD_E_PACKAGE')
  assert.match(error.message, /ECONNREFUSED/)
  assert.match(error.hint ?? '', 'check that npm can be run and the registry be reached')
  lock({ 'node_modules/one': entry })
  assert.is(await says(await use('one')), 'one 1.0.0')
})

test('without npm it says that npm cannot be started', async () => {
  lock({ 'node_modules/one': publish('one', '1.0.0') })
  const { PATH, npm_execpath } = process.env
  process.env.PATH = folder
  delete process.env.npm_execpath
  try {
    const error = await refused('one')
    assert.is(error.code, 'SSMD_E_PACKAGE')
    assert.match(error.message, 'npm cannot be started')
  } finally {
    process.env.PATH = PATH
    if (npm_execpath !== undefined) process.env.npm_execpath = npm_execpath
  }
})

test('in an image, which has no package-lock.json, it says so and where it works', async () => {
  const error = await refused('one')
  assert.is(error.code, 'SSMD_E_PACKAGE')
  assert.match(error.message, 'one is not part of this image of ssmd')
  assert.match(error.hint ?? '', 'in a clone of ssmd')
})

test('a package that was added to an image is used as it is there', async () => {
  const place = join(root, 'node_modules', 'one')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{"name":"one","version":"9.9.9","main":"main.js"}')
  writeFileSync(join(place, 'main.js'), 'exports.says = "as it was added"\n')
  assert.is(await says(await use('one')), 'as it was added')
  assert.equal(said, [])
})

test.run()
