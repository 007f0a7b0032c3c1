// The order of the sources, with small scripts in place of the real programs, Go and the release.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { within } from '#testing/deadline.ts'
import { type FindDeps, findTool, type Lock, type Make, versionFits } from './find.ts'
import { goBuild } from './go.ts'
import { placeWhole } from './make.ts'
import { run } from './run.ts'
import { NATS_SERVER, type ToolSpec } from './spec.ts'

const test = suite('tools')
const SPEC: ToolSpec = { ...NATS_SERVER, version: '2.15.2' }
const output: FindDeps['output'] = async (file, args) =>
  (await run(file, args, { limitMs: 10_000 })).output
const unavailable: Make = async () => 'unavailable'

let folder = ''
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssmd-tools-'))
})
test.after.each(() => rmSync(folder, { recursive: true, force: true }))

/** A program that says it is of that version. */
function program(path: string, version: string): string {
  const place = join(folder, path)
  mkdirSync(join(place, '..'), { recursive: true })
  writeFileSync(place, `#!/bin/sh\necho "nats-server: v${version}"\n`)
  chmodSync(place, 0o755)
  return place
}

/** A builder that takes its time and writes a program of `version`. */
const building =
  (made: string[], version = '2.15.2', ms = 0): Make =>
  async (spec, out) => {
    made.push(out)
    await placeWhole(spec, out, { output }, async (temporary) => {
      await sleep(ms)
      writeFileSync(temporary, `#!/bin/sh\necho "nats-server: v${version}"\n`)
    })
    return 'made'
  }

/** One at a time, as between processes: the file that does this is the launcher's, and has its own tests. */
function turns(): Lock {
  let last: Promise<unknown> = Promise.resolve()
  return (_path, work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
const lock = turns()

const deps = (change: Partial<FindDeps> = {}): FindDeps => ({
  env: {},
  cache: join(folder, 'cache'),
  log: () => {},
  output,
  lock,
  build: unavailable,
  download: unavailable,
  ...change,
})

const failure = async (promise: Promise<unknown>): Promise<SsmdError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  assert.instance(error, SsmdError)
  return error as SsmdError
}

test('the variable goes before all else, in whatever version it names', async () => {
  const mine = program('mine/nats-server', '2.9.0')
  program('bin/nats-server', '2.15.2')
  const env = { SSMD_NATS_SERVER: mine, PATH: join(folder, 'bin') }
  const found = await findTool(SPEC, deps({ env }))
  assert.equal([found.origin, found.path, found.version], ['variable', mine, '2.9.0'])
})

test('a variable that names nothing that runs is an error, and nothing else is tried', async () => {
  program('bin/nats-server', '2.15.2')
  const env = { SSMD_NATS_SERVER: join(folder, 'nowhere'), PATH: join(folder, 'bin') }
  const error = await failure(findTool(SPEC, deps({ env })))
  assert.is(error.code, 'SSMD_E_TOOL_MISSING')
  assert.match(error.message, 'SSMD_NATS_SERVER names')
})

test('PATH goes before the cache', async () => {
  const there = program('bin/nats-server', '2.15.4')
  program('cache/nats-server-2.15.2', '2.15.2')
  const found = await findTool(SPEC, deps({ env: { PATH: join(folder, 'bin') } }))
  assert.equal([found.origin, found.path, found.version], ['path', there, '2.15.4'])
})

test('a wrong version on PATH is passed over for a right one behind it', async () => {
  program('old/nats-server', '2.9.10')
  const right = program('new/nats-server', '2.15.2')
  const env = { PATH: `${join(folder, 'old')}:${join(folder, 'new')}` }
  assert.is((await findTool(SPEC, deps({ env }))).path, right)
})

test('with only a wrong version on PATH the cache is taken', async () => {
  program('bin/nats-server', '2.9.10')
  const cached = program('cache/nats-server-2.15.2', '2.15.2')
  const found = await findTool(SPEC, deps({ env: { PATH: join(folder, 'bin') } }))
  assert.equal([found.origin, found.path], ['cache', cached])
})

test('a version fits that has the same minor and is not older', () => {
  for (const [found, fits] of [
    ['2.15.2', true],
    ['2.15.10', true],
    ['2.15.1', false],
    ['2.16.0', false],
    ['2.9.10', false],
    ['3.15.2', false],
  ] as const) {
    assert.is(versionFits(found, '2.15.2'), fits, found)
  }
})

test('what is nowhere is built with Go, and the second time it is in the cache', async () => {
  const made: string[] = []
  const build = building(made)
  assert.is((await findTool(SPEC, deps({ build }))).origin, 'built')
  assert.is((await findTool(SPEC, deps({ build }))).origin, 'cache')
  assert.equal(readdirSync(join(folder, 'cache')), ['nats-server-2.15.2'])
  assert.is(made.length, 1)
})

test('without Go the release is taken', async () => {
  const found = await findTool(SPEC, deps({ download: building([]) }))
  assert.is(found.origin, 'downloaded')
})

test('a build that fails is said, and the release is taken', async () => {
  const said: string[] = []
  const build: Make = async () => {
    throw new SsmdError('SSMD_E_TOOL_MISSING', 'go is too old')
  }
  const log = (line: string) => said.push(line)
  const found = await findTool(SPEC, deps({ build, download: building([]), log }))
  assert.is(found.origin, 'downloaded')
  assert.equal(said, ['go is too old'])
})

test('when nothing helps, the error says what was tried and what to install', async () => {
  const download: Make = async () => {
    throw new SsmdError('SSMD_E_TOOL_MISSING', 'the network is down')
  }
  const error = await failure(findTool(SPEC, deps({ download })))
  assert.is(error.code, 'SSMD_E_TOOL_MISSING')
  assert.match(error.message, 'nats-server 2.15.2 is neither on PATH nor in')
  assert.match(error.message, 'the network is down')
  assert.match(error.hint ?? '', 'install Go')
  assert.match(error.hint ?? '', 'SSMD_NATS_SERVER')
})

test('two at once build it once, and both have the whole program', async () => {
  const made: string[] = []
  const build = building(made, '2.15.2', 200)
  const both = [findTool(SPEC, deps({ build })), findTool(SPEC, deps({ build }))]
  const found = await within(20_000, 'both builders', Promise.all(both))
  assert.is(made.length, 1)
  assert.equal(found.map((one) => one.origin).sort(), ['built', 'cache'])
  for (const one of found) assert.match(await output(one.path, []), 'v2.15.2')
})

test('two builders without a lock between them still leave one whole program', async () => {
  mkdirSync(join(folder, 'cache'))
  const out = join(folder, 'cache', 'nats-server-2.15.2')
  const made: string[] = []
  await Promise.all([building(made, '2.15.2', 50)(SPEC, out), building(made)(SPEC, out)])
  assert.equal(readdirSync(join(folder, 'cache')), ['nats-server-2.15.2'])
  assert.match(await output(out, []), 'v2.15.2')
})

test('a program that says another version than was built never enters the cache', async () => {
  const error = await failure(findTool(SPEC, deps({ build: building([], '2.14.0') })))
  assert.match(error.message, 'was to be 2.15.2, but says 2.14.0')
  assert.equal(readdirSync(join(folder, 'cache')), [])
})

/** A `go` that writes down how it was called and builds a program of the pinned version. */
function fakeGo(): void {
  program('go/go', '')
  const file = `#!/bin/sh
echo "$PWD $* CGO=$CGO_ENABLED GOOS=$GOOS" >> ${folder}/calls
for a in "$@"; do case "$a" in -o=*) out="\${a#-o=}";; esac; done
[ -e ${folder}/broken ] && { echo "go: go.mod requires go >= 9"; exit 1; }
printf '#!/bin/sh\\necho "nats-server: v2.15.2"\\n' > "$out"
`
  writeFileSync(join(folder, 'go', 'go'), file)
}

test('Go builds the pinned module as it is, whatever the person builds for otherwise', async () => {
  fakeGo()
  const env = { PATH: `${join(folder, 'go')}:/usr/bin:/bin`, GOOS: 'plan9' }
  const build = goBuild({ env, log: () => {}, output, run, places: [] })
  assert.is((await findTool(SPEC, deps({ build }))).origin, 'built')
  const calls = await readFile(join(folder, 'calls'), 'utf8')
  assert.match(calls, SPEC.go.module)
  assert.match(calls, '-mod=readonly -trimpath')
  assert.match(calls, /CGO=0 GOOS=\n/)
})

test('what Go says when it fails is in the error', async () => {
  fakeGo()
  writeFileSync(join(folder, 'broken'), '')
  const env = { PATH: `${join(folder, 'go')}:/usr/bin:/bin` }
  const build = goBuild({ env, log: () => {}, output, run, places: [] })
  const error = await failure(findTool(SPEC, deps({ build })))
  assert.match(error.message, 'go.mod requires go >= 9')
})

test('where there is no Go, building is not open', async () => {
  const build = goBuild({ env: { PATH: folder }, log: () => {}, output, run, places: [] })
  assert.is(await build(SPEC, join(folder, 'out')), 'unavailable')
  assert.not(existsSync(join(folder, 'out')))
})

test.run()
