// Each guard of the judge on its own, over made-up runs.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readAsks, select } from './files.ts'
import { type FileRun, judge } from './judge.ts'
import { readLedger, type SuiteRecord } from './ledger.ts'

const test = suite('judge')

const uvu = (total: number, passed: number): string =>
  `\n • •   (${passed} / ${total})\n\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   0\n  Duration:  1ms\n\n`
const suiteOf = (change: Partial<SuiteRecord> = {}): SuiteRecord => ({
  name: 's',
  registered: 2,
  run: 2,
  only: 0,
  hidden: 0,
  ...change,
})
const GOOD: FileRun = {
  output: uvu(2, 2),
  code: 0,
  signal: null,
  limitPassedMs: undefined,
  openMs: undefined,
  ledger: { suites: [suiteOf()], lastBegun: 'b', cpuMs: undefined },
  leftovers: [],
  unknownAsks: [],
}
const judged = (change: Partial<FileRun>) => judge({ ...GOOD, ...change })
const suites = (...all: SuiteRecord[]): Partial<FileRun> => ({
  ledger: { suites: all, lastBegun: 'b', cpuMs: undefined },
})

test('a file whose tests all ran and passed is good', () => {
  assert.equal(judged({}), { passed: 2, failed: 0, skipped: [], problems: [] })
})

test('failing tests are counted once, and their exit code is no further problem', () => {
  assert.equal(judged({ output: uvu(2, 1), code: 1 }), {
    passed: 1,
    failed: 1,
    skipped: [],
    problems: [],
  })
})

test('a skip is taken from the passed and keeps its reason', () => {
  const verdict = judged({ output: `\nSKIP no recordings\n${uvu(2, 2)}` })
  assert.equal([verdict.passed, verdict.failed], [1, 0])
  assert.equal(verdict.skipped, ['no recordings'])
})

const BAD: readonly [name: string, change: Partial<FileRun>, problem: string][] = [
  [
    'a suite without run',
    suites(suiteOf(), suiteOf({ name: 'forgotten', run: 0 })),
    'suite "forgotten": 2 tests without a .run()',
  ],
  [
    'a test registered behind run',
    suites(suiteOf({ registered: 3 })),
    'suite "s": 1 tests without a .run() after them',
  ],
  [
    'a file with no run at all',
    {
      output: '',
      ledger: { suites: [suiteOf({ run: 0 })], lastBegun: undefined, cpuMs: undefined },
    },
    'suite "s": 2 tests without a .run()',
  ],
  [
    'a file with no tests',
    { output: '', ledger: { suites: [], lastBegun: undefined, cpuMs: undefined } },
    'has no tests',
  ],
  ['a suite with no tests', suites(suiteOf({ registered: 0, run: 0 })), 'has no tests'],
  ['a total that is too small', { output: uvu(1, 1) }, 'registered 2 tests, but uvu ran 1'],
  ['only', suites(suiteOf({ only: 1 })), 'suite "s": .only is left behind'],
  ['a hidden test', suites(suiteOf({ hidden: 1 })), '.skip hides a test'],
  [
    'an early exit with code 0',
    { output: ' • ' },
    'ended with exit code 0 before its tests were finished, in or after "b"',
  ],
  [
    'a crash while loading',
    {
      output: 'boom',
      code: 1,
      ledger: { suites: [suiteOf({ run: 0 })], lastBegun: undefined, cpuMs: undefined },
    },
    'ended with exit code 1 before its tests were finished, before its first test',
  ],
  [
    'a process killed from outside',
    {
      output: '',
      code: null,
      signal: 'SIGKILL',
      ledger: { suites: undefined, lastBegun: 'a', cpuMs: undefined },
    },
    'ended by SIGKILL before its tests were finished, in or after "a"',
  ],
  [
    'the limit passed',
    { output: ' • ', code: null, signal: 'SIGKILL', limitPassedMs: 3000 },
    'did not end within 3 s, in or after "b"',
  ],
  [
    'a process that stays open',
    { code: null, signal: 'SIGKILL', openMs: 10_000 },
    'its tests ended, but the process not within 10 s',
  ],
  ['an exit code that contradicts', { code: 7 }, 'ended with exit code 7, but 0 tests failed'],
  ['what a node left', { behind: ['link ssmd0'] }, 'left behind: link ssmd0'],
  ['a process left behind', { leftovers: ['12 nats-server'] }, 'left a process running: 12 nats'],
  ['a wish that means nothing', { unknownAsks: ['alnoe'] }, '"// test: alnoe" means nothing'],
]
for (const [name, change, problem] of BAD) {
  test(`${name} is a failure that is named`, () => {
    const verdict = judged(change)
    assert.ok(
      verdict.problems.some((line) => line.includes(problem)),
      `${JSON.stringify(verdict.problems)} lacks ${problem}`
    )
    assert.ok(verdict.failed > 0)
  })
}

test('a ledger cut short by a kill still names the last test', () => {
  const ledger = readLedger('{"kind":"begin","test":"a"}\n{"kind":"begin","test":"b"}\n')
  assert.equal(ledger, { suites: undefined, lastBegun: 'b', cpuMs: undefined })
})

test('a ledger that was written to its end says what was taken of the processors', () => {
  assert.is(readLedger('{"kind":"end","suites":[],"cpuMs":70}\n').cpuMs, 70)
  assert.is(readLedger('{"kind":"end","suites":[]}\n').cpuMs, undefined)
})

test('the first lines of a file can ask for more time and for no company', () => {
  assert.equal(readAsks('// a file\n// test: alone, limit 300s\n'), {
    alone: true,
    limitMs: 300_000,
    unknown: [],
  })
  assert.equal(readAsks('// test: limit 5m\n').unknown, ['limit 5m'])
  assert.is(readAsks(`${'\n'.repeat(20)}// test: alone`).alone, false)
})

test('a filter is a folder or a file, and else a part of a path', () => {
  const paths = ['.ci/arrows.test.ts', 'cli/cli.test.ts', 'workloads/client.test.ts']
  assert.equal(select(paths, []), paths)
  assert.equal(select(paths, ['cli']), ['cli/cli.test.ts'])
  assert.equal(select(paths, ['./cli/']), ['cli/cli.test.ts'])
  assert.equal(select(paths, ['arrows']), ['.ci/arrows.test.ts'])
  assert.equal(select(paths, ['cli/cli.test.ts', 'client']), paths.slice(1))
  assert.equal(select(paths, ['nothing']), [])
})

test.run()
