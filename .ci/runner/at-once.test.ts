import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { filesAtOnce } from './at-once.ts'

const test = suite('files at once')
const GIB = 1024 ** 3

test('as many as there are cores', () => {
  assert.is(filesAtOnce(8, 64 * GIB), 8)
})

test('fewer if memory does not hold so many API servers', () => {
  assert.is(filesAtOnce(64, 16 * GIB), 10)
})

test('two on the smallest machine, for tests wait more than they work', () => {
  assert.is(filesAtOnce(1, 1 * GIB), 2)
})

test('this machine has a whole number of them', () => {
  assert.ok(Number.isInteger(filesAtOnce()) && filesAtOnce() >= 2)
})

test.run()
