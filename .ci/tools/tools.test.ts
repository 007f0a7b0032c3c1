// What `npm run tools` knows: names, versions, variables, and the modules that pin them.

import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toolVariable } from '#testing/tools.ts'
import type { ToolSpec } from '../../operator/local/nats-server/spec.ts'
import { TOOLS } from './specs.ts'
import { chosenTools } from './tools.ts'

const test = suite('npm run tools')

test('asked for nothing it is the one that npm start needs, with --all every one', () => {
  assert.equal(chosenTools([]), ['nats-server'])
  assert.equal(chosenTools(['kubectl', 'etcd']), ['kubectl', 'etcd'])
  assert.equal(chosenTools(['--all'], 'linux'), Object.keys(TOOLS))
  const elsewhere = chosenTools(['--all'], 'darwin')
  assert.ok(elsewhere.includes('kubectl') && !elsewhere.includes('kubelet'))
  assert.throws(() => chosenTools(['etcd', 'toString']), /no tool is called toString/)
})

test('every tool has a version, and a variable of its own', () => {
  const specs: readonly ToolSpec[] = Object.values(TOOLS)
  assert.is(new Set(specs.map((spec) => spec.variable)).size, specs.length)
  for (const spec of specs) {
    assert.match(spec.version, /^\d+\.\d+\.\d+$/)
    assert.match(spec.variable, /^SSMD_[A-Z][A-Z0-9_]+$/)
  }
})

test('a tool is found by its variable, as tests of other rooms look for it', () => {
  for (const spec of Object.values<ToolSpec>(TOOLS)) {
    assert.is(spec.variable, toolVariable(spec.name))
  }
})

const PROGRAM = join(import.meta.dirname, 'tools.ts')

test('with --path it prints the path alone, and fails for a name that is none', () => {
  const env = { ...process.env, SSMD_NATS_SERVER: process.execPath }
  const ask = (name: string) =>
    spawnSync(process.execPath, [PROGRAM, '--path', name], { env, encoding: 'utf8' })
  assert.is(ask('nats-server').stdout, `${process.execPath}\n`)
  const unknown = ask('toString')
  assert.equal([unknown.status, unknown.stdout], [2, ''])
  assert.match(unknown.stderr, 'no tool is called toString')
})

test('every tool is pinned to the same version in its go.mod', async () => {
  for (const spec of Object.values<ToolSpec>(TOOLS)) {
    const text = await readFile(join(spec.go.module, 'go.mod'), 'utf8')
    // A command of a module is pinned by its module, whose path the package's begins with.
    const pins = [...text.matchAll(/^(?:require )?\s*([\w./-]+) v([\w.-]+)/gm)]
    const built = `${spec.go.of ?? spec.go.package}/`
    const pin = pins.filter(([, path = '']) => built.startsWith(`${path}/`)).at(-1)
    assert.is(pin?.[2], spec.version, spec.name)
    assert.match(await readFile(join(spec.go.module, 'go.sum'), 'utf8'), `v${spec.version} h1:`)
  }
})

test.run()
