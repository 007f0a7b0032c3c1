// When packages are installed, at which level, and when not, with a small function in place of `npm ci`.

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
import { ensureInstalled, fits, isMarked, type Level } from './install.mjs'

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

type Flags = { readonly optional?: readonly string[]; readonly dev?: readonly string[] }
type Entry = { version: string; integrity: string; optional?: boolean; dev?: boolean }
const entries = (packages: Record<string, string>, { optional = [], dev = [] }: Flags = {}) => {
  const all: Record<string, Entry> = {}
  for (const [path, version] of Object.entries(packages)) {
    all[path] = { version, integrity: `sum of ${path} ${version}` }
    if (optional.includes(path)) all[path].optional = true
    if (dev.includes(path)) all[path].dev = true
  }
  return all
}
const lock = (packages: Record<string, string>, flags: Flags = {}) =>
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ packages: { '': { name: 'x' }, ...entries(packages, flags) } })
  )
/** What npm leaves in node_modules about itself. */
const installed = (folder: string, packages: Record<string, string>) => {
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true })
  writeFileSync(
    join(folder, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: entries(packages) })
  )
}
/** As `npm ci` does it: all of the lock file, or all but what is for development. */
const npm = async (folder: string, flags: readonly string[]): Promise<void> => {
  calls++
  await sleep(50)
  assert.not.equal(folder, root)
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Entry>
  }
  const wanted = Object.entries(packages).filter(
    ([path, entry]) => path !== '' && !(entry.dev && flags.includes('--omit=dev'))
  )
  installed(folder, Object.fromEntries(wanted.map(([path, { version }]) => [path, version])))
  writeFileSync(
    join(folder, 'node_modules', 'made'),
    readFileSync(join(folder, 'package-lock.json'))
  )
}
const ensure = (change: { npm?: typeof npm } = {}, level: Level = 'all') =>
  ensureInstalled(level, { root, log: (line) => said.push(line), npm, ...change })
const isThere = (name: string): boolean =>
  name in
  (JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages ??
    {})

test('a fresh clone is installed once, says so, and is silent afterwards', async () => {
  await ensure()
  assert.ok(isMarked(root, 'all'))
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
  assert.not(fits(root, 'all'))
  await ensure()
  assert.is(calls, 2)
  assert.match(said[0] ?? '', 'package-lock.json has changed')
})

test('two at once install once, and both end with a whole node_modules', async () => {
  await within(20_000, 'both', Promise.all([ensure(), ensure()]))
  assert.is(calls, 1)
  assert.ok(isMarked(root, 'all'))
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
  assert.not(isMarked(root, 'all'))
  assert.equal(readdirSync(join(root, '.ssmd')), [])
  await ensure()
  assert.ok(isMarked(root, 'all'))
})

test('the old packages stay in place until the new ones are whole', async () => {
  await ensure()
  lock({ 'node_modules/a': '2.0.0' })
  await ensure({
    npm: async (folder, flags) => {
      assert.ok(existsSync(join(root, 'node_modules', 'made')))
      await npm(folder, flags)
    },
  })
})

test('packages that a person installed themselves are taken as they are', async () => {
  installed(root, { 'node_modules/a': '1.0.0' })
  await ensure()
  assert.equal([calls, said], [0, []])
  assert.ok(isMarked(root, 'all'))
})

test('packages of another version, or too few of them, are not', () => {
  installed(root, { 'node_modules/a': '0.9.0' })
  assert.not(fits(root, 'all'))
  installed(root, {})
  assert.not(fits(root, 'all'))
})

test('an optional package may be missing, but not the Node of this platform', () => {
  lock(
    { 'node_modules/a': '1.0.0', 'node_modules/other': '1.0.0' },
    { optional: ['node_modules/other'] }
  )
  installed(root, { 'node_modules/a': '1.0.0' })
  assert.ok(fits(root, 'all'))
  lock({ 'node_modules/a': '1.0.0', [own]: '24.0.0' }, { optional: [own] })
  assert.not(fits(root, 'all'))
})

const TWO = { 'node_modules/a': '1.0.0', 'node_modules/tester': '1.0.0' }
const DEV = { dev: ['node_modules/tester'] }

test('running installs what running needs, tests add the others, and running takes those as they are', async () => {
  lock(TWO, DEV)
  await ensure({}, 'run')
  assert.equal([calls, isThere('node_modules/a'), isThere('node_modules/tester')], [1, true, false])
  assert.ok(isMarked(root, 'run'))
  await ensure({}, 'run')
  assert.is(calls, 1)

  said = []
  assert.not(fits(root, 'all'))
  await ensure({}, 'all')
  assert.equal([calls, isThere('node_modules/tester')], [2, true])
  assert.match(said[0] ?? '', 'those for tests and checks are missing')
  assert.ok(isMarked(root, 'run'))
  await ensure({}, 'run')
  await ensure({}, 'all')
  assert.is(calls, 2)
})

test('another version of a package for tests alone installs for tests, and not for running', async () => {
  lock(TWO, DEV)
  await ensure()
  lock({ ...TWO, 'node_modules/tester': '2.0.0' }, DEV)
  await ensure({}, 'run')
  assert.is(calls, 1)
  await ensure()
  assert.is(calls, 2)
})

test('another version of a package that running needs installs for running too', async () => {
  lock(TWO, DEV)
  await ensure()
  lock({ ...TWO, 'node_modules/a': '2.0.0' }, DEV)
  assert.not(fits(root, 'run'))
  await ensure({}, 'run')
  assert.is(calls, 2)
})

test('what a person installed for running is enough for running alone', async () => {
  lock(TWO, DEV)
  installed(root, { 'node_modules/a': '1.0.0' })
  await ensure({}, 'run')
  assert.is(calls, 0)
  assert.not(fits(root, 'all'))
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
