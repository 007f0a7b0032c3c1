import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { filesAtOnce, idleMeter } from './at-once.ts'

const test = suite('files at once')
const GIB = 1024 ** 3

test('as many as there are cores, and four times as many if they are idle', () => {
  assert.equal(filesAtOnce(8, 64 * GIB), { least: 8, most: 32 })
})

test('fewer if memory does not hold so many API servers', () => {
  assert.equal(filesAtOnce(64, 16 * GIB), { least: 10, most: 10 })
  assert.equal(filesAtOnce(4, 16 * GIB), { least: 4, most: 10 })
})

test('two on the smallest machine, for tests wait more than they work', () => {
  assert.equal(filesAtOnce(1, 1 * GIB), { least: 2, most: 2 })
})

test('this machine has a whole number of them', () => {
  const { least, most } = filesAtOnce()
  assert.ok(Number.isInteger(least) && least >= 2)
  assert.ok(Number.isInteger(most) && most >= least)
})

test('an idle core is one that had nothing to do since the last look, and none while no time has passed', () => {
  const looks = [
    [
      { idle: 100, all: 1000 },
      { idle: 0, all: 1000 },
    ],
    [
      { idle: 200, all: 1100 },
      { idle: 25, all: 1100 },
    ],
    [
      { idle: 200, all: 1100 },
      { idle: 25, all: 1100 },
    ],
    [
      { idle: 200, all: 1200 },
      { idle: 25, all: 1200 },
    ],
  ]
  const idle = idleMeter(() => looks.shift() ?? [])
  assert.equal([idle(), idle(), idle()], [1.25, 0, 0])
})

test.run()
