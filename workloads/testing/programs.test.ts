// Programs are found where Debian puts them, and what is missing is named with the package that brings it.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  findProgram,
  installLine,
  missingOf,
  missingProgram,
  PROGRAMS,
  packagesOf,
  type SystemProgram,
} from './programs.ts'
import { skip } from './skip.ts'

const test = suite('programs of the system')

/** By another name, or the runner would install what is asked for here. */
const why = missingProgram

let bin = ''
test.before.each(() => {
  bin = mkdtempSync(join(tmpdir(), 'ssmd-programs-'))
})
test.after.each(() => rmSync(bin, { recursive: true }))

function program(name: string, body: string, mode = 0o755): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(bin, name), mode)
}

test('a program is found on PATH, and where Debian keeps those of root', async () => {
  if (process.platform !== 'linux') return skip('Linux only')
  program('mine', '')
  assert.is(await findProgram('mine', { PATH: `/nowhere:${bin}` }), join(bin, 'mine'))
  assert.is(await findProgram('no-such-program', { PATH: bin }), undefined)
  program('text', '', 0o644)
  assert.is(await findProgram('text', { PATH: bin }), undefined, 'a file that cannot be run')
})

test('what is missing is named with its package, each package once', async () => {
  program('jq', '')
  const env = { PATH: bin }
  assert.equal(await missingOf(['jq', 'capnp', 'strace'], env), ['capnp', 'strace'])
  assert.equal(await why('jq', env), undefined)
  assert.equal(await why(['jq', 'capnp', 'lua5.1'], env), {
    tool: 'capnp, lua5.1',
    install: 'on Debian: apt-get install --no-install-recommends capnproto lua5.1',
  })
  assert.equal(packagesOf(['mount', 'losetup', 'jq']), ['mount', 'jq'])
  assert.match(installLine(['nft']), / nftables$/)
})

test('what is no program is asked for by running something', async () => {
  const env = { PATH: bin }
  assert.equal(await missingOf(['python3-websockets'], env), ['python3-websockets'], 'no Python')
  program('python3', 'exit 1')
  assert.equal(await missingOf(['python3-websockets'], env), ['python3-websockets'], 'no module')
  program('python3', '[ "$2" = "import websockets" ]')
  assert.equal(await missingOf(['python3-websockets'], env), [])
})

test('every row says what for', () => {
  for (const [name, row] of Object.entries<SystemProgram>(PROGRAMS)) {
    assert.match(row.package, /^[a-z0-9][a-z0-9.+-]+$/, name)
    assert.match(row.why, /^[a-z]\w* .{5,}[^.]$/, name)
  }
})

test.run()
