// What counts as an import, and what as a ring.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findRings, readImports } from './imports.ts'

const test = suite('imports')
const read = (text: string) =>
  readImports(text).map(({ specifier, kind, line }) => [specifier, kind, line])

const CASES: readonly [name: string, text: string, expected: readonly unknown[]][] = [
  ['a plain import', "import { a } from './a.ts'\n", [['./a.ts', 'value', 1]]],
  [
    'an import over several lines',
    "\nimport {\n  a,\n  b,\n} from './a.ts'",
    [['./a.ts', 'value', 2]],
  ],
  ['an import of types', "import type { A } from './a.ts'", [['./a.ts', 'type', 1]]],
  ['a namespace', "import * as a from 'uvu/assert'", [['uvu/assert', 'value', 1]]],
  ['an import for its effect', "import './a.ts'", [['./a.ts', 'value', 1]]],
  ['a re-export', "export { a } from './a.ts'", [['./a.ts', 'value', 1]]],
  ['a re-export of all', "export * from './a.ts'", [['./a.ts', 'value', 1]]],
  ['a re-export of types', "export type { A } from './a.ts'", [['./a.ts', 'type', 1]]],
  ['types marked one by one', "import { type A, type B } from './a.ts'", [['./a.ts', 'hollow', 1]]],
  ['a type beside a value', "import { type A, b } from './a.ts'", [['./a.ts', 'value', 1]]],
  ['an import at run time', "x()\nawait import('./a.ts')", [['./a.ts', 'dynamic', 2]]],
  ['a comment', "// import('./a.ts')\n/** import('./b.ts') */\n * import './c.ts'", []],
  ['a value that is exported', "export const a = 'b'\nexport function f() { return 'from' }", []],
]
for (const [name, text, expected] of CASES) {
  test(`reads ${name}`, () => assert.equal(read(text), expected))
}

test('a ring of three files is found once, and a diamond is none', () => {
  const ring = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['a']],
  ])
  assert.equal(findRings(ring), [['a', 'b', 'c', 'a']])
  const diamond = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
    ['d', []],
  ])
  assert.equal(findRings(diamond), [])
})

test('a file that imports itself is a ring', () => {
  assert.equal(findRings(new Map([['a', ['a']]])), [['a', 'a']])
})

test.run()
