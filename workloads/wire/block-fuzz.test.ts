import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { anyBlock, checkProperty, readBlock, writeBlock } from './testing/blocks.ts'

const test = suite('block fuzz')

test('10,000 mutated blocks are either read or refused with SSMD_E_BLOCK', () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.boolean()), {
    minLength: 1,
    maxLength: 4,
  })
  let read = 0
  let refused = 0
  checkProperty(
    fc.property(
      anyBlock,
      fc.array(edits, { minLength: 20, maxLength: 20 }),
      fc.nat(),
      (block, sets, tail) => {
        const good = writeBlock(block)
        const room = new Uint8Array(good.length + 64).fill(0xa5)
        for (const [i, set] of sets.entries()) {
          // In the middle of a larger buffer, as a NATS message is: reading outside would succeed silently.
          const cut = i === 0 ? tail % good.length : 0
          const bytes = room.subarray(24, 24 + good.length - cut)
          bytes.set(good.subarray(0, bytes.length))
          for (const [at, value, flip] of set) {
            if (bytes.length === 0) continue
            const where = at % bytes.length
            bytes[where] = flip ? bytes[where]! ^ (1 << (value & 7)) : value
          }
          try {
            const seen = readBlock(bytes)
            const size = seen.records.reduce((sum, r) => sum + r.payload.length, 0)
            assert.ok(size <= bytes.length, 'payloads larger than their message')
            read++
          } catch (error) {
            if (!(error instanceof SsmdError) || error.code !== 'SSMD_E_BLOCK') throw error
            refused++
          }
        }
      }
    ),
    500
  )
  assert.ok(read > 100 && refused > 100, `read ${read}, refused ${refused}`)
  assert.is(read + refused, 10_000)
})

test('random bytes behind a good frame are refused or read, never anything else', () => {
  checkProperty(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 400 }), (noise) => {
      const size = noise.length & ~7
      const bytes = new Uint8Array(8 + size)
      bytes.set(noise.subarray(0, size), 8)
      new DataView(bytes.buffer).setUint32(4, size / 8, true)
      // A root that fits, so that the reader goes on into the noise.
      if (size > 72) bytes.set([0, 0, 0, 0, 2, 0, 6, 0], 8)
      try {
        readBlock(bytes)
      } catch (error) {
        if (!(error instanceof SsmdError) || error.code !== 'SSMD_E_BLOCK') throw error
      }
    }),
    2000
  )
})

test.run()
