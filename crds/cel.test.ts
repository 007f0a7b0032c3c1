// Rules in CEL and what they answer, as the language's specification has it. That an API server answers the same of our own rules is held by
// operator/e2e/validation-agrees.test.ts.

import assert from 'node:assert/strict'
import { suite } from 'uvu'
import * as cel from './cel.ts'
import { translateCel } from './generator/cel.ts'

const test = suite('CEL')

/** Evaluates what the generator writes. */
const ask = (rule: string, self: unknown, oldSelf?: unknown): boolean =>
  cel.holds(() =>
    new Function('cel', 'self', 'oldSelf', `return ${translateCel(rule)}`)(cel, self, oldSelf)
  )

const HOLDS: readonly (readonly [rule: string, self: unknown, oldSelf?: unknown])[] = [
  ['self == oldSelf', { a: [1, 'x'] }, { a: [1, 'x'] }],
  ['self.a != self["b"]', { a: 1, b: '1' }],
  ['has(self.a) && !has(self.b)', { a: false }],
  ['self.size() == 2 && size(self) == 2', { a: 1, b: 2 }],
  ['self.size() == 1 && bytes(self).size() == 4', '😀'],
  ['self[1] in ["x", "y"]', ['a', 'y']],
  ['"k" in self', { k: null }],
  ['!("toString" in self)', {}],
  ['self.all(k, k.matches("^[a-z]$"))', { a: 1, b: 2 }],
  ['self.all(v, v > 1) && self.exists(v, v == 3) && self.exists_one(v, v < 3)', [2, 3]],
  ['[].all(v, v) && !([].exists(v, v))', null],
  ['self.startsWith("a") && self.endsWith("c") && self.contains("b")', 'abc'],
  ['duration(self) == duration("90m") && duration("-1ms") < duration("0")', '1h30m'],
  ['duration("1.5s") == duration("1500ms")', null],
  ['self ? 1 == 1 : 1 == 2', true],
  ['self.a < self.b', { a: 'a\uffff', b: 'a😀' }],
  // An operand without a value does not matter if the other one decides.
  ['self.missing == 1 || true', {}],
  ['!(self.missing == 1 && false)', {}],
  ['self.exists(v, v.a == 1)', [{}, { a: 1 }]],
  ['!self.all(v, v.a == 1)', [{}, { a: 2 }]],
]

for (const [rule, self, old] of HOLDS)
  test(`${rule} holds of ${JSON.stringify(self)}`, () => assert.equal(ask(rule, self, old), true))

const BROKEN: readonly (readonly [rule: string, self: unknown])[] = [
  ['self.missing == 1', {}],
  ['self.missing == 1 || false', {}],
  ['self.all(v, v.a == 1)', [{}, { a: 1 }]],
  ['self.exists_one(v, v.a == 1)', [{}, { a: 1 }]],
  ['self.constructor != 1', {}],
  ['self.size() > 0', 5],
  ['self[2] == 1', [1]],
  ['self > 1', '2'],
  ['self', 'true'],
  ['duration(self) > duration("1s")', '3d'],
  ['duration(self) > duration("1s")', ''],
  ['self.exists_one(v, v == 1)', [1, 1]],
]

for (const [rule, self] of BROKEN)
  test(`${rule} is broken by ${JSON.stringify(self)}`, () => assert.equal(ask(rule, self), false))

for (const rule of [
  'self.a == self.b in self.c',
  'self.a + 1 == 2',
  'self === 1',
  'other == 1',
  'oldSel == 1',
  'self.replace("a", "b") == "b"',
  'self.matches(self)',
  'self.matches("(?P<a>b)")',
  'has(self)',
  'self.all(v)',
  'self.map(v, v)',
  '1.5 == self',
  'self?.a == 1',
  'self.a ?? true',
  '`a` == self',
  'self == 1; self',
  'self = 1',
  '() => true',
]) {
  test(`the generator refuses ${rule}, which CEL reads otherwise, or which it does not know`, () => {
    assert.throws(() => translateCel(rule))
  })
}

test.run()
