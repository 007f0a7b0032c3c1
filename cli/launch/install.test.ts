// When packages are installed and when not, with a small function in place of `npm ci`.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { ensureInstalled, fits, isMarked } from './install.mjs'

const test = suite('install')
const own = `node_modules/node-${process.platform}-${process.arch}`

let root = ''
let calls = 0
let said: string[] = []
test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'ssmd-install-'))
  calls = 0
  said = []
  writeFileSync(join(root, 'package.json'), '{}')
  lock({ 'node_modules/a': '1.0.0' })
})
test.after.each(() => rmSync(root, { recursive: true, force: true }))

type Entry = { version: string; integrity: string; optional?: boolean }
const entries = (packages: Record<string, string>, optional: readonly string[] = []) => {
  const all: Record<string, Entry> = {}
  for (const [path, version] of Object.entries(packages)) {
    all[path] = { version, integrity: `sum of ${path} ${version}` }
    if (optional.includes(path)) all[path].optional = true
  }
  return all
}
const lock = (packages: Record<string, string>, optional: readonly string[] = []) =>
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ packages: { '': { name: 'x' }, ...entries(packages, optional) } })
  )
/** What npm leaves in node_modules about itself. */
const installed = (folder: string, packages: Record<string, string>) => {
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true })
  writeFileSync(
    join(folder, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: entries(packages) })
  )
}
const npm = async (folder: string): Promise<void> => {
  calls++
  await sleep(50)
  assert.not.equal(folder, root)
  installed(folder, { 'node_modules/a': '1.0.0' })
  writeFileSync(
    join(folder, 'node_modules', 'made'),
    readFileSync(join(folder, 'package-lock.json'))
  )
}
const ensure = (change: { npm?: typeof npm } = {}) =>
  ensureInstalled({ root, log: (line) => said.push(line), npm, ...change })

test('a fresh clone is installed once, says so, and is silent afterwards', async () => {
  await ensure()
  assert.ok(isMarked(root))
  assert.ok(existsSync(join(root, 'node_modules', 'made')))
  assert.match(said[0] ?? '', 'installing packages: node_modules is missing')
  said = []
  await ensure()
  assert.equal([calls, said], [1, []])
})

test('a changed lock file installs anew, and says why', async () => {
  await ensure()
  said = []
  lock({ 'node_modules/a': '1.0.1' })
  assert.not(fits(root))
  await ensure()
  assert.is(calls, 2)
  assert.match(said[0] ?? '', 'package-lock.json has changed')
})

test('two at once install once, and both end with a whole node_modules', async () => {
  await within(20_000, 'both', Promise.all([ensure(), ensure()]))
  assert.is(calls, 1)
  assert.ok(isMarked(root))
})

test('an installation that fails leaves what was there, and the next one starts anew', async () => {
  await ensure()
  lock({ 'node_modules/a': '2.0.0' })
  const broken = async (folder: string) => {
    mkdirSync(join(folder, 'node_modules'))
    throw new Error('the registry is down')
  }
  const error = await ensure({ npm: broken }).catch((thrown: Error) => thrown.message)
  assert.is(error, 'the registry is down')
  assert.ok(existsSync(join(root, 'node_modules', 'made')))
  assert.not(isMarked(root))
  assert.equal(readdirSync(join(root, '.ssmd')), [])
  await ensure()
  assert.ok(isMarked(root))
})

test('the old packages stay in place until the new ones are whole', async () => {
  await ensure()
  lock({ 'node_modules/a': '2.0.0' })
  await ensure({
    npm: async (folder) => {
      assert.ok(existsSync(join(root, 'node_modules', 'made')))
      await npm(folder)
    },
  })
})

test('packages that a person installed themselves are taken as they are', async () => {
  installed(root, { 'node_modules/a': '1.0.0' })
  await ensure()
  assert.equal([calls, said], [0, []])
  assert.ok(isMarked(root))
})

test('packages of another version, or too few of them, are not', () => {
  installed(root, { 'node_modules/a': '0.9.0' })
  assert.not(fits(root))
  installed(root, {})
  assert.not(fits(root))
})

test('an optional package may be missing, but not the Node of this platform', () => {
  lock({ 'node_modules/a': '1.0.0', 'node_modules/other': '1.0.0' }, ['node_modules/other'])
  installed(root, { 'node_modules/a': '1.0.0' })
  assert.ok(fits(root))
  lock({ 'node_modules/a': '1.0.0', [own]: '24.0.0' }, [own])
  assert.not(fits(root))
})

test('the command of this package is linked, so that npx finds it', async () => {
  await ensure()
  const link = join(root, 'node_modules', '.bin', 'ssmd')
  assert.is(readlinkSync(link), '../../cli/ssmd.mjs')
  rmSync(link)
  await ensure()
  assert.is(readlinkSync(link), '../../cli/ssmd.mjs')
  assert.is(calls, 1)
})

test.run()
