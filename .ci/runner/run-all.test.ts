// The runner over folders of small test files: every guard goes red in a real process.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { whyNoDevice } from '#testing/device.ts'
import { NO_INSTALL_VARIABLE, skip } from '#testing/skip.ts'
import { whyNoNode } from '../node/requirements.ts'
import type { Durations } from './durations.ts'
import { groupMembers } from './process-group.ts'
import { type RunAllOptions, runAll, type Totals } from './run-all.ts'

const test = suite('runner')
const root = new URL('../..', import.meta.url).pathname

type Result = { readonly totals: Totals; readonly text: string; readonly last: string }

/** Runs files in a folder inside the repository, so that they find uvu. */
async function runFixtures(
  files: Readonly<Record<string, string>>,
  o: Partial<
    Pick<
      RunAllOptions,
      'signal' | 'env' | 'kind' | 'durations' | 'atOnce' | 'isIdle' | 'startCluster'
    >
  > = {}
): Promise<Result> {
  mkdirSync(join(root, '.ssmd'), { recursive: true })
  const folder = mkdtempSync(join(root, '.ssmd', 'fixture-'))
  const lines: string[] = []
  try {
    mkdirSync(join(folder, 'crds'))
    for (const [name, text] of Object.entries(files)) {
      const file = name.includes('.') ? name : `${name}.test.ts`
      writeFileSync(join(folder, 'crds', file), text)
    }
    const totals = await within(
      60_000,
      'the fixture files',
      runAll({
        root: folder,
        filters: [],
        env: process.env,
        kind: 'test',
        signal: new AbortController().signal,
        ...o,
        write: (line) => lines.push(line),
        openGraceMs: 500,
      })
    )
    const text = lines.join('\n')
    return { totals, text, last: text.split('\n').at(-1) ?? '' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const HEAD = "import { suite } from 'uvu'\nconst test = suite('s')\n"
const PASS = "test('passes', () => {})\n"
const RUN = 'test.run()\n'

test('good files add up, and the last line says so', async () => {
  const result = await runFixtures({ a: HEAD + PASS + RUN, b: HEAD + PASS + PASS + RUN })
  assert.is(result.last, '3 passed, 0 failed')
  assert.equal(result.totals, { passed: 3, failed: 0, skipped: 0 })
})

test('an error with details that uvu cannot print is shown, and the other tests go on', async () => {
  const odd = "throw Object.assign(new Error('the reason'), { details: { name: 'x' } })"
  const fails = `test('breaks', () => { ${odd} })\ntest('breaks too', () => { throw undefined })\n`
  const result = await runFixtures({ a: HEAD + fails + PASS + RUN })
  assert.is(result.last, '1 passed, 2 failed')
  assert.match(result.text, 'the reason')
})

test('long loops are run among the faults only, and with them the tests that then do more', async () => {
  const share = 'const all = process.env.SSMD_FAULTS === "all"\n'
  const files = {
    a: HEAD + PASS + RUN,
    b: HEAD + share + PASS + PASS + RUN,
    'c.faults.ts': HEAD + PASS + PASS + PASS + RUN,
    d: `const KALSHI = [1, 2, 3, 4]\n${HEAD}for (const _ of KALSHI) ${PASS}${RUN}`,
  }
  assert.is((await runFixtures(files)).totals.passed, 7)
  assert.is((await runFixtures(files, { kind: 'faults' })).totals.passed, 9)
})

test('a failing test shows its output and makes the file fail', async () => {
  const fails = "test('breaks', () => { throw new Error('the reason') })\n"
  const result = await runFixtures({ a: HEAD + PASS + fails + RUN })
  assert.is(result.last, '1 passed, 1 failed')
  assert.match(result.text, 'the reason')
  assert.match(result.text, 'failed: crds/a.test.ts')
})

test('a skip is shown with its reason and counted apart', async () => {
  const skip = `${root}workloads/testing/skip.ts`
  const body = `import { skip } from '${skip}'\ntest('t', () => skip('no recordings here'))\n`
  const result = await runFixtures({ a: HEAD + PASS + body + RUN })
  assert.is(result.last, '1 passed, 0 failed, 1 skipped')
  assert.match(result.text, 'skipped: no recordings here')
})

test('a skip for a missing tool fails in CI and not elsewhere', async () => {
  const skip = `${root}workloads/testing/skip.ts`
  const file = `${HEAD}import { skip } from '${skip}'\ntest('t', () => skip({ tool: 'capnp', install: 'apt-get install capnproto' }))\n${RUN}`
  const { [NO_INSTALL_VARIABLE]: _left, CI: _ci, ...env } = process.env
  const ci = await runFixtures({ a: file }, { env: { ...env, CI: 'true' } })
  assert.is(ci.last, '0 passed, 1 failed')
  assert.match(ci.text, 'the tool capnp is missing')
  const elsewhere = await runFixtures({ a: file }, { env })
  assert.is(elsewhere.last, '0 passed, 0 failed, 1 skipped')
  assert.match(elsewhere.text, 'apt-get install capnproto')
})

const RED: readonly [name: string, file: string, said: string | RegExp][] = [
  ['a suite whose run is missing', HEAD + PASS, '.run()'],
  [
    'a second suite whose run is missing',
    `${HEAD}${PASS}const b = suite('b')\nb('t', () => {})\n${RUN}`,
    'suite "b"',
  ],
  ['a file with no tests', "console.log('nothing')\n", 'has no tests'],
  ['only', `${HEAD + PASS}test.only('this', () => {})\n${RUN}`, '.only is left behind'],
  ['a hidden test', `${HEAD + PASS}test.skip('that', () => {})\n${RUN}`, '.skip hides a test'],
  [
    'process.exit(0) in a test',
    `${HEAD}test('leaves', () => process.exit(0))\n${PASS}${RUN}`,
    'before its tests were finished, in or after "leaves"',
  ],
  [
    'a promise that never settles',
    `${HEAD}test('waits', () => new Promise(() => {}))\n${RUN}`,
    'before its tests were finished, in or after "waits"',
  ],
  [
    'a rejection that nobody handles',
    `${HEAD}test('t', () => { Promise.reject(new Error('x')); return new Promise((r) => setTimeout(r, 1000)) })\n${RUN}`,
    'before its tests were finished',
  ],
  ['a file that does not load', "import './not-there.ts'\n", /ended with exit code 1 before/],
  [
    'a hang with something open',
    `// test: limit 1s\n${HEAD}test('hangs', () => { setInterval(() => {}, 100); return new Promise(() => {}) })\n${RUN}`,
    /did not end within [\d.]+ s, in or after "hangs"/,
  ],
  [
    'a loop without end',
    `// test: limit 1s\n${HEAD}test('spins', () => { for (;;) {} })\n${RUN}`,
    /did not end within [\d.]+ s, in or after "spins"/,
  ],
  [
    'something open at the end',
    `${HEAD}test('opens', () => { setInterval(() => {}, 100) })\n${RUN}`,
    'something is open',
  ],
  [
    'a process left behind',
    `import { spawn } from 'node:child_process'\n${HEAD}test('t', () => { spawn('sleep', ['1000'], { stdio: 'ignore' }).unref() })\n${RUN}`,
    /left a process running: \d+ sleep 1000/,
  ],
]
for (const [name, file, said] of RED) {
  test(`${name} is a failure`, async () => {
    const result = await runFixtures({ a: file })
    assert.match(result.text, said)
    assert.ok(result.totals.failed > 0)
    assert.match(result.last, /^\d+ passed, [1-9]\d* failed$/)
  })
}

test('tests with a node run when they are asked for, and then no others do', async () => {
  const files = { a: HEAD + PASS + RUN, 'b.cluster.ts': HEAD + PASS + PASS + RUN }
  assert.is((await runFixtures(files)).totals.passed, 1)
  assert.is((await runFixtures(files, { kind: 'cluster' })).totals.passed, 2)
})

test('they run in processes of their own, where the system lets them', async () => {
  const alone = `import { readdirSync } from 'node:fs'
    import { skip } from '${root}workloads/testing/skip.ts'
    test('sees few', () => {
      if (process.env.SSMD_NODE_FOLDER === undefined) return skip('not inside')
      if (readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length > 10) throw new Error('many')
    })\n`
  const { totals, text } = await runFixtures(
    { 'a.cluster.ts': HEAD + alone + RUN },
    { kind: 'cluster' }
  )
  const inside = (await whyNoNode()) === undefined
  const expected = inside ? [1, 0, 0] : [0, 0, 1]
  assert.equal([totals.passed, totals.failed, totals.skipped], expected, text)
})

test('where programs of a node are missing, they run here, skip and are no failure', async () => {
  const body = `import { skip } from '${root}workloads/testing/skip.ts'
    test('t', () => {
      if (process.env.SSMD_NODE_FOLDER !== undefined) throw new Error('inside')
      skip('not inside')
    })\n`
  const { totals, text } = await runFixtures(
    { 'a.cluster.ts': HEAD + body + RUN },
    { kind: 'cluster', env: { ...process.env, PATH: '/nowhere' } }
  )
  assert.equal([totals.failed, totals.skipped], [0, 1], text)
})

test('a slow computer gives files more time, and their deadlines too', async () => {
  const file = `${HEAD}test('t', () => {
    const slowness = Number(process.env.SSMD_SLOWNESS)
    if (!(slowness >= 1 && slowness <= 20)) throw new Error('slowness ' + slowness)
  })\n${RUN}`
  const result = await runFixtures({ a: file })
  assert.is(result.last, '1 passed, 0 failed', result.text)
})

test('the longest file of before is started first, and how long each takes is told', async () => {
  const recorded = new Map<string, number>()
  const file = HEAD + PASS + RUN
  const before: Readonly<Record<string, number>> = {
    'crds/a.test.ts': 10,
    'crds/b.test.ts': 30,
    'crds/c.test.ts': 20,
  }
  const durations: Durations = {
    of: (path) => before[path],
    record: (path, ms) => recorded.set(path, ms),
  }
  const { text } = await runFixtures(
    { a: file, b: file, c: file },
    {
      durations,
      atOnce: { least: 1, most: 1 },
    }
  )
  const order = [...text.matchAll(/^ok +crds\/(.)\.test\.ts/gm)].map(([, name]) => name)
  assert.equal(order, ['b', 'c', 'a'])
  assert.equal([...recorded.keys()], ['crds/b.test.ts', 'crds/c.test.ts', 'crds/a.test.ts'])
  assert.ok([...recorded.values()].every((ms) => ms > 0))
})

test('no file at all is a failure', async () => {
  const result = await runFixtures({})
  assert.is(result.last, '0 passed, 1 failed')
})

test('a file that asks to be alone has nothing beside it', async () => {
  const busy = join(root, '.ssmd', `alone-${process.pid}`)
  const body = (path: string) =>
    `import { existsSync, rmSync, writeFileSync } from 'node:fs'\n${HEAD}test('t', async () => {\n if (existsSync('${path}')) throw new Error('not alone')\n writeFileSync('${path}', '')\n await new Promise((r) => setTimeout(r, 300))\n rmSync('${path}')\n})\n${RUN}`
  const alone = `// test: alone\n${body(busy)}`
  const result = await runFixtures({ a: alone, b: alone, c: alone })
  assert.is(result.last, '3 passed, 0 failed')
})

test('an interrupt ends what runs, and leaves nothing behind', async () => {
  const stop = new AbortController()
  const marker = join(root, '.ssmd', `interrupt-${process.pid}`)
  const running = runFixtures(
    {
      a: `import { spawn } from 'node:child_process'\nimport { writeFileSync } from 'node:fs'\n${HEAD}test('t', async () => {\n spawn('sleep', ['30'])\n writeFileSync('${marker}', String(process.pid))\n await new Promise((r) => setTimeout(r, 30000))\n})\n${RUN}`,
    },
    { signal: stop.signal }
  )
  await until(
    10_000,
    'the test to start',
    () => existsSync(marker) && readFileSync(marker).length > 0
  )
  const group = Number(readFileSync(marker, 'utf8'))
  rmSync(marker)
  stop.abort()
  const result = await within(10_000, 'the end of the run', running)
  assert.match(result.text, 'interrupted')
  assert.is(result.last, '0 passed, 1 failed')
  assert.equal(await groupMembers(group), [])
})

test('a test that is killed with a disk mounted fails by name, and the run continues', async () => {
  const why = await whyNoDevice()
  if (why !== undefined) return skip(why)
  const hangs = `// test: limit 1s
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
${HEAD}test('hangs', async () => {
  const point = mkdtempSync(process.env.TMPDIR + '/disk-')
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', point])
  await new Promise(() => setInterval(() => {}, 1000))
})
`
  const result = await runFixtures({ a: hangs + RUN, b: HEAD + PASS + RUN })
  assert.match(result.text, /did not end within/)
  assert.match(result.text, /left behind: mount .*disk-/)
  assert.match(result.text, /ok +crds\/b.test.ts/)
})

test('what Node compiled for one file is there for the next, also in its processes, and goes with the run', async () => {
  const path = join(root, '.ssmd', `compiled-${process.pid}`)
  const file = `import { execFileSync } from 'node:child_process'
import { appendFileSync, readdirSync } from 'node:fs'
${HEAD}test('has a place', () => {
  const said = execFileSync(process.execPath, ['-p', 'process.env.NODE_COMPILE_CACHE'], { encoding: 'utf8' }).trim()
  let count = 0
  try { count = readdirSync(said, { recursive: true }).length } catch {}
  appendFileSync('${path}', said + ' ' + count + '\\n')
})
${RUN}`
  try {
    const { NODE_COMPILE_CACHE: _outer, ...env } = process.env
    const result = await runFixtures({ a: file, b: file }, { env, atOnce: { least: 1, most: 1 } })
    assert.is(result.last, '2 passed, 0 failed', result.text)
    const [first, second] = readFileSync(path, 'utf8').trim().split('\n')
    assert.is(second?.split(' ')[0], first?.split(' ')[0])
    assert.ok(Number(second?.split(' ')[1]) > 1, second)
    assert.not.ok(existsSync(first?.split(' ')[0] ?? '/'))
  } finally {
    rmSync(path, { force: true })
  }
})

test('more files than the least run at once while the machine is idle', async () => {
  const path = join(root, '.ssmd', `beside-${process.pid}`)
  // Each ends only when all three are there.
  const file = `import { appendFileSync, readFileSync } from 'node:fs'
${HEAD}test('meets the others', async () => {
  appendFileSync('${path}', 'x')
  while (readFileSync('${path}', 'utf8').length < 3) await new Promise((resolve) => setTimeout(resolve, 20))
})
${RUN}`
  const isIdle = () => true
  try {
    const options = { atOnce: { least: 1, most: 3 }, isIdle }
    const { last } = await runFixtures({ a: file, b: file, c: file }, options)
    assert.is(last, '3 passed, 0 failed')
  } finally {
    rmSync(path, { force: true })
  }
})

test('files that join an API server are told where it is, others not, and it ends after them', async () => {
  const log: string[] = []
  const startCluster = async () => {
    log.push('start')
    return { env: { SSMD_PLACE: 'here' }, stop: async () => void log.push('stop') }
  }
  const joins = `const sharedKinds = () => process.env.SSMD_PLACE
test('joins', () => {
  if (sharedKinds() !== 'here') throw new Error('where?')
})
`
  const stranger =
    "test('is alone', () => {\n  if (process.env.SSMD_PLACE) throw new Error('told')\n})\n"
  const files = { a: HEAD + joins + RUN, b: HEAD + joins + RUN, c: HEAD + stranger + RUN }
  const result = await runFixtures(files, { startCluster })
  assert.is(result.last, '3 passed, 0 failed', result.text)
  assert.equal(log, ['start', 'stop'])
})

test.run()
