import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { digestOf, idOfKey, isKeyId, makeKey, RANDOM_BYTES } from './format.ts'

const test = suite('format of an API key')
const bytes = fc.uint8Array({ minLength: RANDOM_BYTES, maxLength: RANDOM_BYTES })

test('a key names its id, and all of its 256 random bits decide its text', () => {
  fc.assert(
    fc.property(bytes, fc.nat({ max: 255 }), (random, bit) => {
      const { id, text } = makeKey(random)
      assert.is(idOfKey(text), id)
      assert.ok(isKeyId(id))
      const other = Uint8Array.from(random)
      other[8 + (bit >> 3)]! ^= 1 << (bit & 7)
      const changed = makeKey(other)
      assert.is(changed.id, id)
      assert.is.not(changed.text, text)
    })
  )
})

test('the form is that of documents and scanners', () => {
  assert.match(
    makeKey(randomBytes(RANDOM_BYTES)).text,
    /^ssmd_[0-9a-z]{10}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/
  )
  // Computed with Python: a key that was given away stays a key.
  const fixed = makeKey(Uint8Array.from({ length: RANDOM_BYTES }, (_, i) => i))
  assert.is(fixed.text, 'ssmd_2sk3zitmo7_1U8qMLQUe1RqPEQOULX6mzvgvgGUFEOG3uSdehMRg2P2HqEAX')
  assert.is(digestOf(fixed.text).length, 32)
})

test('a single wrong, missing, further or swapped character is no key', () => {
  fc.assert(
    fc.property(bytes, fc.nat(), fc.constantFrom('0', 'a', 'Z', '_', ' '), (random, where, put) => {
      const { text } = makeKey(random)
      const at = where % text.length
      const wrong = [
        text.slice(0, at) + put + text.slice(at + 1),
        text.slice(0, at) + text.slice(at + 1),
        text.slice(0, at) + put + text.slice(at),
        text.slice(0, at) +
          text
            .slice(at, at + 2)
            .split('')
            .reverse()
            .join('') +
          text.slice(at + 2),
      ]
      for (const one of wrong) if (one !== text) assert.is(idOfKey(one), undefined, one)
    })
  )
})

for (const text of [
  '',
  'ssmd_',
  'ssmd__',
  'x'.repeat(66),
  'ssmd_'.repeat(1e5),
  '鍵'.repeat(66),
  '\0',
])
  test(`${JSON.stringify(text.slice(0, 12))}, ${text.length} characters, is no key`, () => {
    assert.is(idOfKey(text), undefined)
  })

test.run()
