// The rules of the house, each kept and broken.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  checkColumns,
  checkDialling,
  checkLength,
  checkPatterns,
  checkSuites,
  checkTopLevel,
} from './house.ts'

const test = suite('house')

test('the top level holds the names of the design, and dot-files', () => {
  const names = ['crds/', 'workloads/', 'cli/', '.ci/', '.gitignore', 'package.json', 'README.md']
  assert.equal(checkTopLevel(names), [])
})

test('any other file or folder at the top is named', () => {
  assert.equal(
    checkTopLevel(['src/', 'crds', 'notes.md']).map((line) => line.split(':')[0]),
    ['src/', 'crds', 'notes.md']
  )
})

test('a file of 400 lines is allowed, one of 401 is not', () => {
  assert.equal(checkLength('crds/a.ts', 'x\n'.repeat(400)), [])
  assert.is(checkLength('crds/a.ts', 'x\n'.repeat(401)).length, 1)
})

test('tests and generated files may be longer', () => {
  for (const path of ['crds/a.test.ts', 'crds/a.gen.ts', 'crds/a.gen.mjs', 'crds/a.gen.d.mts']) {
    assert.equal(checkLength(path, 'x\n'.repeat(900)), [], path)
  }
})

const SUITE = "import { suite } from 'uvu'\nconst a = suite('a')\nconst b = suite('b')\n"

test('every suite of a file needs its own run', () => {
  assert.equal(checkSuites('x.test.ts', `${SUITE}a.run()\n`), ['x.test.ts: b.run() is missing'])
  assert.equal(checkSuites('x.test.ts', `${SUITE}a.run()\nb.run()\n`), [])
})

test('a run in a comment does not count', () => {
  assert.equal(checkSuites('x.test.ts', `${SUITE}a.run()\n// b.run()\n`), [
    'x.test.ts: b.run() is missing',
  ])
})

test('the plain test function of uvu needs its run too', () => {
  assert.equal(checkSuites('x.test.ts', "import { test } from 'uvu'\ntest('a', () => {})\n"), [
    'x.test.ts: test.run() is missing',
  ])
})

test('a test file without any suite is a problem', () => {
  assert.equal(checkSuites('x.test.ts', 'console.log(1)\n'), ['x.test.ts: has no uvu suite'])
})

test('a pattern that repeats a group is named where data is read, and allowed where a text is short', () => {
  const base64 = 'const BASE64 = /^(?:[A-Za-z0-9+/]{4})*$/\n'
  assert.is(checkPatterns('workloads/archive/x.ts', base64).length, 1)
  assert.is(checkPatterns('cli/x.ts', 'if (/(a|b)+/.test(text)) return\n').length, 1)
  assert.equal(checkPatterns('workloads/archive/x.ts', 'const A = /^[a-z()*]+(x)?$/ // )*\n'), [])
  assert.equal(checkPatterns('workloads/archive/x.test.ts', base64), [])
  assert.equal(checkPatterns('operator/kube/x.ts', base64), [])
})

test('what ships dials NATS through the bus alone; tests and benchmarks may dial themselves', () => {
  const dials = "import {\n  type NatsConnection,\n  connect,\n} from 'nats'\n"
  assert.equal(checkDialling('operator/local/dial.ts', dials), [
    'operator/local/dial.ts: dials NATS itself: use workloads/bus/connect.ts',
  ])
  assert.is(checkDialling('cli/x.ts', "import * as nats from 'nats'\n").length, 1)
  const free = ['workloads/bus/connect.ts', 'operator/local/x.test.ts', 'operator/bench/nats.ts']
  for (const path of free) assert.equal(checkDialling(path, dials), [], path)
  const other = "import { connect } from 'node:net'\nimport { Events } from 'nats'\n"
  assert.equal(checkDialling('operator/local/nats.ts', other), [])
})

test('prose of a document is wrapped at 100 columns; tables, code, generated pages and single long words are free', () => {
  const long = 'word '.repeat(21)
  assert.equal(checkColumns('n.md', `short\n${long}\n`), [
    'n.md:2: 105 columns, more than 100: wrap it',
  ])
  for (const free of [
    `| ${long}`,
    `  | ${long}`,
    `# ${long}`,
    `\`\`\`\n${long}\n\`\`\``,
    `    ${long}`,
    `<!-- Generated from x by y -->\n${long}`,
    'x'.repeat(120),
  ])
    assert.equal(checkColumns('n.md', free), [], free)
})

test.run()
