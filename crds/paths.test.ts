import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from 'uvu'
import { FIELDS } from './fields.gen.ts'
import { formatPath, instancesOf, parsePath, pathOfPointer, shapeOf } from './paths.ts'

const test = suite('paths')

test('a path that is written and read again is the same', () => {
  const name = fc.string({ minLength: 1 })
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(1000), name)), (path) => {
      assert.deepEqual(parsePath(formatPath(path)), path)
    })
  )
})

test('a path reads as people write it', () => {
  assert.equal(formatPath(['spec', 'versions', 0, 'endpoint']), 'spec.versions[0].endpoint')
  assert.equal(formatPath(['spec', 'keys', 'a.b']), 'spec.keys["a.b"]')
})

test('a JSON pointer becomes a path with numbers only where a list is', () => {
  const root = { a: [{ '0': { 'x/y': 1 } }] }
  assert.deepEqual(pathOfPointer('/a/0/0/x~1y', root), ['a', 0, '0', 'x/y'])
})

test('the shape of a place stands for all entries of its lists and maps', () => {
  const shape = (...path: (string | number)[]) => shapeOf(path, FIELDS.Environment ?? {})
  assert.equal(shape('spec', 'keys', 'kalshi', 'fields', 1), 'spec.keys.*.fields[]')
  assert.equal(shape('spec', 'simulator', 'faults', 0, 'kind'), 'spec.simulator.faults[].kind')
})

test('every place of a shape is found, and none of another', () => {
  const root = { keys: { a: { fields: ['x', 'y'] }, b: { fields: [] }, c: { fields: 'no list' } } }
  assert.deepEqual(
    [...instancesOf(root, 'keys.*.fields[]')].map(({ path }) => formatPath(path)),
    ['keys.a.fields[0]', 'keys.a.fields[1]']
  )
  assert.deepEqual([...instancesOf(root, 'nothing.here[]')], [])
})

test.run()
