// The command as it is started by a shell: from the bundle, from its sources where the bundle is none for it, and without a second Node.

import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bundleFolder, findBundle } from '../launch/bundled.mjs'
import { ENTRY } from '../testing/run.ts'
import { makeBundle } from './make.ts'
import { rewriteModule } from './rewrite.ts'

const test = suite('bundle')
const ROOT = new URL('../..', import.meta.url).pathname

/** A checkout of its own: what is bundled is copied, the packages are linked. */
const root = mkdtempSync(join(tmpdir(), 'ssmd-bundle-'))
const SOURCES = [
  'cli',
  'crds',
  'operator',
  'workloads',
  'exchanges',
  'package.json',
  'package-lock.json',
]
const isNeeded = (path: string): boolean =>
  !/\/(testdata|testing|demo|fixtures|recordings)(\/|$)|[.]test[.]ts$/.test(
    path.slice(ROOT.length - 1)
  )

test.before(async () => {
  for (const name of SOURCES)
    cpSync(join(ROOT, name), join(root, name), { recursive: true, filter: isNeeded })
  mkdirSync(join(root, 'node_modules'))
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== '.cache')
      symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name))
  await makeBundle(root)
})
test.after(() => rmSync(root, { recursive: true, force: true }))

const run = (file: string, args: readonly string[], input?: { cwd: string }) => {
  const env = { ...process.env, NO_COLOR: '1', NODE_DISABLE_COLORS: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    ...{ env, encoding: 'utf8', cwd: input?.cwd ?? root },
  })
  return { status, stdout, stderr: stderr.replaceAll(/^\(.*Warning.*\n/gm, '') }
}
const bundled = (...args: string[]) => run(join(root, 'cli/ssmd.mjs'), args)

for (const args of [
  [],
  ['--help'],
  ['help'],
  ['help', 'feed', 'create'],
  ['validate', '--help'],
  ['--version'],
  ['version'],
  ['validate'],
  ['validate', '-o', 'json'],
  ['validate', 'nowhere'],
  ['validate', '--chek-keys'],
  ['feed', 'list'],
  ['feed', 'show', 'kalshy'],
  ['env', 'show', 'local', '-o', 'yaml'],
  ['key', 'list', 'local'],
  ['schema', 'hash'],
  ['archive', 'list', '-o', 'json'],
  ['explain', 'feed.spec.versions'],
  ['completion', 'bash'],
  ['complete', '--', 'fe'],
  ['upp'],
]) {
  test(`ssmd ${args.join(' ')}: from the bundle as from the sources`, () => {
    assert.ok(
      existsSync(findBundle(root, args)) || args[0] === 'upp',
      'it is started from the bundle'
    )
    assert.equal(bundled(...args), run(ENTRY, args))
  })
}

test('what is not in the bundle is started from its sources', () => {
  for (const args of [
    ['up'],
    ['data', 'list'],
    ['help', 'data'],
    ['feed', 'test', 'x'],
    ['connector'],
  ])
    assert.is(findBundle(root, args), 'none', args.join(' '))
  assert.match(bundled('data', 'list', '--path', 'nowhere').stderr, /nowhere/)
})

test('a bundle that is older than a source is not used, and is made anew', async () => {
  const file = join(root, 'cli/table.ts')
  const [args, later] = [['feed', 'list'], new Date(Date.now() + 5000)]
  assert.is(findBundle(root, args), bundleFolder(root))
  cpSync(file, `${file}.kept`, { preserveTimestamps: true })
  writeFileSync(file, 'throw new Error("the new source")\n', { flag: 'a' })
  utimesSync(file, later, later)
  assert.is(findBundle(root, args), 'stale')
  assert.match(bundled(...args).stderr, /the new source/)
  cpSync(`${file}.kept`, file, { preserveTimestamps: true })
  rmSync(`${file}.kept`)
  await makeBundle(root)
  assert.is(findBundle(root, args), bundleFolder(root))
})

test('under a recent Node no second process is started', async () => {
  const child = spawn(process.execPath, [join(root, 'cli/ssmd.mjs'), 'version'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent('process.execve = () => { throw new Error("another Node") }; import cp from "node:child_process"; cp.spawn = process.execve')}`,
    },
  })
  const [code] = await new Promise<[number | null]>((resolve) =>
    child.on('close', (...end) => resolve([end[0]]))
  )
  assert.is(code, 0)
})

for (const [source, why] of [
  ['export let a = 1', 'can change'],
  ['export default 1', 'ExportDefaultDeclaration'],
  ['export * from "./b.ts"', 'ExportAllDeclaration'],
  ['const a = await b()', 'await outside'],
  ['console.log(import.meta.dirname)', 'only url'],
  ['await import(name)', 'without a plain text'],
] as const) {
  test(`a module with ${source} is refused when the bundle is made`, () => {
    const links = { url: 'file:///a.ts', exportsOf: () => 'use(1)', later: () => 'later(1)' }
    assert.throws(() => rewriteModule(source, links), why)
  })
}

test('a module becomes the body of a function that returns its exports', () => {
  const links = {
    url: 'file:///a.ts',
    exportsOf: (name: string) => (name.startsWith('node:') ? `node("${name}")` : `use("${name}")`),
    later: (name: string) => `later("${name}")`,
  }
  const source = `import fs, { a as b } from 'node:fs'
import * as c from './c.ts'
export { d as e } from './d.ts'
export const f = () => import('./g.ts')
export class H {}
export { b }
f(import.meta.url)`
  const { text } = rewriteModule(source, links)
  assert.is(
    text,
    `const fs = lazy("node:fs"); const { a: b } = node("node:fs")
const c = use("./c.ts")

const f = () => later("./g.ts")
class H {}

f("file:///a.ts")
return { e: use("./d.ts").d, f, H, b: b }`
  )
})

test.run()
