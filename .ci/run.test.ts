// .ci/run adds up what checks and tests say, and its last line and exit code tell the truth, with a small `npm` in
// place of the real one.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patience } from '#testing/deadline.ts'

const test = suite('.ci/run')
const root = new URL('..', import.meta.url).pathname

let bin = ''
test.before.each(() => {
  bin = mkdtempSync(join(tmpdir(), 'ssmd-run-'))
})
test.after.each(() => rmSync(bin, { recursive: true, force: true }))

function command(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(bin, name), 0o755)
}

type Answer = { readonly says: string; readonly code: number }

const NONE: Answer = { says: '0 passed, 0 failed\\n', code: 0 }

function ci(
  check: Answer,
  tests: Answer,
  cluster: Answer = NONE
): { last: string; code: number | null; text: string } {
  const answer = ({ says, code }: Answer) => `printf '${says}'; exit ${code}`
  command(
    'npm',
    `echo "npm $* CI=$CI"
    case "$*" in
      'run check') ${answer(check)} ;;
      'run test:cluster') ${answer(cluster)} ;;
      *) ${answer(tests)} ;;
    esac`
  )
  const done = spawnSync('bash', ['.ci/run'], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}:/usr/bin:/bin` },
    encoding: 'utf8',
    timeout: patience(30_000),
  })
  return {
    last: done.stdout.trimEnd().split('\n').at(-1) ?? '',
    code: done.status,
    text: done.stdout,
  }
}

const CHECKED: Answer = { says: 'checks: 9 passed, 0 failed\\n', code: 0 }

test('checks and tests are added up, and all good is exit code 0', () => {
  const result = ci(CHECKED, { says: 'noise\\n\\n100 passed, 0 failed\\n', code: 0 })
  assert.equal([result.last, result.code], ['109 passed, 0 failed', 0])
  assert.match(result.text, 'npm run check CI=true')
  assert.match(result.text, 'npm test CI=true')
})

test('tests with a real node count as the others do', () => {
  const cluster = { says: '10 passed, 1 failed\\n', code: 1 }
  const result = ci(CHECKED, { says: '100 passed, 0 failed\\n', code: 0 }, cluster)
  assert.equal([result.last, result.code], ['119 passed, 1 failed', 1])
  assert.match(result.text, /npm run test:cluster CI=true/)
})

test('a failing check makes it fail, and the tests still run', () => {
  const check = { says: 'checks: 7 passed, 2 failed\\n', code: 1 }
  const result = ci(check, { says: '100 passed, 0 failed\\n', code: 0 })
  assert.equal([result.last, result.code], ['107 passed, 2 failed', 1])
})

test('a failing test makes it fail', () => {
  const result = ci(CHECKED, { says: '99 passed, 1 failed\\n', code: 1 })
  assert.equal([result.last, result.code], ['108 passed, 1 failed', 1])
})

test('skipped tests are in neither figure', () => {
  const result = ci(CHECKED, { says: '98 passed, 0 failed, 2 skipped\\n', code: 0 })
  assert.equal([result.last, result.code], ['107 passed, 0 failed', 0])
})

test('tests that end without their closing line are a failure', () => {
  const result = ci(CHECKED, { says: 'killed\\n', code: 137 })
  assert.equal([result.last, result.code], ['9 passed, 1 failed', 1])
})

test('an exit code that contradicts the closing line is a failure', () => {
  const result = ci(CHECKED, { says: '100 passed, 0 failed\\n', code: 1 })
  assert.equal([result.last, result.code], ['109 passed, 1 failed', 1])
})

test.run()
