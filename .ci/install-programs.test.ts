// What `npm test` does about programs that the system does not have, with an apt-get of ours on a PATH without them: as root it
// installs what the chosen tests start and nothing else; otherwise, or with --no-install, it says what to type and is green.

import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { findProgram, type ProgramName } from '#testing/programs.ts'
import { skip } from '#testing/skip.ts'
import { installPrograms } from './install-programs.ts'

const test = suite('programs of the system, installed')
const root = new URL('..', import.meta.url).pathname

let bin = ''
let asked = ''
test.before.each(() => {
  bin = mkdtempSync(join(tmpdir(), 'ssmd-apt-'))
  asked = join(bin, 'asked.txt')
})
test.after.each(() => rmSync(bin, { recursive: true }))

function program(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(bin, name), 0o755)
}

/** Writes down what it is asked, and does `then`. */
const aptGet = (then = '') => program('apt-get', `echo "$*" >> '${asked}'\n${then}`)
const asks = () =>
  existsSync(asked)
    ? readFileSync(asked, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.replace(/^-o \S+ /, ''))
    : []

/** Programs with the names of `names`, as a package would bring them. */
const bring = (...names: string[]) =>
  names
    .map(
      (name) => `[ "$3" = install ] && echo > '${bin}/${name}' && /bin/chmod +x '${bin}/${name}'`
    )
    .join('\n')

async function install(
  names: readonly ProgramName[],
  o: { isRoot?: boolean; refused?: boolean } = {}
): Promise<{ readonly left: readonly string[]; readonly said: string[] }> {
  const said: string[] = []
  const log = (line: string) => void said.push(line)
  const left = await installPrograms(names, { env: { PATH: bin }, log, isRoot: true, ...o })
  return { left, said }
}

test('as root, apt-get is asked once for what is missing, announced in one line', async () => {
  aptGet(`${bring('capnp', 'strace')}\nexit 0`)
  program('jq', '')
  const { left, said } = await install(['capnp', 'jq', 'strace'])
  assert.equal(left, [])
  assert.equal(asks(), ['update -qq', 'install -y -qq --no-install-recommends capnproto strace'])
  assert.equal(said, ['installing capnproto strace with apt-get, for tests (--no-install refuses)'])
})

test('what is there already is not asked for, and then nothing is said', async () => {
  aptGet()
  program('jq', '')
  assert.equal(await install(['jq']), { left: [], said: [] })
  assert.equal(await install([]), { left: [], said: [] })
  assert.equal(asks(), [])
})

test('--no-install installs nothing, and says what is missing, what for, and the one line to type', async () => {
  aptGet()
  const { left, said } = await install(['capnp', 'unshare'], { refused: true })
  assert.equal(left, ['capnp', 'unshare'])
  assert.equal(asks(), [])
  assert.match(said[0] ?? '', /capnp \(reads .*\), unshare \(/)
  assert.is(
    said[1],
    'to run them, on Debian: apt-get install --no-install-recommends capnproto util-linux'
  )
})

test('without root nothing is installed, and what only root can use is not asked for', async () => {
  aptGet()
  const { left, said } = await install(['capnp', 'unshare'], { isRoot: false })
  assert.equal(left, ['capnp'])
  assert.equal(asks(), [])
  assert.match(said[1] ?? '', /: sudo apt-get install --no-install-recommends capnproto$/)
})

test('a system without apt-get is told what is missing', async () => {
  const { left, said } = await install(['capnp'])
  assert.equal(left, ['capnp'])
  assert.match(said.join('\n'), 'apt-get install --no-install-recommends capnproto')
})

test('an apt-get that fails is quoted, and no error', async () => {
  aptGet("echo 'E: no network'; exit 100")
  const { left, said } = await install(['capnp'])
  assert.equal(left, ['capnp'])
  assert.match(said.at(-1) ?? '', /without capnp: .*E: no network/)
})

test('lists that cannot be updated are no reason not to install', async () => {
  aptGet(`[ "$3" = update ] && exit 100\n${bring('capnp')}\nexit 0`)
  assert.equal((await install(['capnp'])).left, [])
})

test('a package without its program is said', async () => {
  aptGet()
  const { left, said } = await install(['capnp'])
  assert.equal(left, ['capnp'])
  assert.match(said.at(-1) ?? '', 'installed the packages, but not these programs')
})

type Ran = { readonly code: number | string; readonly output: string }

/** `npm test -- …` as npm starts it, with a PATH on which nothing is but our apt-get. */
function npmTest(...args: string[]): Promise<Ran> {
  const { CI: _ci, npm_config_install: _install, ...env } = process.env
  const ended = new Promise<Ran>((resolve) => {
    execFile(
      process.execPath,
      [join(root, '.ci/test.ts'), ...args],
      { cwd: root, env: { ...env, PATH: bin, XDG_CACHE_HOME: bin } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr })
    )
  })
  return within(120_000, `npm test -- ${args.join(' ')}`, ended)
}

const LUA_TEST = 'charts/argocd.test.ts'
const bare = async () => (await findProgram('lua5.1', { PATH: bin })) === undefined

test('npm test as root asks for the packages of the chosen tests, and is green where they do not come', async () => {
  if (process.getuid?.() !== 0) return skip('only root installs')
  if (!(await bare())) return skip('this system keeps lua5.1 among the programs of root')
  aptGet()
  const { code, output } = await npmTest(LUA_TEST)
  assert.equal(asks(), ['update -qq', 'install -y -qq --no-install-recommends lua5.1'])
  assert.match(output, /^installing lua5\.1 with apt-get/m)
  assert.match(output, /skipped: the tool lua5\.1 is missing/)
  assert.match(output.trimEnd().split('\n').at(-1) ?? '', /^\d+ passed, 0 failed, \d+ skipped$/)
  assert.is(code, 0)
})

test('npm test -- --no-install leaves the system as it is, prints the line to type, and is green', async () => {
  if (!(await bare())) return skip('this system keeps lua5.1 among the programs of root')
  aptGet()
  const { code, output } = await npmTest('--no-install', LUA_TEST)
  assert.equal(asks(), [])
  assert.match(
    output,
    /^to run them, on Debian: .*apt-get install --no-install-recommends lua5\.1$/m
  )
  assert.match(output.trimEnd().split('\n').at(-1) ?? '', /^\d+ passed, 0 failed, \d+ skipped$/)
  assert.is(code, 0)
})

test('npm test -- crds installs nothing and says nothing of it', async () => {
  aptGet()
  const { code, output } = await npmTest('crds/paths.test.ts')
  assert.equal(asks(), [])
  assert.not.match(output, /install/)
  assert.is(code, 0, output)
})

test.run()
