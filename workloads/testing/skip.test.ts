// What a skip prints, and when it is a failure.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { NO_INSTALL_VARIABLE, type SkipReason, skip } from './skip.ts'

const test = suite('skip')

/** What `skip` writes to standard output. */
function printed(reason: SkipReason, env: NodeJS.ProcessEnv): string {
  const write = process.stdout.write
  let text = ''
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk)
    return true
  }
  try {
    skip(reason, env)
  } finally {
    process.stdout.write = write
  }
  return text
}

test('a plain reason is printed on a line of its own, in CI too', () => {
  assert.is(printed('no recordings', {}), '\nSKIP no recordings\n')
  assert.is(printed('two\nlines', { CI: 'true' }), '\nSKIP two lines\n')
})

const missing = new SsmdError('SSMD_E_TOOL_MISSING', 'no nats-server', { hint: 'install Go' })

test('a missing tool is printed with what to install', () => {
  assert.is(printed(missing, {}), '\nSKIP no nats-server (install Go)\n')
  assert.match(printed({ tool: 'jq', install: 'apt-get install jq' }, {}), 'jq is missing (apt-get')
})

test('a missing tool fails in CI', () => {
  assert.throws(() => printed(missing, { CI: 'true' }), 'in CI nothing is skipped')
  assert.throws(() => printed({ tool: 'jq', install: 'x' }, { CI: 'true' }), 'the tool jq')
})

test('what was left out on purpose is skipped in CI too', () => {
  const env = { CI: 'true', [NO_INSTALL_VARIABLE]: '1' }
  assert.is(printed({ tool: 'jq', install: 'x' }, env), '\nSKIP the tool jq is missing (x)\n')
})

test('an error that is not about a tool is a plain reason', () => {
  const other = new SsmdError('SSMD_E_NATS', 'no answer')
  assert.is(printed(other, { CI: 'true' }), '\nSKIP no answer\n')
})

test.run()
