// The reference of the commands: every command is in it, and no variable is unexplained.

import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CLI_PAGE, variableProblems } from './cli.ts'

const test = suite('reference of the commands')

test('commands, their flags and their examples are in the page', () => {
  const page = readFileSync(CLI_PAGE, 'utf8')
  for (const heading of [
    'ssmd up',
    'ssmd feed create',
    'ssmd doctor',
    'ssmd data sample',
    'ssmd diff',
  ])
    assert.match(page, `\n## ${heading}\n`)
  assert.match(page, '`--field-manager <name>`')
  assert.match(page, 'ssmd logs kraken --follow --tail 0')
  // Former names still work, and are not taught.
  assert.not.match(page, '--transport.url')
})

test('a variable that is read and not explained, and one that is explained and not read, are named', () => {
  const table = { SSMD_OLD: 'x', SSMD_KNOWN: 'x' }
  const sources = [
    { path: 'cli/a.ts', text: 'env.SSMD_NEW + env.SSMD_KNOWN + "SSMD_E_IO"' },
    { path: 'cli/a.test.ts', text: 'SSMD_OF_A_TEST' },
  ]
  assert.equal(variableProblems(sources, table), [
    'cli/a.ts: SSMD_NEW is not explained in .ci/cli.ts',
    '.ci/cli.ts: nothing reads SSMD_OLD',
  ])
})

test.run()
