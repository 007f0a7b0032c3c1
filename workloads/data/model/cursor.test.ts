import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readCursor, writeCursor } from './cursor.ts'

const test = suite('cursor')
const PARAMETERS = { feed: ['kalshi'], from: '2026-11-24T00:00:00.000000000Z', depth: 3 }
const POSITION = ['2026-11-24T00:00:01.000000001Z', 'kalshi', '01conn', 12]

test('a cursor gives back the position that it was made of, for the same question in any order', () => {
  const cursor = writeCursor('records', PARAMETERS, POSITION)
  assert.match(cursor, /^[A-Za-z0-9_-]+$/)
  const { depth, from, feed } = PARAMETERS
  assert.equal(readCursor(cursor, 'records', { depth, from, feed }), POSITION)
  assert.equal(readCursor(cursor, 'records', { ...PARAMETERS, to: undefined }), POSITION)
})

test('a cursor of another query or of other parameters is refused in words that say which', () => {
  const cursor = writeCursor('records', PARAMETERS, POSITION)
  assert.throws(
    () => readCursor(cursor, 'events', PARAMETERS),
    /of the query records, not of events/
  )
  assert.throws(
    () => readCursor(cursor, 'records', { ...PARAMETERS, depth: 4 }),
    /other parameters/
  )
})

test('a cursor with any byte changed is no cursor: it never continues elsewhere', () => {
  const whole = Buffer.from(writeCursor('records', PARAMETERS, POSITION), 'base64url')
  for (let i = 0; i < whole.length; i++) {
    const changed = Buffer.from(whole)
    // Another digit for a digit, another letter for a letter: it is still JSON.
    changed[i]! ^= 1
    const cursor = changed.toString('base64url')
    assert.throws(() => readCursor(cursor, 'records', PARAMETERS), /this is no cursor/, `byte ${i}`)
  }
})

test.run()
