// The part of a lock file that one package needs.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { closureOf, type LockPackages } from './closure.ts'

const test = suite('closure')

const closure = (packages: LockPackages, name: string) => {
  const found = closureOf(packages, name)
  assert.ok(found)
  const { packages: kept } = found.lock as { packages: Record<string, Record<string, unknown>> }
  return { ...found, kept, paths: Object.keys(kept).filter((path) => path !== '') }
}

test('a package comes with all it depends on, in their versions and with their checksums, and with no other', () => {
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'A', dependencies: { b: '^2' } },
    'node_modules/b': { version: '2.1.0', integrity: 'B', peerDependencies: { c: '*' } },
    'node_modules/c': { version: '3.0.0', integrity: 'C' },
    'node_modules/unrelated': { version: '4.0.0' },
  }
  const { version, manifest, kept, paths } = closure(packages, 'a')
  assert.is(version, '1.0.0')
  assert.equal(paths, ['node_modules/a', 'node_modules/b', 'node_modules/c'])
  assert.equal(kept['node_modules/b'], packages['node_modules/b'])
  assert.equal(kept[''], manifest)
  assert.equal((manifest as { dependencies: object }).dependencies, { a: '1.0.0' })
})

test('of two versions of a package it takes the one that Node would find, nested before outer', () => {
  const packages = {
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^1', c: '^1' } },
    'node_modules/a/node_modules/b': { version: '1.0.0', dependencies: { c: '^1' } },
    'node_modules/b': { version: '2.0.0' },
    'node_modules/c': { version: '1.0.0' },
  }
  assert.equal(closure(packages, 'a').paths, [
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
  ])
})

test('what is only reached through optional dependencies stays optional, so that other platforms leave it out', () => {
  const packages = {
    'node_modules/a': {
      version: '1.0.0',
      dev: true,
      dependencies: { c: '*' },
      optionalDependencies: { 'a-linux': '1.0.0', 'a-mac': '1.0.0', c: '*' },
    },
    'node_modules/a-linux': { version: '1.0.0', dev: true, optional: true, os: ['linux'] },
    'node_modules/a-mac': { version: '1.0.0', dev: true, os: ['darwin'] },
    'node_modules/c': { version: '1.0.0', optional: true },
  }
  const { kept } = closure(packages, 'a')
  assert.equal(kept['node_modules/a-linux'], { version: '1.0.0', os: ['linux'], optional: true })
  assert.is(kept['node_modules/a-mac']?.optional, true)
  assert.is(kept['node_modules/c']?.optional, undefined)
  assert.is(kept['node_modules/a']?.dev, undefined)
})

test('a ring of packages ends', () => {
  const packages = {
    'node_modules/a': { version: '1.0.0', dependencies: { b: '*' } },
    'node_modules/b': { version: '1.0.0', dependencies: { a: '*' } },
  }
  assert.equal(closure(packages, 'a').paths, ['node_modules/a', 'node_modules/b'])
})

test('a package that the lock file does not have has no closure', () => {
  assert.is(closureOf({ '': {} }, 'a'), undefined)
})

test.run()
