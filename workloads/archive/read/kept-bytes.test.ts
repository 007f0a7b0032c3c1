import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KeptBytes } from './kept-bytes.ts'

const test = suite('kept bytes')
const MOST = 10

test('what was used last is kept, as much as there is room for, and one state of each', () => {
  const step = fc.record({
    key: fc.nat(4),
    stamp: fc.nat(1),
    bytes: fc.nat(12),
    isSet: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const kept = new KeptBytes<object>(MOST)
      let model: { key: string; stamp: string; bytes: number; value: object }[] = []
      for (const { key: k, stamp: s, bytes, isSet } of steps) {
        const [key, stamp] = [String(k), String(s)]
        const found = model.find((one) => one.key === key && (isSet || one.stamp === stamp))
        model = model.filter((one) => one !== found)
        if (!isSet) {
          assert.is(kept.get(key, stamp), found?.value)
          if (found) model.push(found)
          continue
        }
        const value = {}
        kept.set(key, { stamp, bytes, value })
        if (bytes <= MOST) model.push({ key, stamp, bytes, value })
        while (model.reduce((sum, one) => sum + one.bytes, 0) > MOST) model.shift()
        assert.is(
          kept.bytes,
          model.reduce((sum, one) => sum + one.bytes, 0)
        )
      }
      for (const { key, stamp, value } of [...model]) assert.is(kept.get(key, stamp), value)
    })
  )
})

test.run()
