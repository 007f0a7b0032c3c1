import { randomBytes } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { newConnectionId } from './connection-id.ts'

const test = suite('connection id')

test('it is 16 lower-case base-32 characters', () => {
  for (let i = 0; i < 1000; i++) {
    assert.match(newConnectionId(Date.now() + i, randomBytes), /^[0-9a-hjkmnp-tv-z]{16}$/)
  }
})

test('ids sort by time, over many years', () => {
  const times = [0, 1, 31, 32, Date.now(), Date.now() + 1, Date.parse('2090-01-01')]
  const ids = times.map((time) => newConnectionId(time, randomBytes))
  assert.equal([...ids].sort(), ids)
})

test('two of the same millisecond differ', () => {
  const ids = new Set(Array.from({ length: 10_000 }, () => newConnectionId(1, randomBytes)))
  assert.is(ids.size, 10_000)
})

test.run()
