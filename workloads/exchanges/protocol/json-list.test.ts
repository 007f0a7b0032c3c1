// A list read in pieces is the list that JSON.parse reads, wherever the pieces begin and end; and what JSON.parse
// refuses, or what is larger than allowed, is refused.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { JsonList, JsonListError } from './json-list.ts'

const test = suite('json list')
const seed = Number(process.env.SSMD_SEED ?? Date.now() & 0x7fffffff)
console.log(`json-list.test: seed ${seed}`)

/** Reads a text in pieces of so many bytes. */
function read(text: string | Buffer, size = 1, maxBytes = 10_000) {
  const items: unknown[] = []
  const reader = new JsonList({
    list: 'list',
    keep: ['cursor'],
    maxBytes,
    onItem: (item) => items.push(item),
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  reader.end()
  return { items, found: reader.found, cursor: reader.kept.get('cursor') }
}

test('a list read in pieces is what JSON.parse reads', () => {
  const other = fc.dictionary(
    fc.string({ unit: 'binary' }).filter((name) => name !== 'list' && name !== 'cursor'),
    fc.jsonValue()
  )
  const space = fc.constantFrom(0, 1, '\t')
  fc.assert(
    fc.property(
      other,
      fc.array(fc.jsonValue()),
      fc.jsonValue(),
      fc.integer({ min: 1, max: 40 }),
      space,
      fc.boolean(),
      (rest, list, cursor, size, indent, last) => {
        const value = last ? { ...rest, cursor, list } : { list, cursor, ...rest }
        const text = JSON.stringify(value, null, indent)
        const expected = JSON.parse(text) as { list: unknown[]; cursor: unknown }
        const got = read(text, size)
        assert.equal(JSON.stringify(got.items), JSON.stringify(expected.list))
        assert.is(JSON.stringify(got.cursor), JSON.stringify(expected.cursor))
        assert.is(got.found, 'list')
      }
    ),
    { seed, numRuns: 500 }
  )
})

test('a text with one byte changed is refused, or read as JSON.parse reads it', () => {
  const text = '{"a":[1,{"b":"c\\"]}"}],"list":[{"t":"K-1","n":-1.5e3},"x",[],null],"cursor":"c"}'
  fc.assert(
    fc.property(
      fc.nat({ max: text.length - 1 }),
      fc.constantFrom(...'{}[]",:\\ 1ax'),
      fc.integer({ min: 1, max: 9 }),
      (at, letter, size) => {
        const changed = text.slice(0, at) + letter + text.slice(at + 1)
        let got: ReturnType<typeof read> | undefined
        try {
          got = read(changed, size)
        } catch (thrown) {
          assert.instance(thrown, JsonListError)
        }
        // Members that nobody wants are passed over unread.
        if (got === undefined || at < text.indexOf('"list"')) return
        const expected = JSON.parse(changed) as { list?: unknown; cursor?: unknown }
        if (got.found === 'list') assert.equal(got.items, expected.list)
        assert.equal(got.cursor, expected.cursor)
      }
    ),
    { seed, numRuns: 3000 }
  )
})

test('what is no such object is refused in words', () => {
  const table: readonly [string, RegExp][] = [
    ['', /ends in the middle/],
    ['{"list":[1', /ends in the middle/],
    ['[]', /not an object/],
    ['"x"', /not an object/],
    ['null', /not an object/],
    ['<html>', /not JSON/],
    ['{"list":[1,]}', /not JSON/],
    ['{"list":[,1]}', /not JSON/],
    ['{"list":[1 2]}', /not JSON/],
    ['{"list":[1],}', /not JSON/],
    ['{"list":[01]}', /not JSON/],
    ['{"list":[{"a"}]}', /not JSON/],
    ['{list:[]}', /not JSON/],
    ['{"list":[]}x', /something behind it/],
    ['{"list":[],"list":[]}', /"list" twice/],
    [`{"list":["${'x'.repeat(20_000)}"]}`, /larger than 10000 bytes/],
    [`{"cursor":"${'x'.repeat(20_000)}"}`, /larger than 10000 bytes/],
    [`{"${'x'.repeat(20_000)}":1}`, /larger than 10000 bytes/],
  ]
  for (const [text, words] of table) {
    for (const size of [1, 7, 100_000]) assert.throws(() => read(text, size), words, text)
  }
})

test('members that nobody wants may be of any size, and cost no memory', () => {
  const text = `{"more":{"x":["${'y'.repeat(100_000)}"]},"list":[1],"after":"${'z'.repeat(100_000)}"}`
  assert.equal(read(text, 1000, 100).items, [1])
})

test('a list that is null, absent or something else is told apart', () => {
  assert.is(read('{"list":null}').found, 'null')
  assert.is(read('{}').found, 'nothing')
  assert.is(read('{"list":{"a":1}}').found, 'other')
  assert.is(read(' {\n"list" : [ ] } \n').found, 'list')
})

test.run()
