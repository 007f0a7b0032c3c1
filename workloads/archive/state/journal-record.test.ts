import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeRecords, encodeRecord } from './journal-record.ts'

const test = suite('record')
const records = [{ a: 1 }, { text: 'zwei\nLinien ä' }, { c: [] }]
const whole = Buffer.concat(records.map(encodeRecord))

test('whole records come back, and the journal is at its end', () => {
  assert.equal(decodeRecords(whole), { records, bytes: whole.length, tail: 'none' })
})

test('a journal cut anywhere gives the whole records before the cut, and a torn tail', () => {
  const ends = [0, 1, 2, 3].map((n) => Buffer.concat(records.slice(0, n).map(encodeRecord)).length)
  for (let cut = 0; cut <= whole.length; cut++) {
    const decoded = decodeRecords(whole.subarray(0, cut))
    const count = ends.filter((end) => end > 0 && end <= cut).length
    assert.is(decoded.records.length, count, `cut at ${cut}`)
    assert.is(decoded.bytes, ends[count])
    assert.is(decoded.tail, ends.includes(cut) ? 'none' : 'torn', `cut at ${cut}`)
  }
})

test('a record whose bytes never came to the disk is torn: zeros behind a part of it, or in the middle', () => {
  const long = encodeRecord({ kind: 'commit', text: 'x'.repeat(3000) })
  for (let from = 0; from < long.length; from += 37) {
    const tail = Buffer.from(long)
    tail.fill(0, from)
    assert.is(decodeRecords(Buffer.concat([whole, tail])).tail, 'torn', `zeros from ${from}`)
  }
  const hole = Buffer.concat([whole, long])
  hole.fill(0, 1024, 1536)
  assert.equal(decodeRecords(hole), { records, bytes: whole.length, tail: 'torn' })
})

test('what is no beginning of a record is damage, however it ends', () => {
  const tails = [
    'garbage\n',
    'garbage',
    '\n',
    '00000000 000000000x ',
    whole.subarray(3, 20),
    'half a li',
  ]
  for (const tail of tails) {
    const decoded = decodeRecords(Buffer.concat([whole, Buffer.from(tail)]))
    assert.is(decoded.bytes, whole.length)
    assert.is(decoded.tail, 'damaged', String(tail))
  }
})

test('a flipped bit in any whole record is damage, also in the last one: it was synced', () => {
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const copy = Buffer.from(whole)
    copy[bit >>> 3]! ^= 1 << (bit & 7)
    const decoded = decodeRecords(copy)
    assert.ok(decoded.bytes <= bit >>> 3)
    assert.is(decoded.tail, 'damaged', `bit ${bit}`)
  }
})

test.run()
