import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ByteTable } from './byte-table.ts'

const test = suite('byte table')
const seed = Date.now() & 0x7fffffff
console.log(`byte-table.test: seed ${seed}`)

test('it gives each name its own value, made once, wherever the name stands', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 2000 }),
      (names) => {
        let made = 0
        const table = new ByteTable((name) => ({ name, serial: made++ }))
        const known = new Map<string, object>()
        for (const name of names) {
          const bytes = Buffer.from(`<${name}>`)
          const value = table.get(bytes, 1, bytes.length - 1)
          assert.is(value.name, name)
          assert.is(known.get(name) ?? value, value)
          known.set(name, value)
        }
        assert.is(made, known.size)
      }
    ),
    { seed, numRuns: 100 }
  )
})

test('it is bounded: past its limit it starts anew and still answers right', () => {
  const table = new ByteTable((name) => name, 100)
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 1000; i++) {
      const bytes = Buffer.from(`name-${i}`)
      assert.is(table.get(bytes, 0, bytes.length), `name-${i}`)
      assert.ok(table.size <= 100)
    }
  }
})

test('it keeps its own copy of a name: the buffer may be used again', () => {
  let made = 0
  const table = new ByteTable((name) => ({ name, serial: made++ }))
  const bytes = Buffer.from('AAAA')
  const value = table.get(bytes, 0, 4)
  bytes.write('BBBB')
  assert.is(table.get(Buffer.from('AAAA'), 0, 4), value)
})

test.run()
