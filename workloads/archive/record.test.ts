import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeRecords, encodeRecord } from './record.ts'

const test = suite('record')
const records = [{ a: 1 }, { text: 'zwei\nLinien ä' }, { c: [] }]
const whole = Buffer.concat(records.map(encodeRecord))

test('whole records come back, and the journal is at its end', () => {
  assert.equal(decodeRecords(whole), { records, bytes: whole.length, broken: false })
})

test('a journal cut anywhere gives the whole records before the cut', () => {
  const ends = [0, 1, 2, 3].map((n) => Buffer.concat(records.slice(0, n).map(encodeRecord)).length)
  for (let cut = 0; cut <= whole.length; cut++) {
    const decoded = decodeRecords(whole.subarray(0, cut))
    const count = ends.filter((end) => end > 0 && end <= cut).length
    assert.is(decoded.records.length, count, `cut at ${cut}`)
    assert.is(decoded.bytes, ends[count])
    assert.is(decoded.broken, false)
  }
})

test('a tail of zeros or of garbage is no record', () => {
  for (const tail of [Buffer.alloc(100), Buffer.from('garbage\n'), whole.subarray(3, 20)]) {
    const decoded = decodeRecords(Buffer.concat([whole, tail]))
    assert.is(decoded.bytes, whole.length)
    assert.is(decoded.broken, false)
  }
})

test('a flipped bit before the last record is called broken, in the last it is a torn tail', () => {
  const last = whole.length - encodeRecord(records[2]!).length
  fc.assert(
    fc.property(fc.nat(whole.length * 8 - 1), (bit) => {
      const copy = Buffer.from(whole)
      copy[bit >>> 3]! ^= 1 << (bit & 7)
      const decoded = decodeRecords(copy)
      assert.ok(decoded.bytes <= bit >>> 3)
      assert.is(decoded.broken, bit >>> 3 < last)
    })
  )
})

test.run()
